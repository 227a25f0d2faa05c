//! `POST /api/v1/world?prune=true`

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::{apply, lines, sample};
use crate::harness::Server;

on_both! {
    async fn without_prune_nothing_goes(backend: Backend) {
        let server = Server::start(backend).await;
        apply(&server.operator(), "", &sample()).await;
        let small = json!({"nodes": [{"path": "/acme", "kind": "application"}], "groups": [], "users": []});
        assert_eq!(apply(&server.operator(), "", &small).await["counts"]["deleted"], 0);
    }

    async fn the_same_file_prunes_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        apply(&server.operator(), "", &sample()).await;
        let again = apply(&server.operator(), "prune=true", &sample()).await;
        assert_eq!(lines(&again), Vec::<String>::new(), "{again}");
    }

    async fn what_the_named_sections_and_roots_lack_goes(backend: Backend) {
        let server = Server::start(backend).await;
        apply(&server.operator(), "", &sample()).await;
        let mut file = sample();
        for section in ["assignments", "connections"] {
            file[section] = json!([]);
        }
        file["users"] = json!([]);
        file["groups"] = json!([{"name": "all", "owner": "/acme"}]);
        file["permissions"].as_array_mut().unwrap().pop();
        file["nodes"].as_array_mut().unwrap().remove(2);
        file["roles"] = json!([{"name": "Editor", "owner": "/acme", "rules": ["contract.edit@/acme"]}]);
        let pruned = apply(&server.operator(), "prune=true", &file).await;
        let deleted: Vec<String> =
            lines(&pruned).into_iter().filter(|line| line.starts_with("delete")).collect();
        assert_eq!(deleted, [
            "delete assignments /staff/jane: viewer at /$global",
            "delete assignments /acme/companyA/clerks: Editor at /acme/companyA",
            "delete connections /acme/belgium -> /acme/companyA",
            "delete permissions contract.drop@/acme",
            "delete users jane@staff",
            "delete groups clerks@/acme/companyA",
            "delete nodes /acme/belgium",
        ], "{pruned}");
        assert_eq!(apply(&server.operator(), "prune=true", &file).await["applied"], false);
        let server = server.restart(&[]).await;
        server.operator().get("/api/v1/nodes/%2Facme%2Fbelgium").await.expect(404);
    }

    async fn other_sections_and_roots_stay(backend: Backend) {
        let server = Server::start(backend).await;
        apply(&server.operator(), "", &sample()).await;
        apply(&server.operator(), "", &json!({"nodes": [{"path": "/other", "kind": "tree"}, {"path": "/other/x", "kind": "leaf"}]})).await;
        // Users are not named; /other is no root of this file; what a group stands at is kept.
        let file = json!({"nodes": [{"path": "/acme", "kind": "application"}]});
        let pruned = apply(&server.operator(), "prune=true", &file).await;
        assert_eq!(lines(&pruned), [
            "delete nodes /acme/companyA/contract1",
            "keep nodes /acme/companyA",
            "delete nodes /acme/belgium",
        ], "{pruned}");
        server.operator().get("/api/v1/nodes/%2Fother%2Fx").await.expect(200);
        server.operator().get("/api/v1/realms/staff/users/jane").await.expect(200);
    }

    async fn caller_last_superuser_and_built_in_things_stay(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let file = json!({"realms": [{"name": "main"}], "users": [], "groups": [], "roles": [], "nodes": []});
        let kept = |answer: &Value| answer["lines"][0]["because"].as_str().unwrap_or_default().to_owned();
        let own = apply(&root, "prune=true", &file).await;
        assert_eq!((own["applied"].clone(), kept(&own)), (json!(false), "it is you".into()), "{own}");
        let last = apply(&server.operator(), "prune=true", &file).await;
        assert_eq!((last["applied"].clone(), kept(&last)), (json!(false), "the last superuser stays".into()), "{last}");
        let global = json!({"nodes": [{"path": "/$global"}], "groups": [], "roles": [], "permissions": []});
        assert_eq!(apply(&server.operator(), "prune=true", &global).await["counts"]["deleted"], 0);
    }

    async fn lists_of_groups_and_roles_are_whole(backend: Backend) {
        let server = Server::start(backend).await;
        let user = |groups: Value, roles: Value| json!({
            "groups": [{"name": "a"}, {"name": "b"}],
            "users": [{"realm": "main", "username": "kim", "groups": groups, "roles": roles}],
        });
        apply(&server.operator(), "", &user(json!(["a", "b"]), json!(["viewer", "editor"]))).await;
        let small = json!({"users": [{"realm": "main", "username": "kim", "groups": ["b"], "roles": ["editor"]},
            {"realm": "main", "username": "root"}]});
        let pruned = apply(&server.operator(), "prune=true", &small).await;
        assert_eq!(lines(&pruned), [
            "delete memberships kim@main in /$global/a",
            "delete assignments /main/kim: viewer at /$global",
        ], "{pruned}");
    }
}
