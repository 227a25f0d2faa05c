//! SQLite and PostgreSQL behind one code path: connections, the write lock, migrations, the change log, and the table
//! `node` that every scoped list joins.
//!
//! | module | holds |
//! |---|---|
//! | [`database`] | opening, the writer, the readers |
//! | [`transaction`] | [`WriteTransaction`] and [`ReadTransaction`], and the [`Run`] trait that runs SQL on them |
//! | [`stream`] | the rows of a statement, read on one thread and used on another |
//! | [`table`] | the same for one table, with many rows of SQLite at once |
//! | [`migration`] | applying what a release adds, refusing what a newer one made |
//! | [`change_log`] | gapless revisions and what each of them changed |
//! | [`node`] | the rows of the tree |
//! | [`lock`] | who uses a database: one server of SQLite, any number of PostgreSQL |
//! | [`watch`] | seeing what other servers commit |
//!
//! SQL is written once, with `$1` for parameters, which both databases read.

pub mod change_log;
pub mod copy;
pub mod database;
pub mod error;
pub mod lock;
pub mod migration;
pub mod node;
mod session;
pub mod stream;
pub mod table;
pub mod time;
pub mod transaction;
pub mod watch;

pub use database::{Backend, Database, Target};
pub use error::StoreError;
pub use migration::Migration;
pub use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
pub use time::{from_micros, micros};
pub use transaction::{ReadTransaction, Run, WriteTransaction};
