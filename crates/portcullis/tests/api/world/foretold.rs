//! What is foretold is what happens: random changes, asked about, then made, with every decision before and after.

use std::collections::BTreeSet;

use http::Method;
use kernel::{Entropy, NodeId, PermissionName};
use policy::{Context, Principal, Question, Who};
use serde_json::{Value, json};
use testkit::{Backend, SeededEntropy, on_both};

use super::what_if::ask;
use crate::access::cast::{Cast, encoded};

const USERS: [&str; 3] = ["ann", "ben", "cleo"];
const GROUPS: [&str; 2] = ["inner", "outer"];
/// These stay where they are; one more moves.
const PLACES: [&str; 5] = [
    "/acme",
    "/acme/companyA",
    "/acme/companyA/contract1",
    "/acme/companyA/contract2",
    "/acme/companyB",
];
const NAMES: [&str; 3] = ["x", "y", "z:w"];
/// How many changes are asked about and made.
const ROUNDS: usize = 60;

/// A change: how it is asked about, and the requests that make it.
struct Change {
    question: Value,
    requests: Vec<(Method, String, Value)>,
}

/// Who, what and where; nobody where there is no user.
type Allowed = (Option<String>, String, NodeId);

struct Fate {
    cast: Cast,
    entropy: SeededEntropy,
    /// The nodes that decisions are asked about.
    nodes: Vec<NodeId>,
}

on_both! {
    async fn what_is_foretold_happens(backend: Backend) {
        let fate = Fate::start(backend).await;
        let mut told = 0;
        for round in 0..ROUNDS {
            let change = fate.change().await;
            let before = fate.decisions().await;
            let mut question = change.question;
            question["nodes"] = 500.into();
            question["permissions"] = json!(NAMES);
            let foretold = ask(&fate.cast.operator, question.clone()).await;
            if !foretold.status.is_success() {
                // Refused as the change itself is.
                assert!(fate.make(change.requests).await.is_err(), "{question}: {}", foretold.body);
                continue;
            }
            fate.make(change.requests).await.unwrap();
            let after = fate.decisions().await;
            let gained: BTreeSet<Allowed> = after.difference(&before).cloned().collect();
            let lost: BTreeSet<Allowed> = before.difference(&after).cloned().collect();
            assert_eq!(fate.foretold(&foretold.body, "gained"), gained, "round {round}: {question}");
            assert_eq!(fate.foretold(&foretold.body, "lost"), lost, "round {round}: {question}");
            told += usize::from(!gained.is_empty() || !lost.is_empty());
        }
        assert!(told > ROUNDS / 8, "only {told} changes changed something");
    }
}

impl Fate {
    async fn start(backend: Backend) -> Self {
        let cast = Cast::start(backend).await;
        for user in USERS {
            cast.absent(user).await;
        }
        for group in GROUPS {
            cast.group(group).await;
        }
        for (name, rules) in [("R", json!(["x"])), ("S", json!(["z:*", "!x"])), ("T", json!([]))] {
            cast.role(name, "/acme", rules).await;
        }
        for (who, role, node) in [
            ("/main/ann", "R@/acme", "/acme"),
            ("/$global/inner", "S@/acme", "/acme/companyA"),
            ("/$global/outer", "R@/acme", "/acme/companyB"),
        ] {
            cast.assign(who, role, node).await;
        }
        let mut nodes = Vec::new();
        for place in PLACES.into_iter().chain(["/acme/companyB/contract3"]) {
            let found =
                cast.operator.get(&format!("/api/v1/nodes/{}", encoded(place))).await.expect(200);
            nodes.push(found.text_at("/id").parse().unwrap());
        }
        Self { cast, entropy: SeededEntropy::new(7), nodes }
    }

    fn below(&self, end: usize) -> usize {
        let mut byte = [0];
        self.entropy.fill(&mut byte);
        usize::from(byte[0]) % end
    }

    fn one(&self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    async fn change(&self) -> Change {
        match self.below(12) {
            0 | 1 => self.unassign().await,
            2 => self.leave(),
            3 => self.disconnect(),
            4 => self.move_node(),
            5 => file(self.rules()),
            6 | 7 => file(self.assigned()),
            8 => file(
                json!({"users": [{"realm": "main", "username": self.one(&USERS), "groups": [self.one(&GROUPS)]}]}),
            ),
            9 => file(json!({"groups": [{"name": "inner", "groups": ["outer"]}]})),
            10 => {
                file(json!({"connections": [{"from": self.one(&PLACES), "to": self.one(&PLACES)}]}))
            }
            _ => file(self.person()),
        }
    }

    fn rules(&self) -> Value {
        let rules = ["x", "!x", "y@/acme/companyA", "!y@/acme/companyB", "z:*", "*", "!z:w"];
        let chosen: BTreeSet<&str> = (0..self.below(4)).map(|_| self.one(&rules)).collect();
        let mut rules: Vec<Value> = chosen.into_iter().map(Value::from).collect();
        if self.below(3) == 0 {
            rules.push(json!({"allow": "y", "when": "subject.grade > 2 && resource.open == true"}));
        }
        json!({"roles": [{"name": self.one(&["R", "S", "T"]), "owner": "/acme", "rules": rules}],
            "nodes": [{"path": self.one(&PLACES), "properties": {"open": self.below(2) == 0}}]})
    }

    fn assigned(&self) -> Value {
        let (user, group) = (format!("{}@main", self.one(&USERS)), self.one(&GROUPS));
        let role = self.one(&["R@/acme", "S@/acme", "T@/acme"]);
        let mut assignment = json!({"role": role, "node": self.one(&PLACES)});
        match self.below(8) {
            0 => assignment["group"] = "anonymous".into(),
            1 => assignment["group"] = "authenticated@/main".into(),
            2..=4 => assignment["group"] = group.into(),
            _ => assignment["user"] = user.into(),
        }
        json!({"assignments": [assignment]})
    }

    fn person(&self) -> Value {
        let mut user = json!({"realm": "main", "username": self.one(&USERS)});
        match self.below(4) {
            0 => user["disabled"] = (self.below(2) == 0).into(),
            1 => user["superuser"] = (self.below(2) == 0).into(),
            2 => user["attributes"] = json!({"grade": self.below(5)}),
            _ => {
                user["expires_at"] =
                    self.one(&["2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"]).into()
            }
        }
        json!({"users": [user]})
    }

    async fn unassign(&self) -> Change {
        let list = self.cast.operator.get("/api/v1/assignments?limit=500").await.expect(200).body;
        let all = list["items"].as_array().unwrap().clone();
        let ours: Vec<_> =
            all.into_iter().filter(|held| held["role"]["owner"]["path"] == "/acme").collect();
        if ours.is_empty() {
            return file(self.assigned());
        }
        let id = ours[self.below(ours.len())]["id"].as_str().unwrap().to_owned();
        let place = format!("/api/v1/assignments/{id}");
        removal(json!({"assignments": [id]}), Method::DELETE, place, Value::Null)
    }

    fn leave(&self) -> Change {
        let (group, member) = (self.one(&GROUPS), format!("/main/{}", self.one(&USERS)));
        let place = format!("/api/v1/groups/{group}/members/{}", encoded(&member));
        removal(
            json!({"memberships": [{"group": group, "member": member}]}),
            Method::DELETE,
            place,
            Value::Null,
        )
    }

    fn disconnect(&self) -> Change {
        let (from, to) = (self.one(&PLACES), self.one(&PLACES));
        let place = format!("/api/v1/nodes/{}/connections/{}", encoded(from), encoded(to));
        removal(
            json!({"connections": [{"from": from, "to": to}]}),
            Method::DELETE,
            place,
            Value::Null,
        )
    }

    /// The last of the nodes, under one company or the other, or under what it may not come under.
    fn move_node(&self) -> Change {
        let (node, parent) = (self.nodes[5], self.one(&PLACES));
        let place = format!("/api/v1/nodes/{node}/move");
        let question = json!({"moves": [{"node": node, "parent": parent}]});
        Change { question, requests: vec![(Method::POST, place, json!({"parent": parent}))] }
    }

    async fn make(&self, requests: Vec<(Method, String, Value)>) -> Result<(), String> {
        for (method, place, body) in requests {
            let body = (!body.is_null()).then_some(body);
            let answer = self.cast.operator.send(method, &place, body).await;
            if !answer.status.is_success() {
                return Err(format!("{place}: {}", answer.body));
            }
        }
        Ok(())
    }

    /// What the answer says, of the three users, of nobody, and of the nodes that decisions are asked about.
    fn foretold(&self, answer: &Value, field: &str) -> BTreeSet<Allowed> {
        let mut found = BTreeSet::new();
        for item in answer["items"].as_array().unwrap() {
            let path = item["subject"]["path"].as_str();
            let who = path.map(|path| path.trim_start_matches("/main/").to_owned());
            if who.as_ref().is_some_and(|who| !USERS.contains(&who.as_str())) {
                continue;
            }
            for change in item["changes"].as_array().unwrap() {
                for name in change["permissions"].as_array().unwrap() {
                    let nodes = change[field]["nodes"].as_array().unwrap().iter();
                    let ids = nodes.map(|node| node["id"].as_str().unwrap().parse().unwrap());
                    let ours = ids.filter(|id| self.nodes.contains(id));
                    let name = name.as_str().unwrap();
                    found.extend(ours.map(|id| (who.clone(), name.to_owned(), id)));
                }
            }
        }
        found
    }

    /// What is allowed to the three users and to nobody, asked one by one.
    async fn decisions(&self) -> BTreeSet<Allowed> {
        let mut allowed = BTreeSet::new();
        for user in USERS {
            let ask = |(name, node): (&str, NodeId)| {
                json!({"permission": name, "node": node,
                    "principal": {"type": "user", "realm": "main", "name": user}})
            };
            let requests: Vec<Value> = self.questions().map(ask).collect();
            let requests = json!({"requests": requests});
            let answer = self.cast.operator.post("/api/v1/access/decide", requests).await;
            let decisions = answer.expect(200).body["decisions"].as_array().unwrap().clone();
            for ((name, node), answer) in self.questions().zip(decisions) {
                if answer["decision"] == "allow" {
                    allowed.insert((Some(user.to_owned()), name.to_owned(), node));
                }
            }
        }
        let (system, principal) = (self.cast.server.app.system(), Principal::new(Who::Nobody));
        let (state, context) = (system.state(), Context::default());
        for (name, node) in self.questions() {
            let permissions = &[PermissionName::parse(name).unwrap()];
            let (principal, context, now) = (&principal, &context, system.now());
            let question = Question { principal, permissions, node, context, now };
            if state.engine.decide(&question).is_allow() {
                allowed.insert((None, name.to_owned(), node));
            }
        }
        allowed
    }

    fn questions(&self) -> impl Iterator<Item = (&'static str, NodeId)> {
        NAMES.into_iter().flat_map(|name| self.nodes.iter().map(move |node| (name, *node)))
    }
}

fn file(change: Value) -> Change {
    let requests = vec![(Method::POST, "/api/v1/world".to_owned(), change.clone())];
    Change { question: json!({"change": change}), requests }
}

fn removal(remove: Value, method: Method, place: String, body: Value) -> Change {
    Change { question: json!({"remove": remove}), requests: vec![(method, place, body)] }
}
