//! Which addresses may come in.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use super::{behind_a_proxy, from, make, rules};
use crate::{
    harness::{PASSWORD, Server},
    replicas::{Pair, soon},
    signin::try_login,
};

const RULES: &str = "/api/v1/ip-rules";

async fn refusals(server: &Server) -> Vec<Value> {
    let path = "/api/v1/audit/events?action=ip_rule.refuse";
    let events = server.operator().get(path).await.expect(200);
    events.body["items"].as_array().unwrap().clone()
}

/// Method and path of every route, with something in the place of each name.
async fn all_routes(server: &Server) -> Vec<(Method, String)> {
    let document = server.operator().get("/openapi.json").await.expect(200).body;
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        for method in methods.as_object().unwrap().keys() {
            routes.push((method.to_uppercase().parse().unwrap(), path.join("/")));
        }
    }
    routes.push((Method::GET, "/openapi.json".to_owned()));
    routes.push((Method::GET, "/nowhere".to_owned()));
    routes
}

async fn statuses(client: &Client, routes: &[(Method, String)]) -> Vec<(String, u16)> {
    let mut statuses = Vec::new();
    for (method, path) in routes {
        let body = (*method == Method::POST).then(|| json!({}));
        let answer = client.send(method.clone(), path, body).await;
        statuses.push((format!("{method} {path}"), answer.status.as_u16()));
    }
    statuses
}

on_both! {
    async fn a_blocked_network_is_refused_at_every_route(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let root = server.root().await;
        make(&server, &[("block", "203.0.113.0/24")]).await;
        let routes = all_routes(&server).await;
        assert!(routes.len() > 80, "{}", routes.len());
        for client in [server.anonymous(), root.clone()] {
            for (route, status) in statuses(&from(&client, "203.0.113.9"), &routes).await {
                assert_eq!(status, 403, "{route}");
            }
        }
        from(&root, "203.0.114.9").get("/auth/me").await.expect(200);
    }

    async fn it_is_refused_before_its_credentials_are_looked_at(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        server.user("jane", &[]).await;
        make(&server, &[("block", "203.0.113.9")]).await;
        let blocked = from(&server.anonymous(), "203.0.113.9");
        let input = json!({"type": "password", "authentication_id": "jane", "secret": "wrong"});
        for _ in 0..6 {
            blocked.post("/auth/login", input.clone()).await.expect(403);
        }
        // No try was counted.
        try_login(&server, "jane", PASSWORD).await.expect(200);
        for (name, value) in [("authorization", "nonsense"), ("authorization", "Bearer x"), ("x-api-key", "x"),
            ("portcullis-revision", "x")] {
            blocked.with_header(name, value).get("/auth/me").await.expect(403);
        }
    }

    async fn an_allow_list_admits_what_is_on_it_alone(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let root = server.root().await;
        let ids = make(&server, &[("allow", "10.0.0.0/8"), ("allow", "2001:db8::/32"), ("block", "10.6.6.0/24")]).await;
        for admitted in ["10.1.2.3", "2001:db8::7"] {
            from(&root, admitted).get("/auth/me").await.expect(200);
        }
        for refused in ["11.1.2.3", "2001:db9::7", "10.6.6.6", "127.0.0.2"] {
            from(&root, refused).get("/auth/me").await.expect(403);
        }
        // The last ones to go leave no restriction.
        for id in ids {
            server.operator().delete(&format!("{RULES}/{id}")).await.expect(204);
        }
        from(&root, "11.1.2.3").get("/auth/me").await.expect(200);
    }

    async fn what_supervises_the_server_may_ask_how_it_is(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        make(&server, &[("allow", "10.0.0.0/8")]).await;
        let near = server.anonymous();
        for path in ["/health", "/livez", "/readyz"] {
            near.get(path).await.expect(200);
            from(&near, "203.0.113.9").get(path).await.expect(403);
            from(&near, "unknown").get(path).await.expect(403);
        }
        for path in ["/auth/me", "/status", "/metrics", "/openapi.json"] {
            near.get(path).await.expect(403);
        }
    }

    async fn nobody_locks_himself_out_by_mistake(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let root = from(&server.root().await, "203.0.113.9");
        for list in [("allow", "10.0.0.0/8"), ("block", "203.0.0.0/16")] {
            let refused = root.post(RULES, rules(&[list])).await.expect(409);
            assert!(refused.text_at("/detail").contains("203.0.113.9"), "{}", refused.body_text());
            assert_eq!(refused.problem_pointer(), Some("/confirm"));
            assert!(root.get(RULES).await.expect(200).body["items"].as_array().unwrap().is_empty());
        }
        // All of them count together.
        root.post(RULES, rules(&[("allow", "10.0.0.0/8"), ("allow", "203.0.113.0/24")])).await.expect(201);
        let list = root.get(&format!("{RULES}?q=203")).await.expect(200);
        assert_eq!(list.body["total"], 1);
        let own = format!("{RULES}/{}", list.text_at("/items/0/id"));
        root.delete(&own).await.expect(409);
        root.delete(&format!("{own}?confirm=false")).await.expect(409);
        root.get(RULES).await.expect(200);
        root.delete(&format!("{own}?confirm=true")).await.expect(204);
        root.get(RULES).await.expect(403);
        // On the machine it can be taken back.
        make(&server, &[("allow", "203.0.113.9")]).await;
        let mut block = rules(&[("block", "203.0.113.9")]);
        block["confirm"] = true.into();
        root.post(RULES, block).await.expect(201);
        root.get(RULES).await.expect(403);
    }

    async fn only_who_may_change_the_network_settings_changes_them(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let viewer = server.user("vera", &["viewer"]).await;
        let id = make(&server, &[("block", "203.0.113.9")]).await.remove(0);
        let one = format!("{RULES}/{id}");
        let new = rules(&[("block", "203.0.113.10")]);
        server.anonymous().post(RULES, new.clone()).await.expect(401);
        viewer.post(RULES, new.clone()).await.expect(403);
        viewer.get(RULES).await.expect(403);
        viewer.delete(&one).await.expect(403);
        viewer.delete(&format!("{RULES}/00000000-0000-7000-8000-000000000000")).await.expect(403);
        let keeper = server.user("keeper", &[]).await;
        let role = json!({"name": "Keeper", "rules": ["settings:network"]});
        server.operator().post("/api/v1/roles", role).await.expect(201);
        let given = json!({"subject": "/main/keeper", "role": "Keeper"});
        server.operator().post("/api/v1/assignments", given).await.expect(201);
        keeper.post(RULES, new).await.expect(201);
        keeper.delete(&one).await.expect(204);
        keeper.delete(&one).await.expect(404);
    }

    async fn what_is_no_network_is_refused_with_its_place(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let root = server.root().await;
        for (network, detail) in [
            ("10.1.2.3/8", "10.0.0.0/8"), ("10.0.0.0/33", "must be"), ("example.com", "must be"), ("", "must be"),
            ("10.0.0.1-10.0.0.9", "must be"), ("fe80::1%eth0", "must be"),
        ] {
            let bad = rules(&[("block", "203.0.113.9"), ("block", network)]);
            let refused = root.post(RULES, bad).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/rules/1/network"));
            assert!(refused.text_at("/errors/0/detail").contains(detail), "{}", refused.body_text());
        }
        root.post(RULES, json!({"rules": []})).await.expect(422);
        root.post(RULES, json!({"rules": [{"list": "grey", "network": "10.0.0.1"}]})).await.expect(422);
        root.post(RULES, rules(&[("block", "::ffff:203.0.113.9")])).await.expect(201);
        let twice = root.post(RULES, rules(&[("block", "203.0.113.9/32")])).await.expect(409);
        assert_eq!(twice.problem_pointer(), Some("/rules/0/network"));
        root.post(RULES, rules(&[("allow", "10.0.0.0/8"), ("allow", "10.0.0.0/8")])).await.expect(409);
        let list = root.get(RULES).await.expect(200);
        assert_eq!((&list.body["total"], list.text_at("/items/0/network")), (&json!(1), "203.0.113.9/32"));
    }

    async fn changes_and_refusals_are_in_the_audit(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let id = make(&server, &[("block", "203.0.113.0/24"), ("block", "2001:db8::/32")]).await.remove(0);
        let events = server.operator().get("/api/v1/audit/events?action=ip_rule.create").await.expect(200);
        assert!(events.body_text().contains("203.0.113.0/24") && events.body_text().contains(&id));
        let anonymous = server.anonymous();
        for _ in 0..5 {
            for source in ["203.0.113.9", "203.0.113.10", "2001:db8::1", "2001:db8::2"] {
                from(&anonymous, source).get("/auth/me").await.expect(403);
            }
        }
        let found = refusals(&server).await;
        assert_eq!(found.len(), 3, "one for each source and minute: {found:?}");
        assert_eq!((&found[2]["ip_address"], &found[2]["request_path"]), (&json!("203.0.113.9"), &json!("/auth/me")));
        assert_eq!((&found[2]["event_type"], &found[2]["success"]), (&json!("ACCESS_DENIED"), &json!(false)));
        server.advance(60);
        from(&anonymous, "203.0.113.9").get("/auth/me").await.expect(403);
        assert_eq!(refusals(&server).await.len(), 4);
        server.operator().delete(&format!("{RULES}/{id}")).await.expect(204);
        let events = server.operator().get("/api/v1/audit/events?action=ip_rule.delete").await.expect(200);
        assert!(events.body_text().contains("203.0.113.0/24"));
    }

    async fn an_attacker_with_many_addresses_does_not_fill_the_disk(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        make(&server, &[("block", "0.0.0.0/0")]).await;
        for number in 0..120 {
            from(&server.anonymous(), &format!("203.0.113.{number}")).get("/auth/me").await.expect(403);
        }
        let path = "/api/v1/audit/events?limit=500&action=ip_rule.refuse";
        let events = server.operator().get(path).await.expect(200);
        assert_eq!(events.body["items"].as_array().unwrap().len(), 100);
    }

    async fn rules_survive_a_restart(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        make(&server, &[("block", "203.0.113.0/24"), ("allow", "203.0.0.0/16")]).await;
        let server = server.restart(&[("trusted_proxies", "127.0.0.1")]).await;
        let anonymous = server.anonymous();
        from(&anonymous, "203.0.113.9").get("/openapi.json").await.expect(403);
        from(&anonymous, "203.0.114.9").get("/openapi.json").await.expect(200);
        from(&anonymous, "204.0.114.9").get("/openapi.json").await.expect(403);
    }

    async fn many_rules_are_made_at_once_and_listed_in_pages(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        let list: Vec<Value> = (0..1000)
            .map(|n| json!({"list": "block", "network": format!("198.51.{}.{}", n / 250, n % 250)}))
            .collect();
        let root = from(&server.root().await, "203.0.113.9");
        root.post(RULES, json!({"rules": list})).await.expect(201);
        let more: Vec<&Value> = list.iter().chain(&list[..1]).collect();
        root.post(RULES, json!({"rules": more})).await.expect(422);
        from(&root, "198.51.3.249").get("/auth/me").await.expect(403);
        from(&root, "198.51.4.0").get("/auth/me").await.expect(200);
        let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
        for _ in 0..3 {
            let page = root.get(&format!("{RULES}?limit=400{cursor}")).await.expect(200);
            assert_eq!(page.body["total"], 1000);
            let items = page.body["items"].as_array().unwrap().clone();
            seen.extend(items.iter().map(|rule| rule["network"].as_str().unwrap().to_owned()));
            cursor = format!("&cursor={}", page.body["next_cursor"].as_str().unwrap_or_default());
        }
        assert_eq!((seen.len(), &*cursor), (1000, "&cursor="));
    }
}

#[tokio::test]
async fn a_rule_counts_on_all_servers() {
    let pair = Pair::start().await;
    pair.b.anonymous().get("/openapi.json").await.expect(200);
    let id = make(&pair.a, &[("block", "127.0.0.0/8")]).await.remove(0);
    let is_refused = async || pair.b.anonymous().get("/openapi.json").await.status == 403;
    soon("the rule", is_refused).await;
    pair.a.operator().delete(&format!("{RULES}/{id}")).await.expect(204);
    let is_admitted = async || pair.b.anonymous().get("/openapi.json").await.status == 200;
    soon("its end", is_admitted).await;
}
