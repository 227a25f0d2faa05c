//! The cluster as the other crates' tests use it.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use testkit::postgres::{Cluster, ClusterOptions, database, template};

async fn count(url: &str) -> Result<i64, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query_scalar("SELECT count(*) FROM sample").fetch_one(&mut connection).await
}

async fn seed(url: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql("CREATE TABLE sample (id int); INSERT INTO sample VALUES (1), (2)")
        .execute(&mut connection)
        .await?;
    Ok(())
}

#[tokio::test]
async fn databases_are_empty_and_apart() {
    let (one, two) = (database().await, database().await);
    assert_ne!(one.url, two.url);
    seed(&one.url).await.unwrap();
    assert_eq!(count(&one.url).await.unwrap(), 2);
    assert!(count(&two.url).await.is_err(), "the other database must not have the table");
}

#[tokio::test]
async fn a_dropped_database_is_gone_even_with_connections() {
    let dropped = database().await;
    let url = dropped.url.clone();
    let connection = PgConnection::connect(&url).await.unwrap();
    drop(dropped);
    let error = PgConnection::connect(&url).await.expect_err("the database must be gone");
    assert!(error.to_string().contains("does not exist"), "{error}");
    drop(connection);
}

#[tokio::test]
async fn a_template_is_prepared_once_and_cloned() {
    let mut prepared = 0;
    for _ in 0..3 {
        // The connection stays open on purpose: a template closes what its preparation left behind.
        let mut left_open = None;
        let template = template("sample", async |url: String| {
            prepared += 1;
            seed(&url).await?;
            left_open = Some(PgConnection::connect(&url).await?);
            Ok::<_, sqlx::Error>(())
        })
        .await;
        let clone = template.database().await;
        assert_eq!(count(&clone.url).await.unwrap(), 2);
    }
    assert_eq!(prepared, 1);
}

#[tokio::test]
#[should_panic(expected = "preparing \"broken\": no table")]
async fn a_template_that_fails_fails_the_test() {
    template("broken", async |_| Err("no table")).await;
}

#[tokio::test]
async fn committed_rows_outlive_a_crash() {
    let mut cluster = Cluster::start(ClusterOptions { durable: true }).unwrap();
    seed(cluster.url()).await.unwrap();
    cluster.crash().unwrap();
    assert_eq!(count(cluster.url()).await.unwrap(), 2);
}

#[test]
fn the_cluster_ends_when_its_process_is_killed() {
    let place = tempfile::tempdir().unwrap();
    // PostgreSQL may run as another user than this one.
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args(["sh", "-c", r#"echo "$PORTCULLIS_TEST_POSTGRES"; read -r _"#])
        .env("TMPDIR", place.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let address = url.trim().rsplit('@').next().unwrap().trim_end_matches("/postgres").to_owned();
    TcpStream::connect(&address).expect("PostgreSQL must be running");

    process.kill().unwrap();
    process.wait().unwrap();

    let gone = || place.path().read_dir().unwrap().next().is_none();
    let ended = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        gone() && TcpStream::connect(&address).is_err()
    });
    assert!(ended, "PostgreSQL at {address} or its directory is still there");
}

#[test]
fn a_command_gets_a_cluster_and_its_exit_code_is_kept() {
    let status = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args(["sh", "-c", r#"test -n "$PORTCULLIS_TEST_POSTGRES" && exit 7"#])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(7));
}
