//! `cedar-policy`, used in the two ways in which it is fastest here: a policy set for each user, of what he and his
//! groups were given; and, for worlds without denies and conditions, one policy over sets that are kept with each user.
//! The tree and the connections are Cedar's own hierarchy in both.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use bench::{
    Asked, Kind, World, names,
    rights::{Assignment, End, Holder, PERMISSIONS},
    world::NO_PARENT,
};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use kernel::Effect;

use crate::{check, measure, report::Row, row};

/// So many questions are asked: each user among them needs a policy set.
const QUESTIONS: usize = 2_000;

pub fn measure(world: &World, asked: &[Asked]) -> Vec<Row> {
    let asked = &asked[..QUESTIONS.min(asked.len())];
    let mut rows = vec![by_user(world, asked)];
    if world.kind == Kind::Plain {
        rows.push(by_sets(world, asked));
    }
    rows
}

fn by_user(world: &World, asked: &[Asked]) -> Row {
    let before = measure::resident();
    let entities = entities(world, &BTreeMap::new());
    let sets: BTreeMap<u32, PolicySet> =
        asked.iter().map(|asked| (asked.user, policies(world, asked.user))).collect();
    let memory = measure::resident().saturating_sub(before) >> 20;
    let requests: Vec<Request> = asked.iter().map(|asked| request(*asked)).collect();
    let authorizer = Authorizer::new();
    let ask = |at: usize| {
        let answer = authorizer.is_authorized(&requests[at], &sets[&asked[at].user], &entities);
        answer.decision() == Decision::Allow
    };
    check("cedar-policy, a policy set a user", world, asked, ask);
    let note = format!("{} users; {memory} MiB", sets.len());
    row("cedar-policy, a policy set a user", measure::times(asked.len(), ask), note)
}

fn by_sets(world: &World, asked: &[Asked]) -> Row {
    let before = measure::resident();
    let users: BTreeSet<u32> = asked.iter().map(|asked| asked.user).collect();
    let given = users.iter().map(|user| (*user, granted(world, *user))).collect();
    let entities = entities(world, &given);
    let text = "permit(principal, action, resource) when { \
                principal.hasTag(context.permission) && \
                resource in principal.getTag(context.permission) };";
    let policies: PolicySet = text.parse().expect("a policy");
    let memory = measure::resident().saturating_sub(before) >> 20;
    let requests: Vec<Request> = asked.iter().map(|asked| request(*asked)).collect();
    let authorizer = Authorizer::new();
    let ask = |at: usize| {
        authorizer.is_authorized(&requests[at], &policies, &entities).decision() == Decision::Allow
    };
    check("cedar-policy, sets kept with a user", world, asked, ask);
    let note = format!("{} users; {memory} MiB", users.len());
    row("cedar-policy, sets kept with a user", measure::times(asked.len(), ask), note)
}

fn uid(kind: &str, number: u32) -> EntityUid {
    format!("{kind}::\"{number}\"").parse().expect("a uid")
}

/// The nodes with their parents and connections, and the users with the nodes that each permission was given at.
fn entities(world: &World, given: &BTreeMap<u32, BTreeMap<u32, Vec<u32>>>) -> Entities {
    let nodes = world.parents.iter().zip(0..).map(|(parent, node)| {
        let parent = Some(*parent).filter(|parent| *parent != NO_PARENT);
        let above: HashSet<EntityUid> =
            world.connected(node).chain(parent).map(|above| uid("Node", above)).collect();
        let known = world.archived.binary_search_by_key(&node, |(node, _)| *node).ok();
        let attributes = known.map(|at| {
            (names::PROPERTY.to_owned(), RestrictedExpression::new_bool(world.archived[at].1))
        });
        Entity::new(uid("Node", node), attributes.into_iter().collect(), above).expect("an entity")
    });
    let users = given.iter().map(|(user, by_permission)| {
        let tags = by_permission.iter().map(|(permission, nodes)| {
            let nodes =
                nodes.iter().map(|node| RestrictedExpression::new_entity_uid(uid("Node", *node)));
            (names::permission_text(*permission), RestrictedExpression::new_set(nodes))
        });
        Entity::new_with_tags(uid("User", *user), [], [], tags).expect("an entity")
    });
    Entities::from_entities(nodes.chain(users), None).expect("entities")
}

/// All that the user and his groups were given.
fn held(world: &World, user: u32) -> impl Iterator<Item = &Assignment> {
    let groups = world.people.all_groups_of(user).into_iter().map(Holder::Group);
    groups.chain([Holder::User(user)]).flat_map(|holder| world.rights.of(holder))
}

fn granted(world: &World, user: u32) -> BTreeMap<u32, Vec<u32>> {
    let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for given in held(world, user) {
        for rule in &world.rights.roles[given.role as usize] {
            for permission in matched(&rule.pattern) {
                found.entry(permission).or_default().push(given.node);
            }
        }
    }
    found
}

fn matched(pattern: &kernel::Pattern) -> impl Iterator<Item = u32> {
    (0..PERMISSIONS).filter(|number| pattern.matches(&names::permission(*number)))
}

fn policies(world: &World, user: u32) -> PolicySet {
    let mut text = String::new();
    for given in held(world, user).filter(|given| given.end != End::Past) {
        for rule in &world.rights.roles[given.role as usize] {
            let actions: Vec<String> = matched(&rule.pattern)
                .map(|number| format!("Action::\"{}\"", names::permission_text(number)))
                .collect();
            if actions.is_empty() {
                continue;
            }
            let (effect, when) = match (rule.effect, given.conditional) {
                (Effect::Allow, false) => ("permit", ""),
                (Effect::Deny, false) => ("forbid", ""),
                (Effect::Allow, true) => {
                    ("permit", "when { resource has archived && !resource.archived }")
                }
                (Effect::Deny, true) => {
                    ("forbid", "unless { resource has archived && resource.archived }")
                }
            };
            text += &format!(
                "{effect}(principal, action in [{}], resource in Node::\"{}\") {when};\n",
                actions.join(", "),
                given.node
            );
        }
    }
    text.parse().expect("policies")
}

fn request(asked: Asked) -> Request {
    let name = names::permission_text(asked.permission);
    let action = format!("Action::\"{name}\"").parse().expect("an action");
    let permission = RestrictedExpression::new_string(name);
    let context = Context::from_pairs([("permission".to_owned(), permission)]).expect("a context");
    let (user, node) = (uid("User", asked.user), uid("Node", asked.node));
    Request::new(user, action, node, context, None).expect("a request")
}
