//! A connection to either database, and the few things that the tests do with it.

use policy::condition::sql::{Dialect, Parameter};
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, Row, SqliteConnection};
use testkit::{Backend, TestDatabase};

/// A query with its parameters; not kept, as each is another.
macro_rules! bound {
    ($database:ty, $sql:expr, $parameters:expr) => {{
        let mut query = sqlx::query::<$database>($sql).persistent(false);
        for value in $parameters {
            query = match value {
                Parameter::Text(text) => query.bind(text.clone()),
                Parameter::Number(number) => query.bind(*number),
            };
        }
        query
    }};
}

/// A database of the test's own.
pub struct Connection {
    inner: Inner,
    _database: Option<TestDatabase>,
}

enum Inner {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Connection {
    pub async fn open(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
                Self { inner: Inner::Sqlite(Box::new(connection)), _database: None }
            }
            Backend::Postgres => {
                let database = testkit::database().await;
                let connection = PgConnection::connect(&database.url).await.unwrap();
                Self { inner: Inner::Postgres(Box::new(connection)), _database: Some(database) }
            }
        }
    }

    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgresql,
        }
    }

    /// Runs statements without parameters.
    pub async fn run(&mut self, sql: &str) {
        let done = match &mut self.inner {
            Inner::Sqlite(c) => c.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop),
            Inner::Postgres(c) => c.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop),
        };
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// The numbers of each row; NULL is `None`.
    pub async fn numbers(&mut self, sql: &str, parameters: &[Parameter]) -> Vec<Vec<Option<i64>>> {
        let failed = |error: sqlx::Error| -> ! { panic!("{error}: {sql} {parameters:?}") };
        match &mut self.inner {
            Inner::Sqlite(connection) => {
                let query = bound!(sqlx::Sqlite, AssertSqlSafe(sql), parameters);
                let rows = query.fetch_all(&mut **connection).await;
                let rows = rows.unwrap_or_else(|error| failed(error));
                rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
            }
            Inner::Postgres(connection) => {
                let query = bound!(sqlx::Postgres, AssertSqlSafe(sql), parameters);
                let rows = query.fetch_all(&mut **connection).await;
                let rows = rows.unwrap_or_else(|error| failed(error));
                rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
            }
        }
    }
}

impl Connection {
    /// How the database would run it, a line each.
    pub async fn plan(&mut self, sql: &str, parameters: &[Parameter]) -> Vec<String> {
        let (word, column) = match self.inner {
            Inner::Sqlite(_) => ("EXPLAIN QUERY PLAN", 3),
            Inner::Postgres(_) => ("EXPLAIN (ANALYZE, BUFFERS)", 0),
        };
        let sql = format!("{word} {sql}");
        let sql = || AssertSqlSafe(sql.clone());
        match &mut self.inner {
            Inner::Sqlite(connection) => {
                let rows = bound!(sqlx::Sqlite, sql(), parameters).fetch_all(&mut **connection);
                rows.await.unwrap().iter().map(|row| row.get(column)).collect()
            }
            Inner::Postgres(connection) => {
                let rows = bound!(sqlx::Postgres, sql(), parameters).fetch_all(&mut **connection);
                rows.await.unwrap().iter().map(|row| row.get(column)).collect()
            }
        }
    }
}

/// A text literal, for what the tests themselves write.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
