//! Questions about a world.

use kernel::Effect;

use crate::{
    numbering::Children,
    random::Random,
    rights::{Holder, PERMISSIONS},
    world::World,
};

/// May this user do this there?
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Who.
    pub user: u32,
    /// What.
    pub permission: u32,
    /// Where.
    pub node: u32,
}

/// So many questions, made from the seed. Half of them are about something that the user was given, at a node below the
/// place where; the others about anything.
pub fn questions(world: &World, number: usize, seed: u64) -> Vec<Asked> {
    let random = &mut Random::new(seed);
    let children = Children::new(&world.parents);
    (0..number).map(|_| question(world, &children, random)).collect()
}

fn question(world: &World, children: &Children, random: &mut Random) -> Asked {
    let user = random.below(world.people.users);
    let anything = Asked {
        user,
        permission: random.below(PERMISSIONS),
        node: 1 + random.below(world.nodes()),
    };
    if random.one_in(2) {
        return anything;
    }
    let groups = world.people.all_groups_of(user).into_iter().map(Holder::Group);
    let held: Vec<_> = groups
        .chain([Holder::User(user)])
        .flat_map(|holder| world.rights.of(holder))
        .copied()
        .collect();
    if held.is_empty() {
        return anything;
    }
    let given = random.one(&held);
    let allows: Vec<_> = world.rights.roles[given.role as usize]
        .iter()
        .filter(|rule| rule.effect == Effect::Allow)
        .collect();
    let rule = random.one(&allows);
    let about: Vec<u32> = (0..PERMISSIONS)
        .filter(|number| rule.pattern.matches(&crate::names::permission(*number)))
        .collect();
    Asked { user, permission: *random.one(&about), node: below(given.node, children, random) }
}

/// From child to child, mostly to the end.
fn below(top: u32, children: &Children, random: &mut Random) -> u32 {
    let mut at = top;
    while !children.of(at).is_empty() && !random.one_in(8) {
        at = *random.one(children.of(at));
    }
    at
}
