//! Users and groups of a world: a user for each ten places, in five groups; a group for each hundred places, one in ten
//! within another.

use crate::random::{Random, count};

/// The groups of each user.
pub const MEMBERSHIPS: usize = 5;

/// Users and groups.
#[derive(Debug)]
pub struct People {
    /// How many users.
    pub users: u32,
    /// How many groups.
    pub groups: u32,
    /// The groups of each user, [`MEMBERSHIPS`] a user; one may be named twice.
    memberships: Vec<u32>,
    /// Inner group, outer group; the outer one has the higher number, so none is within itself. Sorted, each once.
    pub nested: Vec<(u32, u32)>,
}

impl People {
    /// The groups that list this user.
    pub fn groups_of(&self, user: u32) -> &[u32] {
        let start = user as usize * MEMBERSHIPS;
        &self.memberships[start..start + MEMBERSHIPS]
    }

    /// All groups of the user, nested ones included, each once.
    pub fn all_groups_of(&self, user: u32) -> Vec<u32> {
        let mut found = self.groups_of(user).to_vec();
        let mut done = 0;
        while let Some(group) = found.get(done).copied() {
            let start = self.nested.partition_point(|(inner, _)| *inner < group);
            let outer = self.nested[start..].iter().take_while(|(inner, _)| *inner == group);
            found.extend(outer.map(|(_, outer)| *outer));
            done += 1;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

pub(crate) fn make(nodes: u32, random: &mut Random) -> People {
    let (users, groups) = ((nodes / 10).max(1), (nodes / 100).max(2));
    let memberships =
        (0..users as usize * MEMBERSHIPS).map(|_| random.below(groups)).collect::<Vec<_>>();
    let mut nested = Vec::new();
    while count(&nested) < groups / 10 {
        let inner = random.below(groups - 1);
        nested.push((inner, inner + 1 + random.below(groups - inner - 1)));
    }
    nested.sort_unstable();
    nested.dedup();
    People { users, groups, memberships, nested }
}
