//! The shared worlds in the node tree, built and asked over HTTP. Questions of a session (`u as A`) are the engine's own
//! tests: over HTTP nobody has a session but the caller.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

const CASES: &str = include_str!("../../../../policy/tests/cases/tree.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    world: String,
    #[serde(default)]
    now: Option<String>,
    nodes: BTreeMap<String, Option<String>>,
    #[serde(default)]
    connections: Vec<String>,
    #[serde(default)]
    permissions: BTreeMap<String, Option<String>>,
    #[serde(default)]
    properties: BTreeMap<String, Map<String, Value>>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    roles: BTreeMap<String, Vec<Value>>,
    assignments: Vec<Assigned>,
    expect: BTreeMap<String, String>,
    #[serde(default)]
    then: Option<Then>,
    #[serde(default)]
    refused: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assigned {
    user: Option<String>,
    group: Option<String>,
    role: String,
    node: Option<String>,
    expires_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    #[serde(default)]
    add_rule: BTreeMap<String, String>,
    #[serde(default)]
    r#move: BTreeMap<String, String>,
    expect: BTreeMap<String, String>,
}

/// A world that stands on a server. Each has names of its own, so that all can share one.
struct Built<'a> {
    cast: &'a Cast,
    prefix: String,
    paths: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
    roles: BTreeMap<String, (String, Vec<Value>)>,
}

on_both! {
    async fn the_server_answers_as_the_worlds_say(backend: Backend) {
        let worlds: Vec<World> = serde_saphyr::from_str(CASES).unwrap();
        assert!(worlds.len() >= 7);
        let cast = Cast::empty(backend).await;
        for (number, world) in worlds.iter().enumerate() {
            if let Some(now) = &world.now {
                assert_eq!(now, "2026-06-01T00:00:00Z", "the harness's clock stands there");
            }
            let mut built = Built::new(&cast, format!("w{number}")).await;
            built.build(world).await;
            built.ask(&world.world, &world.expect).await;
            for text in &world.refused {
                built.refuse(text).await;
            }
            if let Some(then) = &world.then {
                built.change(then).await;
                built.ask(&world.world, &then.expect).await;
            }
        }
    }
}

impl<'a> Built<'a> {
    async fn new(cast: &'a Cast, prefix: String) -> Self {
        let paths = BTreeMap::from([("$global".to_owned(), "/$global".to_owned())]);
        Self { cast, prefix, paths, groups: BTreeMap::new(), roles: BTreeMap::new() }
    }

    async fn build(&mut self, world: &World) {
        self.nodes(&world.nodes).await;
        for text in &world.connections {
            let (from, to) = text.split_once(" -> ").unwrap();
            self.connect(from, to).await.expect(201);
        }
        for name in world.permissions.keys() {
            let (name, owner) = name.split_once('@').unwrap();
            let input = json!({"name": self.permission(name), "owner": self.paths[owner]});
            self.cast.operator.post("/api/v1/permissions", input).await.expect(201);
        }
        for (node, properties) in &world.properties {
            let place = format!("/api/v1/nodes/{}/properties", encoded(&self.paths[node]));
            self.cast.operator.put(&place, Value::Object(properties.clone())).await.expect(200);
        }
        self.people(world).await;
        for (name, rules) in &world.roles {
            let (name, owner) = name.split_once('@').unwrap_or((name, "$global"));
            let rules: Vec<Value> = rules.iter().map(|rule| self.rule(rule)).collect();
            let unique = format!("{} {name}", self.prefix);
            let id = self.cast.role(&unique, &self.paths[owner], json!(rules)).await;
            self.roles.insert(name.to_owned(), (id, rules));
        }
        for assigned in &world.assignments {
            self.assign(assigned).await;
        }
    }

    async fn nodes(&mut self, nodes: &BTreeMap<String, Option<String>>) {
        let mut open: BTreeSet<&String> = nodes.keys().filter(|name| *name != "$global").collect();
        while !open.is_empty() {
            let before = open.len();
            for name in open.clone() {
                let parent = nodes[name].as_deref().unwrap();
                let path = match parent.strip_suffix('*') {
                    Some(_) => format!("/{} {name}", self.prefix),
                    None => match self.paths.get(parent) {
                        Some(parent) => format!("{parent}/{name}"),
                        None => continue,
                    },
                };
                self.cast.node(&path, "thing").await;
                self.paths.insert(name.clone(), path);
                open.remove(name);
            }
            assert!(open.len() < before, "nodes without a way to a root: {open:?}");
        }
    }

    async fn people(&mut self, world: &World) {
        let mut users: BTreeSet<&str> =
            world.assignments.iter().filter_map(|a| a.user.as_deref()).collect();
        for name in world.groups.keys() {
            let id = self.cast.group(&format!("{} {name}", self.prefix)).await;
            self.groups.insert(name.clone(), id);
        }
        let members = world.groups.values().flatten().map(String::as_str);
        users.extend(members.filter(|member| !world.groups.contains_key(*member)));
        for user in users {
            self.cast.absent(&self.user(user)).await;
        }
        for (group, members) in &world.groups {
            for member in members {
                let member = match self.groups.get(member) {
                    Some(id) => id.clone(),
                    None => format!("/main/{}", self.user(member)),
                };
                let place = format!("/api/v1/groups/{}/members", self.groups[group]);
                let input = json!({"member": member});
                self.cast.operator.post(&place, input).await.expect(200);
            }
        }
    }

    async fn assign(&self, assigned: &Assigned) {
        let subject = match (&assigned.user, &assigned.group) {
            (Some(user), _) => format!("/main/{}", self.user(user)),
            (_, Some(group)) => self.groups[group].clone(),
            _ => unreachable!("a case without a subject"),
        };
        let node = &self.paths[assigned.node.as_deref().unwrap_or("$global")];
        let mut input =
            json!({"subject": subject, "role": self.roles[&assigned.role].0, "node": node});
        let mut expected = 201;
        if let Some(at) = &assigned.expires_at {
            input["expires_at"] = at.as_str().into();
            // The one that is over when it begins cannot be made: it gives as little.
            expected = if at == "2026-06-01T00:00:00Z" { 422 } else { 201 };
        }
        self.cast.operator.post("/api/v1/assignments", input).await.expect(expected);
    }

    async fn ask(&self, world: &str, expect: &BTreeMap<String, String>) {
        for (question, expected) in expect {
            let parts: Vec<&str> = question.split(' ').collect();
            let [user, permission, node] = parts[..] else { continue };
            let user = self.user(user);
            let allowed =
                self.cast.may(&user, &self.permission(permission), &self.paths[node]).await;
            assert_eq!(allowed, expected == "allow", "{world}: {question}");
        }
    }

    async fn refuse(&self, text: &str) {
        let parts: Vec<&str> = text.split(' ').collect();
        match parts[..] {
            ["connect", from, "->", to] => self.connect(from, to).await.expect(409),
            ["move", node, "under", parent] => self.relocate(node, parent).await.expect(409),
            _ => unreachable!("a case of another form: {text}"),
        };
    }

    async fn change(&mut self, then: &Then) {
        for (role, rule) in &then.add_rule {
            let rule = self.rule(&Value::from(rule.as_str()));
            let (id, mut rules) = self.roles[role].clone();
            rules.push(rule);
            let place = format!("/api/v1/roles/{id}");
            self.cast.operator.put(&place, json!({"rules": rules})).await.expect(200);
        }
        for (node, parent) in &then.r#move {
            self.relocate(node, parent).await.expect(200);
            let path = format!("{}/{node}", self.paths[parent]);
            self.paths.insert(node.clone(), path);
        }
    }

    async fn connect(&self, from: &str, to: &str) -> testkit::Answer {
        let place = format!("/api/v1/nodes/{}/connections", encoded(&self.paths[from]));
        self.cast.operator.post(&place, json!({"to": self.paths[to]})).await
    }

    async fn relocate(&self, node: &str, parent: &str) -> testkit::Answer {
        let place = format!("/api/v1/nodes/{}/move", encoded(&self.paths[node]));
        self.cast.operator.post(&place, json!({"parent": self.paths[parent]})).await
    }

    /// A rule with the names of this world.
    fn rule(&self, rule: &Value) -> Value {
        match rule {
            Value::String(text) => {
                let (deny, rest) = text.strip_prefix('!').map_or(("", text.as_str()), |r| ("!", r));
                let (pattern, owner) = match rest.split_once('@') {
                    Some((pattern, owner)) => (pattern, format!("@{}", self.paths[owner])),
                    None => (rest, String::new()),
                };
                format!("{deny}{}{owner}", self.permission(pattern)).into()
            }
            Value::Object(map) => {
                let mut map = map.clone();
                for effect in ["allow", "deny"] {
                    if let Some(text) = map.get(effect).cloned() {
                        map.insert(effect.to_owned(), self.rule(&text));
                    }
                }
                Value::Object(map)
            }
            other => other.clone(),
        }
    }

    /// Permissions are registered for all worlds together, so each has its own.
    fn permission(&self, name: &str) -> String {
        if name == "*" { name.to_owned() } else { format!("{}:{name}", self.prefix) }
    }

    fn user(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }
}
