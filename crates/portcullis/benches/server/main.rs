//! The server as it runs: a process of its own, asked over HTTP on the loopback. Decisions, sign-ins, start, memory;
//! printed as a table in Markdown. `make bench`, or `cargo bench -p portcullis --bench server`; needs wrk.
#![expect(clippy::expect_used, reason = "a benchmark may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod checks;
mod load;
mod machine;
mod server;
mod storm;
mod world;

use std::time::{Duration, Instant};

use load::{Load, Measured};
use protocol::password::{self, Argon2Cost, Memory};
use secrecy::SecretString;
use server::Server;
use testkit::postgres::{Cluster, ClusterOptions};
use world::{Names, World};

/// How often the start is measured.
const STARTS: usize = 10;
/// How many hashes are measured.
const HASHES: u32 = 20;
/// How long a server is idle before its memory is read.
const IDLE: Duration = Duration::from_secs(5);

fn main() {
    let directory = tempfile::tempdir().expect("a data directory");
    let mut server = Server::start(directory.path(), None);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = runtime.block_on(world::make(server.address()));
    let mut table = Table::new();
    starts(&mut server, &mut table);
    memory(&mut server, &mut table);
    decisions(&mut server, &world, &mut table);
    sign_ins(&server, "SQLite", &mut table);
    storm(&server, "SQLite", &world, &runtime, &mut table);
    let resident = server.resident_kib();
    table.row("memory after all of this (VmRSS)", &format!("{:.1} MiB", mebibytes(resident)), "");
    drop(server);
    on_postgresql(&runtime, &mut table);
    println!("\n{}\n\n{}", machine::describe(), table.0);
}

/// What takes the database at each request; commits are on the disk, as in operation.
fn on_postgresql(runtime: &tokio::runtime::Runtime, table: &mut Table) {
    let cluster = Cluster::start(ClusterOptions { durable: true }).expect("PostgreSQL");
    let directory = tempfile::tempdir().expect("a data directory");
    let server = Server::start(directory.path(), Some(cluster.url()));
    let world = runtime.block_on(world::make(server.address()));
    sign_ins(&server, "PostgreSQL", table);
    storm(&server, "PostgreSQL", &world, runtime, table);
}

fn starts(server: &mut Server, table: &mut Table) {
    let mut times: Vec<Duration> = (0..STARTS).map(|_| server.restart()).collect();
    times.sort_unstable();
    let middle = times.get(STARTS / 2).copied().unwrap_or_default();
    let worst = times.last().copied().unwrap_or_default();
    let figure = format!("{} ms", middle.as_millis());
    let more = format!("median of {STARTS}, at most {} ms", worst.as_millis());
    table.row(&format!("start until ready, {} nodes, SQLite", world::NODES), &figure, &more);
}

fn memory(server: &mut Server, table: &mut Table) {
    server.restart();
    std::thread::sleep(IDLE);
    let figure = format!("{:.1} MiB", mebibytes(server.resident_kib()));
    table.row(
        &format!("memory when idle (VmRSS), {} nodes", world::NODES),
        &figure,
        "5 s after start",
    );
}

/// On one core, with the load from another where there are two.
fn decisions(server: &mut Server, world: &World, table: &mut Table) {
    server.restart_on_one_core();
    for (names, way) in [(Names::Ids, "ids"), (Names::Paths, "paths")] {
        for batch in [1, 100] {
            let load = Load {
                path: "/api/v1/access/decide",
                bodies: world.questions(batch, names),
                headers: vec![("x-api-key", world.key.as_str())],
                connections: 8,
            };
            let what = if batch == 1 { "one question" } else { "100 questions" };
            table.measured(&format!("decide, {what}, {way}, API key, one core"), &load.run(server));
        }
    }
    for (names, way) in [(Names::Ids, "ids"), (Names::Paths, "paths and names")] {
        for batch in [1, 100] {
            let load = Load {
                path: if batch == 1 { "/access/v1/evaluation" } else { "/access/v1/evaluations" },
                bodies: world.evaluations(batch, names),
                headers: vec![("x-api-key", world.key.as_str())],
                connections: 8,
            };
            let what = if batch == 1 { "evaluation" } else { "100 evaluations" };
            let what = format!("AuthZEN, {what}, {way}, API key, one core");
            table.measured(&what, &load.run(server));
        }
    }
    let token = format!("Bearer {}", world.sign_in(server.address()));
    let load = Load {
        path: "/api/v1/access/decide",
        bodies: world.questions(1, Names::Ids),
        headers: vec![("authorization", &token)],
        connections: 8,
    };
    table.measured("decide, one question, ids, access token, one core", &load.run(server));
    for (credential, value) in [("x-api-key", world.key.as_str()), ("authorization", &token)] {
        forward(server, (credential, value), table);
        let measured = checks::run(server.checks_port(), (credential, value));
        table.measured(&format!("ext_authz (gRPC), {}, one core", by(credential)), &measured);
    }
    server.restart();
}

/// As Traefik asks, about a request that asks a permission at a node and gets through.
fn forward(server: &Server, credential: (&str, &str), table: &mut Table) {
    let load = Load {
        path: "/access/v1/forward",
        bodies: Vec::new(),
        headers: vec![
            credential,
            ("x-forwarded-method", "GET"),
            ("x-forwarded-uri", "/orders/4711/lines?page=2"),
            ("x-forwarded-host", world::HOST),
            ("x-forwarded-proto", "https"),
        ],
        connections: 8,
    };
    let by = by(credential.0);
    table.measured(&format!("forward auth, {by}, one core"), &load.run(server));
}

fn by(header: &str) -> &'static str {
    if header == "x-api-key" { "API key" } else { "access token" }
}

fn sign_ins(server: &Server, database: &str, table: &mut Table) {
    let hash = hash_time();
    let threads =
        std::thread::available_parallelism().map_or(1, usize::from).saturating_sub(1).max(1);
    let load = Load {
        path: "/auth/login",
        bodies: world::sign_ins(),
        headers: vec![("x-from", "bench")],
        connections: 8,
    };
    let measured = load.run(server);
    table.measured(&format!("sign-in (POST /auth/login), {database}"), &measured);
    let figure = format!("{:.1} ms", hash.as_secs_f64() * 1000.0);
    table.row("one Argon2id hash, alone", &figure, "19 MiB, 2 passes");
    let bound = f64::from(u32::try_from(threads).unwrap_or(1)) / hash.as_secs_f64();
    let more = format!("{bound:.0} hashes/s on {threads} hashing threads would be 1.00");
    table.row(
        &format!("sign-ins to hashes, {database}"),
        &format!("{:.2}", measured.per_second / bound),
        &more,
    );
}

/// More sign-ins than can be hashed: the others are told to come again, and tokens are checked as if nothing were.
fn storm(
    server: &Server,
    database: &str,
    world: &World,
    runtime: &tokio::runtime::Runtime,
    table: &mut Table,
) {
    let token = world.sign_in(server.address());
    let storm = runtime.block_on(storm::send(server.address(), world::sign_ins(), &token));
    let figure = format!("{:.0}/s", storm.signed_in);
    let more = format!("{:.0}/s are told to come again (503)", storm.told_to_wait);
    table.row(&format!("sign-ins while 200/s are offered, {database}"), &figure, &more);
    let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let (middle, p99) = storm.checks;
    let quiet = format!(
        "p50 {}; without them p50 {}, p99 {}",
        millis(middle),
        millis(storm.quiet.0),
        millis(storm.quiet.1)
    );
    let what = format!("p99 of a request with a token meanwhile (GET /auth/me), {database}");
    table.row(&what, &millis(p99), &quiet);
    assert!(p99 < Duration::from_millis(50), "sign-ins hold up requests with a token: {p99:?}");
}

fn hash_time() -> Duration {
    let secret = SecretString::from(world::PASSWORD);
    let mut memory = Memory::default();
    let began = Instant::now();
    for _ in 0..HASHES {
        let hash =
            password::hash(&secret, &Argon2Cost::default(), &testkit::OsEntropy, &mut memory);
        std::hint::black_box(hash.expect("a hash"));
    }
    began.elapsed() / HASHES
}

fn mebibytes(kibibytes: u32) -> f64 {
    f64::from(kibibytes) / 1024.0
}

/// A table in Markdown.
struct Table(String);

impl Table {
    fn new() -> Self {
        Self("| what | figure | more |\n|---|---|---|\n".to_owned())
    }

    fn row(&mut self, what: &str, figure: &str, more: &str) {
        println!("{what}: {figure} {more}");
        self.0.push_str(&format!("| {what} | {figure} | {more} |\n"));
    }

    fn measured(&mut self, what: &str, measured: &Measured) {
        let more = format!("p50 {}, p99 {}", measured.p50, measured.p99);
        self.row(what, &format!("{:.0}/s", measured.per_second), &more);
    }
}
