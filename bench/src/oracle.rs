//! What is right, as plainly as it can be said: a search upwards over parents and connections, and a scan over what the
//! user and his groups were given. Shares nothing with the engine but the words.

use std::collections::BTreeSet;

use kernel::Effect;

use crate::{
    names,
    question::Asked,
    rights::{Assignment, End, Holder},
    world::{NO_PARENT, World},
};

/// Whether it is allowed.
pub fn allows(world: &World, asked: Asked) -> bool {
    let above = ancestors(world, asked.node);
    let name = names::permission(asked.permission);
    let (mut allowed, mut denied) = (false, false);
    let groups = world.people.all_groups_of(asked.user).into_iter().map(Holder::Group);
    for holder in groups.chain([Holder::User(asked.user)]) {
        for assignment in world.rights.of(holder).filter(|given| given.end != End::Past) {
            if !above.contains(&assignment.node) {
                continue;
            }
            for rule in &world.rights.roles[assignment.role as usize] {
                if rule.pattern.matches(&name) {
                    let holds = condition(world, assignment, asked.node);
                    allowed |= rule.effect == Effect::Allow && holds == Some(true);
                    denied |= rule.effect == Effect::Deny && holds != Some(false);
                }
            }
        }
    }
    allowed && !denied
}

/// The node and all from which it inherits.
pub fn ancestors(world: &World, node: u32) -> BTreeSet<u32> {
    let mut found = BTreeSet::from([node, 0]);
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let parent = Some(world.parents[node as usize]).filter(|parent| *parent != NO_PARENT);
        open.extend(world.connected(node).chain(parent).filter(|above| found.insert(*above)));
    }
    found
}

/// `None`: it is not known whether the node is archived.
fn condition(world: &World, assignment: &Assignment, node: u32) -> Option<bool> {
    if !assignment.conditional {
        return Some(true);
    }
    let at = world.archived.binary_search_by_key(&node, |(node, _)| *node).ok()?;
    Some(!world.archived[at].1)
}
