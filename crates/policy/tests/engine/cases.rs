//! The cases that everyone agreed on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{ConditionText, Effect, NodeKind, Pattern, RuleText};
use policy::{Change, ChangeRefused, Decision, Principal, Rule};
use serde::Deserialize;
use serde_json::Value;

use crate::{ids, town::Town};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grammar {
    rules: Option<Vec<String>>,
    ask: Option<String>,
    expect: Option<Decision>,
    refused: Option<String>,
}

#[test]
fn the_grammar_of_permissions() {
    let cases: Vec<Grammar> =
        serde_saphyr::from_str(include_str!("../cases/grammar.yaml")).unwrap();
    assert!(cases.len() > 20);
    for case in cases {
        if let Some(text) = case.refused {
            assert!(text.parse::<RuleText>().is_err(), "{text}");
            continue;
        }
        let (rules, ask) = (case.rules.unwrap(), case.ask.unwrap());
        let mut town = Town::new();
        let user = town.user("u");
        let rules_read = rules.iter().map(|text| short_rule(&town, text, "$global")).collect();
        town.role("R", "$global", rules_read);
        town.assign("u", "R", "$global");
        let found = town.ask(&Principal::user(user), &ask, "$global", Timestamp::UNIX_EPOCH);
        assert_eq!(found, case.expect.unwrap(), "{rules:?} {ask}");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    world: String,
    now: Option<Timestamp>,
    nodes: BTreeMap<String, Option<String>>,
    #[serde(default)]
    connections: Vec<String>,
    #[serde(default)]
    properties: BTreeMap<String, BTreeMap<String, Value>>,
    permissions: BTreeMap<String, Option<String>>,
    roles: BTreeMap<String, Vec<RuleForm>>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    assignments: Vec<Assigned>,
    expect: BTreeMap<String, Decision>,
    then: Option<Then>,
    #[serde(default)]
    refused: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RuleForm {
    Short(String),
    Long { allow: Option<String>, deny: Option<String>, when: Option<String> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assigned {
    user: Option<String>,
    group: Option<String>,
    role: String,
    node: Option<String>,
    expires_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    #[serde(default)]
    add_rule: BTreeMap<String, String>,
    #[serde(default, rename = "move")]
    moves: BTreeMap<String, String>,
    expect: BTreeMap<String, Decision>,
}

#[test]
fn worlds_in_the_tree() {
    let worlds: Vec<World> = serde_saphyr::from_str(include_str!("../cases/tree.yaml")).unwrap();
    assert!(worlds.len() > 5);
    for world in worlds {
        let now = world.now.unwrap_or(Timestamp::UNIX_EPOCH);
        let mut town = build(&world);
        check(&town, &world.world, &world.expect, now);
        for text in &world.refused {
            assert_eq!(refused(&mut town, text), Err(ChangeRefused::Cycle), "{text}");
        }
        check(&town, &world.world, &world.expect, now);
        if let Some(then) = &world.then {
            change(&mut town, &world, then);
            check(&town, &world.world, &then.expect, now);
        }
    }
}

fn build(world: &World) -> Town {
    let mut town = Town::new();
    let mut left: Vec<(&String, &str)> = world
        .nodes
        .iter()
        .filter(|(name, _)| *name != "$global")
        .map(|(name, parent)| (name, parent.as_deref().unwrap()))
        .collect();
    while !left.is_empty() {
        left.retain(|(name, parent)| match *parent {
            "$global*" => {
                town.add(name, None, NodeKind::APPLICATION);
                false
            }
            parent if town.nodes.contains_key(parent) => {
                town.add(name, Some(parent), "place");
                false
            }
            _ => true,
        });
    }
    for text in &world.connections {
        let (from, to) = text.split_once(" -> ").unwrap();
        town.apply(Change::Connected { from: town.nodes[from], to: town.nodes[to] });
    }
    for (node, properties) in &world.properties {
        for (name, value) in properties {
            let (node, name, value) = (town.nodes[node], name.clone(), value.clone());
            town.apply(Change::PropertySet { node, name, value });
        }
    }
    for text in world.permissions.keys() {
        let (name, owner) = text.split_once('@').unwrap();
        let (id, name, owner) = (ids::permission(town.next()), ids::name(name), town.nodes[owner]);
        town.apply(Change::PermissionSaved { id, name, owner });
    }
    build_people(&mut town, world);
    for (text, rules) in &world.roles {
        save_role(&mut town, text, rules);
    }
    build_assignments(&mut town, world);
    town
}

fn build_people(town: &mut Town, world: &World) {
    let in_groups = world.groups.values().flatten().filter(|m| !world.groups.contains_key(*m));
    let assigned = world.assignments.iter().filter_map(|a| a.user.as_ref());
    let mut users: Vec<&String> = in_groups.chain(assigned).collect();
    users.sort();
    users.dedup();
    users.into_iter().for_each(|user| {
        town.user(user);
    });
    world.groups.keys().for_each(|group| {
        town.group(group);
    });
    for (group, members) in &world.groups {
        for member in members {
            let (group, member) = (town.nodes[group], town.nodes[member]);
            town.apply(Change::MemberAdded { group, member });
        }
    }
}

fn build_assignments(town: &mut Town, world: &World) {
    for assigned in &world.assignments {
        let subject = assigned.user.as_ref().or(assigned.group.as_ref()).unwrap();
        let node = assigned.node.as_deref().unwrap_or("$global");
        let mut assignment = town.assign(subject, &assigned.role, node);
        assignment.expires_at = assigned.expires_at;
        town.apply(Change::AssignmentSaved(assignment));
    }
}

fn save_role(town: &mut Town, text: &str, rules: &[RuleForm]) {
    let (name, owner) = text.split_once('@').unwrap_or((text, "$global"));
    let rules = rules.iter().map(|form| rule(town, form, owner)).collect();
    town.role(name, owner, rules);
}

fn rule(town: &Town, form: &RuleForm, owner: &str) -> Rule {
    match form {
        RuleForm::Short(text) => short_rule(town, text, owner),
        RuleForm::Long { allow, deny, when } => {
            let text = match (allow, deny) {
                (Some(allow), None) => allow.clone(),
                (None, Some(deny)) => format!("!{deny}"),
                _ => panic!("a rule allows or denies"),
            };
            Rule { when: when.clone().map(ConditionText), ..short_rule(town, &text, owner) }
        }
    }
}

fn short_rule(town: &Town, text: &str, owner: &str) -> Rule {
    let (effect, rest) = match text.strip_prefix('!') {
        Some(rest) => (Effect::Deny, rest),
        None => (Effect::Allow, text),
    };
    let (pattern, owner) = rest.split_once('@').unwrap_or((rest, owner));
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

fn change(town: &mut Town, world: &World, then: &Then) {
    for (role, added) in &then.add_rule {
        let (text, forms) = world
            .roles
            .iter()
            .find(|(text, _)| text.split('@').next() == Some(role.as_str()))
            .unwrap();
        let owner = text.split_once('@').map_or("$global", |(_, owner)| owner);
        let mut rules: Vec<Rule> = forms.iter().map(|form| rule(town, form, owner)).collect();
        rules.push(short_rule(town, added, owner));
        town.role(role, owner, rules);
    }
    for (node, parent) in &then.moves {
        let (id, parent) = (town.nodes[node], town.nodes[parent]);
        let labels = town.snapshot.place_move(id, parent).unwrap();
        town.apply(Change::NodeMoved { id, parent, labels });
    }
}

fn refused(town: &mut Town, text: &str) -> Result<(), ChangeRefused> {
    let words: Vec<&str> = text.split(' ').collect();
    let (a, b) = (town.nodes[words[1]], town.nodes[words[3]]);
    match words[0] {
        "connect" => town.try_apply(&Change::Connected { from: a, to: b }),
        "move" => {
            assert_eq!(town.snapshot.place_move(a, b), Err(ChangeRefused::Cycle));
            town.try_apply(&Change::NodeMoved { id: a, parent: b, labels: Vec::new() })
        }
        other => panic!("{other}"),
    }
}

fn check(town: &Town, world: &str, expect: &BTreeMap<String, Decision>, now: Timestamp) {
    assert!(!expect.is_empty());
    for (text, expected) in expect {
        let words: Vec<&str> = text.split(' ').collect();
        let mut principal = Principal::user(town.nodes[words[0]]);
        let rest = match words[1] {
            "as" => {
                principal.active_role = Some(town.roles[words[2]]);
                &words[3..]
            }
            _ => &words[1..],
        };
        let found = town.ask(&principal, rest[0], rest[1], now);
        assert_eq!(found, *expected, "{world}: {text}");
    }
}
