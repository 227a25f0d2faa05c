//! A world as plain numbers. Node 0 is `$global`; the others are places in a tree of depth 8, of which a twentieth has
//! one more connection.

use crate::{
    people::{self, People},
    random::{Random, count},
    rights::{self, Rights},
};

/// No parent: a root.
pub const NO_PARENT: u32 = u32::MAX;
/// Levels of the tree, `$global` aside.
pub const DEPTH: usize = 8;
/// Each level has about four times as many nodes as the one above; the last one has the rest.
const LEVELS: [u32; DEPTH - 1] = [6, 24, 100, 400, 1_600, 6_400, 25_600];
/// The size that [`LEVELS`] is for.
const LEVELS_OF: u64 = 100_000;

/// What a world has beside the tree, people and plain roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Allows of exact names alone.
    Plain,
    /// A tenth of the roles with denies and patterns, a tenth of the assignments with an end, one in twenty with a
    /// condition.
    Full,
}

/// A world.
#[derive(Debug)]
pub struct World {
    /// What it has.
    pub kind: Kind,
    /// The parent of each node.
    pub parents: Vec<u32>,
    /// The nodes of each level, from the roots down.
    pub levels: Vec<std::ops::Range<u32>>,
    /// From, to: sorted by `to`, each once, none closes a cycle.
    pub connections: Vec<(u32, u32)>,
    /// Users and groups.
    pub people: People,
    /// Roles and assignments.
    pub rights: Rights,
    /// Whether a node is archived; of most nodes it is not said. Sorted by node.
    pub archived: Vec<(u32, bool)>,
}

impl World {
    /// A world of `nodes` places, made from the seed.
    pub fn new(nodes: u32, kind: Kind, seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let (parents, levels) = tree(nodes, random);
        let connections = connections(&levels, nodes / 20, random);
        let people = people::make(nodes, random);
        let rights = rights::make(nodes, kind, &levels, &people, random);
        let archived = match kind {
            Kind::Plain => Vec::new(),
            Kind::Full => archived(count(&parents), random),
        };
        Self { kind, parents, levels, connections, people, rights, archived }
    }

    /// How many places it has.
    pub fn nodes(&self) -> u32 {
        count(&self.parents) - 1
    }

    /// The nodes from which this one inherits by a connection of its own.
    pub fn connected(&self, to: u32) -> impl Iterator<Item = u32> + '_ {
        let start = self.connections.partition_point(|(_, other)| *other < to);
        self.connections[start..].iter().take_while(move |(_, other)| *other == to).map(|c| c.0)
    }
}

fn tree(nodes: u32, random: &mut Random) -> (Vec<u32>, Vec<std::ops::Range<u32>>) {
    let (mut parents, mut levels) = (vec![NO_PARENT], Vec::with_capacity(DEPTH));
    for level in 0..DEPTH {
        let start = count(&parents);
        let left = nodes + 1 - start;
        let size = LEVELS.get(level).map_or(left, |size| scaled(*size, nodes).min(left));
        for _ in 0..size {
            let parent = match levels.last() {
                None => NO_PARENT,
                Some(above) => within(above, random),
            };
            parents.push(parent);
        }
        levels.push(start..start + size);
    }
    (parents, levels)
}

fn scaled(size: u32, nodes: u32) -> u32 {
    u32::try_from(u64::from(size) * u64::from(nodes) / LEVELS_OF).unwrap_or(u32::MAX).max(1)
}

/// From one of the first five levels to a node of a deeper one, so that no cycle can close.
fn connections(
    levels: &[std::ops::Range<u32>],
    wanted: u32,
    random: &mut Random,
) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = Vec::with_capacity(wanted as usize);
    let last = levels.last().map_or(1, |level| level.end);
    while count(&found) < wanted {
        let level = &levels[random.below(5) as usize];
        let to = level.end + random.below(last - level.end);
        found.push((within(level, random), to));
    }
    found.sort_unstable_by_key(|(from, to)| (*to, *from));
    found.dedup();
    found
}

fn archived(nodes: u32, random: &mut Random) -> Vec<(u32, bool)> {
    (1..nodes).filter(|_| random.one_in(50)).map(|node| (node, node.is_multiple_of(4))).collect()
}

/// One of the nodes of a level.
pub(crate) fn within(level: &std::ops::Range<u32>, random: &mut Random) -> u32 {
    level.start + random.below(level.end - level.start)
}
