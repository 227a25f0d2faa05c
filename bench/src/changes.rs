//! The world as changes for the engine, in the order in which a server streams its rows at the start.

use kernel::{ConditionText, NodeId, NodeKind};
use policy::{Assignment, Change, Lock, Membership, Rule, Subject, SubjectKind};

use crate::{
    names,
    numbering::Numbering,
    random::count,
    rights::{Holder, PERMISSIONS},
    world::{NO_PARENT, World},
};

/// The nodes in the order of labels, parents first.
pub fn tree<'a>(
    world: &'a World,
    numbering: &'a Numbering,
) -> impl Iterator<Item = Change> + use<'a> {
    numbering.order.iter().map(|node| {
        let parent = world.parents[*node as usize];
        let (label, label_end) = numbering.labels[*node as usize];
        Change::NodeSaved {
            id: names::node(*node),
            parent: (parent != NO_PARENT).then(|| names::node(parent)),
            kind: kind(if *node == 0 { NodeKind::GLOBAL } else { "place" }),
            label,
            label_end,
        }
    })
}

/// The connections.
pub fn connections(world: &World) -> impl Iterator<Item = Change> {
    world
        .connections
        .iter()
        .map(|(from, to)| Change::Connected { from: names::node(*from), to: names::node(*to) })
}

/// Users and groups, each a root of its own, and who is in what.
pub fn people<'a>(
    world: &'a World,
    numbering: &'a Numbering,
) -> impl Iterator<Item = Change> + use<'a> {
    let (people, start) = (&world.people, first_free(numbering));
    let groups = (0..people.groups).flat_map(move |group| {
        let id = names::group(group);
        let node = root(id, NodeKind::GROUP, start + 2 * i64::from(group));
        [node, Change::GroupSaved { id, membership: Membership::Listed }]
    });
    let users = (0..people.users).flat_map(move |user| {
        let id = names::user(user);
        let label = start + 2 * (i64::from(people.groups) + i64::from(user));
        [root(id, NodeKind::USER, label), Change::SubjectSaved(subject(id))]
    });
    let nested = people.nested.iter().map(|(inner, outer)| Change::MemberAdded {
        group: names::group(*outer),
        member: names::group(*inner),
    });
    let members = (0..people.users).flat_map(move |user| {
        let mut groups = people.groups_of(user).to_vec();
        groups.sort_unstable();
        groups.dedup();
        let member = names::user(user);
        groups
            .into_iter()
            .map(move |group| Change::MemberAdded { group: names::group(group), member })
    });
    groups.chain(users).chain(nested).chain(members)
}

/// Permissions, roles, assignments, and the properties that conditions read.
pub fn rights(world: &World) -> impl Iterator<Item = Change> {
    let permissions = (0..PERMISSIONS).map(|number| Change::PermissionSaved {
        id: names::permission_id(number),
        name: names::permission(number),
        owner: NodeId::GLOBAL,
    });
    let roles = world.rights.roles.iter().zip(0..).map(|(rules, number)| Change::RoleSaved {
        id: names::role(number),
        name: format!("role{number}"),
        owner: NodeId::GLOBAL,
        rules: rules.iter().map(rule).collect(),
    });
    let assignments = world.rights.assignments.iter().zip(0..).map(|(given, number)| {
        Change::AssignmentSaved(Assignment {
            id: names::assignment(number),
            subject: match given.holder {
                Holder::User(user) => names::user(user),
                Holder::Group(group) => names::group(group),
            },
            role: names::role(given.role),
            node: names::node(given.node),
            expires_at: names::end(given.end),
            when: given.conditional.then(|| ConditionText(names::CONDITION.to_owned())),
        })
    });
    let properties = world.archived.iter().map(|(node, archived)| Change::PropertySet {
        node: names::node(*node),
        name: names::PROPERTY.to_owned(),
        value: (*archived).into(),
    });
    permissions.chain(roles).chain(assignments).chain(properties)
}

fn rule(rule: &crate::rights::Rule) -> Rule {
    Rule {
        effect: rule.effect,
        pattern: rule.pattern.clone(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    }
}

/// Behind the tree.
fn first_free(numbering: &Numbering) -> i64 {
    numbering.labels.iter().map(|(_, end)| *end).max().unwrap_or(0)
        + i64::from(count(&numbering.order))
}

fn root(id: NodeId, name: &str, label: i64) -> Change {
    Change::NodeSaved { id, parent: None, kind: kind(name), label, label_end: label + 2 }
}

fn subject(id: NodeId) -> Subject {
    Subject {
        id,
        kind: SubjectKind::User,
        realm: None,
        username: "u".to_owned(),
        superuser: false,
        disabled: false,
        lock: Lock::None,
        expires_at: None,
        attributes: std::collections::BTreeMap::new(),
    }
}

#[expect(clippy::expect_used, reason = "the names are ours")]
fn kind(name: &str) -> NodeKind {
    NodeKind::parse(name).expect("a kind")
}
