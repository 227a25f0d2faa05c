//! People, members and assignments that are loaded at once are those that came change by change, and damaged ones are
//! refused.

use std::collections::BTreeSet;

use kernel::{ConditionText, NodeId, NodeKind};
use policy::{
    Assignment, Change, ChangeRefused, Context, Membership, Question, Snapshot, Subject,
    SubjectKind,
    load::{Assignments, People},
};
use proptest::prelude::*;

use crate::{
    agree, ids, load,
    random::{NAMES, NOW, Pair},
    town,
};

/// Loads at once what can be, in an order that `turn` chooses; the rest change by change.
fn load_all(tree: Snapshot, changes: &[Change], turn: usize) -> Result<Snapshot, ChangeRefused> {
    let mut turned = changes.to_vec();
    turned.rotate_left(turn % changes.len().max(1));
    let mut people = People::new(tree)?;
    for change in &turned {
        match change {
            Change::SubjectSaved(subject) => people.add_subject(subject.clone())?,
            Change::GroupSaved { id, membership } => people.add_group(*id, *membership)?,
            _ => {}
        }
    }
    let mut members = people.finish()?;
    for change in &turned {
        if let Change::MemberAdded { group, member } = change {
            members.add(*group, *member)?;
        }
    }
    let mut snapshot = members.finish()?;
    let is_role = |change: &&Change| matches!(change, Change::RoleSaved { .. });
    turned.iter().filter(is_role).try_for_each(|change| apply(&mut snapshot, change))?;
    let mut assignments = Assignments::new(snapshot)?;
    for change in &turned {
        if let Change::AssignmentSaved(assignment) = change {
            assignments.add(assignment)?;
        }
    }
    // Properties come last, so that nothing is missed whatever is read.
    let (mut snapshot, _) = assignments.finish()?;
    let is_property = |change: &&Change| matches!(change, Change::PropertySet { .. });
    turned.iter().filter(is_property).try_for_each(|change| snapshot.apply(change))?;
    Ok(snapshot)
}

#[test]
fn a_loaded_world_is_the_one_that_grew() {
    for seed in 0..400 {
        let mut pair = Pair::new(seed, 60);
        let (nodes, connections) = load::stored(&pair.snapshot);
        let tree = load::load(&nodes, &connections).unwrap();
        let turn = pair.below(1000);
        let loaded = load_all(tree, &agree::rest(&pair.oracle), turn).unwrap();
        check_same(&mut pair, &loaded);
        pair.snapshot = loaded;
        agree::check(seed, &mut pair);
        // Whatever comes later finds all in order.
        (0..40).for_each(|_| pair.step());
        agree::check(seed, &mut pair);
    }
}

/// Both say the same of all things, and explain alike.
fn check_same(pair: &mut Pair, loaded: &Snapshot) {
    let (nodes, roles) = (pair.nodes(), pair.oracle.roles.keys().copied().collect::<Vec<_>>());
    let grown = &pair.snapshot;
    let ids = |all: Vec<&Assignment>| all.iter().map(|a| a.id).collect::<BTreeSet<_>>();
    for node in nodes.iter().copied() {
        assert_eq!(loaded.subject(node), grown.subject(node));
        assert_eq!(loaded.membership(node), grown.membership(node));
        assert_eq!(sorted(loaded.groups_of(node)), sorted(grown.groups_of(node)));
        assert_eq!(sorted(loaded.members_of(node)), sorted(grown.members_of(node)));
        assert_eq!(loaded.usage(node), grown.usage(node));
        assert_eq!(ids(loaded.assignments_at(node)), ids(grown.assignments_at(node)));
        let of_subject = [loaded, grown].map(|world| ids(world.assignments_of_subject(node)));
        assert_eq!(of_subject[0], of_subject[1]);
    }
    for role in roles {
        assert_eq!(ids(loaded.assignments_of_role(role)), ids(grown.assignments_of_role(role)));
    }
    for id in pair.oracle.assignments.keys() {
        assert_eq!(loaded.assignment(*id), grown.assignment(*id));
    }
    let now = ids::moment(NOW);
    assert_eq!(loaded.active_superusers(now), grown.active_superusers(now));
    assert_eq!(loaded.conditions_read_property("a"), grown.conditions_read_property("a"));
    assert_eq!(loaded.conditions_read_attribute("grade"), grown.conditions_read_attribute("grade"));
    let context = &Context::default();
    for _ in 0..5 {
        let principal = &pair.principal();
        let permissions = &[ids::name(pair.one(&NAMES))];
        for node in nodes.iter().copied() {
            let question = Question { principal, permissions, node, context, now };
            assert_eq!(loaded.explain(&question), pair.snapshot.explain(&question));
        }
    }
}

fn sorted(mut ids: Vec<NodeId>) -> Vec<NodeId> {
    ids.sort_unstable();
    ids
}

const USER: usize = 2;
const GROUP: usize = 4;
const COMPUTED: usize = 7;

/// `$global`, a realm 1, users 2 and 3, groups 4 to 7, a place 8; role 1.
fn nodes() -> Snapshot {
    let mut snapshot = Snapshot::new();
    let kinds = ["realm", "user", "user", "group", "group", "group", "group", "place"];
    let all = kinds.iter().zip(1..).map(|(kind, number)| (ids::node(number), *kind));
    for (id, kind) in [(NodeId::GLOBAL, NodeKind::GLOBAL)].into_iter().chain(all) {
        let place = snapshot.place(None, 1).unwrap();
        let (label, label_end) = (place.label, place.label_end);
        let (parent, kind) = (None, ids::kind(kind));
        snapshot.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
    }
    let (name, owner) = ("R".to_owned(), NodeId::GLOBAL);
    let role = Change::RoleSaved { id: ids::role(1), name, owner, rules: Vec::new() };
    snapshot.apply(&role).unwrap();
    snapshot
}

fn subject(number: usize) -> Subject {
    Subject { realm: Some(ids::node(1)), ..town::subject(ids::node(number)) }
}

fn group(number: usize) -> Change {
    let membership = if number == COMPUTED { Membership::Anonymous } else { Membership::Listed };
    Change::GroupSaved { id: ids::node(number), membership }
}

fn member(group: usize, member: usize) -> Change {
    Change::MemberAdded { group: ids::node(group), member: ids::node(member) }
}

fn assignment(number: usize, subject: usize, role: usize, node: usize) -> Change {
    Change::AssignmentSaved(Assignment {
        id: ids::assignment(number),
        subject: ids::node(subject),
        role: ids::role(role),
        node: ids::node(node),
        expires_at: None,
        when: Some(ConditionText("resource.a == 1".to_owned())),
    })
}

fn good() -> Vec<Change> {
    let mut good = vec![Change::SubjectSaved(subject(2)), Change::SubjectSaved(subject(3))];
    good.extend((4..8).map(group));
    good.extend([member(4, 2), member(5, 4), member(6, 5), member(6, 2), assignment(1, 2, 1, 8)]);
    good
}

#[test]
fn each_damage_is_refused() {
    assert!(load_all(nodes(), &good(), 0).is_ok());
    let with = |changed: fn(&mut Subject)| {
        let mut subject = subject(USER);
        changed(&mut subject);
        Change::SubjectSaved(subject)
    };
    let unknown = ChangeRefused::UnknownNode(ids::node(9));
    let of_realm = Membership::Authenticated { realm: Some(ids::node(9)) };
    let place = ChangeRefused::NotASubject(ids::node(8));
    let damages = [
        (Change::SubjectSaved(subject(9)), unknown.clone()),
        (Change::SubjectSaved(subject(8)), place.clone()),
        (Change::SubjectSaved(subject(GROUP)), ChangeRefused::NotASubject(ids::node(GROUP))),
        (with(|s| s.kind = SubjectKind::ServiceAccount), ChangeRefused::NotASubject(ids::node(2))),
        (with(|s| s.realm = Some(ids::node(9))), unknown.clone()),
        (
            with(|s| s.attributes = [("groups".to_owned(), 1.into())].into()),
            ChangeRefused::ReservedName("groups".to_owned()),
        ),
        (with(|_| {}), ChangeRefused::Exists),
        (group(9), unknown.clone()),
        (group(USER), ChangeRefused::NotASubject(ids::node(USER))),
        (Change::GroupSaved { id: ids::node(4), membership: of_realm }, unknown.clone()),
        (group(GROUP), ChangeRefused::Exists),
        (member(9, USER), unknown.clone()),
        (member(GROUP, 9), unknown.clone()),
        (member(8, USER), place.clone()),
        (member(USER, USER), ChangeRefused::NotASubject(ids::node(USER))),
        (member(GROUP, 8), place.clone()),
        (member(COMPUTED, USER), ChangeRefused::ComputedGroup),
        (member(GROUP, USER), ChangeRefused::Exists),
        (member(GROUP, GROUP), ChangeRefused::Cycle),
        (member(GROUP, 6), ChangeRefused::Cycle),
        (assignment(2, 9, 1, 8), unknown.clone()),
        (assignment(2, 8, 1, 8), place),
        (assignment(2, USER, 2, 8), ChangeRefused::UnknownRole(ids::role(2))),
        (assignment(2, USER, 1, 9), unknown),
        (assignment(1, 3, 1, 8), ChangeRefused::Exists),
    ];
    for (damage, why) in damages {
        let mut changes = good();
        changes.push(damage.clone());
        assert_eq!(load_all(nodes(), &changes, 0).err(), Some(why), "{damage:?}");
    }
}

/// Keeps the properties that conditions read, whose values come later.
fn apply(snapshot: &mut Snapshot, change: &Change) -> Result<(), ChangeRefused> {
    let unkept = snapshot.unkept_properties(change);
    unkept.iter().for_each(|name| snapshot.keep_property(name));
    snapshot.apply(change)
}

#[test]
fn nothing_is_loaded_over_what_is_there() {
    let mut people = nodes();
    people.apply(&Change::SubjectSaved(subject(USER))).unwrap();
    assert_eq!(People::new(people.clone()).err(), Some(ChangeRefused::Exists));
    let mut groups = nodes();
    groups.apply(&group(GROUP)).unwrap();
    assert_eq!(People::new(groups).err(), Some(ChangeRefused::Exists));
    apply(&mut people, &assignment(1, USER, 1, 8)).unwrap();
    assert_eq!(Assignments::new(people).err(), Some(ChangeRefused::Exists));
}

fn any_change() -> impl Strategy<Value = Change> {
    let number = || 1..10_usize;
    prop_oneof![
        (number(), any::<bool>()).prop_map(|(number, machine)| {
            let kind = if machine { SubjectKind::ServiceAccount } else { SubjectKind::User };
            Change::SubjectSaved(Subject { kind, ..subject(number) })
        }),
        number().prop_map(group),
        (4..8_usize, 2..8_usize).prop_map(|(a, b)| member(a, b)),
        (number(), number()).prop_map(|(a, b)| member(a, b)),
        (0..3_usize, number(), 1..3_usize, number())
            .prop_map(|(id, subject, role, node)| assignment(id, subject, role, node)),
    ]
}

/// What can be there once alone.
fn key(change: &Change) -> Option<String> {
    match change {
        Change::SubjectSaved(subject) => Some(format!("{:?}", subject.id)),
        Change::GroupSaved { id, .. } => Some(format!("{id:?}")),
        Change::AssignmentSaved(assignment) => Some(format!("{:?}", assignment.id)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]
    /// What loading takes, change by change would have taken, and the other way round; but for what is there twice, where
    /// the later change would replace the earlier one, and no table has both.
    #[test]
    fn loading_is_as_strict_as_changes_are(
        left_out in prop::collection::vec(0..16_usize, 0..3),
        more in prop::collection::vec(any_change(), 0..3),
        turn in 0..16_usize,
    ) {
        let mut changes = good();
        for at in left_out {
            if at < changes.len() {
                changes.remove(at);
            }
        }
        changes.extend(more);
        let mut seen = BTreeSet::new();
        changes.retain(|change| key(change).is_none_or(|key| seen.insert(key)));
        let mut grown = nodes();
        let order = |change: &Change| match change {
            Change::SubjectSaved(_) | Change::GroupSaved { .. } => 0,
            Change::MemberAdded { .. } => 1,
            _ => 2,
        };
        let mut sorted = changes.clone();
        sorted.sort_by_key(order);
        let grew = sorted.iter().try_for_each(|change| apply(&mut grown, change));
        let loaded = load_all(nodes(), &changes, turn);
        prop_assert_eq!(loaded.is_ok(), grew.is_ok(), "{:?} {:?}", loaded.err(), grew);
    }
}
