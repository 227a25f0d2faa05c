//! What tests share: databases of their own, a clock that stands still, entropy that repeats, an HTTP client that
//! explains itself, and server processes that go away again. For tests only; no shipped crate depends on it.
//!
//! | module | holds |
//! |---|---|
//! | [`backend`] | SQLite or PostgreSQL, and [`on_both!`] to run one test on each |
//! | [`postgres`] | a PostgreSQL cluster for the run, databases and migrated templates in it |
//! | [`sqlite`] | a fresh data directory |
//! | [`clock`] | a clock that moves only when told, and the real one |
//! | [`entropy`] | repeatable bytes, and real ones |
//! | [`http`] | requests to a running server, answers that fail readably |
//! | [`browser`] | Chromium, with virtual authenticators |
//! | [`mail_server`] | a mail server that keeps what it is given |
//! | [`authenticator`] | the codes of an authenticator app, by oathtool |
//! | [`proxy`] | a network that falls silent |
//! | [`process`] | a running server, captured and ended |

pub mod authenticator;
pub mod backend;
pub mod browser;
pub mod clock;
pub mod entropy;
pub mod http;
pub mod mail_server;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod sqlite;

pub use authenticator::totp;
pub use backend::Backend;
pub use browser::Browser;
pub use clock::{FixedClock, SystemClock};
pub use entropy::{OsEntropy, SeededEntropy};
pub use http::{Answer, Client};
pub use mail_server::MailServer;
pub use postgres::{TestDatabase, database, template};
pub use process::Running;
pub use proxy::Proxy;
pub use sqlite::directory;
