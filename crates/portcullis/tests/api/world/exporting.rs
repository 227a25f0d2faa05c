//! `GET /api/v1/world`

use testkit::{Backend, on_both};

use super::{apply, sample};
use crate::harness::Server;

on_both! {
    async fn what_is_exported_makes_the_same_again(backend: Backend) {
        let first = Server::start(backend).await;
        apply(&first.operator(), "", &sample()).await;
        let text = first.operator().get("/api/v1/world").await.expect(200).body_text();
        for secret in ["lantern", "$argon2"] {
            assert!(!text.contains(secret), "{text}");
        }
        let second = Server::start(backend).await;
        let url = format!("{}/api/v1/world", second.operator_base);
        let sent = reqwest::Client::new().post(&url).header("content-type", "application/yaml");
        let answer = sent.body(text.clone()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        let again = second.operator().get("/api/v1/world").await.expect(200).body_text();
        assert_eq!(again, text);
    }

    async fn it_asks_its_permission_and_is_audited(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("ed", &["editor"]).await.get("/api/v1/world").await.expect(403);
        server.root().await.get("/api/v1/world").await.expect(200);
        let events = server.root().await.get("/api/v1/audit/events?event_type=DATA_EXPORT").await.expect(200);
        assert_eq!(events.text_at("/items/0/action"), "world.export");
    }
}
