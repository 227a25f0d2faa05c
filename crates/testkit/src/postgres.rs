//! PostgreSQL for tests: a database of its own for each test, in one cluster for the whole run.
//!
//! The cluster is the one in [`SHARED_CLUSTER`] when that is set (`with-postgres` sets it), else one that this process
//! starts on first use. Nothing needs to be set up or configured beyond Debian's package `postgresql`; when that is
//! missing the test fails and says so.
//!
//! Collation is C, as SQLite's is: both order text by its bytes.

mod admin;
mod cluster;
mod programs;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use anyhow::{Context, anyhow};
use tokio::sync::OnceCell;

pub use cluster::{Cluster, ClusterOptions};

/// The environment variable with the URL of a cluster that is already running: `postgres://user@host:port/postgres`.
/// The user must be allowed to create databases.
pub const SHARED_CLUSTER: &str = "PORTCULLIS_TEST_POSTGRES";

/// An empty database of the caller's own.
///
/// # Panics
/// When PostgreSQL is missing or refuses: a test without its database fails, it is never skipped.
pub async fn database() -> TestDatabase {
    or_fail(create("template0").await)
}

/// A database prepared by `prepare` (migrations, seed rows), once for each `name` in this process, to be cloned from.
/// `prepare` is handed the URL; connections it leaves open are closed.
///
/// # Panics
/// When PostgreSQL is missing or refuses, or `prepare` fails.
pub async fn template<F, P, E>(name: &str, prepare: F) -> Arc<Template>
where
    F: FnOnce(String) -> P,
    P: Future<Output = Result<(), E>>,
    E: std::fmt::Display,
{
    static PREPARED: LazyLock<Mutex<HashMap<String, Preparation>>> = LazyLock::new(Mutex::default);
    let cell = {
        let mut prepared = PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(prepared.entry(name.to_owned()).or_default())
    };
    or_fail(
        cell.get_or_try_init(|| async {
            let database = create("template0").await?;
            prepare(database.url.clone()).await.map_err(|e| anyhow!("preparing {name:?}: {e}"))?;
            admin::close(&database.cluster, &database.name).await?;
            Ok(Arc::new(Template { database }))
        })
        .await
        .cloned(),
    )
}

/// Filled by the first test that asks for the template.
type Preparation = Arc<OnceCell<Arc<Template>>>;

/// A prepared database that nobody may connect to; made by [`template`].
pub struct Template {
    database: TestDatabase,
}

impl Template {
    /// A copy of the template, of the caller's own.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn database(&self) -> TestDatabase {
        or_fail(create(&self.database.name).await)
    }
}

/// A database that is dropped, with all its connections, when this value is.
pub struct TestDatabase {
    /// Where to connect: `postgres://user:password@host:port/name`.
    pub url: String,
    cluster: String,
    name: String,
}

impl Drop for TestDatabase {
    /// Best effort: what stays behind goes away with the cluster. Waits, or a run of many tests would fill the disk.
    fn drop(&mut self) {
        let (cluster, name) = (std::mem::take(&mut self.cluster), std::mem::take(&mut self.name));
        // A thread of its own, because the caller's may be driving a runtime.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(admin::drop_database(&cluster, &name))
        });
        let _ = dropping.join();
    }
}

async fn create(template: &str) -> anyhow::Result<TestDatabase> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let cluster = cluster_url().await?;
    // Several processes, and the remains of killed ones, share a cluster.
    let (process, chance) = (std::process::id(), rand::random::<u32>());
    let name = format!("test_{process}_{chance:08x}_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
    admin::create_database(&cluster, &name, template).await?;
    Ok(TestDatabase { url: admin::at_database(&cluster, &name)?, cluster, name })
}

/// The URL of the cluster of this process, which the first caller starts.
async fn cluster_url() -> anyhow::Result<String> {
    static OWN: OnceLock<Result<Cluster, String>> = OnceLock::new();
    if let Ok(url) = std::env::var(SHARED_CLUSTER) {
        return Ok(url);
    }
    let start = || {
        OWN.get_or_init(|| {
            Cluster::start(ClusterOptions::default()).map_err(|error| format!("{error:#}"))
        })
    };
    match tokio::task::spawn_blocking(start).await.context("starting PostgreSQL")? {
        Ok(cluster) => Ok(cluster.url().to_owned()),
        Err(error) => Err(anyhow!(error.clone())),
    }
}

#[expect(clippy::panic, reason = "a test that cannot have its database must fail, with the cause")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("no PostgreSQL database for this test: {error:#}"))
}
