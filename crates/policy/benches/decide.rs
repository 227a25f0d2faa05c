//! One decision in worlds of 100,000 and 1,000,000 nodes: depth 8, a twentieth of the nodes with one more connection;
//! the full world with denies, patterns, exceptions, expiry. `cargo bench -p portcullis-policy`; `PORTCULLIS_NODES=n`
//! measures one size alone, and `PORTCULLIS_NODES=0` none but what divan does.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::{
    cell::Cell,
    collections::BTreeSet,
    ops::Range,
    sync::LazyLock,
    time::{Duration, Instant},
};

use divan::{Bencher, black_box};
use jiff::Timestamp;
use kernel::{
    AssignmentId, ConditionText, Effect, NodeId, NodeKind, Pattern, PermissionName, RoleId,
};
use policy::{
    Assignment, Change, Context, Decision, Lock, Membership, Principal, Question, Rule, Snapshot,
    Subject, SubjectKind, load::Nodes,
};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use uuid::Uuid;

const NODES: usize = 100_000;
const ROLES: usize = 50;
const QUESTIONS: usize = 131_072;
const ROUNDS: usize = 7;

fn main() {
    let wanted = std::env::var("PORTCULLIS_NODES").ok().map(|text| text.parse().unwrap());
    let sizes = wanted.map_or(vec![NODES, 10 * NODES], |size| vec![size]);
    for size in sizes.into_iter().filter(|size| *size > 0) {
        for full in [false, true] {
            report(size, full);
        }
    }
    divan::main();
}

/// Mean of a run without a clock in between, of several the middle one; the rest of single decisions, the reading of the clock taken off.
fn report(nodes: usize, full: bool) {
    let start = Instant::now();
    let world = World::new(nodes, full);
    let made = start.elapsed().as_secs_f64();
    let allowed = (0..QUESTIONS).filter(|i| world.ask(*i).is_allow()).count() * 100 / QUESTIONS;
    let mut means: Vec<u64> = (0..ROUNDS)
        .map(|_| {
            let start = worked();
            for at in 0..QUESTIONS {
                black_box(world.ask(at)).is_allow();
            }
            (worked() - start) / QUESTIONS as u64
        })
        .collect();
    means.sort_unstable();
    let mean = means[ROUNDS / 2];
    let clock = sorted_times(|_| ());
    let single = sorted_times(|at| _ = black_box(world.ask(at % QUESTIONS)));
    let [median, p99, p999] = [500, 990, 999].map(|permille| {
        let at = single.len() * permille / 1000;
        single[at].saturating_sub(clock[clock.len() / 2]).as_nanos()
    });
    let name = if full { "full" } else { "plain" };
    println!(
        "{nodes} nodes, {name}: mean {mean} ns, median {median} ns, p99 {p99} ns, p99.9 {p999} ns; \
         {allowed}% allowed, made in {made:.1} s"
    );
    if full {
        writes(&world);
    }
}

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// What a write costs while readers hold the snapshot before it: the middle of many, in microseconds.
fn writes(world: &World) {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut below = |end: usize| usize::try_from(rng.next_u64() % end as u64).unwrap();
    let nodes = world.snapshot.count_nodes() * 9 / 10;
    let mut cost =
        |name: &str, change: &mut dyn FnMut(&Snapshot, usize, usize) -> Option<Change>| {
            let mut times = Vec::new();
            let mut held = world.snapshot.clone();
            while times.len() < 200 {
                let Some(change) = change(&held, below(nodes), below(nodes)) else { continue };
                let start = Instant::now();
                let mut next = held.clone();
                let taken = next.apply(&change).is_ok();
                held = next;
                if taken {
                    times.push(start.elapsed().as_micros());
                }
            }
            times.sort_unstable();
            println!("  {name}: {} us, of ten the slowest {} us", times[100], times[180]);
        };
    cost("assignment", &mut |_, a, b| {
        Some(Change::AssignmentSaved(Assignment {
            id: AssignmentId(id(6, a)),
            subject: user(a / 20),
            role: role(0),
            node: node(b),
            expires_at: None,
            when: None,
        }))
    });
    cost("membership", &mut |_, a, b| {
        Some(Change::MemberAdded { group: group(a / 200), member: user(b / 20) })
    });
    cost("connection", &mut |_, a, b| {
        Some(Change::Connected { from: node(a / 1000), to: node(b) })
    });
    cost("move of a leaf", &mut |snapshot, a, b| {
        let (id, parent) = (node(a), node(b / 1000));
        let labels = snapshot.place_move(id, parent).ok()?;
        (labels.len() == 1).then_some(Change::NodeMoved { id, parent, labels })
    });
    cost("new node", &mut |snapshot, a, b| {
        let place = snapshot.place(Some(node(b / 1000)), 1).ok()?;
        let (label, label_end) = (place.label, place.label_end);
        let kind = NodeKind::parse("place").unwrap();
        let new = NodeId(id(7, a));
        let saved =
            Change::NodeSaved { id: new, parent: Some(node(b / 1000)), kind, label, label_end };
        place.renumbered.is_empty().then_some(saved)
    });
}

/// The processor time of this thread, in nanoseconds: what else the machine does is not in it.
fn worked() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn sorted_times(run: impl Fn(usize)) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..ROUNDS * QUESTIONS)
        .map(|at| {
            let start = Instant::now();
            run(at);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

#[divan::bench(sample_size = 4096)]
fn decide_plain(bencher: Bencher<'_, '_>) {
    run(bencher, &PLAIN);
}

#[divan::bench(sample_size = 4096)]
fn decide_full(bencher: Bencher<'_, '_>) {
    run(bencher, &FULL);
}

#[divan::bench(sample_size = 4096)]
fn explain_full(bencher: Bencher<'_, '_>) {
    let next = Cell::new(0);
    bencher.bench_local(|| {
        next.set((next.get() + 1) % QUESTIONS);
        FULL.snapshot.explain(&FULL.question(next.get()))
    });
}

fn run(bencher: Bencher<'_, '_>, world: &World) {
    let next = Cell::new(0);
    bencher.bench_local(|| {
        next.set((next.get() + 1) % QUESTIONS);
        black_box(world.ask(next.get()))
    });
}

static PLAIN: LazyLock<World> = LazyLock::new(|| World::new(NODES, false));
static FULL: LazyLock<World> = LazyLock::new(|| World::new(NODES, true));

struct World {
    snapshot: Snapshot,
    questions: Vec<(Principal, [PermissionName; 1], NodeId)>,
    context: Context,
}

impl World {
    fn question(&self, at: usize) -> Question<'_> {
        let (principal, permissions, node) = &self.questions[at];
        let now = Timestamp::UNIX_EPOCH;
        Question { principal, permissions, node: *node, context: &self.context, now }
    }

    fn ask(&self, at: usize) -> Decision {
        self.snapshot.decide(&self.question(at))
    }

    fn new(nodes: usize, full: bool) -> Self {
        let mut making = Making {
            snapshot: Snapshot::new(),
            rng: ChaCha8Rng::seed_from_u64(1),
            levels: Vec::new(),
            children: Vec::new(),
            full,
            nodes,
        };
        making.nodes();
        making.people();
        making.roles();
        making.assignments();
        let questions = (0..QUESTIONS).map(|_| making.question()).collect();
        Self { snapshot: making.snapshot, questions, context: Context::default() }
    }
}

struct Making {
    snapshot: Snapshot,
    rng: ChaCha8Rng,
    /// The nodes of each depth.
    levels: Vec<Range<usize>>,
    children: Vec<Vec<usize>>,
    full: bool,
    nodes: usize,
}

impl Making {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u64() % end as u64).unwrap()
    }

    fn apply(&mut self, change: &Change) {
        for name in self.snapshot.unkept_properties(change) {
            self.snapshot.keep_property(&name);
        }
        self.snapshot.apply(change).unwrap();
    }

    /// Places, then groups and users as roots: as a database holds them.
    fn nodes(&mut self) {
        // Each level about four times the one above, and the last one the rest.
        let sizes = [6, 24, 100, 400, 1_600, 6_400, 25_600].map(|size| size * self.nodes / NODES);
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); self.nodes];
        let (mut made, mut roots) = (0, 0);
        for depth in 0..8 {
            let size = sizes.get(depth).copied().unwrap_or(self.nodes - made);
            for number in made..made + size {
                match self.levels.last().cloned() {
                    Some(above) => {
                        let parent = above.start + self.below(above.len());
                        below[parent].push(number);
                    }
                    None => roots += 1,
                }
            }
            self.levels.push(made..made + size);
            made += size;
        }
        let mut pairs = BTreeSet::new();
        while pairs.len() < self.nodes / 20 {
            let level = self.below(5);
            let start = self.levels[level].end;
            let from = self.one_of(level);
            pairs.insert((from, start + self.below(self.nodes - start)));
        }
        let (before, start) = (resident(), worked());
        let mut nodes = Nodes::new();
        let kind = |name| NodeKind::parse(name).unwrap();
        nodes.add(NodeId::GLOBAL, None, &kind(NodeKind::GLOBAL), (0, 1)).unwrap();
        let mut next = 1;
        for root in 0..roots {
            add(&mut nodes, &below, (root, None), &kind("place"), &mut next);
        }
        let groups = (0..self.groups()).map(|i| (group(i), NodeKind::GROUP));
        let users = (0..self.users()).map(|i| (user(i), NodeKind::USER));
        for ((id, name), at) in groups.chain(users).zip(next..) {
            nodes.add(id, None, &kind(name), (at, at + 1)).unwrap();
        }
        let mut connections = nodes.finish().unwrap();
        for (from, to) in pairs {
            connections.add(node(from), node(to)).unwrap();
        }
        self.snapshot = connections.finish().unwrap();
        let count = self.snapshot.count_nodes();
        let (bytes, took) = ((resident() - before) / count, (worked() - start) / 1_000_000);
        println!("{count} nodes loaded in {took} ms, {bytes} bytes a node");
        self.children = below;
    }

    fn one_of(&mut self, level: usize) -> usize {
        let level = self.levels[level].clone();
        level.start + self.below(level.len())
    }

    /// A node of one of the first levels.
    fn some_node(&mut self, levels: usize) -> NodeId {
        let level = self.below(levels);
        node(self.one_of(level))
    }

    fn people(&mut self) {
        for i in 0..self.groups() {
            self.apply(&Change::GroupSaved { id: group(i), membership: Membership::Listed });
        }
        for i in 0..self.users() {
            self.apply(&Change::SubjectSaved(subject(user(i))));
            for _ in 0..5 {
                let group = group(self.below(self.groups()));
                // The same group twice is refused, which does no harm here.
                let _ = self.snapshot.apply(&Change::MemberAdded { group, member: user(i) });
            }
        }
        for _ in 0..self.groups() / 10 {
            let (outer, inner) =
                (group(self.below(self.groups())), group(self.below(self.groups())));
            let _ = self.snapshot.apply(&Change::MemberAdded { group: outer, member: inner });
        }
    }

    fn roles(&mut self) {
        for i in 0..ROLES {
            let count = 2 + self.below(4);
            let rules = (0..count).map(|_| self.rule()).collect();
            let owner = NodeId::GLOBAL;
            self.apply(&Change::RoleSaved { id: role(i), name: "R".into(), owner, rules });
        }
    }

    fn rule(&mut self) -> Rule {
        let patterns: &[&str] = if self.full {
            &["*", "contract:*", "contract:edit", "*:edit", "menu:*", "contract:*:x", "data:a:b:*"]
        } else {
            &["contract:edit", "contract:list", "menu:a"]
        };
        let pattern = Pattern::parse(patterns[self.below(patterns.len())]).unwrap();
        let deny = self.full && self.below(20) == 0;
        let excepted = self.full && self.below(10) == 0;
        let conditional = self.full && self.below(20) == 0;
        Rule {
            effect: if deny { Effect::Deny } else { Effect::Allow },
            pattern,
            except: if excepted { vec![Pattern::parse("contract:list").unwrap()] } else { vec![] },
            owner: NodeId::GLOBAL,
            when: conditional.then(|| ConditionText("has(resource.a)".into())),
            fields: None,
            rows: None,
        }
    }

    fn assignments(&mut self) {
        for i in 0..self.assigned() {
            let to_user = self.below(2) == 0;
            let subject = if to_user {
                user(self.below(self.users()))
            } else {
                group(self.below(self.groups()))
            };
            let ends = self.full && self.below(5) == 0;
            let seconds = if self.below(2) == 0 { -1 } else { 1 };
            let assignment = Assignment {
                id: AssignmentId(id(5, i)),
                subject,
                role: role(self.below(ROLES)),
                node: self.some_node(4),
                expires_at: ends.then(|| Timestamp::from_second(seconds).unwrap()),
                when: None,
            };
            self.apply(&Change::AssignmentSaved(assignment));
        }
    }

    /// Down from child to child, mostly to the end.
    fn somewhere_below(&mut self, top: NodeId) -> NodeId {
        let mut at = usize::try_from(top.0.as_u128() as u64).unwrap();
        loop {
            let count = self.children[at].len();
            if count == 0 || self.below(8) == 0 {
                return node(at);
            }
            let next = self.below(count);
            at = self.children[at][next];
        }
    }

    fn users(&self) -> usize {
        self.nodes / 10
    }

    fn groups(&self) -> usize {
        self.nodes / 100
    }

    fn assigned(&self) -> usize {
        self.nodes * 3 / 100
    }

    /// Half of the questions are about a node below one of the user's own assignments.
    fn question(&mut self) -> (Principal, [PermissionName; 1], NodeId) {
        let names = ["contract:edit", "contract:list", "menu:a"];
        let name = PermissionName::parse(names[self.below(names.len())]).unwrap();
        let who = user(self.below(self.users()));
        let mut held = self.snapshot.assignments_of_subject(who);
        for group in self.snapshot.groups_of(who) {
            held.extend(self.snapshot.assignments_of_subject(group));
        }
        let tops: Vec<NodeId> = held.iter().map(|assignment| assignment.node).collect();
        let node = if !tops.is_empty() && self.below(2) == 0 {
            let top = tops[self.below(tops.len())];
            self.somewhere_below(top)
        } else {
            node(self.below(self.nodes))
        };
        (Principal::user(who), [name], node)
    }
}

/// A node with all below it.
fn add(
    nodes: &mut Nodes,
    below: &[Vec<usize>],
    (number, parent): (usize, Option<usize>),
    kind: &NodeKind,
    next: &mut i64,
) {
    let label = *next;
    *next += 1 + 16 * size(below, number);
    nodes.add(node(number), parent.map(node), kind, (label, *next)).unwrap();
    let mut at = label + 1;
    for child in &below[number] {
        add(nodes, below, (*child, Some(number)), kind, &mut at);
    }
}

/// How many nodes are below.
fn size(below: &[Vec<usize>], number: usize) -> i64 {
    below[number].iter().map(|child| 1 + size(below, *child)).sum()
}

fn subject(id: NodeId) -> Subject {
    Subject {
        id,
        kind: SubjectKind::User,
        realm: None,
        username: "u".into(),
        superuser: false,
        disabled: false,
        lock: Lock::None,
        expires_at: None,
        attributes: Default::default(),
    }
}

fn id(sort: u128, number: usize) -> Uuid {
    Uuid::from_u128((sort << 64) + number as u128)
}

fn node(number: usize) -> NodeId {
    NodeId(id(1, number))
}

fn user(number: usize) -> NodeId {
    NodeId(id(2, number))
}

fn group(number: usize) -> NodeId {
    NodeId(id(3, number))
}

fn role(number: usize) -> RoleId {
    RoleId(id(4, number))
}
