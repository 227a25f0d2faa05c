//! Acting in somebody else's place: what it is, what it is not good for, and how it ends.

mod ends;
mod impersonate;
mod in_a_browser;
mod logged;
mod refusals;

use serde_json::json;
use testkit::{Answer, Client};

use crate::{harness::Server, tokens::bearer};

/// Somebody of `main` who may act in the place of the users there, and is a viewer beside that; signed in.
pub(crate) async fn stand_in(server: &Server, name: &str) -> Client {
    let (client, operator) = (server.user(name, &["viewer"]).await, server.operator());
    let role = json!({"name": "help", "rules": ["user:impersonate"]});
    let made = operator.post("/api/v1/roles", role).await.status.as_u16();
    assert!([201, 409].contains(&made), "{made}");
    let given = json!({"subject": format!("/main/{name}"), "role": "help", "node": "/main"});
    operator.post("/api/v1/assignments", given).await.expect(201);
    client
}

/// The answer to somebody who wants to act in the place of a user of `main`.
pub(crate) async fn ask(who: &Client, name: &str) -> Answer {
    who.post(&format!("/api/v1/realms/main/users/{name}/impersonate"), json!({})).await
}

/// A session in the place of a user of `main`.
pub(crate) async fn act_as(server: &Server, who: &Client, name: &str) -> Client {
    bearer(server, ask(who, name).await.expect(200).text_at("/access_token"))
}

/// Whether the token counts.
pub(crate) async fn is_alive(client: &Client) -> bool {
    let status = client.get("/auth/me").await.status.as_u16();
    assert!([200, 401].contains(&status), "{status}");
    status == 200
}

/// The id of a user of `main`.
async fn id(server: &Server, name: &str) -> String {
    let path = format!("/api/v1/realms/main/users/{name}");
    server.operator().get(&path).await.expect(200).text_at("/id").to_owned()
}
