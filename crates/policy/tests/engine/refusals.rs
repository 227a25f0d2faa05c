//! Changes that do not fit are refused and alter nothing.

use kernel::{ConditionText, Effect, NodeId, NodeKind, Pattern};
use policy::{Change, ChangeRefused, Membership, Rule};

use crate::{ids, town::Town};

fn rule(owner: NodeId) -> Rule {
    Rule {
        effect: Effect::Allow,
        pattern: Pattern::everything(),
        except: Vec::new(),
        owner,
        when: None,
        fields: None,
        rows: None,
    }
}

/// `$global`, `a` over `b`, user `u` in group `g`, role `R` of `a` assigned to `g` at `b`.
fn town() -> Town {
    let mut town = Town::new();
    let a = town.add("a", None, NodeKind::APPLICATION);
    town.add("b", Some("a"), "place");
    let member = town.user("u");
    let group = town.group("g");
    town.apply(Change::MemberAdded { group, member });
    town.role("R", "a", vec![rule(a)]);
    town.assign("g", "R", "b");
    town
}

#[test]
fn what_does_not_fit_is_refused_and_alters_nothing() {
    let mut town = town();
    let (a, b, u, g) = (town.nodes["a"], town.nodes["b"], town.nodes["u"], town.nodes["g"]);
    let (unknown, role) = (ids::node(999), town.roles["R"]);
    let kind = ids::kind("place");
    let in_b = town.snapshot.labels(b).unwrap();
    let saved = |id, parent, label, label_end| Change::NodeSaved {
        id,
        parent,
        kind: kind.clone(),
        label,
        label_end,
    };
    let cases = [
        (saved(a, None, in_b.label_end, in_b.label_end + 1), ChangeRefused::Exists),
        (saved(unknown, None, in_b.label, in_b.label + 1), ChangeRefused::BadLabel(unknown)),
        (saved(unknown, Some(b), in_b.label, in_b.label + 1), ChangeRefused::BadLabel(unknown)),
        (saved(unknown, Some(a), in_b.label + 1, in_b.label + 2), ChangeRefused::BadLabel(unknown)),
        (saved(unknown, Some(b), in_b.label + 1, in_b.label + 1), ChangeRefused::BadLabel(unknown)),
        (Change::NodeDeleted { id: a }, ChangeRefused::InUse),
        (Change::NodeDeleted { id: b }, ChangeRefused::InUse),
        (Change::NodeDeleted { id: u }, ChangeRefused::InUse),
        (Change::NodeDeleted { id: NodeId::GLOBAL }, ChangeRefused::Global),
        (Change::NodeDeleted { id: unknown }, ChangeRefused::UnknownNode(unknown)),
        (Change::NodeMoved { id: a, parent: b, labels: Vec::new() }, ChangeRefused::Cycle),
        (Change::NodeMoved { id: u, parent: b, labels: Vec::new() }, ChangeRefused::BadLabel(u)),
        (Change::Connected { from: a, to: a }, ChangeRefused::Cycle),
        (Change::Connected { from: b, to: a }, ChangeRefused::Cycle),
        (Change::Connected { from: a, to: NodeId::GLOBAL }, ChangeRefused::Cycle),
        (Change::Connected { from: NodeId::GLOBAL, to: a }, ChangeRefused::Global),
        (Change::Disconnected { from: a, to: u }, ChangeRefused::Missing),
        (Change::MemberAdded { group: g, member: g }, ChangeRefused::Cycle),
        (Change::MemberAdded { group: g, member: u }, ChangeRefused::Exists),
        (Change::MemberAdded { group: g, member: a }, ChangeRefused::NotASubject(a)),
        (Change::MemberAdded { group: u, member: g }, ChangeRefused::NotASubject(u)),
        (Change::MemberRemoved { group: g, member: g }, ChangeRefused::Missing),
        (Change::SubjectDeleted { id: u }, ChangeRefused::InUse),
        (Change::GroupDeleted { id: g }, ChangeRefused::InUse),
        (Change::GroupSaved { id: g, membership: Membership::Anonymous }, ChangeRefused::InUse),
        (
            Change::GroupSaved { id: u, membership: Membership::Listed },
            ChangeRefused::NotASubject(u),
        ),
        (Change::RoleDeleted { id: role }, ChangeRefused::InUse),
        (
            Change::PropertySet { node: a, name: "groups".into(), value: 1.into() },
            ChangeRefused::ReservedName("groups".into()),
        ),
        (
            Change::RoleSaved { id: role, name: "R".into(), owner: a, rules: vec![rule(unknown)] },
            ChangeRefused::UnknownNode(unknown),
        ),
    ];
    let before = format!("{:?}", town.snapshot);
    for (change, expected) in cases {
        assert_eq!(town.try_apply(&change), Err(expected), "{change:?}");
        assert_eq!(format!("{:?}", town.snapshot), before, "{change:?}");
    }
}

#[test]
fn a_node_goes_once_nothing_refers_to_it() {
    let mut town = town();
    let (a, b, u, g) = (town.nodes["a"], town.nodes["b"], town.nodes["u"], town.nodes["g"]);
    let id = town.snapshot.assignments_at(b)[0].id;
    assert_eq!(town.snapshot.usage(b).unwrap().assignments, 1);
    for change in [
        Change::AssignmentDeleted { id },
        Change::NodeDeleted { id: b },
        Change::RoleDeleted { id: town.roles["R"] },
        Change::NodeDeleted { id: a },
        Change::MemberRemoved { group: g, member: u },
        Change::SubjectDeleted { id: u },
        Change::NodeDeleted { id: u },
        Change::GroupDeleted { id: g },
        Change::NodeDeleted { id: g },
    ] {
        town.apply(change);
    }
    assert_eq!(town.snapshot.count_nodes(), 1);
}

#[test]
fn realms_share_sign_in_and_no_permissions() {
    let mut town = Town::new();
    let names = ["staff", "clients", "shop"];
    let [staff, clients, shop] = names.map(|name| town.add(name, None, NodeKind::REALM));
    town.apply(Change::Connected { from: staff, to: shop });
    town.apply(Change::Connected { from: clients, to: staff });
    // A ring of realms means no more than that all share.
    town.apply(Change::Connected { from: shop, to: clients });
    assert!(!town.snapshot.is_ancestor(staff, shop));
    assert_eq!(town.snapshot.realms_sharing_with(shop), [shop, staff, clients]);
    town.apply(Change::Disconnected { from: staff, to: shop });
    assert_eq!(town.snapshot.realms_sharing_with(shop), [shop]);
    assert_eq!(town.try_apply(&Change::NodeDeleted { id: shop }), Err(ChangeRefused::InUse));
}

#[test]
fn it_is_known_which_names_conditions_read() {
    let mut town = town();
    let a = town.nodes["a"];
    let when = |text: &str| Some(ConditionText(text.to_owned()));
    let read = Rule { when: when("resource.x == 1 && subject.y == 2"), ..rule(a) };
    town.role("R", "a", vec![read.clone(), Rule { rows: when("resource.z == 1"), ..rule(a) }]);
    town.role("S", "a", vec![read]);
    let known =
        |town: &Town| ["x", "z", "y"].map(|name| town.snapshot.conditions_read_property(name));
    assert_eq!(known(&town), [true, true, false]);
    town.role("R", "a", Vec::new());
    assert_eq!(known(&town), [true, false, false]);
    assert!(town.snapshot.conditions_read_attribute("y"));
    town.role("S", "a", Vec::new());
    assert!(!town.snapshot.conditions_read_attribute("y"));
}

#[test]
fn a_new_node_takes_no_labels_of_others() {
    let mut town = town();
    let (a, b, id) = (town.nodes["a"], town.nodes["b"], ids::node(999));
    let was = town.snapshot.labels(b).unwrap();
    let later = policy::Labelled { label: was.label + 10, ..was };
    town.apply(Change::NodesLabelled { labels: vec![later] });
    let saved = |label_end| Change::NodeSaved {
        id,
        parent: Some(a),
        kind: ids::kind("place"),
        label: was.label,
        label_end,
    };
    let refused = Err(ChangeRefused::BadLabel(id));
    assert_eq!(town.try_apply(&saved(was.label + 11)), refused);
    assert_eq!(town.try_apply(&saved(was.label + 10)), Ok(()));
}
