//! The few statements that make, close and drop databases. Names come from this crate only, never from outside.

use anyhow::Context;
use reqwest::Url;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The cluster's URL with `name` as the database.
pub(super) fn at_database(cluster: &str, name: &str) -> anyhow::Result<String> {
    let mut url = Url::parse(cluster).context("the URL of the PostgreSQL cluster")?;
    url.set_path(name);
    Ok(url.into())
}

pub(super) async fn create_database(
    cluster: &str,
    name: &str,
    template: &str,
) -> anyhow::Result<()> {
    execute(cluster, &format!(r#"CREATE DATABASE "{name}" TEMPLATE "{template}""#)).await
}

/// Nobody can connect from now on, and who is connected is disconnected, so that the database can be cloned.
pub(super) async fn close(cluster: &str, name: &str) -> anyhow::Result<()> {
    execute(cluster, &format!(r#"ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false"#)).await?;
    let sql =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    execute(cluster, &sql).await
}

pub(super) async fn drop_database(cluster: &str, name: &str) -> anyhow::Result<()> {
    execute(cluster, &format!(r#"DROP DATABASE IF EXISTS "{name}" WITH (FORCE)"#)).await
}

async fn execute(cluster: &str, sql: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(cluster).await.context("connecting")?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.context(sql.to_owned())?;
    connection.close().await.context("disconnecting")
}
