//! A database of the test's own, which several handles may open.

use jiff::Timestamp;
use store::{Backend, Database, Migration, Run, Target, change_log, migration, node};
use tempfile::TempDir;
use testkit::TestDatabase;

/// A table to write to.
pub const NOTE: Migration = Migration {
    name: "20261122_note",
    sql: "
CREATE TABLE note (name TEXT PRIMARY KEY, number BIGINT NOT NULL, body {bytes});
CREATE TABLE mention (name TEXT NOT NULL REFERENCES note (name));
",
};

/// Where a database is, or will be.
pub struct Place {
    /// Its address.
    pub target: Target,
    /// A data directory; SQLite has its file in it.
    pub directory: TempDir,
    _database: Option<TestDatabase>,
}

impl Place {
    /// A database with nothing in it.
    pub async fn empty(backend: testkit::Backend) -> Self {
        let directory = testkit::directory();
        match backend {
            testkit::Backend::Sqlite => {
                let target = Target::Sqlite(directory.path().join("test.db"));
                Self { target, directory, _database: None }
            }
            testkit::Backend::Postgres => {
                let database = testkit::database().await;
                let target = Target::Postgres(database.url.clone());
                Self { target, directory, _database: Some(database) }
            }
        }
    }

    /// A database with the tables of this crate and [`NOTE`], and one handle to it.
    pub async fn ready(backend: testkit::Backend) -> (Self, Database) {
        let place = Self::empty(backend).await;
        let database = place.open().await;
        migration::migrate(&database, steps()).await.unwrap();
        (place, database)
    }

    /// One more handle, as another server has.
    pub async fn open(&self) -> Database {
        Database::open(&self.target).await.unwrap()
    }

    /// The address, if it is PostgreSQL.
    pub fn url(&self) -> Option<&str> {
        match &self.target {
            Target::Postgres(url) => Some(url),
            Target::Sqlite(_) => None,
        }
    }
}

/// The migrations of [`Place::ready`].
pub fn steps() -> Vec<Migration> {
    [change_log::MIGRATIONS, &[node::MIGRATION, NOTE]].concat()
}

/// A moment.
pub fn now() -> Timestamp {
    Timestamp::constant(1_767_225_600, 0)
}

/// Adds a note.
pub async fn note(run: &impl Run, name: &str, number: i64) -> Result<u64, store::StoreError> {
    run.execute("INSERT INTO note (name, number) VALUES ($1, $2)", [name.into(), number.into()])
        .await
}

/// How many notes there are.
pub async fn notes(run: &impl Run) -> i64 {
    run.number("SELECT COUNT(*) FROM note", []).await.unwrap()
}

/// Whether a table is there.
pub async fn has_table(database: &Database, name: &str) -> bool {
    let sql = match database.backend() {
        Backend::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        Backend::Postgres => {
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = $1"
        }
    };
    database.read().await.unwrap().number(sql, [name.into()]).await.unwrap() > 0
}
