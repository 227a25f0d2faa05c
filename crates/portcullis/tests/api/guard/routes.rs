use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::{
    guard::shop::{HOST, ROUTES, Shop, routes, sign_in},
    harness::Server,
};

fn public(path: &str) -> Value {
    json!({"path": path, "access": "public"})
}

on_both! {
    async fn a_table_is_read_as_it_was_written(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        let read = operator.get(ROUTES).await.expect(200);
        assert_eq!(read.header("etag"), Some("\"1\""));
        let again = operator.put(ROUTES, read.body.clone()).await.expect(200);
        assert_eq!((&again.body, again.header("etag")), (&read.body, Some("\"2\"")));
        let mut written = routes();
        for table in [&mut written["routes"], &mut read.body["routes"].clone()] {
            table.as_array_mut().unwrap().sort_by_key(|route| format!("{} {}", route["path"], route["methods"]));
        }
        assert_eq!(read.body["routes"].as_array().unwrap().len(), written["routes"].as_array().unwrap().len());
        for route in written["routes"].as_array().unwrap() {
            assert!(read.body["routes"].as_array().unwrap().contains(route), "{route}");
        }
        assert!(operator.put(ROUTES, json!({})).await.expect(200).body["routes"].as_array().unwrap().is_empty());
        shop.ask(None, "GET", "/").await.expect(403);
    }

    async fn an_application_without_a_table_lets_nothing_through(backend: Backend) {
        let server = Server::with_settings(backend, &[("trusted_proxies", "127.0.0.1")]).await;
        let operator = server.operator();
        operator.post("/api/v1/applications", json!({"name": "shop", "realm": "main"})).await.expect(201);
        let read = operator.get(ROUTES).await.expect(200);
        assert_eq!((&read.body, read.header("etag")), (&json!({"hosts": [], "routes": []}), Some("\"0\"")));
        let client = server.anonymous().with_header("x-original-method", "GET").with_header("x-original-uri", "/");
        client.get("/access/v1/forward/shop").await.expect(403);
    }

    async fn what_was_changed_in_between_is_not_changed_again(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        operator.with_header("if-match", "\"0\"").put(ROUTES, routes()).await.expect(412);
        operator.with_header("if-match", "\"1\"").put(ROUTES, routes()).await.expect(200);
    }

    async fn wrong_input_has_a_pointer_and_changes_nothing(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        operator.post("/api/v1/nodes", json!({"kind": "company", "name": "other"})).await.expect(201);
        let one = |route: Value| json!({"routes": [public("/x"), route]});
        let many: Vec<Value> = (0..1001).map(|n| public(&format!("/{n}"))).collect();
        let hosts: Vec<String> = (0..33).map(|n| format!("h{n}.example.com")).collect();
        for (input, pointer) in [
            (one(json!({"path": "x", "access": "public"})), "/routes/1/path"),
            (one(json!({"path": "/a/../b", "access": "public"})), "/routes/1/path"),
            (one(json!({"path": "/a", "access": "open"})), "/routes/1/access"),
            (one(json!({"path": "/a"})), "/routes/1/access"),
            (one(json!({"path": "/a", "access": "permission"})), "/routes/1/permission"),
            (one(json!({"path": "/a", "access": "public", "permission": "x"})), "/routes/1/permission"),
            (one(json!({"path": "/a", "access": "public", "node": {"below": "x"}})), "/routes/1/node"),
            (one(json!({"path": "/a", "permission": "a b"})), "/routes/1/permission"),
            (one(json!({"path": "/a", "methods": ["get"], "access": "public"})), "/routes/1/methods/0"),
            (one(json!({"path": "/a", "methods": vec!["GET"; 33], "access": "public"})), "/routes/1/methods"),
            (one(json!({"path": "/a", "permission": "x", "node": {"below": "{b}"}})), "/routes/1/node/below"),
            (one(json!({"path": "/a", "permission": "x", "node": {"below": "../b"}})), "/routes/1/node/below"),
            (one(json!({"path": "/a", "permission": "x", "node": {"external_id": {"system": "s", "segment": "b"}}})), "/routes/1/node/external_id/segment"),
            (one(json!({"path": "/a", "permission": "x", "node": {"fixed": "/nowhere"}})), "/routes/1/node/fixed"),
            (one(json!({"path": "/a", "permission": "x", "node": {"fixed": "/other"}})), "/routes/1/node/fixed"),
            (one(json!({"path": "/x", "access": "deny"})), "/routes/1/methods"),
            (one(json!({"path": "/a", "acess": "deny"})), "/routes/1/acess"),
            (json!({"routes": [{"path": "/{a}", "methods": ["GET", "PUT"], "access": "deny"}, {"path": "/{b}", "methods": ["PUT"], "access": "public"}]}), "/routes/1/methods"),
            (json!({"hosts": ["shop.example.com:80"]}), "/hosts/0"),
            (json!({"hosts": ["a.example.com", "A.example.com"]}), "/hosts"),
            (json!({"hosts": hosts}), "/hosts"),
            (json!({"routes": many}), "/routes"),
            (json!({"sign_in": "javascript:alert(1)"}), "/sign_in"),
            (json!({"sign_in": "//id.example.com"}), "/sign_in"),
            (json!({"sign_in": "https://a@id.example.com/"}), "/sign_in"),
            (json!({"sign_in": "https://id.example.com/#x"}), "/sign_in"),
            (json!({"sign_in": "https://id.example.com/\r\nX: y"}), "/sign_in"),
        ] {
            let answer = operator.put(ROUTES, input.clone()).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{input}");
        }
        assert_eq!(operator.get(ROUTES).await.expect(200).header("etag"), Some("\"1\""));
    }

    async fn it_asks_to_manage_the_application(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.server.anonymous().put(ROUTES, routes()).await.expect(401);
        shop.server.user("vera", &["viewer"]).await.put(ROUTES, routes()).await.expect(403);
        let nina = shop.server.anonymous().with_bearer(&shop.nina);
        nina.get(ROUTES).await.expect(404);
        nina.put(ROUTES, routes()).await.expect(404);
        shop.server.anonymous().get(ROUTES).await.expect(401);
        shop.server.user("vic", &["viewer"]).await.get(ROUTES).await.expect(403);
        shop.server.operator().put("/api/v1/applications/nobody/routes", routes()).await.expect(404);
    }

    async fn taking_a_guard_away_is_giving(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        let made = operator.post("/api/v1/roles", json!({"name": "Builder", "owner": "/shop", "rules": ["application:manage", "order.read", "order.create", "node:read"]}));
        let role = made.await.expect(201).text_at("/id").to_owned();
        let bob = shop.server.user("bob", &[]).await;
        operator.post("/api/v1/assignments", json!({"subject": "/main/bob", "role": role, "node": "/shop"})).await.expect(201);
        let changed = |change: &dyn Fn(&mut Vec<Value>)| {
            let mut table = routes();
            change(table["routes"].as_array_mut().unwrap());
            table
        };
        let admin = |route: &Value| route["path"] == "/admin/**";
        for refused in [
            changed(&|routes| routes.retain(|route| !admin(route))),
            changed(&|routes| routes.iter_mut().filter(|r| admin(r)).for_each(|r| *r = public("/admin/**"))),
            changed(&|routes| routes.iter_mut().filter(|r| admin(r)).for_each(|r| r["permission"] = "order.read".into())),
            changed(&|routes| routes.push(public("/admin/help"))),
            changed(&|routes| routes.push(public("/{x}/help"))),
        ] {
            let answer = bob.put(ROUTES, refused.clone()).await.expect(403);
            assert!(answer.text_at("/detail").contains("shop.admin"), "{}", answer.body_text());
        }
        for allowed in [
            changed(&|routes| routes.push(public("/new/**"))),
            changed(&|routes| routes.push(json!({"path": "/admin/help", "access": "deny"}))),
            changed(&|routes| routes.push(json!({"path": "/admin/help", "permission": "shop.admin"}))),
            changed(&|routes| routes.iter_mut().filter(|r| admin(r)).for_each(|r| { r.as_object_mut().unwrap().remove("permission"); r["access"] = "deny".into(); })),
        ] {
            bob.put(ROUTES, allowed).await.expect(200);
            operator.put(ROUTES, routes()).await.expect(200);
        }
    }

    async fn a_host_belongs_to_one_application(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        operator.post("/api/v1/applications", json!({"name": "bank", "realm": "main"})).await.expect(201);
        let bank = "/api/v1/applications/bank/routes";
        let taken = operator.put(bank, json!({"hosts": ["SHOP.example.com"]})).await.expect(409);
        assert_eq!(taken.problem_pointer(), Some("/hosts"));
        // Whoever manages one application takes no host: it could become another's.
        let role = operator.post("/api/v1/roles", json!({"name": "Builder", "owner": "/bank", "rules": ["application:manage", "node:read"]}));
        let role = role.await.expect(201).text_at("/id").to_owned();
        let bob = shop.server.user("bob", &[]).await;
        operator.post("/api/v1/assignments", json!({"subject": "/main/bob", "role": role, "node": "/bank"})).await.expect(201);
        bob.put(bank, json!({"hosts": ["bank.example.com"]})).await.expect(403);
        operator.put(bank, json!({"hosts": ["bank.example.com"]})).await.expect(200);
        bob.put(bank, json!({"hosts": ["bank.example.com"], "routes": [public("/**")]})).await.expect(200);
        bob.put(bank, json!({"routes": [public("/**")]})).await.expect(200);
        bob.put(bank, json!({"hosts": ["bank.example.com"]})).await.expect(403);
    }

    async fn a_table_survives_a_restart_and_goes_with_its_application(backend: Backend) {
        let shop = Shop::open(backend).await;
        let Shop { server, nina, olga, .. } = shop;
        let server = server.restart(&[("trusted_proxies", "127.0.0.1")]).await;
        // Another port, so another issuer.
        let jane = sign_in(&server, "main", "jane").await;
        let shop = Shop { server, jane, nina, olga };
        shop.ask(Some(&shop.jane), "POST", "/orders").await.expect(200);
        shop.ask(Some(&shop.jane), "GET", "/me").await.expect(200);
        let operator = shop.server.operator();
        for place in ["%2Fshop%2FcompanyA", "%2Fshop%2FcompanyB"] {
            operator.delete(&format!("/api/v1/nodes/{place}?recursive=true")).await.expect(204);
        }
        operator.delete("/api/v1/applications/shop").await.expect(204);
        shop.ask(None, "GET", "/").await.expect(403);
        operator.post("/api/v1/applications", json!({"name": "shop", "realm": "main"})).await.expect(201);
        shop.ask(None, "GET", "/").await.expect(403);
        operator.put(ROUTES, json!({"hosts": [HOST], "routes": [public("/")]})).await.expect(200);
        shop.ask(None, "GET", "/").await.expect(200);
    }

    async fn a_node_that_goes_closes_what_asks_at_it(backend: Backend) {
        let mut table = routes();
        table["routes"].as_array_mut().unwrap().push(public("/**"));
        let shop = Shop::with_routes(backend, table).await;
        shop.ask(Some(&shop.jane), "GET", "/company-a").await.expect(200);
        shop.ask(None, "GET", "/elsewhere").await.expect(200);
        let operator = shop.server.operator();
        operator.delete("/api/v1/nodes/%2Fshop%2FcompanyA?recursive=true").await.expect(204);
        shop.ask(Some(&shop.jane), "GET", "/company-a").await.expect(403);
        shop.ask(None, "GET", "/company-a").await.expect(403);
        let read = operator.get(ROUTES).await.expect(200);
        assert!(read.body["routes"].as_array().unwrap().contains(&json!({"path": "/company-a", "access": "deny"})));
    }

    async fn another_realm_opens_it_to_other_users(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.ask(Some(&shop.olga), "GET", "/me").await.expect(403);
        let operator = shop.server.operator();
        operator.post("/api/v1/realm-connections", json!({"from": "elsewhere", "to": "main"})).await.expect(204);
        shop.ask(Some(&shop.olga), "GET", "/me").await.expect(200);
        operator.patch("/api/v1/applications/shop", json!({"realm": "elsewhere"})).await.expect(200);
        shop.ask(Some(&shop.olga), "GET", "/me").await.expect(200);
        shop.ask(Some(&shop.jane), "GET", "/me").await.expect(403);
    }
}
