//! `POST /api/v1/world`

use serde_json::json;
use testkit::{Backend, on_both};

use super::{apply, lines, sample, send};
use crate::harness::Server;

on_both! {
    async fn applies_in_any_order_and_a_second_time_changes_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let first = apply(&root, "", &sample()).await;
        assert_eq!(first["applied"], true, "{first}");
        assert_eq!(first["counts"]["created"], 16, "{first}");
        let second = apply(&root, "", &sample()).await;
        assert_eq!((&second["applied"], &second["counts"]["created"]), (&json!(false), &json!(0)), "{second}");
        assert_eq!(second["counts"]["unchanged"], 16, "{second}");
        assert_eq!(second["revision"], first["revision"]);
        let node = root.get("/api/v1/nodes/%2Facme%2FcompanyA").await.expect(200).body;
        assert_eq!((&node["tags"], &node["external_ids"]["vat"]), (&json!(["a", "b"]), &json!("BE0123456789")));
        let jane = server.sign_in("staff", "jane", "lantern-harbour-17").await;
        let ask = json!({"permission": "contract.edit", "node": "/acme/companyA/contract1"});
        let decided = jane.post("/api/v1/access/decide", ask).await.expect(200).body;
        assert_eq!(decided["decision"], "allow");
    }

    async fn a_restart_finds_what_was_applied(backend: Backend) {
        let server = Server::start(backend).await;
        apply(&server.operator(), "", &sample()).await;
        let server = server.restart(&[]).await;
        let again = apply(&server.operator(), "", &sample()).await;
        assert_eq!(again["counts"]["unchanged"], 16, "{again}");
    }

    async fn a_plan_changes_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let plan = apply(&root, "plan=true", &sample()).await;
        assert_eq!((&plan["applied"], &plan["counts"]["created"]), (&json!(false), &json!(16)));
        root.get("/api/v1/realms/staff").await.expect(404);
        assert_eq!(lines(&apply(&root, "", &sample()).await), lines(&plan));
    }

    async fn a_change_tells_before_and_after(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        apply(&root, "", &sample()).await;
        let file = json!({
            "users": [{"realm": "staff", "username": "jane", "email": "j@example.com", "aliases": [], "disabled": true}],
            "nodes": [{"path": "/acme/companyA", "tags": ["c"]}],
            "groups": [{"name": "all", "owner": "/acme", "kind": "department"}],
            "roles": [{"name": "Editor", "owner": "/acme", "rules": ["contract.edit@/acme"]}],
            "assignments": [{"user": "jane@staff", "role": "viewer", "expires_at": "2027-01-01T00:00:00Z"}],
            "settings": {"password.min_length": 9},
        });
        let changed = apply(&root, "", &file).await;
        assert_eq!(lines(&changed), [
            "change settings password.min_length",
            "change nodes /acme/companyA",
            "change groups all@/acme",
            "change users jane@staff",
            "change roles Editor@/acme",
            "change assignments jane@staff: viewer at /$global",
        ], "{changed}");
        let email = &changed["lines"][3]["differences"][0];
        assert_eq!(email, &json!({"field": "email", "before": "jane@example.com", "after": "j@example.com"}));
        assert_eq!(apply(&root, "", &file).await["counts"]["changed"], 0);
    }

    async fn nothing_of_a_file_with_an_error_is_done(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let mut file = sample();
        file["assignments"][0]["role"] = json!("Nobody@/acme");
        let answer = send(&root, "", &file).await.expect(422);
        assert_eq!(answer.problem_pointer(), Some("/assignments/0/role"));
        root.get("/api/v1/realms/staff").await.expect(404);
    }

    async fn an_error_points_into_the_file(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        for (file, pointer) in [
            (json!({"nodes": [{"path": "/x", "kind": "a"}, {"path": "/y"}]}), "/nodes/1/kind"),
            (json!({"nodes": [{"path": "/x/y", "kind": "a"}]}), "/nodes/0/path"),
            (json!({"nodes": [{"path": "/x", "kind": "user"}]}), "/nodes/0/kind"),
            (json!({"nodes": [{"path": "/x", "kind": "a"}, {"path": "/x", "kind": "a"}]}), "/nodes/1/path"),
            (json!({"nodes": [{"path": "/$global/x", "kind": "a"}]}), "/nodes/0/path"),
            (json!({"nodes": [{"path": "/main", "kind": "a"}]}), "/nodes/0/kind"),
            (json!({"users": [{"realm": "no", "username": "x"}]}), "/users/0/realm"),
            (json!({"users": [{"realm": "main", "username": "x", "password": {"env": "PATH"}}]}), "/users/0/password/env"),
            (json!({"users": [{"realm": "main", "username": "x", "password_hash": "x"}]}), "/users/0/password_hash"),
            (json!({"users": [{"realm": "main", "username": "x", "password": "short"}]}), "/users/0/password"),
            (json!({"users": [{"realm": "main", "username": "x", "must_change_password": true}]}), "/users/0/must_change_password"),
            (json!({"users": [{"realm": "main", "username": "x", "groups": ["authenticated"]}]}), "/users/0"),
            (json!({"roles": [{"name": "r", "rules": ["a", "b@/no"]}]}), "/roles/0/rules/1"),
            (json!({"assignments": [{"role": "viewer"}]}), "/assignments/0"),
            (json!({"settings": {"no.such": 1}}), "/settings/no.such"),
            (json!({"realms": [{"name": "x", "colour": "red"}]}), "/realms/0/colour"),
        ] {
            let answer = send(&root, "", &file).await;
            let status = answer.status.as_u16();
            assert!(matches!(status, 409 | 422), "{file}: {status}");
            assert_eq!(answer.problem_pointer(), Some(pointer), "{file}: {}", answer.body);
        }
    }

    async fn a_first_password_can_be_one_to_change(backend: Backend) {
        let server = Server::start(backend).await;
        let user = |must_change: bool| json!({"users": [{"realm": "main", "username": "kim",
            "password": "lantern-harbour-17", "must_change_password": must_change}]});
        apply(&server.operator(), "", &user(true)).await;
        let kim = server.sign_in("main", "kim", "lantern-harbour-17").await;
        kim.get("/auth/me").await.expect(403);
        // It goes with the first password, so the file that is applied again neither lifts nor repeats it.
        let again = apply(&server.operator(), "", &user(false)).await;
        assert_eq!(again["applied"], false);
        kim.get("/auth/me").await.expect(403);
        let change = json!({"old_password": "lantern-harbour-17", "new_password": "copper-meadow-42"});
        kim.post("/auth/password", change).await.expect(200);
        let again = apply(&server.operator(), "", &user(true)).await;
        assert_eq!(again["applied"], false);
        server.sign_in("main", "kim", "copper-meadow-42").await.get("/auth/me").await.expect(200);
    }

    async fn a_first_password_is_set_once(backend: Backend) {
        let server = Server::start(backend).await;
        let user = |password: &str| json!({"users": [{"realm": "main", "username": "kim", "password": password}]});
        apply(&server.operator(), "", &user("lantern-harbour-17")).await;
        let again = apply(&server.operator(), "", &user("copper-meadow-42")).await;
        assert_eq!(again["counts"]["unchanged"], 1);
        server.sign_in("main", "kim", "lantern-harbour-17").await;
    }

    async fn realms_share_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        let file = json!({
            "realms": [{"name": "clients"}],
            "users": [{"realm": "clients", "username": "dave", "password": "lantern-harbour-17"}],
            "connections": [{"from": "/clients", "to": "/main"}],
        });
        apply(&server.operator(), "", &file).await;
        server.sign_in("main", "dave", "lantern-harbour-17").await;
        assert_eq!(apply(&server.operator(), "", &file).await["applied"], false);
    }

    async fn many_nodes_are_made_below_old_and_new_ones(backend: Backend) {
        let server = Server::start(backend).await;
        apply(&server.operator(), "", &json!({"nodes": [{"path": "/t", "kind": "tree"}]})).await;
        let mut nodes = Vec::new();
        for branch in 0..20 {
            nodes.push(json!({"path": format!("/t/b{branch}"), "kind": "branch"}));
            nodes.extend((0..50).map(|leaf| json!({"path": format!("/t/b{branch}/l{leaf}"), "kind": "leaf"})));
        }
        let file = json!({"nodes": nodes});
        assert_eq!(apply(&server.operator(), "", &file).await["counts"]["created"], 1020);
        let more = json!({"nodes": [{"path": "/t/b3/l7/x", "kind": "twig"}, {"path": "/t/b3/z", "kind": "leaf"}]});
        apply(&server.operator(), "", &more).await;
        // A restart reads the labels back; the engine refuses what does not nest.
        let server = server.restart(&[]).await;
        assert_eq!(apply(&server.operator(), "", &file).await["counts"]["unchanged"], 1020);
    }

    async fn size_and_media_type_are_limited(backend: Backend) {
        let server = Server::with_settings(backend, &[("world.max_mebibytes", "1")]).await;
        let large = json!({"realms": [{"name": "x".repeat(1_100_000)}]});
        send(&server.operator(), "", &large).await.expect(413);
        let url = format!("{}/api/v1/world", server.operator_base);
        let client = reqwest::Client::new();
        let send = |kind: &'static str, body: &'static str| {
            client.post(&url).header("content-type", kind).body(body).send()
        };
        assert_eq!(send("text/plain", "realms: []").await.unwrap().status(), 415);
        assert_eq!(send("application/yaml", "realms: [{name: y}]").await.unwrap().status(), 200);
        assert_eq!(send("application/json", "{").await.unwrap().status(), 400);
        server.operator().get("/api/v1/realms/y").await.expect(200);
    }
}
