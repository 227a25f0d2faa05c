//! All questions but the decision itself, on worlds of 100 thousand, 1 million and 10 million nodes: where, who, what,
//! and why. Prints Markdown.
//!
//! `cargo bench --manifest-path bench/Cargo.toml --bench questions`; `PORTCULLIS_NODES=100000,1000000` measures these sizes alone.
#![expect(clippy::expect_used, reason = "a benchmark may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "../compare/measure.rs"]
mod measure;

use std::{cell::Cell, hint::black_box};

use bench::{
    Asked, Kind, World, changes, names, numbering::Numbering, question, rights::PERMISSIONS,
};
use kernel::{NodeId, PermissionName};
use measure::Times;
use policy::{
    AllowedNodes, Change, Context, NodeSearch, Principal, Question, Snapshot, SubjectSearch,
};

/// The seed of all worlds.
const SEED: u64 = 20_261_124;
const SIZES: [u32; 3] = [100_000, 1_000_000, 10_000_000];
/// A page.
const PAGE: usize = 50;

fn main() {
    let sizes = match std::env::var("PORTCULLIS_NODES") {
        Ok(text) => text.split(',').map(|size| size.parse().expect("a number")).collect(),
        Err(_) => SIZES.to_vec(),
    };
    println!("| nodes | world | question | mean ns | median ns | p99 ns | |");
    println!("|---|---|---|---|---|---|---|");
    for size in sizes {
        for kind in [Kind::Plain, Kind::Full] {
            let world = World::new(size, kind, SEED);
            let asked = question::questions(&world, measure::questions(size), SEED);
            Measuring::new(&world, &asked).all();
        }
    }
}

struct Measuring {
    name: String,
    snapshot: Snapshot,
    asked: Vec<(Principal, u32, NodeId)>,
    permissions: Vec<[PermissionName; 1]>,
    context: Context,
}

impl Measuring {
    fn new(world: &World, asked: &[Asked]) -> Self {
        let numbering = Numbering::new(world);
        let mut snapshot = Snapshot::new();
        apply(&mut snapshot, changes::tree(world, &numbering));
        apply(&mut snapshot, changes::connections(world));
        apply(&mut snapshot, changes::people(world, &numbering));
        apply(&mut snapshot, changes::rights(world));
        let kind = if world.kind == Kind::Full { "full" } else { "plain" };
        eprintln!(
            "{} nodes, {kind}: {} MiB with the world",
            world.nodes(),
            measure::resident() >> 20
        );
        Self {
            name: format!("| {} | {kind} |", world.nodes()),
            snapshot,
            asked: asked
                .iter()
                .map(|a| (Principal::user(names::user(a.user)), a.permission, names::node(a.node)))
                .collect(),
            permissions: (0..PERMISSIONS).map(|number| [names::permission(number)]).collect(),
            context: Context::default(),
        }
    }

    fn all(&self) {
        let count = self.asked.len();
        let tell = |question: &str, times: Times, note: String| {
            let Times { mean, median, p99 } = times;
            println!("{} {question} | {mean:.0} | {median} | {p99} | {note} |", self.name);
        };
        let decide = measure::times(count, |at| self.snapshot.decide(&self.question(at)));
        tell("decide", decide, String::new());
        let explain = measure::times(count, |at| self.snapshot.explain(&self.question(at)));
        tell("explain", explain, format!("{:.1} times a decide", explain.mean / decide.mean));
        let permissions = measure::times(count, |at| {
            let (who, _, node) = &self.asked[at];
            self.snapshot.permissions(who, *node, &self.context, names::NOW)
        });
        tell("permissions", permissions, format!("of {PERMISSIONS} registered"));
        let (pages, sum) = (Cell::new(0_usize), Cell::new(0_usize));
        let first = measure::times(count, |at| {
            let page = self.nodes(at).page(None, PAGE).expect("goes on");
            pages.set(pages.get() + 1);
            sum.set(sum.get() + page.items.len());
            page
        });
        let average = sum.get() as f64 / pages.get().max(1) as f64;
        tell("nodes, first page of 50", first, format!("{average:.1} found on average"));
        self.second_page(&tell);
        let (asked, sum) = (Cell::new(0_usize), Cell::new(0_usize));
        let total = measure::times(count, |at| {
            let nodes = self.nodes(at);
            let total = nodes.total().expect("goes on");
            asked.set(asked.get() + 1);
            sum.set(sum.get() + total);
            let _ = black_box(nodes.page(None, PAGE));
            total
        });
        let average = sum.get() / asked.get().max(1);
        tell("nodes, first page and total", total, format!("{average} on average"));
        let (asked, sum) = (Cell::new(0_usize), Cell::new(0_usize));
        let subjects = measure::times(count, |at| {
            let (_, permission, node) = &self.asked[at];
            let [permission] = &self.permissions[*permission as usize];
            let (context, now) = (&self.context, names::NOW);
            let search = SubjectSearch { permission, node: *node, context, now };
            let subjects = self.snapshot.subjects(&search);
            asked.set(asked.get() + 1);
            sum.set(sum.get() + subjects.total());
            subjects.page(None, PAGE)
        });
        let average = sum.get() / asked.get().max(1);
        tell("subjects, first page and total", subjects, format!("{average} on average"));
    }

    fn second_page(&self, tell: &impl Fn(&str, Times, String)) {
        let firsts: Vec<_> = (0..self.asked.len().min(20_000))
            .filter_map(|at| Some((at, self.nodes(at).page(None, PAGE).ok()?.next?)))
            .collect();
        let times = measure::times(firsts.len(), |at| {
            let (at, next) = &firsts[at];
            self.nodes(*at).page(Some(next), PAGE)
        });
        tell("nodes, second page of 50", times, String::new());
    }

    fn question(&self, at: usize) -> Question<'_> {
        let (principal, permission, node) = &self.asked[at];
        let permissions = &self.permissions[*permission as usize];
        Question { principal, permissions, node: *node, context: &self.context, now: names::NOW }
    }

    fn nodes(&self, at: usize) -> AllowedNodes<'_> {
        let (principal, permission, _) = &self.asked[at];
        let [permission] = &self.permissions[*permission as usize];
        self.snapshot.nodes(&NodeSearch {
            principal,
            permission,
            under: None,
            kind: None,
            told: None,
            context: &self.context,
            now: names::NOW,
        })
    }
}

fn apply(snapshot: &mut Snapshot, changes: impl Iterator<Item = Change>) {
    for change in changes {
        // The properties come last.
        for name in snapshot.unkept_properties(&change) {
            snapshot.keep_property(&name);
        }
        snapshot.apply(&change).expect("the world fits");
    }
}
