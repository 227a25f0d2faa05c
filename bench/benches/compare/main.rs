//! The engine on worlds of 100 thousand, 1 million and 10 million nodes, beside `cedar-policy` and `casbin` on the same
//! worlds, every answer checked against the oracle. Prints Markdown.
//!
//! `cargo bench --manifest-path bench/Cargo.toml --bench compare`; `PORTCULLIS_NODES=100000,1000000` measures these sizes alone;
//! `PORTCULLIS_FIGURES=docs/benchmarks` writes the table and the chart there.
#![expect(clippy::expect_used, reason = "a benchmark may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod casbin;
mod cedar;
mod chart;
mod engine;
mod machine;
mod measure;
mod memory;
mod report;

use std::process::{Command, Stdio};

use bench::{Kind, World, question};
use report::{Report, Row};

/// The seed of all worlds.
const SEED: u64 = 20_261_124;
/// Set for the process that measures one of them on one world.
const TASK: &str = "PORTCULLIS_TASK";
const SIZES: [u32; 3] = [100_000, 1_000_000, 10_000_000];
/// The largest world that Cedar follows: beyond it its entities do not fit a common machine.
const CEDAR_NODES: u32 = 100_000;
/// The largest world that casbin follows: it reads every policy for each question.
const CASBIN_NODES: u32 = 100_000;

fn main() {
    if let Ok(task) = std::env::var(TASK) {
        return measure_one(&task);
    }
    let sizes = match std::env::var("PORTCULLIS_NODES") {
        Ok(text) => text.split(',').map(|size| size.parse().expect("a number")).collect(),
        Err(_) => SIZES.to_vec(),
    };
    let mut report = Report::default();
    for size in sizes {
        for kind in ["plain", "full"] {
            for who in ["portcullis", "cedar", "casbin"] {
                in_a_process(&format!("{size} {kind}"), who, &mut report);
            }
        }
    }
    println!("{}", report.markdown());
    if let Ok(directory) = std::env::var("PORTCULLIS_FIGURES") {
        report.write(directory.as_ref()).expect("the figures can be written");
    }
}

/// Everyone on each world in a process of its own, so that the memory of one is not in the figures of the next.
fn in_a_process(world: &str, who: &str, report: &mut Report) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .env(TASK, format!("{world} {who}"))
        .stderr(Stdio::inherit())
        .output()
        .expect("this program can be run");
    assert!(output.status.success(), "{world} failed");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().for_each(|line| report.push(world, Row::parse(line)));
}

fn measure_one(task: &str) {
    let mut words = task.split(' ');
    let mut next = || words.next().expect("a size, a kind, and who");
    let (size, kind, who) = (next(), next(), next());
    let size = size.parse().expect("a number");
    let kind = if kind == "full" { Kind::Full } else { Kind::Plain };
    let follows = match who {
        "portcullis" => true,
        "cedar" => size <= CEDAR_NODES,
        _ => size <= CASBIN_NODES && kind == Kind::Plain,
    };
    if !follows {
        return;
    }
    let world = World::new(size, kind, SEED);
    let asked = question::questions(&world, measure::questions(size), SEED);
    let rows = match who {
        "portcullis" => {
            let mut rows = engine::measure(&world, &asked);
            rows.push(memory::measure(size as usize * engine::BYTES_A_NODE, SEED));
            rows
        }
        "cedar" => cedar::measure(&world, &asked),
        _ => vec![casbin::measure(&world, &asked)],
    };
    rows.iter().for_each(|row| println!("{}", row.print()));
}

/// Stops when an answer is not the oracle's.
fn check(who: &str, world: &World, asked: &[bench::Asked], answer: impl Fn(usize) -> bool) -> u32 {
    let mut allowed = 0;
    for (at, asked) in asked.iter().enumerate() {
        let right = bench::oracle::allows(world, *asked);
        assert_eq!(answer(at), right, "{who} is wrong: {asked:?}");
        allowed += u32::from(right);
    }
    allowed * 100 / u32::try_from(asked.len().max(1)).expect("few questions")
}

/// What a row says beside its figures.
fn row(name: &str, times: measure::Times, note: String) -> Row {
    Row { name: name.to_owned(), times, note }
}

/// The share of each of so many that were asked together.
fn shared(times: measure::Times, many: usize) -> measure::Times {
    let many = u32::try_from(many).expect("few");
    let share = |time: u64| time / u64::from(many);
    measure::Times {
        mean: times.mean / f64::from(many),
        median: share(times.median),
        p99: share(times.p99),
    }
}
