//! Lists through a filter: the newest 50 of a million rows, for principals who see little, half and most of a tree of
//! 100,000 nodes, a twentieth of them with one more connection. `cargo bench -p portcullis-access --bench filter`.
//!
//! `PORTCULLIS_NODES` and `PORTCULLIS_ROWS` ask for other sizes, `PORTCULLIS_SEERS=half` for the principals whose name
//! has this in it; `PORTCULLIS_EXPLAIN=1` prints a plan for each query.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/filter/databases.rs"]
mod databases;
mod table;
mod world;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use policy::{Context, Filter, FilterRefused, Form, Rows, condition::sql::Parameter};
use testkit::Backend;

use databases::Connection;
use world::{Seer, World};

/// How often each principal's list is read.
const ROUNDS: usize = 8;
/// What is asked for, all at the median and 95 of 100 within.
const SORTS: [&str; 2] = ["created", "amount"];

fn main() {
    // Whoever looks for tests or lists benchmarks finds this one alone.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let world = World::new(size("PORTCULLIS_NODES", 100_000));
    let rows = size("PORTCULLIS_ROWS", 1_000_000);
    testkit::backend::block_on(async {
        for backend in [Backend::Postgres, Backend::Sqlite] {
            let mut connection = Connection::open(backend).await;
            table::fill(&mut connection, &world, rows).await;
            println!("\n{backend:?}, {} nodes, {rows} rows", world.nodes.len());
            println!(
                "{:<24} {:>7} {:>6} {:>8} {:>9}   newest 50, then largest 50: median and p95 in ms",
                "who sees", "nodes", "form", "bytes", "made, ms"
            );
            let wanted = std::env::var("PORTCULLIS_SEERS").unwrap_or_default();
            for (name, seers) in world.seers.iter().filter(|(name, _)| name.contains(&wanted)) {
                for form in [None, Some(Form::Probe), Some(Form::Test)] {
                    measure(&mut connection, &world, name, seers, form).await;
                }
            }
        }
    });
}

fn size(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// One line: all principals of a sort, in one form.
async fn measure(
    connection: &mut Connection,
    world: &World,
    name: &str,
    seers: &[Seer],
    form: Option<Form>,
) {
    let mut made = Vec::new();
    let mut filters = Vec::new();
    for seer in seers {
        let start = Instant::now();
        match world.filter(seer, &table::rows(connection.dialect(), form)) {
            Ok(filter) => filters.push(filter),
            // Nobody gets it in this form.
            Err(FilterRefused::Many(_)) if form.is_some() => return,
            Err(refused) => panic!("{refused}"),
        }
        made.push(start.elapsed());
    }
    // To list the labels of half the nodes, or to read all rows for one node, is what nobody would do.
    let (total, most) = (world.nodes.len(), filters.iter().map(|filter| filter.nodes).max());
    let absurd = match form {
        Some(Form::Probe) => most.is_some_and(|most| most > total / 10),
        Some(Form::Test) => most.is_some_and(|most| most < total / 1000),
        _ => false,
    };
    if absurd {
        return;
    }
    // The form that was not chosen may be slow.
    let rounds = if form.is_none() { ROUNDS } else { 2 };
    let bytes = filters.iter().map(weight).max().unwrap_or(0);
    let nodes = filters.iter().map(|filter| filter.nodes).sum::<usize>() / filters.len();
    let chosen = if form.is_none() { "chosen " } else { "" };
    let wording = format!("{chosen}{:?}", filters[0].form).to_lowercase();
    let mut line =
        format!("{name:<24} {nodes:>7} {wording:>12} {bytes:>8} {:>9}", percentile(&mut made, 50));
    for sort in SORTS {
        let mut times = Vec::new();
        for filter in &filters {
            let sql = format!(
                "SELECT c.id FROM contract c LEFT JOIN place n ON n.node_id = c.node_id \
                 WHERE {} ORDER BY c.{sort} DESC LIMIT 50",
                filter.sql
            );
            explain(connection, &sql, &filter.parameters).await;
            for _ in 0..rounds {
                let start = Instant::now();
                let found = connection.numbers(&sql, &filter.parameters).await;
                times.push(start.elapsed());
                assert!(found.len() <= 50);
            }
        }
        line.push_str(&format!(
            " {:>9} {:>9}",
            percentile(&mut times, 50),
            percentile(&mut times, 95)
        ));
    }
    println!("{line}");
}

fn weight(filter: &Filter) -> usize {
    let values = filter.parameters.iter().map(|value| match value {
        Parameter::Text(text) => text.len(),
        Parameter::Number(_) => 8,
    });
    filter.sql.len() + values.sum::<usize>()
}

fn percentile(times: &mut [Duration], percent: usize) -> String {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len() - 1);
    format!("{:.2}", times[at].as_secs_f64() * 1000.0)
}

async fn explain(connection: &mut Connection, sql: &str, parameters: &[Parameter]) {
    if std::env::var_os("PORTCULLIS_EXPLAIN").is_some() {
        for line in connection.plan(sql, parameters).await {
            println!("    {line:.160}");
        }
    }
}

impl World {
    fn filter(&self, seer: &Seer, rows: &Rows) -> Result<Filter, FilterRefused> {
        let (principal, permission) = seer;
        let names = std::slice::from_ref(permission);
        self.snapshot.filter(principal, names, &Context::default(), Timestamp::UNIX_EPOCH, rows)
    }
}
