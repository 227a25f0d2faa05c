//! `GET /.well-known/jwks.json`

use testkit::{Backend, on_both};

use crate::harness::Server;

on_both! {
    async fn the_public_half_and_nothing_else(backend: Backend) {
        let server = Server::start(backend).await;
        let document = server.anonymous().get("/.well-known/jwks.json").await.expect(200).body;
        let keys = document["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 1);
        let names: Vec<&String> = keys[0].as_object().unwrap().keys().collect();
        assert!(names.iter().all(|name| *name != "d"), "{names:?}");
        let server = server.restart(&[]).await;
        let again = server.anonymous().get("/.well-known/jwks.json").await.expect(200).body;
        assert_eq!(document, again, "the key survives a restart");
    }
}
