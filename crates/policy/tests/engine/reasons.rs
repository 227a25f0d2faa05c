//! Explanations name the rule, the way to it, and what is missing.

use jiff::Timestamp;
use kernel::{ConditionText, Effect, NodeId, NodeKind, Pattern};
use policy::{
    Change, Context, Decision, Inactive, Lock, Missing, Nearest, NotAllowed, Principal, Question,
    Reason, Rule, RuleReason, Step, Subject, Way, Who,
};

use crate::{
    ids,
    town::{self, Town},
};

fn rule(town: &Town, effect: Effect, pattern: &str, owner: &str) -> Rule {
    Rule {
        effect,
        pattern: Pattern::parse(pattern).unwrap(),
        except: Vec::new(),
        owner: town.nodes[owner],
        when: None,
        fields: None,
        rows: None,
    }
}

/// `a` over `b` over `c`, `side` connected to `b`; user `u` in `inner` in `outer`.
fn town() -> Town {
    let mut town = Town::new();
    for (name, parent) in [("a", None), ("b", Some("a")), ("c", Some("b")), ("side", None)] {
        town.add(name, parent, "place");
    }
    town.apply(Change::Connected { from: town.nodes["side"], to: town.nodes["b"] });
    town.user("u");
    for (group, member) in [("inner", "u"), ("outer", "inner")] {
        let group = town.group(group);
        town.apply(Change::MemberAdded { group, member: town.nodes[member] });
    }
    let allow = rule(&town, Effect::Allow, "x:*", "$global");
    town.role("R", "$global", vec![allow]);
    town
}

fn explain(town: &Town, principal: &Principal, name: &str, node: NodeId) -> (Decision, Reason) {
    let (permissions, context) = (&[ids::name(name)], &Context::default());
    let now = Timestamp::UNIX_EPOCH;
    let explanation =
        town.snapshot.explain(&Question { principal, permissions, node, context, now });
    (explanation.decision, explanation.reason)
}

fn user(town: &Town) -> Principal {
    Principal::user(town.nodes["u"])
}

fn way(town: &Town, principal: &Principal, name: &str, node: NodeId, rule: &RuleReason) -> Way {
    let (permissions, context) = (&[ids::name(name)], &Context::default());
    let now = Timestamp::UNIX_EPOCH;
    town.snapshot.way(&Question { principal, permissions, node, context, now }, rule)
}

fn missing(town: &Town, principal: &Principal, name: &str, node: NodeId) -> NotAllowed {
    let (permissions, context) = (&[ids::name(name)], &Context::default());
    let now = Timestamp::UNIX_EPOCH;
    town.snapshot.missing(&Question { principal, permissions, node, context, now })
}

fn near_miss(town: &Town, principal: &Principal) -> Missing {
    let c = town.nodes["c"];
    assert_eq!(explain(town, principal, "x:y", c), (Decision::Deny, Reason::NoAllow));
    let missing = missing(town, principal, "x:y", c);
    assert_eq!(missing.near_misses.len(), 1, "{missing:?}");
    missing.near_misses[0].missing.clone()
}

#[test]
fn an_allow_names_rule_groups_and_path() {
    let mut town = town();
    let assignment = town.assign("outer", "R", "side");
    let (decision, reason) = explain(&town, &user(&town), "x:y", town.nodes["c"]);
    assert_eq!(decision, Decision::Allow);
    let Reason::Rule(found) = reason else { panic!("{reason:?}") };
    assert_eq!((found.assignment, found.rule, found.effect), (assignment.id, 0, Effect::Allow));
    let (b, c) = (town.nodes["b"], town.nodes["c"]);
    let way = way(&town, &user(&town), "x:y", c, &found);
    assert_eq!(way.group_path, [town.nodes["inner"], town.nodes["outer"]]);
    assert_eq!(way.path, [Step::Connection { to: b }, Step::Child { to: c }]);
}

#[test]
fn the_path_from_global_starts_at_a_root() {
    let mut town = town();
    town.assign("u", "R", "$global");
    let (_, reason) = explain(&town, &user(&town), "x:y", town.nodes["b"]);
    let Reason::Rule(found) = reason else { panic!("{reason:?}") };
    let (a, b) = (town.nodes["a"], town.nodes["b"]);
    // Two ways are as short; the one through the parent is told.
    let way = way(&town, &user(&town), "x:y", b, &found);
    assert_eq!(way.path, [Step::Root { to: a }, Step::Child { to: b }]);
    assert!(way.group_path.is_empty());
}

#[test]
fn a_deny_is_told_before_an_allow() {
    let mut town = town();
    town.assign("u", "R", "$global");
    let deny = rule(&town, Effect::Deny, "x:y", "b");
    town.role("D", "$global", vec![deny]);
    let assignment = town.assign("inner", "D", "$global");
    let (decision, reason) = explain(&town, &user(&town), "x:y", town.nodes["c"]);
    assert_eq!(decision, Decision::Deny);
    assert!(matches!(reason, Reason::Rule(found) if found.assignment == assignment.id));
    assert_eq!(explain(&town, &user(&town), "x:y", town.nodes["a"]).0, Decision::Allow);
}

#[test]
fn what_is_missing_is_told() {
    let mut town = town();
    let principal = user(&town);
    let (u, c) = (town.nodes["u"], town.nodes["c"]);
    let nearest = Nearest { permission: ids::name("x:y"), node: c, subject: Some(u), role: None };
    assert_eq!(
        missing(&town, &principal, "x:y", c),
        NotAllowed { nearest: Some(nearest), near_misses: Vec::new() }
    );

    let mut assignment = town.assign("u", "R", "a");
    let end = Timestamp::UNIX_EPOCH;
    assignment.expires_at = Some(end);
    town.apply(Change::AssignmentSaved(assignment.clone()));
    assert_eq!(near_miss(&town, &principal), Missing::Expired { at: end });

    assignment.expires_at = None;
    for (text, missing) in [
        ("now < timestamp('1969-01-01T00:00:00Z')", Missing::ConditionFalse),
        ("resource.nothing == 1", Missing::ConditionUnknown),
        ("this is no condition", Missing::ConditionUnknown),
    ] {
        assignment.when = Some(ConditionText(text.to_owned()));
        town.apply(Change::AssignmentSaved(assignment.clone()));
        assert_eq!(near_miss(&town, &principal), missing, "{text}");
    }

    assignment.when = None;
    town.apply(Change::AssignmentSaved(assignment.clone()));
    let other = town.role("Other", "$global", Vec::new());
    let limited = Principal { active_role: Some(other), ..principal.clone() };
    assert_eq!(near_miss(&town, &limited), Missing::ActiveRole);

    let owner = town.nodes["u"];
    let allow = rule(&town, Effect::Allow, "x:*", "u");
    town.role("R", "$global", vec![allow]);
    assert_eq!(near_miss(&town, &principal), Missing::OwnerOutOfReach { owner });
}

#[test]
fn the_principals_own_state_is_told() {
    let mut town = town();
    let (u, c) = (town.nodes["u"], town.nodes["c"]);
    let subject = town::subject(u);
    let superuser = Subject { superuser: true, ..subject.clone() };
    let past = Some(Timestamp::UNIX_EPOCH);
    for (saved, expected) in [
        (superuser.clone(), Ok(Reason::Superuser)),
        (Subject { disabled: true, ..superuser.clone() }, Err(Inactive::Disabled)),
        (Subject { lock: Lock::ForGood, ..superuser.clone() }, Err(Inactive::Locked)),
        (Subject { expires_at: past, ..superuser.clone() }, Err(Inactive::Expired)),
    ] {
        town.apply(Change::SubjectSaved(saved));
        let expected = match expected {
            Ok(reason) => (Decision::Allow, reason),
            Err(why) => (Decision::Deny, Reason::NotActive { subject: u, why }),
        };
        assert_eq!(explain(&town, &user(&town), "x:y", c), expected);
    }

    town.apply(Change::SubjectSaved(superuser));
    let with = |who: Who| Principal::new(who);
    let restricted = Principal { restricted: true, ..user(&town) };
    let haunted = Principal { impersonator: Some(ids::node(999)), ..user(&town) };
    let why = Inactive::Unknown;
    for (principal, expected) in [
        (restricted, Reason::Restricted),
        (haunted, Reason::NotActive { subject: ids::node(999), why }),
        (Principal::user(ids::node(999)), Reason::UnknownSubject),
        (with(Who::ServiceAccount(u)), Reason::UnknownSubject),
        (with(Who::Job { name: "j".into(), on_behalf_of: None }), Reason::JobForNobody),
    ] {
        assert_eq!(explain(&town, &principal, "x:y", c), (Decision::Deny, expected));
    }
    let operator = with(Who::Operator);
    assert_eq!(explain(&town, &operator, "x:y", c), (Decision::Allow, Reason::Operator));
    let nowhere = explain(&town, &operator, "x:y", ids::node(999));
    assert_eq!(nowhere, (Decision::Deny, Reason::UnknownNode));
}

#[test]
fn settings_access_is_for_superusers_alone() {
    let mut town = town();
    let everything = rule(&town, Effect::Allow, "*", "$global");
    town.role("R", "$global", vec![everything]);
    town.assign("u", "R", "$global");
    let found = explain(&town, &user(&town), "settings:access", NodeId::GLOBAL);
    assert_eq!(found, (Decision::Deny, Reason::SuperusersOnly));
    let superuser = Subject { superuser: true, ..town::subject(town.nodes["u"]) };
    town.apply(Change::SubjectSaved(superuser));
    let found = explain(&town, &user(&town), "settings:access", NodeId::GLOBAL);
    assert_eq!(found, (Decision::Allow, Reason::Superuser));
    // Through a key he is what the key's role says.
    let key = Who::ApiKey { key: ids::api_key(1), owner: town.nodes["u"], role: town.roles["R"] };
    let found = explain(&town, &Principal::new(key), "settings:access", NodeId::GLOBAL);
    assert_eq!(found, (Decision::Deny, Reason::SuperusersOnly));
}

#[test]
fn a_request_adds_properties_and_replaces_none() {
    let mut town = town();
    let (c, u) = (town.nodes["c"], town.nodes["u"]);
    let mut assignment = town.assign("u", "R", "$global");
    assignment.when = Some(ConditionText("resource.status == 'open'".to_owned()));
    town.apply(Change::AssignmentSaved(assignment));
    let mut context = Context::default();
    context.resource.insert("status".to_owned(), "open".into());
    let (principal, permissions) = (Principal::user(u), &[ids::name("x:y")]);
    let ask = |town: &Town| {
        let (principal, context, now) = (&principal, &context, Timestamp::UNIX_EPOCH);
        town.snapshot.decide(&Question { principal, permissions, node: c, context, now })
    };
    assert_eq!(ask(&town), Decision::Allow);
    let (name, value) = ("status".to_owned(), "closed".into());
    town.apply(Change::PropertySet { node: c, name: name.clone(), value });
    assert_eq!(ask(&town), Decision::Deny);
    town.apply(Change::PropertyRemoved { node: c, name });
    assert_eq!(ask(&town), Decision::Allow);
}

#[test]
fn a_condition_reads_what_was_there_before_it() {
    let mut town = town();
    let (u, c) = (town.nodes["u"], town.nodes["c"]);
    let set = |value: &str| Change::PropertySet { node: c, name: "x".into(), value: value.into() };
    let reading = |town: &Town, text: &str| {
        vec![Rule { when: Some(ConditionText(text.to_owned())), ..town.rule("*") }]
    };
    let ask = |town: &Town| town.ask(&Principal::user(u), "x", "c", ids::moment(0));
    town.assign("u", "R", "$global");
    town.apply(set("open"));
    let rules = reading(&town, "resource.x == 'open'");
    town.role("R", "$global", rules.clone());
    assert_eq!(ask(&town), Decision::Allow);
    // Nobody reads it while it changes.
    let others = reading(&town, "resource.y == 1");
    town.role("R", "$global", others);
    assert_eq!(ask(&town), Decision::Deny);
    town.apply(set("shut"));
    town.role("R", "$global", rules.clone());
    assert_eq!(ask(&town), Decision::Deny);
    town.role("R", "$global", Vec::new());
    town.apply(set("open"));
    town.role("R", "$global", rules);
    assert_eq!(ask(&town), Decision::Allow);
}

#[test]
fn conditions_read_what_is_built_in() {
    let mut town = town();
    let (u, c) = (town.nodes["u"], town.nodes["c"]);
    let (inner, role) = (town.nodes["inner"], town.roles["R"]);
    let mut assignment = town.assign("u", "R", "$global");
    for (text, expected) in [
        (format!("subject.id == '{u}'"), Decision::Allow),
        ("subject.username == 'u'".to_owned(), Decision::Allow),
        (format!("'{inner}' in subject.groups"), Decision::Allow),
        (format!("'{u}' in subject.groups"), Decision::Deny),
        ("subject.superuser".to_owned(), Decision::Deny),
        ("has(subject.realm)".to_owned(), Decision::Deny),
        ("has(subject.active_role)".to_owned(), Decision::Deny),
        (format!("resource.id == '{c}'"), Decision::Allow),
        ("action.name == 'edit' && context.a.b == 1".to_owned(), Decision::Allow),
        ("has(context.a.b.c)".to_owned(), Decision::Deny),
    ] {
        assignment.when = Some(ConditionText(text.clone()));
        town.apply(Change::AssignmentSaved(assignment.clone()));
        let mut context = Context::default();
        context.action.insert("name".to_owned(), "edit".into());
        context.context.insert("a".to_owned(), serde_json::json!({"b": 1}));
        let (principal, permissions) = (&Principal::user(u), &[ids::name("x:y")]);
        let (context, now) = (&context, Timestamp::UNIX_EPOCH);
        let question = Question { principal, permissions, node: c, context, now };
        assert_eq!(town.snapshot.decide(&question), expected, "{text}");
    }
    assignment.when = Some(ConditionText(format!("subject.active_role == '{role}'")));
    town.apply(Change::AssignmentSaved(assignment));
    let active = Principal { active_role: Some(role), ..user(&town) };
    assert_eq!(town.ask(&active, "x:y", "c", Timestamp::UNIX_EPOCH), Decision::Allow);
}

#[test]
fn built_in_groups_hold_who_they_say() {
    let mut town = town();
    let realm = town.add("staff", None, NodeKind::REALM);
    let groups = [
        ("all", policy::Membership::Authenticated { realm: None }),
        ("staff only", policy::Membership::Authenticated { realm: Some(realm) }),
        ("nobody", policy::Membership::Anonymous),
    ];
    for (name, membership) in groups {
        let id = town.group(name);
        town.apply(Change::GroupSaved { id, membership });
        let allow = rule(&town, Effect::Allow, &name.replace(' ', "_"), "$global");
        town.role(name, "$global", vec![allow]);
        town.assign(name, name, "$global");
    }
    let u = town.nodes["u"];
    let key = Who::ApiKey { key: ids::api_key(1), owner: u, role: town.roles["all"] };
    let may = |town: &Town, who: Who| {
        ["all", "staff_only", "nobody"].map(|name| {
            let principal = Principal::new(who.clone());
            town.ask(&principal, name, "c", Timestamp::UNIX_EPOCH).is_allow()
        })
    };
    assert_eq!(may(&town, Who::User(u)), [true, false, false]);
    assert_eq!(may(&town, Who::Nobody), [false, false, true]);
    assert_eq!(may(&town, key), [true, false, false]);
    town.apply(Change::SubjectSaved(Subject { realm: Some(realm), ..town::subject(u) }));
    assert_eq!(may(&town, Who::User(u)), [true, true, false]);
    assert_eq!(
        town.try_apply(&Change::NodeDeleted { id: realm }),
        Err(policy::ChangeRefused::InUse)
    );
}
