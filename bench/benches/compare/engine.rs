//! Portcullis' engine.

use std::time::Instant;

use bench::{Asked, Kind, World, changes, names, numbering::Numbering, rights::PERMISSIONS};
use kernel::PermissionName;
use policy::{Change, Context, Principal, Question, Snapshot, load::Nodes};

use crate::{check, measure, report::Row, row, shared};

/// About as much memory as a world takes.
pub const BYTES_A_NODE: usize = 60;
/// So many questions are asked together.
const TOGETHER: usize = 64;
/// So many answers are checked against the oracle.
const CHECKED: usize = 4_000;

pub fn measure(world: &World, asked: &[Asked]) -> Vec<Row> {
    let asker = Asker::new(world, asked);
    let checked = &asked[..CHECKED.min(asked.len())];
    let allowed = check("the engine", world, checked, |at| asker.decide(at));
    let decide = measure::times(asked.len(), |at| asker.decide(at));
    let together = check("the engine, asked together", world, checked, |at| asker.together(at)[0]);
    assert_eq!(together, allowed, "the same questions");
    let together = measure::times(asked.len() / TOGETHER, |at| asker.together(at * TOGETHER));
    let explain = measure::times(asked.len(), |at| asker.snapshot.explain(&asker.question(at)));
    let note = format!("{allowed} % allowed; {}", asker.note);
    vec![
        row("Portcullis, decide", decide, note),
        row(
            &format!("Portcullis, {TOGETHER} together, each"),
            shared(together, TOGETHER),
            String::new(),
        ),
        row("Portcullis, explain", explain, String::new()),
    ]
}

struct Asker {
    snapshot: Snapshot,
    questions: Vec<(Principal, u32, kernel::NodeId)>,
    permissions: Vec<[PermissionName; 1]>,
    context: Context,
    note: String,
}

impl Asker {
    fn new(world: &World, asked: &[Asked]) -> Self {
        let (snapshot, note) = build(world);
        let question = |asked: &Asked| {
            let principal = Principal::user(names::user(asked.user));
            (principal, asked.permission, names::node(asked.node))
        };
        Self {
            snapshot,
            questions: asked.iter().map(question).collect(),
            permissions: (0..PERMISSIONS).map(|number| [names::permission(number)]).collect(),
            context: Context::default(),
            note,
        }
    }

    fn question(&self, at: usize) -> Question<'_> {
        let (principal, permission, node) = &self.questions[at];
        let permissions = &self.permissions[*permission as usize];
        Question { principal, permissions, node: *node, context: &self.context, now: names::NOW }
    }

    /// The answers to a question and those after it.
    fn together(&self, at: usize) -> Vec<bool> {
        let end = self.questions.len().min(at + TOGETHER);
        let questions: Vec<_> = (at..end).map(|at| self.question(at)).collect();
        let decisions = self.snapshot.decide_all(&questions);
        decisions.into_iter().map(policy::Decision::is_allow).collect()
    }

    fn decide(&self, at: usize) -> bool {
        self.snapshot.decide(&self.question(at)).is_allow()
    }
}

/// The snapshot, and what it took.
fn build(world: &World) -> (Snapshot, String) {
    let numbering = Numbering::new(world);
    let (before, start) = (measure::resident(), Instant::now());
    let mut snapshot = tree(world, &numbering);
    let (tree, after) = (start.elapsed(), measure::resident());
    apply(&mut snapshot, changes::people(world, &numbering));
    apply(&mut snapshot, changes::rights(world));
    let bytes = after.saturating_sub(before) / u64::from(world.nodes());
    let (tree, all) = (tree.as_secs_f64(), start.elapsed().as_secs_f64());
    let kind = if world.kind == Kind::Full { "full" } else { "plain" };
    eprintln!(
        "{} nodes, {kind}: {bytes} bytes a node, tree {tree:.1} s, all {all:.1} s",
        world.nodes()
    );
    (snapshot, format!("{bytes} bytes a node; tree built in {tree:.1} s, all in {all:.1} s"))
}

/// As a server loads it at the start.
fn tree(world: &World, numbering: &Numbering) -> Snapshot {
    let mut nodes = Nodes::new();
    for change in changes::tree(world, numbering) {
        if let Change::NodeSaved { id, parent, kind, label, label_end } = change {
            nodes.add(id, parent, &kind, (label, label_end)).expect("the node fits");
        }
    }
    let mut connections = nodes.finish().expect("the nodes fit");
    for change in changes::connections(world) {
        if let Change::Connected { from, to } = change {
            connections.add(from, to).expect("the ends are there");
        }
    }
    connections.finish().expect("the connections fit")
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
