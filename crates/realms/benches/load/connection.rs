//! A connection that writes many rows at once: nothing looks at a row before all are there.

use sqlx::{
    AssertSqlSafe, Connection as _, Executor, PgConnection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use store::Target;

pub enum Connection {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Connection {
    pub async fn open(target: &Target) -> Self {
        match target {
            Target::Sqlite(path) => {
                let options = SqliteConnectOptions::new().filename(path).foreign_keys(false);
                let options = options
                    .journal_mode(SqliteJournalMode::Off)
                    .synchronous(SqliteSynchronous::Off)
                    .pragma("cache_size", "-1000000");
                Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap().into())
            }
            Target::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                // No trigger looks at foreign keys.
                let settings =
                    "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'";
                connection.execute(settings).await.unwrap();
                Self::Postgres(connection.into())
            }
        }
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    pub async fn run(&mut self, sql: &str) {
        let done = match self {
            Self::Sqlite(c) => c.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop),
            Self::Postgres(c) => c.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop),
        };
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Takes away the indexes that are no constraint, and gives what makes them again.
    pub async fn drop_indexes(&mut self) -> Vec<String> {
        let found: Vec<(String, String)> = match self {
            Self::Sqlite(c) => {
                let sql =
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
                let rows = c.fetch_all(sql).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
            Self::Postgres(c) => {
                let sql = "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
                    JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
                    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)";
                let rows = c.fetch_all(sql).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        };
        for (name, _) in &found {
            self.run(&format!("DROP INDEX {name}")).await;
        }
        found.into_iter().map(|(_, sql)| sql).collect()
    }

    /// Leaves the tables as a server finds them that runs for long.
    pub async fn settle(&mut self) {
        if let Self::Postgres(_) = self {
            self.run("VACUUM ANALYZE").await;
        }
    }
}
