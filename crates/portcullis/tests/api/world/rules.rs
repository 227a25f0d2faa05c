//! Rules that stand nowhere in the tree: on second factors, and on addresses.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::{apply, lines, sample, send};
use crate::harness::Server;

fn rules() -> Value {
    json!({
        "factor_rules": [
            {"realm": "staff"},
            {"role": "Editor@/acme", "methods": []},
            {"user": "jane@staff", "steps": 2, "methods": ["email"]},
        ],
        "ip_rules": [
            {"list": "block", "network": "10.9.0.0/16", "note": "the old office"},
            {"list": "allow", "network": "127.0.0.1"},
            {"list": "allow", "network": "::1/128"},
        ],
    })
}

async fn stored(server: &Server, path: &str) -> Vec<Value> {
    let answer = server.operator().get(path).await.expect(200);
    answer.body["items"].as_array().unwrap().clone()
}

on_both! {
    async fn they_are_made_once_and_come_out_as_they_went_in(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        apply(&operator, "", &sample()).await;
        let planned = apply(&operator, "plan=true", &rules()).await;
        assert_eq!(planned["applied"], false);
        assert!(stored(&server, "/api/v1/ip-rules").await.is_empty());
        let made = apply(&operator, "", &rules()).await;
        assert_eq!(lines(&made), lines(&planned));
        assert_eq!(lines(&made), [
            "create factor_rules realm staff",
            "create factor_rules role Editor@/acme",
            "create factor_rules user jane@staff",
            "create ip_rules block 10.9.0.0/16",
            "create ip_rules allow 127.0.0.1/32",
            "create ip_rules allow ::1/128",
        ]);
        assert_eq!(apply(&operator, "prune=true", &rules()).await["applied"], false);
        assert_eq!(stored(&server, "/api/v1/second-factor-rules").await.len(), 3);
        let text = operator.get("/api/v1/world").await.expect(200).body_text();
        for part in ["realm: staff", "role: Editor@/acme", "user: jane@staff", "steps: 2", "10.9.0.0/16", "the old office"] {
            assert!(text.contains(part), "{part:?} is not in:\n{text}");
        }
        let other = Server::start(backend).await;
        let url = format!("{}/api/v1/world", other.operator_base);
        let sent = reqwest::Client::new().post(&url).header("content-type", "application/yaml");
        let answer = sent.body(text.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        assert_eq!(other.operator().get("/api/v1/world").await.expect(200).body_text(), text);
    }

    async fn pruned_the_others_go(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        apply(&operator, "", &sample()).await;
        apply(&operator, "", &rules()).await;
        // A section that is not named stays as it is.
        let kept = apply(&operator, "prune=true", &json!({"factor_rules": [{"realm": "staff"}]})).await;
        let mut gone = lines(&kept);
        gone.sort();
        assert_eq!(gone, ["delete factor_rules role Editor", "delete factor_rules user /staff/jane"]);
        assert_eq!(stored(&server, "/api/v1/ip-rules").await.len(), 3);
        let fewer = json!({"ip_rules": [{"list": "allow", "network": "127.0.0.1"}]});
        assert_eq!(apply(&operator, "", &fewer).await["applied"], false);
        apply(&operator, "prune=true", &fewer).await;
        assert_eq!(stored(&server, "/api/v1/ip-rules").await.len(), 1);
        apply(&operator, "prune=true", &json!({"ip_rules": [], "factor_rules": []})).await;
        assert!(stored(&server, "/api/v1/ip-rules").await.is_empty());
        assert!(stored(&server, "/api/v1/second-factor-rules").await.is_empty());
    }

    async fn another_note_is_written_and_an_absent_one_says_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        let file = |note: Value| json!({"ip_rules": [{"list": "block", "network": "10.9.0.0/16", "note": note}]});
        apply(&operator, "", &file(json!("old"))).await;
        assert_eq!(apply(&operator, "", &file(Value::Null)).await["applied"], false);
        let changed = apply(&operator, "", &file(json!("new"))).await;
        assert_eq!(lines(&changed), ["change ip_rules block 10.9.0.0/16"]);
        assert_eq!(stored(&server, "/api/v1/ip-rules").await[0]["note"], "new");
    }

    async fn what_is_wrong_is_refused_at_its_place(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        apply(&operator, "", &sample()).await;
        for (file, pointer) in [
            (json!({"factor_rules": [{}]}), "/factor_rules/0"),
            (json!({"factor_rules": [{"realm": "staff", "user": "jane@staff"}]}), "/factor_rules/0"),
            (json!({"factor_rules": [{"realm": "nowhere"}]}), "/factor_rules/0/realm"),
            (json!({"factor_rules": [{"realm": "acme"}]}), "/factor_rules/0/realm"),
            (json!({"factor_rules": [{"role": "Nobody"}]}), "/factor_rules/0/role"),
            (json!({"factor_rules": [{"user": "joe@staff"}]}), "/factor_rules/0/user"),
            (json!({"factor_rules": [{"realm": "staff", "steps": 3}]}), "/factor_rules/0/steps"),
            (json!({"factor_rules": [{"realm": "staff", "methods": ["recovery"]}]}), "/factor_rules/0/methods/0"),
            (json!({"factor_rules": [{"realm": "staff"}, {"realm": "staff", "steps": 1}]}), "/factor_rules/1"),
            (json!({"ip_rules": [{"list": "allow", "network": "10.1.2.3/8"}]}), "/ip_rules/0/network"),
            (json!({"ip_rules": [{"list": "block", "network": "10.0.0.1"}, {"list": "block", "network": "10.0.0.1/32"}]}), "/ip_rules/1/network"),
            (json!({"ip_rules": [{"list": "block", "network": "10.0.0.1", "note": "x".repeat(501)}]}), "/ip_rules/0/note"),
        ] {
            let answer = send(&operator, "", &file).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{file}");
        }
    }

    async fn they_ask_what_their_operations_ask(backend: Backend) {
        let server = Server::start(backend).await;
        let clerk = server.user("clerk", &["editor"]).await;
        for file in [json!({"ip_rules": []}), json!({"factor_rules": []})] {
            send(&clerk, "", &file).await.expect(403);
            send(&clerk, "plan=true&prune=true", &file).await.expect(403);
        }
    }

    async fn nobody_locks_himself_out_by_a_file(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let file = json!({"ip_rules": [{"list": "allow", "network": "10.0.0.0/8"}]});
        let refused = send(&root, "", &file).await.expect(409);
        assert!(refused.body_text().contains("your address"), "{}", refused.body_text());
        root.get("/auth/me").await.expect(200);
        // In whatever order they stand: what counts is what there is in the end.
        let with_own = json!({"ip_rules": [
            {"list": "allow", "network": "10.0.0.0/8"}, {"list": "allow", "network": "127.0.0.0/8"},
        ]});
        apply(&root, "", &with_own).await;
        let refused = send(&root, "prune=true", &file).await.expect(409);
        assert!(refused.body_text().contains("your address"), "{}", refused.body_text());
        root.get("/auth/me").await.expect(200);
        // The operator of the machine may.
        apply(&server.operator(), "prune=true", &file).await;
        root.get("/auth/me").await.expect(403);
    }
}
