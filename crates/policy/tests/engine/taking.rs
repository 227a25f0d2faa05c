//! Granting and taking over, case by case.

use jiff::Timestamp;
use kernel::{ConditionText, Effect, NodeId, Pattern};
use policy::{Change, Grant, Lock, Principal, Ranges, Region, Rule, Subject, Who, Withheld};

use crate::{
    ids,
    town::{self, Town},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn rule(town: &Town, effect: Effect, pattern: &str) -> Rule {
    Rule {
        effect,
        pattern: Pattern::parse(pattern).unwrap(),
        except: Vec::new(),
        owner: town.nodes["$global"],
        when: None,
        fields: None,
        rows: None,
    }
}

/// `a` over `b`, and `z`; user `u` may `x:*` at `a`.
fn town() -> Town {
    let mut town = Town::new();
    for (name, parent) in [("a", None), ("b", Some("a")), ("z", None)] {
        town.add(name, parent, "place");
    }
    for user in ["u", "v", "root"] {
        town.user(user);
    }
    town.apply(Change::SubjectSaved(Subject {
        superuser: true,
        ..town::subject(town.nodes["root"])
    }));
    let allow = rule(&town, Effect::Allow, "x:*");
    town.role("R", "$global", vec![allow]);
    town.assign("u", "R", "a");
    town
}

fn grant(town: &Town, pattern: &str, node: &str) -> Grant {
    Grant {
        pattern: Pattern::parse(pattern).unwrap(),
        except: Vec::new(),
        region: Region::new([town.nodes[node]]),
        until: None,
        when: Vec::new(),
        fields: None,
        rows: None,
    }
}

fn may(town: &Town, giver: &Principal, grant: &Grant) -> Result<(), Withheld> {
    town.snapshot.may_grant(giver, grant, NOW)
}

fn not_held(pattern: &str) -> Result<(), Withheld> {
    Err(Withheld::NotHeld { pattern: Pattern::parse(pattern).unwrap() })
}

#[test]
fn one_gives_what_one_holds_and_no_more() {
    let town = town();
    let u = Principal::user(town.nodes["u"]);
    for (pattern, node, expected) in [
        ("x:*", "a", Ok(())),
        ("x:y", "b", Ok(())),
        ("x:*:y", "b", Ok(())),
        ("*", "a", not_held("*")),
        ("x", "a", not_held("x")),
        ("x:y", "z", not_held("x:y")),
        ("x:y", "$global", not_held("x:y")),
    ] {
        assert_eq!(may(&town, &u, &grant(&town, pattern, node)), expected, "{pattern} {node}");
    }
    let both = Region::new([town.nodes["z"], town.nodes["b"]]);
    assert_eq!(may(&town, &u, &Grant { region: both, ..grant(&town, "x:y", "a") }), Ok(()));
    let unknown = Region::new([ids::node(999)]);
    let given = Grant { region: unknown, ..grant(&town, "x:y", "a") };
    assert_eq!(may(&town, &u, &given), Err(Withheld::UnknownNode));
}

#[test]
fn a_grant_lasts_no_longer_than_what_it_comes_from() {
    let mut town = town();
    let u = Principal::user(town.nodes["u"]);
    let mut held = town.snapshot.assignments_of_subject(town.nodes["u"])[0].clone();
    held.expires_at = Some(ids::moment(10));
    town.apply(Change::AssignmentSaved(held));
    for (until, expected) in [(Some(10), true), (Some(9), true), (Some(11), false), (None, false)] {
        let until = until.map(ids::moment);
        let given = Grant { until, ..grant(&town, "x:y", "a") };
        assert_eq!(may(&town, &u, &given).is_ok(), expected, "{until:?}");
    }
}

#[test]
fn conditions_exceptions_and_data_narrow_what_one_gives() {
    let mut town = town();
    let u = Principal::user(town.nodes["u"]);
    let base = rule(&town, Effect::Allow, "x:*");
    let text = |text: &str| Some(ConditionText(text.to_owned()));
    let fields = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
    let y = Pattern::parse("x:y").unwrap();
    let plain = grant(&town, "x:*", "a");
    let mut check = |rule: Rule, given: &Grant, expected: bool| {
        town.role("R", "$global", vec![rule.clone()]);
        assert_eq!(may(&town, &u, given).is_ok(), expected, "{rule:?} {given:?}");
    };
    let conditional = Rule { when: text("has(resource.a)"), ..base.clone() };
    check(conditional, &plain, false);
    let excepting = Rule { except: vec![y.clone()], ..base.clone() };
    check(excepting.clone(), &plain, false);
    check(excepting, &Grant { except: vec![y], ..plain.clone() }, true);
    let some_fields = Rule { fields: fields(&["p", "q"]), ..base.clone() };
    check(some_fields.clone(), &plain, false);
    check(some_fields.clone(), &Grant { fields: fields(&["q"]), ..plain.clone() }, true);
    check(some_fields, &Grant { fields: fields(&["r"]), ..plain.clone() }, false);
    let some_rows = Rule { rows: text("resource.p == 1"), ..base };
    check(some_rows.clone(), &plain, false);
    check(some_rows, &Grant { rows: text("resource.p == 1"), ..plain }, true);
}

#[test]
fn a_deny_of_the_giver_withholds_what_it_meets() {
    let mut town = town();
    let u = Principal::user(town.nodes["u"]);
    let deny = Rule {
        when: Some(ConditionText("resource.a == 1".to_owned())),
        ..rule(&town, Effect::Deny, "*:y")
    };
    town.role("D", "$global", vec![deny]);
    let assigned = town.assign("u", "D", "z");
    // It cannot reach below `a` ...
    assert_eq!(may(&town, &u, &grant(&town, "x:*", "a")), Ok(()));
    // ... before something there inherits from `z` too.
    town.apply(Change::Connected { from: town.nodes["z"], to: town.nodes["b"] });
    let found = may(&town, &u, &grant(&town, "x:*", "a"));
    assert!(matches!(found, Err(Withheld::Denied { assignment, .. }) if assignment == assigned.id));
    assert_eq!(may(&town, &u, &grant(&town, "x:q", "a")), Ok(()));
    let except = vec![Pattern::parse("x:y").unwrap()];
    assert_eq!(may(&town, &u, &Grant { except, ..grant(&town, "x:*", "a") }), Ok(()));
}

#[test]
fn some_principals_give_nothing() {
    let mut town = town();
    let (u, v, root) = (town.nodes["u"], town.nodes["v"], town.nodes["root"]);
    let given = grant(&town, "x:y", "a");
    let impersonated = Principal { impersonator: Some(root), ..Principal::user(u) };
    assert_eq!(may(&town, &impersonated, &given), Err(Withheld::Impersonating));
    let restricted = Principal { restricted: true, ..Principal::user(u) };
    for giver in [restricted, Principal::new(Who::Nobody), Principal::user(ids::node(999))] {
        assert_eq!(may(&town, &giver, &given), Err(Withheld::NotEntitled), "{giver:?}");
    }
    assert_eq!(may(&town, &Principal::user(v), &given), not_held("x:y"));
    let other = town.role("Other", "$global", Vec::new());
    let limited = Principal { active_role: Some(other), ..Principal::user(u) };
    let key = |owner| Who::ApiKey { key: ids::api_key(1), owner, role: other };
    for giver in [limited, Principal::new(key(u)), Principal::new(key(root))] {
        assert_eq!(may(&town, &giver, &given), not_held("x:y"), "{giver:?}");
    }
    let everything = grant(&town, "*", "$global");
    for giver in [Principal::user(root), Principal::new(Who::Operator)] {
        assert_eq!(may(&town, &giver, &everything), Ok(()), "{giver:?}");
    }
    town.apply(Change::SubjectSaved(Subject { disabled: true, ..town::subject(u) }));
    assert_eq!(may(&town, &Principal::user(u), &given), Err(Withheld::NotEntitled));
}

#[test]
fn taking_over_asks_for_all_that_the_target_holds() {
    let mut town = town();
    let (u, v, root) = (town.nodes["u"], town.nodes["v"], town.nodes["root"]);
    let take = |town: &Town, actor: NodeId, target: NodeId| {
        town.snapshot.may_take_over(&Principal::user(actor), target, NOW)
    };
    assert_eq!(take(&town, u, v), Ok(()));
    assert_eq!(take(&town, v, u), not_held("x:*"));
    assert_eq!(take(&town, u, root), Err(Withheld::SuperusersOnly));
    assert_eq!(take(&town, root, root), Ok(()));
    assert_eq!(take(&town, root, ids::node(999)), Err(Withheld::UnknownSubject));
    // A group's grants count as well.
    let group = town.group("g");
    town.apply(Change::MemberAdded { group, member: v });
    town.assign("g", "R", "z");
    assert_eq!(take(&town, u, v), not_held("x:*"));
    assert_eq!(town.snapshot.grants_of(group, NOW).len(), 1);
    let role = Some(town.roles["R"]);
    let limited = Principal { active_role: role, ..Principal::user(root) };
    let found = town.snapshot.may_take_over(&limited, root, NOW);
    assert_eq!(found, Err(Withheld::SuperusersOnly));
}

#[test]
fn the_last_active_superuser_is_known() {
    let mut town = town();
    let (root, u) = (town.nodes["root"], town.nodes["u"]);
    assert!(town.snapshot.is_last_active_superuser(root, NOW));
    let second = Subject { superuser: true, ..town::subject(u) };
    town.apply(Change::SubjectSaved(second.clone()));
    assert_eq!(town.snapshot.active_superusers(NOW), 2);
    assert!(!town.snapshot.is_last_active_superuser(root, NOW));
    let lock = Lock::Until(ids::moment(10));
    town.apply(Change::SubjectSaved(Subject { lock, ..second }));
    assert!(town.snapshot.is_last_active_superuser(root, NOW));
    assert!(!town.snapshot.is_last_active_superuser(u, NOW));
    assert!(!town.snapshot.is_last_active_superuser(root, ids::moment(10)));
}

#[test]
fn whoever_may_everything_has_one_range() {
    let mut town = town();
    let context = &policy::Context::default();
    let scope = |town: &Town, name: &str| {
        let principal = Principal::user(town.nodes[name]);
        town.snapshot.scope(&principal, &ids::name("x:y"), context, NOW)
    };
    assert_eq!(scope(&town, "root"), Ranges::all());
    town.assign("v", "R", "$global");
    assert_eq!(scope(&town, "v"), Ranges::all());
    assert_eq!(scope(&town, "u").as_slice().len(), 1);
    let deny = rule(&town, Effect::Deny, "x:y");
    town.role("D", "$global", vec![deny]);
    town.assign("v", "D", "b");
    let label = |name: &str| town.snapshot.labels(town.nodes[name]).unwrap().label;
    let found = scope(&town, "v");
    assert_eq!(["a", "b", "z"].map(|name| found.contains(label(name))), [true, false, true]);
}
