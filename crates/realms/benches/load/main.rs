//! The start from a database: nodes in a tree of eight levels, a twentieth with one more connection, a user for each ten
//! nodes in five groups, an assignment for each fifty; streamed to the engine by the code that the server starts with.
//! The nodes are stored in the order in which they were made, which is not that of the tree.
//! `cargo bench -p portcullis-realms --bench load`.
//!
//! `PORTCULLIS_NODES` asks for another size than ten million (which needs 8 GB of disk while it runs),
//! `PORTCULLIS_BACKEND=sqlite` or `postgres` for one database alone.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod connection;
mod fill;

use std::{collections::BTreeMap, process::Command, time::Instant};

use context::Loading;
use store::{Database, ReadTransaction, Target, change_log, migration::migrate, node};
use testkit::{Backend, TestDatabase};

use connection::Connection;
use fill::World;

fn main() {
    // Whoever looks for tests or lists benchmarks finds this one alone.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let Ok(backend) = std::env::var("PORTCULLIS_BACKEND") else {
        // Each in a process of its own, as memory is measured too.
        for backend in Backend::ALL {
            let program = std::env::current_exe().unwrap();
            let name = format!("{backend:?}").to_lowercase();
            let done = Command::new(program).env("PORTCULLIS_BACKEND", name).status().unwrap();
            assert!(done.success());
        }
        return;
    };
    let nodes = std::env::var("PORTCULLIS_NODES").ok().and_then(|text| text.parse().ok());
    let world = World::new(nodes.unwrap_or(10_000_000));
    let backend = if backend == "sqlite" { Backend::Sqlite } else { Backend::Postgres };
    testkit::backend::block_on(measure(backend, &world));
}

/// A database that goes away with this value.
struct Place {
    target: Target,
    _postgres: Option<TestDatabase>,
    _directory: tempfile::TempDir,
}

impl Place {
    async fn new(backend: Backend) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let postgres = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(testkit::database().await),
        };
        let target = match &postgres {
            None => Target::Sqlite(directory.path().join("load.db")),
            Some(database) => Target::Postgres(database.url.clone()),
        };
        Self { target, _postgres: postgres, _directory: directory }
    }
}

async fn measure(backend: Backend, world: &World) {
    let place = Place::new(backend).await;
    let database = Database::open(&place.target).await.unwrap();
    let tables = [
        &[node::MIGRATION, node::NAMED][..],
        change_log::MIGRATIONS,
        context::MIGRATIONS,
        tree::MIGRATIONS,
        access::MIGRATIONS,
        realms::MIGRATIONS,
    ];
    migrate(&database, tables.concat()).await.unwrap();
    database.close().await.unwrap();
    let start = Instant::now();
    world.fill(&mut Connection::open(&place.target).await).await;
    println!("\n{backend:?}, {world}; filled in {:.0} s", start.elapsed().as_secs_f64());

    let database = Database::open(&place.target).await.unwrap();
    let start = Instant::now();
    let read = database.read().await.unwrap();
    let mut loading = Loading::new(change_log::tip(&read).await.unwrap(), BTreeMap::new());
    let tree = seconds(tree::load(&read, &mut loading)).await;
    let people = seconds(realms::load(&read, &mut loading)).await;
    let rights = seconds(access::load(&read, &mut loading)).await;
    let all = start.elapsed().as_secs_f64();
    println!(
        "tree {tree:.1} s, people {people:.1} s, roles and assignments {rights:.1} s: all {all:.1} s; \
         {} MiB, {} at most",
        mebibytes("VmRSS:"),
        mebibytes("VmHWM:"),
    );
    check(world, loading.engine());
    drop::<ReadTransaction>(read);
    database.close().await.unwrap();
}

async fn seconds(work: impl Future<Output = Result<(), store::StoreError>>) -> f64 {
    let start = Instant::now();
    work.await.unwrap();
    start.elapsed().as_secs_f64()
}

/// All of it is there.
fn check(world: &World, engine: &policy::Snapshot) {
    assert_eq!(engine.count_nodes(), world.all_nodes());
    for role in [0, 49] {
        let assignments = engine.assignments_of_role(World::role(role));
        assert_eq!(assignments.len(), world.assignments_of(role));
    }
    World::assert_memberships(engine.groups_of(World::user(0)).len());
}

/// Of this process.
fn mebibytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}
