//! A tree of eight levels with connections, and principals who see parts of it.

use kernel::{
    AssignmentId, ConditionText, Effect, NodeId, NodeKind, Pattern, PermissionName, RoleId,
};
use policy::{Assignment, Change, Lock, Principal, Rule, Snapshot, Subject, SubjectKind};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use uuid::Uuid;

/// Who asks, and what for.
pub type Seer = (Principal, PermissionName);

pub struct World {
    pub snapshot: Snapshot,
    /// With their labels.
    pub nodes: Vec<(NodeId, i64)>,
    /// Principals of a sort, by its name.
    pub seers: Vec<(&'static str, Vec<Seer>)>,
    rng: ChaCha8Rng,
    made: u128,
}

/// How many principals of each sort.
const SEERS: usize = 10;

impl World {
    pub fn new(nodes: usize) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(1);
        let (seers, nodes_made) = (Vec::new(), Vec::new());
        let mut world = Self { snapshot: Snapshot::new(), nodes: nodes_made, seers, rng, made: 0 };
        let levels = world.tree(nodes);
        world.people(&levels);
        world
    }

    fn id(&mut self) -> Uuid {
        self.made += 1;
        // Spread, as the ids of real nodes are over time.
        Uuid::from_u128(self.made.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u64() % end as u64).unwrap()
    }

    fn apply(&mut self, change: &Change) {
        for name in self.snapshot.unkept_properties(change) {
            self.snapshot.keep_property(&name);
        }
        self.snapshot.apply(change).unwrap();
    }

    fn save(&mut self, id: NodeId, parent: Option<NodeId>, kind: &str) {
        let place = self.snapshot.place(parent, 1).unwrap();
        if !place.renumbered.is_empty() {
            self.apply(&Change::NodesLabelled { labels: place.renumbered });
        }
        let (label, label_end) = (place.label, place.label_end);
        let kind = NodeKind::parse(kind).unwrap();
        self.apply(&Change::NodeSaved { id, parent, kind, label, label_end });
    }

    /// Each level about four times the one above, and the last one the rest; then the connections.
    fn tree(&mut self, nodes: usize) -> Vec<Vec<NodeId>> {
        self.save(NodeId::GLOBAL, None, NodeKind::GLOBAL);
        let mut levels: Vec<Vec<NodeId>> = Vec::new();
        let mut left = nodes;
        for depth in 0..8 {
            let size = if depth == 7 { left } else { (6 << (2 * depth)) * nodes / 100_000 }.max(2);
            let mut level = Vec::new();
            for _ in 0..size {
                let parent = levels.last().map(|above: &Vec<NodeId>| above.len());
                let parent = parent.map(|count| self.below(count));
                let parent = parent.zip(levels.last()).map(|(at, above)| above[at]);
                let id = NodeId(self.id());
                self.save(id, parent, "place");
                level.push(id);
            }
            left = left.saturating_sub(size);
            levels.push(level);
        }
        let mut missing = nodes / 20;
        while missing > 0 {
            let from = self.some(&levels[2..7]);
            let to = self.some(&levels[4..]);
            missing -= usize::from(self.snapshot.apply(&Change::Connected { from, to }).is_ok());
        }
        let label = |id: &NodeId| (*id, self.snapshot.labels(*id).unwrap().label);
        self.nodes = levels.iter().flatten().map(label).collect();
        levels
    }

    fn some(&mut self, levels: &[Vec<NodeId>]) -> NodeId {
        let level = &levels[self.below(levels.len())];
        level[self.below(level.len())]
    }

    fn people(&mut self, levels: &[Vec<NodeId>]) {
        let view = [("view", true, None)];
        let guarded = [
            ("view", true, Some("resource.status != 'archived'")),
            ("view", false, Some("resource.amount > 900000")),
        ];
        self.sort("a leaf", &view, |world| vec![world.some(&levels[7..])]);
        self.sort("a small part", &view, |world| vec![world.some(&levels[4..5])]);
        self.sort("a hundredth", &view, |world| vec![world.some(&levels[2..3])]);
        self.sort("a twentieth", &view, |world| vec![world.some(&levels[1..2])]);
        self.sort("half", &view, |world| {
            let first = world.below(6);
            (0..3).map(|i| levels[0][(first + i) % levels[0].len()]).collect()
        });
        self.sort("half, conditions", &guarded, |world| {
            let first = world.below(6);
            (0..3).map(|i| levels[0][(first + i) % levels[0].len()]).collect()
        });
        self.sort("a hundredth, conditions", &guarded, |world| vec![world.some(&levels[2..3])]);
        self.sort("most", &view, |_| levels[0][1..].to_vec());
        self.sort("everything", &view, |_| vec![NodeId::GLOBAL]);
    }

    /// Principals with a role of these rules at some nodes.
    fn sort(
        &mut self,
        name: &'static str,
        rules: &[(&str, bool, Option<&str>)],
        mut at: impl FnMut(&mut Self) -> Vec<NodeId>,
    ) {
        let owner = NodeId::GLOBAL;
        let rule = |(pattern, allow, when): &(&str, bool, Option<&str>)| Rule {
            effect: if *allow { Effect::Allow } else { Effect::Deny },
            pattern: Pattern::parse(pattern).unwrap(),
            except: Vec::new(),
            owner,
            when: when.map(|text| ConditionText(text.to_owned())),
            fields: None,
            rows: None,
        };
        let (role, rules) = (RoleId(self.id()), rules.iter().map(rule).collect());
        self.apply(&Change::RoleSaved { id: role, name: "R".to_owned(), owner, rules });
        let mut seers = Vec::new();
        for _ in 0..SEERS {
            let id = NodeId(self.id());
            self.save(id, None, NodeKind::USER);
            self.apply(&Change::SubjectSaved(user(id)));
            for node in at(self) {
                let id_of_assignment = AssignmentId(self.id());
                self.apply(&Change::AssignmentSaved(Assignment {
                    id: id_of_assignment,
                    subject: id,
                    role,
                    node,
                    expires_at: None,
                    when: None,
                }));
            }
            seers.push((Principal::user(id), PermissionName::parse("view").unwrap()));
        }
        self.seers.push((name, seers));
    }
}

fn user(id: NodeId) -> Subject {
    Subject {
        id,
        kind: SubjectKind::User,
        realm: None,
        username: "u".to_owned(),
        superuser: false,
        disabled: false,
        lock: Lock::None,
        expires_at: None,
        attributes: std::collections::BTreeMap::default(),
    }
}
