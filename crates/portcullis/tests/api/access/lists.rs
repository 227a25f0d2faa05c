//! `nodes` and `subjects`.

use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use crate::access::cast::Cast;

const NODES: &str = "/api/v1/access/nodes";
const SUBJECTS: &str = "/api/v1/access/subjects";

fn user(name: &str) -> Value {
    json!({"type": "user", "realm": "main", "name": name})
}

/// One field of all items, of all pages.
async fn all(client: &Client, route: &str, mut input: Value, field: &str) -> Vec<String> {
    input["limit"] = json!(2);
    let mut found = Vec::new();
    loop {
        let page = client.post(route, input.clone()).await.expect(200);
        let items = page.body["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item[field].as_str().unwrap_or("-").to_owned()));
        let Some(next) = page.body["next_cursor"].as_str() else {
            assert_eq!(page.body["total"], json!(found.len()));
            found.sort();
            return found;
        };
        input["cursor"] = json!(next);
    }
}

on_both! {
    async fn the_nodes_where_one_may_come_in_pages(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.person("jane", json!(["node:read", "contract.edit"]), "/acme/companyA").await;
        let ask = json!({"permission": "contract.edit"});
        let found = all(&jane, NODES, ask.clone(), "path").await;
        assert_eq!(found, ["/acme/companyA", "/acme/companyA/contract1", "/acme/companyA/contract2"]);
        let narrowed = json!({"permission": "contract.edit", "kind": "contract", "under": "/acme"});
        let found = all(&jane, NODES, narrowed.clone(), "path").await;
        assert_eq!(found, ["/acme/companyA/contract1", "/acme/companyA/contract2"]);
        let page = jane.post(NODES, narrowed).await.expect(200);
        assert_eq!(page.body["items"][0]["kind"], "contract");
        for under in ["/acme/companyB", "/acme/nowhere"] {
            let empty = jane.post(NODES, json!({"permission": "contract.edit", "under": under})).await.expect(200);
            assert_eq!(empty.body, json!({"items": [], "total": 0}));
        }
        assert!(all(&jane, NODES, json!({"permission": "contract.pay"}), "path").await.is_empty());
        cast.server.anonymous().post(NODES, ask).await.expect(401);
    }

    async fn a_page_goes_on_after_what_was_moved_and_deleted(backend: Backend) {
        let cast = Cast::start(backend).await;
        let first = cast.node("/acme/companyB/contract4", "contract").await;
        cast.node("/acme/companyB/contract5", "contract").await;
        let jane = cast.person("jane", json!(["*"]), "/acme/companyB").await;
        let ask = |cursor: Option<&str>| json!({"permission": "contract.edit", "kind": "contract", "limit": 2, "cursor": cursor});
        let page = jane.post(NODES, ask(None)).await.expect(200);
        let names: Vec<&str> = page.body["items"].as_array().unwrap().iter().map(|item| item["path"].as_str().unwrap()).collect();
        assert_eq!(names, ["/acme/companyB/contract3", "/acme/companyB/contract4"]);
        let cursor = page.text_at("/next_cursor");
        cast.operator.delete(&format!("/api/v1/nodes/{first}")).await.expect(204);
        let page = jane.post(NODES, ask(Some(cursor))).await.expect(200);
        assert_eq!((page.text_at("/items/0/path"), &page.body["total"]), ("/acme/companyB/contract5", &json!(2)));
        assert!(page.body.get("next_cursor").is_none());
    }

    async fn of_others_one_is_told_where_one_may_inspect(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.person("jane", json!(["contract.edit"]), "/acme").await;
        let ask = json!({"principal": user("jane"), "permission": "contract.edit", "under": "/acme"});
        let inspector = cast.person("inspector", json!(["node:read", "access:inspect"]), "/acme").await;
        assert_eq!(all(&inspector, NODES, ask.clone(), "path").await.len(), 6);
        cast.role("Shut", "/$global", json!(["!access:inspect"])).await;
        cast.assign("/main/inspector", "Shut", "/acme/companyA").await;
        let found = all(&inspector, NODES, ask.clone(), "path").await;
        assert_eq!(found, ["/acme", "/acme/companyB", "/acme/companyB/contract3"]);
        // Everywhere is more than he may ask; that $global is there is no secret.
        let everywhere = json!({"principal": user("jane"), "permission": "contract.edit"});
        inspector.post(NODES, everywhere).await.expect(403);
        let reader = cast.person("reader", json!(["node:read"]), "/acme").await;
        let refused = reader.post(NODES, ask.clone()).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/principal"));
        let blind = cast.person("blind", json!(["node:read"]), "/acme/companyB").await;
        assert_eq!(blind.post(NODES, ask).await.expect(200).body, json!({"items": [], "total": 0}));
    }

    async fn what_one_may_not_see_has_no_name(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.person("jane", json!(["contract.edit"]), "/acme/companyB").await;
        let page = jane.post(NODES, json!({"permission": "contract.edit"})).await.expect(200);
        let items = page.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        assert!(items.iter().all(|item| item["id"].is_string() && item.get("path").is_none()));
        let inspector = cast.person("inspector", json!(["access:inspect"]), "/acme").await;
        let found = inspector.post(SUBJECTS, json!({"permission": "access:inspect", "node": "/acme"})).await.expect(200);
        let named: Vec<&str> = found.body["items"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect();
        assert_eq!(named, ["inspector"]);
        assert!(found.body["items"].as_array().unwrap().iter().all(|item| item["kind"] == "user"));
    }

    async fn who_may_comes_in_pages(backend: Backend) {
        let cast = Cast::start(backend).await;
        for name in ["jane", "joe", "jack"] {
            cast.person(name, json!(["contract.edit"]), "/acme/companyA").await;
        }
        let (group, ann) = (cast.group("clerks").await, cast.absent("ann").await);
        cast.operator.post(&format!("/api/v1/groups/{group}/members"), json!({"member": ann})).await.expect(200);
        let editor = cast.role("Editor", "/$global", json!(["contract.edit"])).await;
        cast.assign(&group, &editor, "/acme/companyA").await;
        cast.role("Shut", "/$global", json!(["!contract.edit"])).await;
        cast.assign("/main/joe", "Shut", "/acme").await;
        let ask = json!({"permission": "contract.edit", "node": "/acme/companyA/contract1"});
        let found = all(&cast.operator, SUBJECTS, ask.clone(), "name").await;
        let superusers = all(&cast.operator, SUBJECTS, json!({"permission": "settings:access"}), "name").await;
        let mut expected = [vec!["ann".to_owned(), "jack".to_owned(), "jane".to_owned()], superusers].concat();
        expected.sort();
        assert_eq!(found, expected);
        let realms = all(&cast.operator, SUBJECTS, ask.clone(), "realm").await;
        assert!(realms.iter().all(|realm| realm == "main"), "{realms:?}");
        let reader = cast.person("reader", json!(["node:read"]), "/acme").await;
        let refused = reader.post(SUBJECTS, ask.clone()).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/node"));
        let blind = cast.person("blind", json!(["node:read"]), "/acme/companyB").await;
        let hidden = blind.post(SUBJECTS, ask.clone()).await.expect(200);
        let unknown = blind.post(SUBJECTS, json!({"permission": "contract.edit", "node": "/acme/nowhere"})).await.expect(200);
        assert_eq!((&hidden.body, &unknown.body), (&json!({"items": [], "total": 0}), &hidden.body));
        cast.server.anonymous().post(SUBJECTS, ask).await.expect(401);
    }

    async fn bad_input_is_refused_with_its_place(backend: Backend) {
        let cast = Cast::empty(backend).await;
        for (route, input, pointer) in [
            (NODES, json!({}), ""),
            (NODES, json!({"permission": "a:*"}), "/permission"),
            (NODES, json!({"permission": "a", "limit": 0}), "/limit"),
            (NODES, json!({"permission": "a", "limit": 501}), "/limit"),
            (NODES, json!({"permission": "a", "cursor": "e30"}), "/cursor"),
            (NODES, json!({"permission": "a", "node": "/acme"}), "/node"),
            (NODES, json!({"permission": "a", "kind": "A kind!"}), "/kind"),
            (NODES, json!({"permission": "a", "principal": {"type": "user"}}), "/principal"),
            (SUBJECTS, json!({"permission": "a", "cursor": "?"}), "/cursor"),
            (SUBJECTS, json!({"permission": "a", "principal": user("root")}), "/principal"),
        ] {
            let answer = cast.operator.post(route, input.clone()).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(pointer), "{input}");
        }
    }
}
