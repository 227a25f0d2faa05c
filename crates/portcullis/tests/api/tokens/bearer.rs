//! `Authorization: Bearer`: what is no token of ours is nobody.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use testkit::{Backend, on_both};

use super::{bearer, login};
use crate::harness::Server;

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64.decode(text).unwrap()).unwrap()
}

fn encode(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

fn with(mut value: Value, name: &str, changed: Value) -> Value {
    value[name] = changed;
    value
}

async fn is_refused(server: &Server, token: &str, why: &str) {
    let answer = bearer(server, token).get("/auth/me").await;
    assert_eq!(answer.status.as_u16(), 401, "{why}");
}

on_both! {
    async fn the_claims_are_those_that_clients_rely_on(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["viewer"]).await;
        let session = login(&server, "jane").await;
        let token = session.text_at("/access_token");
        let header = part(token, 0);
        assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
        let claims = part(token, 1);
        assert_eq!(claims["iss"], server.base);
        assert_eq!(claims["aud"], "portcullis");
        assert_eq!(claims["sid"], session.body["session_id"]);
        assert_eq!(claims["username"], "jane");
        assert_eq!(claims["roles"], json!(["viewer"]));
        for name in ["sub", "jti", "iat", "nbf", "exp"] {
            assert!(!claims[name].is_null(), "{name}");
        }
    }

    async fn another_header_is_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let token = session.text_at("/access_token");
        let (header, parts) = (part(token, 0), token.split('.').collect::<Vec<_>>());
        let jwk = server.anonymous().get("/.well-known/jwks.json").await.expect(200).body["keys"][0].clone();
        for (name, value) in [
            ("alg", json!("none")),
            ("alg", json!("None")),
            ("alg", json!("HS256")),
            ("alg", json!("RS256")),
            ("typ", json!("JWT")),
            ("kid", json!("other")),
            ("kid", json!("../../dev/null")),
            ("jku", json!("https://evil.example/keys")),
            ("jwk", jwk.clone()),
            ("x5u", json!("https://evil.example/cert")),
            ("crit", json!(["exp"])),
        ] {
            let header = encode(&with(header.clone(), name, value));
            is_refused(&server, &format!("{header}.{}.{}", parts[1], parts[2]), name).await;
            is_refused(&server, &format!("{header}.{}.", parts[1]), name).await;
        }
    }

    async fn a_public_key_is_no_secret_to_sign_with(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let token = session.text_at("/access_token");
        let jwk = server.anonymous().get("/.well-known/jwks.json").await.expect(200).body["keys"][0].clone();
        let x = BASE64.decode(jwk["x"].as_str().unwrap()).unwrap();
        let y = BASE64.decode(jwk["y"].as_str().unwrap()).unwrap();
        let point = [&[4][..], &x, &y].concat();
        for key in [jwk.to_string().into_bytes(), point, x] {
            let header = encode(&with(part(token, 0), "alg", json!("HS256")));
            let signed = format!("{header}.{}", token.split('.').nth(1).unwrap());
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key);
            let tag = BASE64.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()));
            is_refused(&server, &format!("{signed}.{tag}"), "HS256 with a public key").await;
        }
    }

    async fn changed_claims_and_signatures_are_refused(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let token = session.text_at("/access_token");
        let parts: Vec<&str> = token.split('.').collect();
        for (name, value) in [("exp", json!(9_999_999_999_i64)), ("username", json!("jane"))] {
            let claims = encode(&with(part(token, 1), name, value));
            is_refused(&server, &format!("{}.{claims}.{}", parts[0], parts[2]), name).await;
        }
        for token in [
            String::new(),
            "x".to_owned(),
            format!("{token}."),
            format!("{token}A"),
            format!("{token}="),
            format!("{}.{}", parts[0], parts[1]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
            "a".repeat(9000),
        ] {
            is_refused(&server, &token, &token).await;
        }
    }

    async fn a_token_of_another_server_is_refused(backend: Backend) {
        let (server, other) = (Server::start(backend).await, Server::start(Backend::Sqlite).await);
        let token = login(&other, "root").await;
        is_refused(&server, token.text_at("/access_token"), "another server").await;
    }

    async fn it_ends_after_ten_minutes(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let root = bearer(&server, session.text_at("/access_token"));
        server.advance(599);
        root.get("/auth/me").await.expect(200);
        server.advance(1);
        root.get("/auth/me").await.expect(401);
    }

    async fn no_credential_is_read_from_the_address(backend: Backend) {
        let server = Server::start(backend).await;
        let session = login(&server, "root").await;
        let token = session.text_at("/access_token");
        for name in ["access_token", "token", "api_key"] {
            server.anonymous().get(&format!("/auth/me?{name}={token}")).await.expect(401);
        }
    }

    async fn the_first_credential_decides(backend: Backend) {
        let server = Server::start(backend).await;
        let root = server.root().await;
        let key = json!({"name": "k", "role": "admin"});
        let key = root.post("/api/v1/api-keys", key).await.expect(201);
        let both = bearer(&server, "bad").with_api_key(key.text_at("/key"));
        both.get("/auth/me").await.expect(401);
    }
}
