//! Invitations: by whom, with what, and how often they are good.

use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, MailServer, on_both};

use super::{assign, officer};
use crate::{
    harness::{PASSWORD, Server, with_another_end},
    letters::{ADDRESS, events, secret, sent, start, start_two, to},
};

const INVITATIONS: &str = "/api/v1/realms/main/invitations";
const ANN: &str = "ann@example.com";

async fn invite(by: &Client, input: Value) -> Answer {
    by.post(INVITATIONS, input).await
}

/// The secret of the link in the letter to this address.
async fn link(server: &Server, mail: &MailServer, address: &str) -> String {
    secret(to(&sent(server, mail).await, address), "/auth/invitations/accept")
}

async fn accept(server: &Server, secret: &str, name: &str) -> Answer {
    let input = json!({"token": secret, "username": name, "password": PASSWORD});
    server.anonymous().post("/auth/invitations/accept", input).await
}

async fn user(server: &Server, name: &str) -> Answer {
    server.operator().get(&format!("/api/v1/realms/main/users/{name}")).await
}

on_both! {
    async fn whoever_holds_the_link_becomes_a_user_once(backend: Backend) {
        let (server, mail) = start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/groups", json!({"name": "clerks"})).await.expect(201);
        let input = json!({"email": ANN, "full_name": "Ann", "roles": ["viewer"], "groups": ["clerks"]});
        let made = invite(&operator, input).await.expect(201);
        assert_eq!(made.text_at("/expires_at"), "2026-06-08T00:00:00Z");
        assert_eq!((&made.body["roles"], &made.body["groups"]), (&json!(["viewer"]), &json!(["/$global/clerks"])));
        assert!(!made.body_text().contains("pol_"), "only the letter has the link");
        let letters = sent(&server, &mail).await;
        let letter = to(&letters, ANN);
        assert!(letter.contains("a user of main at") && letter.contains("2026-06-08 00:00 UTC"), "{letter}");
        let secret = secret(letter, "/auth/invitations/accept");
        server.anonymous().get("/auth/invitations/accept").await.expect(200);
        accept(&server, &secret, "ann").await.expect(204);
        let ann = user(&server, "ann").await.expect(200);
        assert_eq!((ann.text_at("/email"), &ann.body["email_verified"]), (ANN, &json!(true)));
        assert_eq!((&ann.body["roles"], &ann.body["groups"]), (&json!(["viewer"]), &json!(["clerks"])));
        assert_eq!(ann.text_at("/full_name"), "Ann");
        server.sign_in("main", ANN, PASSWORD).await;
        server.sign_in("main", "ann", PASSWORD).await;
        accept(&server, &secret, "ann2").await.expect(403);
        user(&server, "ann2").await.expect(404);
        assert_eq!(operator.get(INVITATIONS).await.expect(200).body["items"], json!([]));
        let events = events(&server).await;
        assert!(events.contains("invitation.create") && events.contains("invitation.accept"));
        assert!(!events.contains("pol_"));
    }

    async fn it_asks_what_making_the_user_asks(backend: Backend) {
        let (server, _mail) = start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/groups", json!({"name": "clerks", "owner": "/main"})).await.expect(201);
        operator.post("/api/v1/groups", json!({"name": "chiefs", "owner": "/main"})).await.expect(201);
        assign(&server, "/main/chiefs", "admin", "/$global").await;
        operator.post("/api/v1/realms", json!({"name": "other"})).await.expect(201);
        let input = json!({"email": ANN});
        server.anonymous().post(INVITATIONS, input.clone()).await.expect(401);
        invite(&server.user("vera", &["viewer"]).await, input.clone()).await.expect(403);
        let mia = officer(&server, "mia").await;
        mia.post("/api/v1/realms/other/invitations", input.clone()).await.expect(404);
        mia.post("/api/v1/realms/nowhere/invitations", input.clone()).await.expect(404);
        // Neither a role nor a group with more than she holds.
        invite(&mia, json!({"email": ANN, "roles": ["viewer"]})).await.expect(403);
        invite(&mia, json!({"email": ANN, "roles": ["admin"]})).await.expect(403);
        invite(&mia, json!({"email": ANN, "groups": ["chiefs@/main"]})).await.expect(403);
        invite(&mia, json!({"email": ANN, "superuser": true})).await.expect(422);
        invite(&mia, json!({"email": ANN, "groups": ["clerks@/main"]})).await.expect(201);
        for (input, pointer) in [
            (json!({"email": "x"}), "/email"),
            (json!({"email": "a/b@example.com"}), "/email"),
            (json!({"email": "x@example.com", "roles": ["nonsense"]}), "/roles/0"),
            (json!({"email": "x@example.com", "groups": ["nonsense"]}), "/groups/0"),
        ] {
            assert_eq!(invite(&operator, input).await.expect(422).problem_pointer(), Some(pointer));
        }
        // The trial left no user.
        let users = operator.get("/api/v1/realms/main/users").await.expect(200);
        assert_eq!(users.body["total"], json!(3));
    }

    async fn it_is_good_only_while_the_inviter_may(backend: Backend) {
        let (server, mail) = start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/groups", json!({"name": "clerks", "owner": "/main"})).await.expect(201);
        let mia = officer(&server, "mia").await;
        let input = json!({"email": ANN, "groups": ["clerks@/main"]});
        invite(&mia, input).await.expect(201);
        let secret = link(&server, &mail, ANN).await;
        let path = "/api/v1/realms/main/users/mia";
        // She was stopped.
        operator.post(&format!("{path}/lock"), json!({})).await.expect(200);
        accept(&server, &secret, "ann").await.expect(403);
        operator.post(&format!("{path}/unlock"), json!({})).await.expect(200);
        // The group gives more by now than she holds.
        let more = json!({"subject": "/main/clerks", "role": "viewer"});
        let more = operator.post("/api/v1/assignments", more).await.expect(201);
        accept(&server, &secret, "ann").await.expect(403);
        let more = format!("/api/v1/assignments/{}", more.text_at("/id"));
        operator.delete(&more).await.expect(204);
        // She lost the permission.
        let roles = operator.get("/api/v1/roles?limit=500").await.expect(200);
        let role = roles.body["items"].as_array().unwrap().iter().find(|role| role["name"] == "people").unwrap();
        let role = format!("/api/v1/roles/{}", role["id"].as_str().unwrap());
        let without = json!({"name": "people", "rules": ["read"]});
        operator.put(&role, without).await.expect(200);
        accept(&server, &secret, "ann").await.expect(403);
        user(&server, "ann").await.expect(404);
        let with = json!({"name": "people", "rules": ["user_manage", "group_manage"]});
        operator.put(&role, with).await.expect(200);
        accept(&server, &secret, "ann").await.expect(204);
        assert!(events(&server).await.contains("may not make this user any more"));
    }

    async fn with_its_inviter_it_goes(backend: Backend) {
        let (server, mail) = start(backend).await;
        let mia = officer(&server, "mia").await;
        invite(&mia, json!({"email": ANN})).await.expect(201);
        let secret = link(&server, &mail, ANN).await;
        server.operator().delete("/api/v1/realms/main/users/mia").await.expect(204);
        accept(&server, &secret, "ann").await.expect(403);
        // One of the same name is another.
        officer_again(&server).await;
        accept(&server, &secret, "ann").await.expect(403);
    }

    async fn a_key_invites_no_further_than_its_role_and_its_life(backend: Backend) {
        let (server, mail) = start(backend).await;
        let root = server.root().await;
        let key = json!({"name": "k", "role": "admin"});
        let made = root.post("/api/v1/api-keys", key).await.expect(201);
        let key = server.anonymous().with_api_key(made.text_at("/key"));
        invite(&key, json!({"email": ANN, "roles": ["admin"]})).await.expect(201);
        let secret = link(&server, &mail, ANN).await;
        root.delete(&format!("/api/v1/api-keys/{}", made.text_at("/id"))).await.expect(204);
        accept(&server, &secret, "ann").await.expect(403);
        user(&server, "ann").await.expect(404);
        let key = json!({"name": "k", "role": "viewer"});
        server.user("vic", &["viewer"]).await.post("/api/v1/api-keys", key).await.expect(201);
    }

    async fn what_is_used_old_revoked_or_made_up_looks_alike(backend: Backend) {
        let (server, mail) = start(backend).await;
        let operator = server.operator();
        let made = invite(&operator, json!({"email": ANN})).await.expect(201);
        let revoked = link(&server, &mail, ANN).await;
        let path = format!("{INVITATIONS}/{}", made.text_at("/id"));
        server.user("vera", &["viewer"]).await.delete(&path).await.expect(403);
        operator.delete("/api/v1/realms/main/invitations/00000000-0000-7000-8000-000000000000").await.expect(404);
        operator.delete(&path).await.expect(204);
        operator.delete(&path).await.expect(404);
        invite(&operator, json!({"email": "bob@example.com"})).await.expect(201);
        let used = link(&server, &mail, "bob@example.com").await;
        accept(&server, &used, "bob").await.expect(204);
        invite(&operator, json!({"email": "cid@example.com"})).await.expect(201);
        let old = link(&server, &mail, "cid@example.com").await;
        server.advance(7 * 24 * 3600);
        let changed = with_another_end(&old);
        let mut shapes = Vec::new();
        for secret in [&revoked, &used, &old, &changed, "pol_x", ""] {
            let answer = accept(&server, secret, "somebody").await.expect(403);
            let mut body = answer.body.clone();
            body.as_object_mut().unwrap().remove("request_id");
            shapes.push(body);
        }
        shapes.dedup();
        assert_eq!(shapes.len(), 1);
        user(&server, "somebody").await.expect(404);
        // Nor is it good for anything else.
        let reset = json!({"token": old, "new_password": "another long sentence"});
        server.anonymous().post("/auth/password/reset", reset).await.expect(403);
    }

    async fn what_can_be_mended_is_told_and_uses_it_not_up(backend: Backend) {
        let (server, mail) = start(backend).await;
        server.user("jane", &[]).await;
        invite(&server.operator(), json!({"email": ANN})).await.expect(201);
        let secret = link(&server, &mail, ANN).await;
        accept(&server, &secret, "JANE").await.expect(409);
        let refused = accept(&server, &secret, "a/b").await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/username"));
        for password in ["short", "annexample ann", "password1"] {
            let input = json!({"token": secret, "username": "ann", "password": password});
            let refused = server.anonymous().post("/auth/invitations/accept", input).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/password"), "{password}");
        }
        let alias = json!({"value": "ANN@example.com"});
        let jane = "/api/v1/realms/main/users/jane/aliases";
        server.operator().post(jane, alias).await.expect(200);
        accept(&server, &secret, "ann").await.expect(409);
        server.operator().delete(&format!("{jane}/{ANN}")).await.expect(200);
        accept(&server, &secret, "ann").await.expect(204);
    }

    async fn an_address_is_invited_once_and_no_users_name(backend: Backend) {
        let (server, mail) = start(backend).await;
        let operator = server.operator();
        invite(&operator, json!({"email": ANN})).await.expect(201);
        invite(&operator, json!({"email": "ANN@example.com"})).await.expect(409);
        let secret = link(&server, &mail, ANN).await;
        accept(&server, &secret, "ann").await.expect(204);
        invite(&operator, json!({"email": ANN})).await.expect(409);
        let list = json!({"days": 1});
        operator.put("/api/v1/settings/invitation", list).await.expect(200);
        let made = invite(&operator, json!({"email": "b@example.com"})).await.expect(201);
        assert_eq!(made.text_at("/expires_at"), "2026-06-02T00:00:00Z");
        let found = operator.get(&format!("{INVITATIONS}?q=B@EX")).await.expect(200);
        assert_eq!(found.text_at("/items/0/email"), "b@example.com");
        assert_eq!(operator.get(&format!("{INVITATIONS}?q=zzz")).await.expect(200).body["items"], json!([]));
    }

    async fn of_parallel_uses_one_wins(backend: Backend) {
        let (server, mail) = start(backend).await;
        invite(&server.operator(), json!({"email": ANN})).await.expect(201);
        let secret = link(&server, &mail, ANN).await;
        let names = ["ann", "bea", "cid", "dan"];
        let answers = futures::future::join_all(names.map(|name| accept(&server, &secret, name))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
        let users = server.operator().get("/api/v1/realms/main/users").await.expect(200);
        assert_eq!(users.body["total"], json!(2));
    }

    async fn without_mail_nobody_is_invited(backend: Backend) {
        let server = Server::start(backend).await;
        invite(&server.operator(), json!({"email": ANN})).await.expect(403);
    }

    async fn the_link_is_never_built_from_the_request(backend: Backend) {
        let (server, mail) = start(backend).await;
        let root = server.root().await.with_header("host", "evil.example")
            .with_header("x-forwarded-host", "evil.example");
        invite(&root, json!({"email": ANN, "full_name": "see evil.example"})).await.expect(201);
        let letters = sent(&server, &mail).await;
        let letter = to(&letters, ANN);
        assert!(letter.contains(ADDRESS) && !letter.contains("evil"), "{letter}");
        for address in ["a@b.example\r\nBcc: x@evil.example", "<a@b.example>", "a b@c.example"] {
            invite(&root, json!({"email": address})).await.expect(422);
        }
    }
}

/// Another mia, with the same power.
async fn officer_again(server: &Server) {
    server.user("mia", &[]).await;
    assign(server, "/main/mia", "people", "/main").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_takes_the_link() {
    let (one, other, mail) = start_two().await;
    invite(&one.operator(), json!({"email": ANN})).await.expect(201);
    let secret = link(&one, &mail, ANN).await;
    let (a, b) = tokio::join!(accept(&one, &secret, "ann"), accept(&other, &secret, "bea"));
    let won = [&a, &b].iter().filter(|answer| answer.status == 204).count();
    assert_eq!(won, 1, "{} {}", a.status, b.status);
}
