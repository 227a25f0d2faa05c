//! `POST /api/v1/access/what-if`: what is told, and that nothing is done.

use kernel::Revision;
use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, on_both};

use super::apply;
use crate::access::cast::Cast;

/// Asks.
pub async fn ask(client: &Client, question: Value) -> Answer {
    client.post("/api/v1/access/what-if", question).await
}

/// Who gains and loses, in short: `+ /main/jane x: /acme/companyA`. All nodes of a small world are named.
pub async fn told(client: &Client, mut question: Value) -> Vec<String> {
    question["nodes"] = 100.into();
    let answer = ask(client, question).await.expect(200).body;
    assert!(answer["next_cursor"].is_null(), "{answer}");
    lines(&answer)
}

pub fn lines(answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let path = |node: &Value| node["path"].as_str().unwrap_or("(hidden)").to_owned();
    for item in answer["items"].as_array().unwrap() {
        let who = item.get("subject").map_or("nobody".to_owned(), path);
        for change in item["changes"].as_array().unwrap() {
            for (mark, field) in [("+", "gained"), ("-", "lost")] {
                let nodes = change[field]["nodes"].as_array().unwrap();
                assert_eq!(change[field]["total"], nodes.len(), "{change}");
                for name in change["permissions"].as_array().unwrap() {
                    let name = name.as_str().unwrap();
                    lines.extend(
                        nodes.iter().map(|node| format!("{mark} {who} {name} {}", path(node))),
                    );
                }
            }
        }
    }
    lines.sort_unstable();
    lines
}

/// `/acme` with two companies, `R@/acme` with the rule `x`, and Jane.
async fn cast(backend: Backend) -> Cast {
    let cast = Cast::start(backend).await;
    cast.role("R", "/acme", json!(["x"])).await;
    cast.absent("jane").await;
    cast
}

fn at_company_a(mark: &str, name: &str) -> Vec<String> {
    ["", "/contract1", "/contract2"]
        .map(|below| format!("{mark} /main/jane {name} /acme/companyA{below}"))
        .to_vec()
}

fn assigned(node: &str) -> Value {
    json!({"assignments": [{"user": "jane@main", "role": "R@/acme", "node": node}]})
}

/// Revision, audit events, and the world as a file; writing that is an event of its own.
async fn everything(cast: &Cast) -> (Revision, Vec<Value>, String) {
    let events = cast.operator.get("/api/v1/audit/events?limit=500").await.expect(200).body;
    assert!(events["next_cursor"].is_null());
    let mut events = events["items"].as_array().unwrap().clone();
    events.retain(|event| event["event_type"] != "DATA_EXPORT");
    let world = cast.operator.get("/api/v1/world").await.expect(200).body_text();
    (cast.server.app.system().state().revision, events, world)
}

on_both! {
    async fn an_assignment_gives_at_its_node_and_below(backend: Backend) {
        let cast = cast(backend).await;
        let question = json!({"change": assigned("/acme/companyA")});
        assert_eq!(told(&cast.operator, question.clone()).await, at_company_a("+", "x"));
        let answer = ask(&cast.operator, question).await.expect(200).body;
        assert_eq!((&answer["total"], &answer["gaining"], &answer["losing"]), (&json!(1), &json!(1), &json!(0)));
        assert_eq!((&answer["partial"], &answer["unregistered"]), (&json!(false), &json!([])));
        assert_eq!((&answer["items"][0]["type"], &answer["items"][0]["new"]), (&json!("user"), &json!(false)));
    }

    async fn nothing_is_done(backend: Backend) {
        let cast = cast(backend).await;
        cast.assign("/main/jane", "R@/acme", "/acme/companyB").await;
        let before = everything(&cast).await;
        let change = json!({
            "realms": [{"name": "staff"}],
            "users": [{"realm": "staff", "username": "kim", "password": {"env": "NOT_ASKED"}, "superuser": true},
                {"realm": "main", "username": "jane", "disabled": true}],
            "nodes": [{"path": "/acme/companyC", "kind": "company", "properties": {"a": 1}, "tags": ["b"]}],
            "groups": [{"name": "g", "owner": "/acme"}],
            "roles": [{"name": "R", "owner": "/acme", "rules": ["*"]}],
            "connections": [{"from": "/acme/companyA", "to": "/acme/companyB"}],
            "settings": {"password.min_length": 20},
        });
        let question = json!({"change": change, "moves": [{"node": "/acme/companyB/contract3", "parent": "/acme/companyA"}],
            "remove": {"nodes": ["/acme/companyA/contract1"]}});
        assert!(!told(&cast.operator, question).await.is_empty());
        assert_eq!(everything(&cast).await, before);
        // Nor after a restart, which reads the rows.
        let server = cast.server.restart(&[]).await;
        let world = server.operator().get("/api/v1/world").await.expect(200).body_text();
        assert_eq!(world, before.2);
        let verified = server.operator().get("/api/v1/audit/verify").await.expect(200).body;
        assert_eq!(verified["valid"], true, "{verified}");
    }

    async fn rules_denies_and_ends_count(backend: Backend) {
        let cast = cast(backend).await;
        cast.assign("/main/jane", "R@/acme", "/acme/companyA").await;
        let role = |rules: Value| json!({"change": {"roles": [{"name": "R", "owner": "/acme", "rules": rules}]}});
        assert_eq!(told(&cast.operator, role(json!(["x", "y"]))).await, at_company_a("+", "y"));
        assert_eq!(told(&cast.operator, role(json!(["x", "!x"]))).await, at_company_a("-", "x"));
        let narrow = json!(["x", "!x@/acme/companyA/contract2"]);
        assert_eq!(told(&cast.operator, role(narrow)).await, ["- /main/jane x /acme/companyA/contract2"]);
        assert_eq!(told(&cast.operator, role(json!(["x"]))).await, Vec::<String>::new());
        // An end that is yet to come takes nothing; one that is over would be refused.
        let mut change = assigned("/acme/companyA");
        change["assignments"][0]["expires_at"] = "2026-06-01T00:00:01Z".into();
        assert_eq!(told(&cast.operator, json!({"change": change})).await, Vec::<String>::new());
        change["assignments"][0]["expires_at"] = "2026-06-01T00:00:00Z".into();
        ask(&cast.operator, json!({"change": change})).await.expect(422);
    }

    async fn an_ended_assignment_is_brought_back(backend: Backend) {
        let cast = cast(backend).await;
        let input = json!({"subject": "/main/jane", "role": "R@/acme", "node": "/acme/companyA", "expires_at": "2026-06-01T00:00:01Z"});
        cast.operator.post("/api/v1/assignments", input).await.expect(201);
        cast.server.advance(1);
        let question = json!({"change": assigned("/acme/companyA")});
        assert_eq!(told(&cast.operator, question).await, at_company_a("+", "x"));
    }

    async fn removals_count(backend: Backend) {
        let cast = cast(backend).await;
        let id = cast.assign("/main/jane", "R@/acme", "/acme/companyA").await;
        let remove = |remove: Value| json!({"remove": remove});
        assert_eq!(told(&cast.operator, remove(json!({"assignments": [&id]}))).await, at_company_a("-", "x"));
        // The same again in its place: nothing.
        let swap = json!({"remove": {"assignments": [&id]}, "change": assigned("/acme/companyA")});
        assert_eq!(told(&cast.operator, swap).await, Vec::<String>::new());
        let gone = told(&cast.operator, remove(json!({"nodes": ["/acme/companyA/contract1"]}))).await;
        assert!(gone.contains(&"- /main/jane x /acme/companyA/contract1".to_owned()), "{gone:?}");
        assert!(gone.contains(&"- /main/root read /acme/companyA/contract1".to_owned()), "{gone:?}");
        assert!(gone.iter().all(|line| line.ends_with("contract1")), "{gone:?}");
        let gone = told(&cast.operator, remove(json!({"users": ["/main/jane"]}))).await;
        assert!(at_company_a("-", "x").iter().all(|line| gone.contains(line)), "{gone:?}");
        cast.operator.delete(&format!("/api/v1/assignments/{id}")).await.expect(204);
        assert_eq!(told(&cast.operator, remove(json!({"roles": ["R@/acme"]}))).await, Vec::<String>::new());
    }

    async fn memberships_count(backend: Backend) {
        let cast = cast(backend).await;
        let inner = cast.group("inner").await;
        let outer = cast.group("outer").await;
        cast.operator.post(&format!("/api/v1/groups/{outer}/members"), json!({"member": &inner})).await.expect(200);
        cast.assign(&outer, "R@/acme", "/acme/companyA").await;
        let join = json!({"change": {"users": [{"realm": "main", "username": "jane", "groups": ["inner"]}]}});
        assert_eq!(told(&cast.operator, join.clone()).await, at_company_a("+", "x"));
        apply(&cast.operator, "", &join["change"]).await;
        let leave = json!({"remove": {"memberships": [{"group": "inner", "member": "/main/jane"}]}});
        assert_eq!(told(&cast.operator, leave).await, at_company_a("-", "x"));
        let nested = json!({"remove": {"memberships": [{"group": &outer, "member": &inner}]}});
        assert_eq!(told(&cast.operator, nested).await, at_company_a("-", "x"));
        let group = json!({"remove": {"groups": ["inner"]}});
        let gone = told(&cast.operator, group).await;
        assert!(at_company_a("-", "x").iter().all(|line| gone.contains(line)), "{gone:?}");
    }

    async fn connections_and_moves_count(backend: Backend) {
        let cast = cast(backend).await;
        cast.assign("/main/jane", "R@/acme", "/acme/companyB").await;
        let connect = json!({"change": {"connections": [{"from": "/acme/companyB", "to": "/acme/companyA"}]}});
        assert_eq!(told(&cast.operator, connect.clone()).await, at_company_a("+", "x"));
        let moved = json!({"moves": [{"node": "/acme/companyA", "parent": "/acme/companyB"}]});
        assert_eq!(told(&cast.operator, moved).await, at_company_a("+", "x"));
        apply(&cast.operator, "", &connect["change"]).await;
        let disconnect = json!({"remove": {"connections": [{"from": "/acme/companyB", "to": "/acme/companyA"}]}});
        assert_eq!(told(&cast.operator, disconnect).await, at_company_a("-", "x"));
        let away = json!({"moves": [{"node": "/acme/companyA/contract1", "parent": "/acme"}]});
        assert_eq!(told(&cast.operator, away).await, ["- /main/jane x /acme/companyA/contract1"]);
    }

    async fn what_a_user_is_counts(backend: Backend) {
        let cast = cast(backend).await;
        cast.assign("/main/jane", "R@/acme", "/acme/companyA").await;
        let user = |field: &str, value: Value| {
            let mut user = json!({"realm": "main", "username": "jane"});
            user[field] = value;
            json!({"change": {"users": [user]}, "permissions": ["x"]})
        };
        assert_eq!(told(&cast.operator, user("disabled", true.into())).await, at_company_a("-", "x"));
        let ended = "2026-06-01T00:00:00Z".into();
        assert_eq!(told(&cast.operator, user("expires_at", ended)).await, at_company_a("-", "x"));
        let above = told(&cast.operator, user("superuser", true.into())).await;
        assert!(above.contains(&"+ /main/jane x /$global".to_owned()), "{above:?}");
        assert!(!above.iter().any(|line| line.contains("companyA")), "{above:?}");
        let grade = json!([{"allow": "x", "when": "subject.grade > 2"}]);
        cast.role("Graded", "/acme", grade).await;
        cast.assign("/main/jane", "Graded@/acme", "/acme/companyB").await;
        let found = told(&cast.operator, user("attributes", json!({"grade": 3}))).await;
        assert_eq!(found, ["+ /main/jane x /acme/companyB", "+ /main/jane x /acme/companyB/contract3"]);
    }

    async fn what_a_condition_reads_of_a_node_counts(backend: Backend) {
        let cast = cast(backend).await;
        cast.role("Open", "/acme", json!([{"allow": "x", "when": "resource.status == 'open'"}])).await;
        cast.assign("/main/jane", "Open@/acme", "/acme").await;
        let change = json!({"nodes": [{"path": "/acme/companyA", "properties": {"status": "open"}}]});
        assert_eq!(told(&cast.operator, json!({"change": change})).await, ["+ /main/jane x /acme/companyA"]);
    }

    async fn who_and_what_is_new_counts(backend: Backend) {
        let cast = cast(backend).await;
        cast.assign("/main/jane", "R@/acme", "/acme/companyA").await;
        let change = json!({
            "nodes": [{"path": "/acme/companyA/new", "kind": "contract"}],
            "users": [{"realm": "main", "username": "kim", "password": "short"}],
            "assignments": [{"user": "kim@main", "role": "R@/acme", "node": "/acme/companyA"}],
        });
        let question = json!({"change": change, "permissions": ["x"], "subjects": ["/main/kim", "/main/jane", "/main/none"]});
        let mut expected: Vec<String> = at_company_a("+", "x").iter().map(|line| line.replace("jane", "kim")).collect();
        expected.extend(["jane", "kim"].map(|who| format!("+ /main/{who} x /acme/companyA/new")));
        expected.push("+ /main/jane x /main/kim".to_owned());
        // Jane holds nothing at the new user.
        expected.pop();
        expected.sort_unstable();
        assert_eq!(told(&cast.operator, question.clone()).await, expected);
        let answer = ask(&cast.operator, question).await.expect(200).body;
        assert_eq!(answer["items"][1]["new"], true, "new ones come last: {answer}");
    }

    async fn whoever_is_not_signed_in_counts(backend: Backend) {
        let cast = cast(backend).await;
        let change = json!({"assignments": [{"group": "anonymous", "role": "R@/acme", "node": "/acme/companyB/contract3"}]});
        assert_eq!(told(&cast.operator, json!({"change": change})).await, ["+ nobody x /acme/companyB/contract3"]);
    }

    async fn built_in_registered_and_unregistered_names_are_told(backend: Backend) {
        let cast = cast(backend).await;
        cast.operator.post("/api/v1/permissions", json!({"name": "sql:get", "owner": "/acme"})).await.expect(201);
        let role = json!({"name": "Wide", "owner": "/acme", "rules": ["sql:*", "node:read"]});
        let held = json!({"user": "jane@main", "role": "Wide@/acme", "node": "/acme/companyB/contract3"});
        let question = json!({"change": {"roles": [role], "assignments": [held]}});
        let place = "/acme/companyB/contract3";
        let expected = ["node:read", "sql:get"].map(|name| format!("+ /main/jane {name} {place}"));
        assert_eq!(told(&cast.operator, question.clone()).await, expected);
        let answer = ask(&cast.operator, question.clone()).await.expect(200).body;
        assert_eq!(answer["unregistered"], json!(["sql:*"]));
        assert_eq!(answer["items"][0]["changes"][0]["permissions"], json!(["node:read", "sql:get"]));
        let mut narrow = question;
        narrow["permissions"] = json!(["sql:drop"]);
        assert_eq!(told(&cast.operator, narrow).await, [format!("+ /main/jane sql:drop {place}")]);
    }

    async fn pages_make_up_the_whole(backend: Backend) {
        let cast = cast(backend).await;
        let group = cast.group("all").await;
        for number in 0..5 {
            let user = cast.absent(&format!("u{number}")).await;
            cast.operator.post(&format!("/api/v1/groups/{group}/members"), json!({"member": user})).await.expect(200);
        }
        let mut change = json!({
            "users": (0..3).map(|number| json!({"realm": "main", "username": format!("n{number}"), "groups": ["all"]})).collect::<Vec<_>>(),
            "assignments": [{"group": "all", "role": "R@/acme", "node": "/acme/companyB"}],
        });
        let mut question = json!({"change": &change, "limit": 3, "nodes": 1, "permissions": ["x"]});
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = ask(&cast.operator, question.clone()).await.expect(200).body;
            assert_eq!((&page["total"], &page["gaining"], &page["losing"]), (&json!(9), &json!(9), &json!(0)));
            for item in page["items"].as_array().unwrap() {
                let gained = &item["changes"][0]["gained"];
                let path = item["subject"]["path"].as_str().unwrap().to_owned();
                // A superuser gains each node that comes: here, three users.
                let total = if path == "/main/root" { 3 } else { 2 };
                assert_eq!((&gained["total"], gained["nodes"].as_array().unwrap().len()), (&json!(total), 1));
                found.push(path);
            }
            pages += 1;
            let Some(next) = page["next_cursor"].as_str() else { break };
            question["cursor"] = next.into();
        }
        assert_eq!(pages, 3);
        found.sort_unstable();
        assert_eq!(found, ["n0", "n1", "n2", "root", "u0", "u1", "u2", "u3", "u4"].map(|name| format!("/main/{name}")));
        change["users"] = json!([]);
        let none = ask(&cast.operator, json!({"change": change, "nodes": 0})).await.expect(200).body;
        assert_eq!(none["items"][0]["changes"][0]["gained"]["nodes"], json!([]));
    }

    async fn several_at_once_and_writers_do_not_disturb_each_other(backend: Backend) {
        let cast = cast(backend).await;
        let question = json!({"change": assigned("/acme/companyA")});
        let questions = (0..8).map(|_| told(&cast.operator, question.clone()));
        let writes = (0..8).map(|number| {
            let input = json!({"kind": "company", "name": format!("c{number}"), "parent": "/acme"});
            cast.operator.post("/api/v1/nodes", input)
        });
        let (found, written) =
            tokio::join!(futures::future::join_all(questions), futures::future::join_all(writes));
        for found in found {
            assert_eq!(found, at_company_a("+", "x"));
        }
        written.into_iter().for_each(|answer| drop(answer.expect(201)));
        assert!(!cast.may("jane", "x", "/acme/companyA").await);
    }
}
