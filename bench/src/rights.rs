//! Permissions, roles and assignments of a world.

use std::ops::Range;

use kernel::{Effect, Pattern};

use crate::{
    names,
    people::People,
    random::{Random, count},
    world::{Kind, within},
};

/// How many permissions are registered.
pub const PERMISSIONS: u32 = 400;
/// How many roles there are.
pub const ROLES: u32 = 50;
/// Rules of a role.
const RULES: u32 = 8;

/// A rule. All roles and rules are owned by `$global`.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Allow or deny.
    pub effect: Effect,
    /// What it is about.
    pub pattern: Pattern,
}

/// To whom a role is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(u32),
    /// A group.
    Group(u32),
}

/// When an assignment ends, as seen from the moment of the questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Never.
    Never,
    /// It ended a second ago.
    Past,
    /// It ends in a second.
    Future,
}

/// An assignment.
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    /// To whom.
    pub holder: Holder,
    /// The role.
    pub role: u32,
    /// Where.
    pub node: u32,
    /// Until when.
    pub end: End,
    /// Whether it counts only at nodes of which it is known that they are not archived.
    pub conditional: bool,
}

/// Roles and assignments.
#[derive(Debug)]
pub struct Rights {
    /// The rules of each role.
    pub roles: Vec<Vec<Rule>>,
    /// All assignments.
    pub assignments: Vec<Assignment>,
    /// The assignments of each user: sorted by user.
    of_users: Vec<(u32, u32)>,
    /// The assignments of each group: sorted by group.
    of_groups: Vec<(u32, u32)>,
}

impl Rights {
    /// The assignments to this holder.
    pub fn of(&self, holder: Holder) -> impl Iterator<Item = &Assignment> {
        let (all, of) = match holder {
            Holder::User(user) => (&self.of_users, user),
            Holder::Group(group) => (&self.of_groups, group),
        };
        let start = all.partition_point(|(other, _)| *other < of);
        let mine = all[start..].iter().take_while(move |(other, _)| *other == of);
        mine.map(|(_, at)| &self.assignments[*at as usize])
    }
}

/// An assignment for each fifty places, half to users and half to groups, at nodes of the first four levels.
pub(crate) fn make(
    nodes: u32,
    kind: Kind,
    levels: &[Range<u32>],
    people: &People,
    random: &mut Random,
) -> Rights {
    let full = kind == Kind::Full;
    let roles = (0..ROLES).map(|role| rules(full && role % 10 == 0, random)).collect();
    let assignments: Vec<Assignment> = (0..(nodes / 50).max(1))
        .map(|_| Assignment {
            holder: match random.one_in(2) {
                true => Holder::User(random.below(people.users)),
                false => Holder::Group(random.below(people.groups)),
            },
            role: random.below(ROLES),
            node: within(&levels[random.below(4) as usize], random),
            end: match full && random.one_in(10) {
                true => *random.one(&[End::Past, End::Future]),
                false => End::Never,
            },
            conditional: full && random.one_in(20),
        })
        .collect();
    let mut of_users = Vec::new();
    let mut of_groups = Vec::new();
    for (assignment, at) in assignments.iter().zip(0..count(&assignments)) {
        match assignment.holder {
            Holder::User(user) => of_users.push((user, at)),
            Holder::Group(group) => of_groups.push((group, at)),
        }
    }
    of_users.sort_unstable();
    of_groups.sort_unstable();
    Rights { roles, assignments, of_users, of_groups }
}

/// Allows of exact names; with patterns and a deny among them if asked for.
fn rules(rich: bool, random: &mut Random) -> Vec<Rule> {
    (0..RULES)
        .map(|at| {
            let name = names::permission_text(random.below(PERMISSIONS));
            let mut parts = name.split(':');
            let (area, thing) =
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let text = match (rich, at) {
                (true, 0 | 1) => format!("{area}:*"),
                (true, 2) => format!("*:{thing}:read"),
                _ => name.clone(),
            };
            let effect = if rich && at == RULES - 1 { Effect::Deny } else { Effect::Allow };
            Rule { effect, pattern: names::pattern(&text) }
        })
        .collect()
}
