//! Sign-ins that a browser remembers.

mod come_back;
mod ends;
mod fresh;
mod theft;

use serde_json::{Value, json};
use testkit::{Answer, Client};

use crate::harness::{PASSWORD, Server};

/// A day, in seconds.
pub(crate) const DAY: i64 = 24 * 3600;

/// The first step of a sign-in that is to be remembered, with a session in a cookie.
pub(crate) fn input(name: &str) -> Value {
    json!({"type": "password", "authentication_id": name, "secret": PASSWORD,
        "session": "cookie", "remember": true})
}

/// The same with tokens.
pub(crate) fn input_for_tokens(name: &str) -> Value {
    json!({"type": "password", "authentication_id": name, "secret": PASSWORD, "remember": true})
}

/// The browser of a user of `main`, who exists: signed in, which it remembers.
pub(crate) async fn remembered(server: &Server, name: &str) -> Client {
    let browser = server.browser();
    let answer = browser.post("/auth/login", input(name)).await.expect(200);
    assert_eq!(answer.body["remembered"], true);
    browser
}

/// Asks for the session that a browser remembers.
pub(crate) async fn remember(browser: &Client) -> Answer {
    browser.post("/auth/remember", json!({})).await
}

/// A browser that shows these cookies, and keeps none.
pub(crate) fn showing(server: &Server, cookies: &[(&str, &str)]) -> Client {
    let text: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    server.anonymous().with_header("origin", &server.base).with_header("cookie", &text.join("; "))
}

/// Another browser with the cookies of that device, whatever the browser itself gets later.
pub(crate) fn copy(server: &Server, browser: &Client) -> Client {
    let cookie = |name| browser.cookie(name).unwrap();
    showing(server, &[("remember", &cookie("remember")), ("device", &cookie("device"))])
}

/// That nothing is remembered for it.
#[track_caller]
pub(crate) fn over(answer: Answer) -> Answer {
    let answer = answer.expect(401);
    assert_eq!(answer.body["code"], "remember-over", "{}", answer.body_text());
    answer
}

/// Changes live settings of a section.
pub(crate) async fn set(server: &Server, section: &str, values: Value) {
    server.operator().put(&format!("/api/v1/settings/{section}"), values).await.expect(200);
}

/// How often this was done, as the audit log says.
pub(crate) async fn times(server: &Server, action: &str) -> usize {
    let path = format!("/api/v1/audit/events?limit=500&action={action}");
    let found = server.operator().get(&path).await.expect(200);
    found.body["items"].as_array().unwrap().len()
}
