//! What is held about somebody: told, and erased.

use audit::verify::{ExpectedHead, run};
use context::{Caller, Ctx, RequestFacts};
use serde_json::{Value, json};
use testkit::{Backend, Client, on_both};

use super::{assign, officer};
use crate::harness::{PASSWORD, Server};

const EXPORT: &str = "/gdpr/export";
const ERASE: &str = "/gdpr/delete";
const JANE: &str = "/api/v1/realms/main/users/jane";

/// jane, with something of every kind, and what others did to her.
async fn start(backend: Backend) -> (Server, Client) {
    let server = Server::start(backend).await;
    let operator = server.operator();
    operator.post("/api/v1/groups", json!({"name": "clerks"})).await.expect(201);
    operator.post("/api/v1/nodes", json!({"kind": "company", "name": "acme"})).await.expect(201);
    let user = json!({"username": "jane", "password": PASSWORD, "email": "jane@example.com",
        "full_name": "Jane Doe", "aliases": [{"kind": "phone", "value": "+32470123456"}],
        "attributes": {"grade": 3}, "metadata": {"theme": "dark"}, "roles": ["viewer"], "groups": ["clerks"]});
    operator.post("/api/v1/realms/main/users", user).await.expect(201);
    assign(&server, "/main/jane", "editor", "/acme").await;
    let root = server.root().await.with_header("user-agent", "roots-browser");
    root.post(&format!("{JANE}/lock"), json!({"reason": "test"})).await.expect(200);
    root.post(&format!("{JANE}/unlock"), json!({})).await.expect(200);
    let jane = sign_in(&server).await;
    jane.post("/api/v1/api-keys", json!({"name": "laptop", "role": "viewer"})).await.expect(201);
    jane.put("/auth/profile", json!({"full_name": "Jane D."})).await.expect(200);
    (server, jane)
}

async fn sign_in(server: &Server) -> Client {
    let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
        "device_name": "janes-laptop"});
    let agent = server.anonymous().with_header("user-agent", "janes-browser");
    let login = agent.post("/auth/login", input).await.expect(200);
    agent.with_bearer(login.text_at("/access_token"))
}

fn confirmed(more: Value) -> Value {
    let mut input = json!({"confirm": true});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn events(server: &Server) -> String {
    server.operator().get("/api/v1/audit/events?limit=500").await.expect(200).body_text()
}

/// The head of the audit log, which must be whole and hold the head before.
async fn head(server: &Server, before: Option<&str>) -> String {
    let ctx = Ctx::new(server.app.system().clone(), Caller::operator(), RequestFacts::default());
    let before = before.map(|head| ExpectedHead::parse(head).unwrap());
    let verified = run(&ctx, before).await.unwrap();
    assert!(verified.valid, "{verified:?}");
    verified.head
}

/// Whether any row of any table of the database has this text, but for the log that servers follow.
async fn is_anywhere(server: &Server, backend: Backend, text: &str) -> Vec<String> {
    #[derive(sea_orm::FromQueryResult)]
    struct Name {
        name: String,
    }
    use store::Run;
    let single = server.app.system().database().single();
    let tables = match backend {
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Backend::Postgres => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let tables: Vec<Name> = single.all(tables, []).await.unwrap();
    let mut found = Vec::new();
    for table in tables.into_iter().map(|table| table.name) {
        let columns = match backend {
            Backend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Backend::Postgres => format!(
                "SELECT attname::text AS name FROM pg_attribute
                WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
            ),
        };
        let columns: Vec<Name> = single.all(&columns, []).await.unwrap();
        for column in columns.into_iter().map(|column| column.name) {
            let sql = format!(
                "SELECT COUNT(*) FROM {table} WHERE CAST({column} AS TEXT) LIKE '%{text}%'"
            );
            if table != "change_log" && single.number(&sql, []).await.unwrap() > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

on_both! {
    async fn one_is_told_everything_and_no_secret(backend: Backend) {
        let (server, jane) = start(backend).await;
        let file = jane.post(EXPORT, json!({})).await.expect(200);
        assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"personal-data.json\""));
        assert_eq!(file.header("cache-control"), Some("no-store"));
        let told = &file.body;
        assert_eq!((&told["user"]["username"], &told["user"]["full_name"]), (&json!("jane"), &json!("Jane D.")));
        assert_eq!(told["user"]["aliases"][0]["value"], json!("+32470123456"));
        assert_eq!((&told["user"]["attributes"], &told["user"]["metadata"]), (&json!({"grade": 3}), &json!({"theme": "dark"})));
        assert_eq!(told["user"]["groups"], json!(["clerks"]));
        assert_eq!(told["node"]["properties"], json!({}));
        let roles: Vec<_> = told["assignments"].as_array().unwrap().iter().map(|held| &held["role"]).collect();
        assert!(roles.contains(&&json!("viewer")) && roles.contains(&&json!("editor")));
        assert_eq!(told["sessions"][0]["device_name"], json!("janes-laptop"));
        assert_eq!(told["api_keys"][0]["name"], json!("laptop"));
        assert!(told["password"]["changed_at"].is_string());
        let text = file.body_text();
        for secret in ["argon2", "pck_", "prt_", "eyJ", "hash\": \"$"] {
            assert!(!text.contains(secret), "{secret}");
        }
        // What others did to her is there, and nothing about them.
        assert!(text.contains("user.lock") && !text.contains("roots-browser") && !text.contains("\"root\""));
        assert!(text.contains("janes-browser") && text.contains("profile.update"));
        assert!(events(&server).await.contains("DATA_EXPORT"));
        let table = jane.post(EXPORT, json!({"format": "csv"})).await.expect(200);
        assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        let text = table.body.as_str().unwrap();
        assert!(text.contains("\"user\",\"username\",\"jane\"\r\n"), "{text}");
        assert!(text.contains("\"user\",\"aliases.1.value\",\"'+32470123456\"\r\n"), "{text}");
    }

    async fn others_are_told_what_they_may(backend: Backend) {
        let (server, _jane) = start(backend).await;
        let janes = json!({"user": "jane@main"});
        server.anonymous().post(EXPORT, janes.clone()).await.expect(401);
        let joe = server.user("joe", &[]).await;
        joe.post(EXPORT, janes.clone()).await.expect(404);
        joe.post(EXPORT, json!({"user": "nobody@main"})).await.expect(404);
        server.user("vera", &["viewer"]).await.post(EXPORT, janes.clone()).await.expect(403);
        let mia = officer(&server, "mia").await;
        mia.post(EXPORT, janes.clone()).await.expect(403);
        let rules = json!(["audit:read"]);
        server.operator().post("/api/v1/roles", json!({"name": "auditors", "rules": rules})).await.expect(201);
        assign(&server, "/main/mia", "auditors", "/main").await;
        let told = mia.post(EXPORT, janes).await.expect(200);
        assert_eq!(told.body["user"]["username"], json!("jane"));
        // She may manage whom she may see; a place that she may not see is not named.
        let at_acme = told.body["assignments"].as_array().unwrap().iter().find(|held| held["role"] == "editor");
        assert_eq!(at_acme.unwrap()["path"], json!(null));
        server.root().await.post(EXPORT, json!({"user": "jane@main"})).await.expect(200);
    }

    async fn both_ask_for_a_fresh_sign_in_and_no_key(backend: Backend) {
        let (server, jane) = start(backend).await;
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        let login = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD});
        let login = server.anonymous().post("/auth/login", login).await.expect(200);
        server.advance(601);
        let refresh = json!({"grant_type": "refresh_token", "refresh_token": login.text_at("/refresh_token")});
        let renewed = server.anonymous().post("/auth/token", refresh).await.expect(200);
        let stale = server.anonymous().with_bearer(renewed.text_at("/access_token"));
        for client in [key, stale] {
            for user in [Value::Null, json!("jane@main")] {
                client.post(EXPORT, json!({"user": user})).await.expect(403);
                client.post(ERASE, json!({"user": user, "confirm": true})).await.expect(403);
            }
        }
        server.operator().get(JANE).await.expect(200);
    }

    async fn one_goes_with_everything(backend: Backend) {
        let (server, jane) = start(backend).await;
        let before = head(&server, None).await;
        let id = server.operator().get(JANE).await.expect(200).text_at("/id").to_owned();
        let refused = jane.post(ERASE, json!({})).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/confirm"));
        jane.post(ERASE, confirmed(json!({}))).await.expect(204);
        jane.get("/auth/me").await.expect(401);
        server.operator().get(JANE).await.expect(404);
        let log = events(&server).await;
        assert!(log.contains("ERASURE_REQUEST") && log.contains("ERASURE_COMPLETE") && log.contains(&id));
        for text in ["jane", "Jane", "+32470123456"] {
            assert!(!log.contains(text), "{text}");
        }
        head(&server, Some(&before)).await;
        // Nothing is left anywhere, but in the log that servers follow until it is pruned.
        for text in ["jane", "Jane", "32470123456"] {
            assert_eq!(is_anywhere(&server, backend, text).await, [""; 0], "{text}");
        }
        // But for the id, in the audit log.
        let found = is_anywhere(&server, backend, &id).await;
        assert!(found.iter().all(|place| place.starts_with("audit_event.")), "{found:?}");
        assert!(!found.is_empty());
        // Who comes after her under her name is another one.
        let other = server.user("jane", &[]).await;
        let told = other.post(EXPORT, json!({})).await.expect(200);
        assert!(!told.body_text().contains(&id));
        head(&server, Some(&before)).await;
    }

    async fn an_empty_user_may_stay_under_the_id(backend: Backend) {
        let (server, jane) = start(backend).await;
        let before = head(&server, None).await;
        let id = server.operator().get(JANE).await.expect(200).text_at("/id").to_owned();
        jane.post(ERASE, confirmed(json!({"anonymize": true}))).await.expect(204);
        server.operator().get(JANE).await.expect(404);
        let left = server.operator().get(&format!("/api/v1/realms/main/users/erased-{id}")).await.expect(200);
        assert_eq!((left.text_at("/id"), left.text_at("/state")), (id.as_str(), "disabled"));
        for (field, empty) in [("email", json!(null)), ("aliases", json!([])), ("attributes", json!({})),
            ("metadata", json!({})), ("roles", json!([])), ("groups", json!([])), ("full_name", json!(null))] {
            assert_eq!(left.body[field], empty, "{field}");
        }
        for text in ["jane", "Jane", "32470123456"] {
            assert_eq!(is_anywhere(&server, backend, text).await, [""; 0], "{text}");
        }
        head(&server, Some(&before)).await;
        let held = server.operator().get("/api/v1/assignments?limit=500").await.expect(200);
        assert!(!held.body_text().contains(&id));
        // What memory says is what a restart reads.
        let server = server.restart(&[]).await;
        server.operator().get(&format!("/api/v1/realms/main/users/erased-{id}")).await.expect(200);
        head(&server, Some(&before)).await;
    }

    async fn erasing_others_asks_for_their_events_too(backend: Backend) {
        let (server, _jane) = start(backend).await;
        let janes = confirmed(json!({"user": "jane@main"}));
        server.anonymous().post(ERASE, janes.clone()).await.expect(401);
        server.user("joe", &[]).await.post(ERASE, janes.clone()).await.expect(404);
        server.user("vera", &["viewer"]).await.post(ERASE, janes.clone()).await.expect(403);
        let mia = officer(&server, "mia").await;
        mia.post(ERASE, janes.clone()).await.expect(403);
        let rules = json!(["audit:erase"]);
        server.operator().post("/api/v1/roles", json!({"name": "erasers", "rules": rules})).await.expect(201);
        assign(&server, "/main/mia", "erasers", "/main").await;
        mia.post(ERASE, confirmed(json!({"user": "root@main"}))).await.expect(403);
        mia.post(ERASE, janes.clone()).await.expect(204);
        mia.post(ERASE, janes).await.expect(404);
        assert!(!events(&server).await.contains("jane"));
    }

    async fn the_last_superuser_stays(backend: Backend) {
        let (server, _jane) = start(backend).await;
        let root = server.root().await;
        for more in [json!({}), json!({"anonymize": true}), json!({"user": "root@main"})] {
            root.post(ERASE, confirmed(more)).await.expect(409);
        }
        root.get("/auth/me").await.expect(200);
        let log = events(&server).await;
        assert!(log.contains("ERASURE_REQUEST") && !log.contains("ERASURE_COMPLETE") && log.contains("\"root\""));
        let other = json!({"username": "zoe", "password": PASSWORD, "superuser": true});
        server.operator().post("/api/v1/realms/main/users", other).await.expect(201);
        root.post(ERASE, confirmed(json!({}))).await.expect(204);
    }

    async fn users_may_be_kept_from_erasing_themselves(backend: Backend) {
        let (server, jane) = start(backend).await;
        server.operator().put("/api/v1/settings/erasure", json!({"by_users": false})).await.expect(200);
        jane.post(ERASE, confirmed(json!({}))).await.expect(403);
        server.root().await.post(ERASE, confirmed(json!({"user": "jane@main"}))).await.expect(204);
    }

    async fn in_the_place_of_somebody_nobody_is_told_or_erased(backend: Backend) {
        use policy::{Principal, Who};
        use context::{Action, OwnAction};
        let (server, _jane) = start(backend).await;
        let operator = server.operator();
        let id = |answer: testkit::Answer| answer.text_at("/id").parse::<kernel::NodeId>().unwrap();
        let jane = id(operator.get(JANE).await.expect(200));
        let root = id(operator.get("/api/v1/realms/main/users/root").await.expect(200));
        struct Own;
        impl Action for Own {
            type Resource = kernel::NodeId;
            const PERMISSION: &'static str = "user_manage";
        }
        impl OwnAction for Own {}
        let of = |principal: Principal| {
            let caller = Caller { principal, ..Caller::nobody() };
            Ctx::new(server.app.system().clone(), caller, RequestFacts::default())
        };
        let herself = Principal::user(jane);
        let key = Who::ApiKey { key: kernel::ApiKeyId(jane.0), owner: jane, role: kernel::RoleId::ADMIN };
        for (principal, proves) in [
            (herself.clone(), true),
            (Principal { impersonator: Some(root), ..herself.clone() }, false),
            (Principal { restricted: true, ..herself.clone() }, false),
            (Principal::new(key), false),
            (Principal::user(root), false),
            (Principal::new(Who::Operator), false),
            (Principal::new(Who::Job { name: "x".into(), on_behalf_of: Some(jane) }), false),
        ] {
            let tx = of(principal.clone()).begin().await.unwrap();
            assert_eq!(tx.own::<Own>(jane).is_ok(), proves, "{principal:?}");
        }
    }
}
