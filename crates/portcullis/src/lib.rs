//! Portcullis, put together: settings, start, routes, command line. The rules live in the crates underneath.
//!
//! | module | holds |
//! |---|---|
//! | [`settings`] | what the program is told at the start |
//! | [`compose`] | the parts, put together: [`compose::App`] |
//! | [`routes`] | the one table of all routes |
//! | [`start_error`] | why a start is refused |
//! | [`serve`] | listening, TLS, graceful shutdown |
//! | [`cli`] | the command line |
//! | [`control`] | the control socket of the machine's operator |
//! | [`logging`] | the logs request, system and SQL |
//! | [`status`] | health, readiness, status, metrics |
//! | [`documents`] | `/openapi.json` and `/docs` |
//! | [`pages`] | the pages of the sign-in, and those behind links in letters |
//! | [`live_settings`] | settings seen and changed while running |
//! | [`changes`] | the change feed |
//! | [`backup`] | a consistent copy while the server runs |
//! | `users_source` | users from a file beside the database |

pub mod backup;
pub mod changes;
pub mod cli;
pub mod clock;
pub mod compose;
mod console;
pub mod control;
pub mod documents;
mod embedded;
pub mod live_settings;
pub mod logging;
pub mod master_key;
pub mod pages;
pub mod routes;
pub mod serve;
pub mod settings;
pub mod start_error;
pub mod status;
pub mod tls;
mod users_source;
mod weighted;
