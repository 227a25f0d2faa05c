//! A world file gives nobody more power than he has.

use serde_json::json;
use testkit::{Backend, on_both};

use super::{apply, send};
use crate::harness::Server;

on_both! {
    async fn each_thing_asks_its_own_permission(backend: Backend) {
        let server = Server::start(backend).await;
        let builder = json!({
            "nodes": [{"path": "/a", "kind": "tree"}, {"path": "/b", "kind": "tree"}],
            "roles": [{"name": "Builder", "owner": "/a", "rules": ["node:*"]}],
        });
        apply(&server.operator(), "", &builder).await;
        let kim = server.user("kim", &[]).await;
        let held = json!({"assignments": [{"user": "kim@main", "role": "Builder@/a", "node": "/a"}]});
        apply(&server.operator(), "", &held).await;
        let inside = json!({"nodes": [{"path": "/a/x", "kind": "leaf"}, {"path": "/a/x/y", "kind": "leaf"}]});
        assert_eq!(apply(&kim, "", &inside).await["counts"]["created"], 2);
        // One of them is elsewhere: all or nothing.
        let outside = json!({"nodes": [{"path": "/a/z", "kind": "leaf"}, {"path": "/b/z", "kind": "leaf"}]});
        let status = send(&kim, "", &outside).await.status.as_u16();
        assert!(matches!(status, 403 | 404 | 422), "{status}");
        server.operator().get("/api/v1/nodes/%2Fa%2Fz").await.expect(404);
        for file in [
            json!({"realms": [{"name": "mine"}]}),
            json!({"users": [{"realm": "main", "username": "kim", "superuser": true}]}),
            json!({"assignments": [{"user": "kim@main", "role": "admin"}]}),
            json!({"roles": [{"name": "Builder", "owner": "/a", "rules": ["*"]}]}),
            json!({"settings": {"password.min_length": 1}}),
        ] {
            let status = send(&kim, "", &file).await.status.as_u16();
            assert!(matches!(status, 403 | 404 | 422), "{file}: {status}");
        }
    }

    async fn nobody_applies_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        send(&server.anonymous(), "", &json!({})).await.expect(401);
    }
}
