//! A shop behind Portcullis: an application, its routes, the people, and a backend that tells what it was sent.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use axum::{Json, Router, extract::Request};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Answer, Backend, Client};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::harness::Server;

/// The host of the shop.
pub const HOST: &str = "shop.example.com";
/// Where its table of routes is.
pub const ROUTES: &str = "/api/v1/applications/shop/routes";

/// The shop.
pub struct Shop {
    /// Portcullis, which trusts proxies on this machine.
    pub server: Server,
    /// The access token of jane, who reads orders of company A, and makes orders.
    pub jane: String,
    /// The access token of nina, who may do nothing.
    pub nina: String,
    /// The access token of olga, of another realm, who may do nothing.
    pub olga: String,
}

/// Its routes.
pub fn routes() -> Value {
    json!({
        "hosts": [HOST],
        "routes": [
            {"path": "/", "access": "public"},
            {"path": "/public/**", "access": "public"},
            {"path": "/me", "access": "signed_in"},
            {"path": "/closed", "access": "deny"},
            {"path": "/orders", "methods": ["GET"], "permission": "order.read"},
            {"path": "/orders", "methods": ["POST"], "permission": "order.create"},
            {"path": "/orders/{order}", "methods": ["GET"], "permission": "order.read",
                "node": {"external_id": {"system": "order", "segment": "order"}}},
            {"path": "/companies/{company}/**", "permission": "order.read", "node": {"below": "{company}"}},
            {"path": "/company-a", "permission": "order.read", "node": {"fixed": "/shop/companyA"}},
            {"path": "/admin/**", "permission": "shop.admin"},
        ],
    })
}

impl Shop {
    /// A new server with the shop.
    pub async fn open(backend: Backend) -> Self {
        Self::with_routes(backend, routes()).await
    }

    /// The same with other routes.
    pub async fn with_routes(backend: Backend, routes: Value) -> Self {
        let server = Server::with_settings(backend, &[("trusted_proxies", "127.0.0.1")]).await;
        let operator = server.operator();
        operator
            .post("/api/v1/applications", json!({"name": "shop", "realm": "main"}))
            .await
            .expect(201);
        for (name, parent) in [
            ("companyA", "/shop"),
            ("companyB", "/shop"),
            ("seven", "/shop/companyA"),
            ("eight", "/shop/companyB"),
        ] {
            let node = json!({"kind": "thing", "name": name, "parent": parent});
            operator.post("/api/v1/nodes", node).await.expect(201);
        }
        for (place, id) in
            [("%2Fshop%2FcompanyA%2Fseven", "7"), ("%2Fshop%2FcompanyB%2Feight", "8")]
        {
            operator
                .put(&format!("/api/v1/nodes/{place}/external-ids"), json!({"order": id}))
                .await
                .expect(200);
        }
        operator.put(ROUTES, routes).await.expect(200);
        operator.post("/api/v1/realms", json!({"name": "elsewhere"})).await.expect(201);
        let jane = token(&server, "main", "jane").await;
        let nina = token(&server, "main", "nina").await;
        let olga = token(&server, "elsewhere", "olga").await;
        for (role, rule, node) in
            [("Reader", "order.read", "/shop/companyA"), ("Maker", "order.create", "/shop")]
        {
            let made = operator
                .post("/api/v1/roles", json!({"name": role, "owner": "/shop", "rules": [rule]}))
                .await
                .expect(201);
            let input = json!({"subject": "/main/jane", "role": made.text_at("/id"), "node": node});
            operator.post("/api/v1/assignments", input).await.expect(201);
        }
        Self { server, jane, nina, olga }
    }

    /// What Traefik sends for a request to the shop, without credentials.
    pub fn traefik(&self, method: &str, target: &str) -> Client {
        self.asking(&[
            ("x-forwarded-method", method),
            ("x-forwarded-uri", target),
            ("x-forwarded-host", HOST),
            ("x-forwarded-proto", "https"),
        ])
    }

    /// A caller with these headers.
    pub fn asking(&self, headers: &[(&str, &str)]) -> Client {
        headers
            .iter()
            .fold(self.server.anonymous(), |client, (name, value)| client.with_header(name, value))
    }

    /// Asks for a request of somebody (by access token, or nobody), as Traefik does.
    pub async fn ask(&self, token: Option<&str>, method: &str, target: &str) -> Answer {
        forward(&self.traefik(method, target), token).await
    }
}

/// Asks with this caller's headers, and a token if there is one.
pub async fn forward(client: &Client, token: Option<&str>) -> Answer {
    let client = token.map_or_else(|| client.clone(), |token| client.with_bearer(token));
    client.get("/access/v1/forward").await
}

async fn token(server: &Server, realm: &str, name: &str) -> String {
    let input = json!({"username": name, "password": crate::harness::PASSWORD});
    server.operator().post(&format!("/api/v1/realms/{realm}/users"), input).await.expect(201);
    sign_in(server, realm, name).await
}

/// An access token.
pub async fn sign_in(server: &Server, realm: &str, name: &str) -> String {
    let input = json!({"type": "password", "authentication_id": name, "secret": crate::harness::PASSWORD, "realm": realm});
    server
        .anonymous()
        .post("/auth/login", input)
        .await
        .expect(200)
        .text_at("/access_token")
        .to_owned()
}

/// The application itself: it tells what it was sent.
pub struct Behind {
    /// Where it listens.
    pub address: SocketAddr,
    task: AbortHandle,
}

impl Drop for Behind {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Behind {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(tell);
        let task = tokio::spawn(async move { axum::serve(listener, router).await }).abort_handle();
        Self { address, task }
    }
}

async fn tell(request: Request) -> Json<Value> {
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    Json(
        json!({"backend": request.method().as_str(), "uri": request.uri().to_string(), "headers": headers}),
    )
}

/// A port that is free now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The block of this language in the guide's page, with other addresses: what is written there is what is tried here.
pub fn from_guide(language: &str, addresses: &[(&str, String)]) -> String {
    let page = include_str!("../../../../../docs/guide/forward-auth.md");
    let start = format!("```{language}\n");
    let block = page.split(&start).nth(1).unwrap().split("```").next().unwrap();
    addresses.iter().fold(block.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "the guide's {language} does not have {old}");
        text.replace(old, new)
    })
}

/// A directory with one file.
pub fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let directory = testkit::directory();
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

/// A path as an argument.
pub fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}
