use serde_json::{Value, json};
use store::Run;
use testkit::{Backend, Client, on_both};

use crate::access::cast::Cast;

const FILTER: &str = "/api/v1/access/filter";

/// The question for the server's own table of nodes, as if it were a business table.
fn ask(backend: Backend, more: Value) -> Value {
    let dialect = if backend == Backend::Sqlite { "sqlite" } else { "postgresql" };
    let mut ask = json!({"permission": "x", "dialect": dialect, "label": "n.label",
        "columns": {"name": {"name": "n.name", "type": "text"}, "kind": "n.kind"}});
    for (field, value) in more.as_object().unwrap() {
        ask[field] = value.clone();
    }
    ask
}

/// How many nodes the answer has, when it is run.
async fn count(cast: &Cast, answer: &Value) -> i64 {
    let values = answer["params"].as_array().unwrap().iter().map(|value| match value {
        Value::String(text) => text.as_str().into(),
        other => other.as_f64().unwrap().into(),
    });
    let sql = format!("SELECT COUNT(*) FROM node n WHERE {}", answer["sql"].as_str().unwrap());
    let read = cast.server.app.system().database().read().await.unwrap();
    read.number(&sql, values.collect::<Vec<store::Value>>()).await.unwrap()
}

async fn counted(cast: &Cast, client: &Client, ask: Value) -> (i64, Value) {
    let answer = client.post(FILTER, ask).await.expect(200);
    (count(cast, &answer.body).await, answer.body)
}

on_both! {
    async fn it_has_the_rows_where_it_is_allowed(backend: Backend) {
        let cast = Cast::start(backend).await;
        let jane = cast.person("jane", json!(["x"]), "/acme/companyA").await;
        for form in ["probe", "test"] {
            let (found, answer) = counted(&cast, &jane, ask(backend, json!({"form": form}))).await;
            assert_eq!((found, &answer["nodes"], &answer["form"]), (3, &json!(3), &json!(form)));
            assert!(answer["revision"].as_u64().unwrap() > 0);
        }
        let (found, answer) = counted(&cast, &jane, ask(backend, json!({"permission": "y"}))).await;
        assert_eq!((found, &answer["form"], &answer["sql"]), (0, &json!("none"), &json!("FALSE")));
        let root = cast.server.root().await;
        let (found, answer) = counted(&cast, &root, ask(backend, json!({}))).await;
        assert!(found > 6 && answer["form"] == "all", "{answer}");
    }

    async fn conditions_read_columns_and_context(backend: Backend) {
        let cast = Cast::start(backend).await;
        let rules = json!(["y",
            {"allow": "x", "when": "resource.kind == 'contract' && context.country == 'BE'"},
            {"deny": "x", "when": "resource.name.endsWith('2')"},
            {"allow": "z", "when": "resource.unmapped == 'a'"},
            {"deny": "y", "when": "has(resource.unmapped)"}]);
        let jane = cast.person("jane", rules, "/acme").await;
        let (found, _) = counted(&cast, &jane, ask(backend, json!({"context": {"country": "BE"}}))).await;
        assert_eq!(found, 2);
        let (found, answer) = counted(&cast, &jane, ask(backend, json!({"context": {"country": "FR"}}))).await;
        assert_eq!((found, &answer["form"]), (0, &json!("none")));
        for permission in ["y", "z"] {
            let (found, _) = counted(&cast, &jane, ask(backend, json!({"permission": permission}))).await;
            assert_eq!(found, 0);
        }
        // A text of the condition is never part of the SQL.
        let rules = json!([{"allow": "x", "when": "resource.name == \"'; DROP TABLE node; --\" || resource.name == 'companyB'"}]);
        let joe = cast.person("joe", rules, "/acme").await;
        let (found, answer) = counted(&cast, &joe, ask(backend, json!({"first_parameter": 1}))).await;
        assert_eq!(found, 1);
        assert!(!answer["sql"].as_str().unwrap().contains("DROP"), "{answer}");
    }

    async fn asking_about_others_needs_to_inspect_everywhere(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.person("joe", json!(["x"]), "/acme").await;
        let principal = json!({"principal": {"type": "user", "realm": "main", "name": "joe"}});
        let about_joe = || ask(backend, principal.clone());
        let jane = cast.person("jane", json!(["access:inspect"]), "/acme").await;
        let refused = jane.post(FILTER, about_joe()).await.expect(403);
        assert_eq!(refused.problem_pointer(), Some("/principal"));
        let inspector = cast.person("inspector", json!(["access:inspect"]), "/$global").await;
        assert_eq!(counted(&cast, &inspector, about_joe()).await.0, 6);
        cast.server.anonymous().post(FILTER, about_joe()).await.expect(401);
    }

    async fn what_is_wrong_is_refused(backend: Backend) {
        let cast = Cast::start(backend).await;
        let root = cast.server.root().await;
        for (more, pointer) in [
            (json!({"label": "n.\"label"}), "/label"),
            (json!({"node": "id"}), "/node"),
            (json!({"columns": {"a": "n.a) OR (1=1"}}), "/columns/a"),
            (json!({"form": "none"}), "/form"),
            (json!({"first_parameter": 0}), "/first_parameter"),
        ] {
            let refused = root.post(FILTER, ask(backend, more)).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(pointer));
        }
        root.post(FILTER, ask(backend, json!({"dialect": "mysql"}))).await.expect(422);
        root.post(FILTER, ask(backend, json!({"colums": {}}))).await.expect(422);
        root.post(FILTER, ask(backend, json!({"columns": {"a": {"name": "n.a", "type": "money"}}}))).await.expect(422);
    }
}
