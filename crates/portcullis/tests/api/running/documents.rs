use testkit::{Backend, on_both};

use crate::harness::Server;

on_both! {
    async fn every_operation_declares_what_it_asks(backend: Backend) {
        let server = Server::start(backend).await;
        let document = server.anonymous().get("/openapi.json").await.expect(200).body;
        let paths = document["paths"].as_object().unwrap();
        assert!(!paths.is_empty());
        for (path, methods) in paths {
            for (method, operation) in methods.as_object().unwrap() {
                let permission = operation["x-permission"].as_str().unwrap_or("");
                assert!(!permission.is_empty(), "{method} {path} declares no x-permission");
            }
        }
    }
}
