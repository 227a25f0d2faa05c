//! What ends an impersonation at one server ends it at the other.

use http::Method;
use serde_json::{Value, json};
use testkit::Client;

use super::{Pair, soon};
use crate::impersonation::{ask, is_alive, stand_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stops_the_impersonator_at_one_server_ends_it_at_the_other() {
    let pair = Pair::start().await;
    let operator = pair.a.operator();
    pair.a.user("jane", &["viewer"]).await;
    for (name, stop) in [
        ("locked", "lock"),
        ("disabled", "disable"),
        ("deleted", ""),
        ("ended", "sessions"),
        ("forgetful", "password"),
        ("unhelpful", "assignment"),
    ] {
        let stand_in = stand_in(&pair.a, name).await;
        let begun = ask(&stand_in, "jane").await.expect(200);
        let acting = Client::new(&pair.b.base).with_bearer(begun.text_at("/access_token"));
        soon(name, async || is_alive(&acting).await).await;
        let user = format!("/api/v1/realms/main/users/{name}");
        let (method, path, body) = match stop {
            "" => (Method::DELETE, user, Value::Null),
            "sessions" => (Method::DELETE, format!("{user}/sessions"), Value::Null),
            "password" => (
                Method::PUT,
                format!("{user}/password"),
                json!({"password": "another horse battery"}),
            ),
            "assignment" => {
                let list = format!("/api/v1/assignments?subject=%2Fmain%2F{name}");
                let list = operator.get(&list).await.expect(200).body;
                let items = list["items"].as_array().unwrap();
                let given = items.iter().find(|item| item["role"].to_string().contains("help"));
                let id = given.unwrap()["id"].as_str().unwrap();
                (Method::DELETE, format!("/api/v1/assignments/{id}"), Value::Null)
            }
            verb => (Method::POST, format!("{user}/{verb}"), json!({})),
        };
        let body = (!body.is_null()).then_some(body);
        let answer = operator.send(method, &path, body).await;
        assert!(answer.status.is_success(), "{name}: {}", answer.body_text());
        soon(name, async || !is_alive(&acting).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_ended_wherever_it_was_begun() {
    let pair = Pair::start().await;
    let mia = stand_in(&pair.a, "mia").await;
    pair.a.user("jane", &[]).await;
    let begun = ask(&mia, "jane").await.expect(200);
    let [here, there] = [&pair.a, &pair.b]
        .map(|server| Client::new(&server.base).with_bearer(begun.text_at("/access_token")));
    soon("the session", async || is_alive(&there).await).await;
    there.post("/auth/impersonation/end", json!({})).await.expect(200);
    assert!(!is_alive(&there).await);
    soon("its end", async || !is_alive(&here).await).await;
    assert!(is_alive(&mia).await);
}
