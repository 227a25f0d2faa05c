//! Codes to a phone, by a gateway that takes them over HTTP.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde_json::{Value, json};
use testkit::{Backend, on_both};
use tokio::net::TcpListener;

use super::{reply, try_login};
use crate::harness::{PASSWORD, Server};

/// What came: the secret that was shown, and the body.
type Came = Arc<Mutex<Vec<(String, Value)>>>;

/// A gateway on a free port.
struct Gateway {
    url: String,
    came: Came,
}

impl Gateway {
    /// One that answers this to everything.
    async fn start(answer: fn() -> Response) -> Self {
        let came: Came = Arc::default();
        let kept = came.clone();
        let take = move |headers: HeaderMap, body: String| async move {
            let secret = headers["x-secret"].to_str().unwrap().to_owned();
            kept.lock().unwrap().push((secret, serde_json::from_str(&body).unwrap()));
            answer()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let router =
            Router::new().route("/send", post(take.clone())).route("/elsewhere", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, came }
    }

    fn texts(&self) -> Vec<(String, Value)> {
        self.came.lock().unwrap().clone()
    }

    async fn server(&self, backend: Backend) -> Server {
        let settings = [
            ("sms.url", self.url.as_str()),
            ("sms.header", "X-Secret"),
            ("sms.secret", "tell-tale"),
            ("sms.private", "true"),
        ];
        let server = Server::with_settings(backend, &settings).await;
        let accept = json!({"accept_sms": true});
        server.operator().put("/api/v1/settings/second_factor", accept).await.expect(200);
        server
    }
}

async fn send_due(server: &Server) -> u64 {
    mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap()
}

/// The code of a text.
fn code((_, body): &(String, Value)) -> String {
    let text = body["text"].as_str().unwrap();
    let code: String = text.chars().take(6).collect();
    assert!(text.ends_with(&format!("#{code}")), "{text}");
    code
}

fn taken() -> Response {
    StatusCode::ACCEPTED.into_response()
}

on_both! {
    async fn a_code_comes_to_the_phone_and_is_good_once(backend: Backend) {
        let gateway = Gateway::start(taken).await;
        let server = gateway.server(backend).await;
        let jane = server.user("jane", &[]).await;
        let input = json!({"type": "sms", "phone": "+32470123456", "name": "phone"});
        let made = jane.post("/auth/factors", input.clone()).await.expect(201);
        assert_eq!(made.text_at("/hint"), "+32*******56");
        jane.post("/auth/factors", input).await.expect(429);
        assert_eq!(send_due(&server).await, 1);
        let texts = gateway.texts();
        assert_eq!((texts[0].0.as_str(), &texts[0].1["to"]), ("tell-tale", &json!("+32470123456")));
        let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
        jane.post(&confirm, json!({"code": code(&texts[0])})).await.expect(200);
        server.advance(60);
        let asked = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(asked.text_at("/challenge/type"), "sms");
        assert_eq!(send_due(&server).await, 1);
        let (token, code) = (asked.text_at("/challenge/token"), code(&gateway.texts()[1]));
        let answer = reply(&server, token, "sms", &code).await.expect(200);
        let me = server.anonymous().with_bearer(answer.text_at("/access_token"));
        assert_eq!(me.get("/auth/me").await.expect(200).body["session"]["method"], "password+sms");
        let asked = try_login(&server, "jane", PASSWORD).await.expect(200);
        reply(&server, asked.text_at("/challenge/token"), "sms", &code).await.expect(401);
        let settings = server.operator().get("/api/v1/audit/events?limit=500").await.expect(200);
        assert!(!settings.body_text().contains("470123456") && !settings.body_text().contains("tell-tale"));
    }

    async fn what_is_no_number_is_refused(backend: Backend) {
        let gateway = Gateway::start(taken).await;
        let server = gateway.server(backend).await;
        let jane = server.user("jane", &[]).await;
        for phone in [json!(null), json!("0470123456"), json!("+32\n470123456"), json!("x")] {
            let input = json!({"type": "sms", "phone": phone});
            let refused = jane.post("/auth/factors", input).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/phone"), "{phone}");
        }
        let input = json!({"type": "totp", "phone": "+32470123456"});
        let refused = jane.post("/auth/factors", input).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/phone"));
        assert_eq!(send_due(&server).await, 0);
    }

    async fn a_gateway_leads_nowhere_else(backend: Backend) {
        let gateway = Gateway::start(|| Redirect::temporary("/elsewhere").into_response()).await;
        let server = gateway.server(backend).await;
        let jane = server.user("jane", &[]).await;
        let input = json!({"type": "sms", "phone": "+32470123456"});
        jane.post("/auth/factors", input).await.expect(201);
        assert_eq!(send_due(&server).await, 0);
        assert_eq!(gateway.texts().len(), 1, "it is not followed");
    }
}
