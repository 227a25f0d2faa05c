//! Who has no factor and needs one makes one at the sign-in.

use serde_json::{Value, json};
use testkit::{Answer, Backend, on_both};

use super::{App, reply, texts, too_old, wrong_code};
use crate::{
    harness::{PASSWORD, ROOT, Server},
    signin::try_login,
};

async fn require(server: &Server, of: &str) {
    let settings = json!({"required_of": of});
    server.operator().put("/api/v1/settings/second_factor", settings).await.expect(200);
}

async fn enrolment(server: &Server, name: &str) -> String {
    let asked = try_login(server, name, PASSWORD).await.expect(200);
    assert_eq!(asked.text_at("/challenge/type"), "enrol");
    assert_eq!(asked.body["challenge"]["options"]["methods"], json!(["totp"]));
    asked.text_at("/challenge/token").to_owned()
}

async fn make(server: &Server, token: &str) -> Answer {
    let input = json!({"token": token, "type": "totp", "name": "phone"});
    server.anonymous().post("/auth/enrol", input).await
}

fn app(made: &Answer) -> App {
    App { key: made.text_at("/key").to_owned(), codes: Vec::new() }
}

on_both! {
    async fn one_is_made_before_anything_else(backend: Backend) {
        let server = Server::start(backend).await;
        require(&server, "everybody").await;
        let user = json!({"username": "jane", "password": PASSWORD});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let token = enrolment(&server, "jane").await;
        reply(&server, &token, "totp", "000000").await.expect(409);
        reply(&server, &token, "recovery", "aaaa-aaaa-aaaa-aaaa").await.expect(422);
        let begin = json!({"token": token, "type": "totp"});
        server.anonymous().post("/auth/challenge", begin).await.expect(422);
        // Made twice, the second counts.
        let first = app(&make(&server, &token).await.expect(200));
        let second = app(&make(&server, &token).await.expect(200));
        reply(&server, &token, "totp", &first.code(&server)).await.expect(401);
        let answer = reply(&server, &token, "totp", &second.code(&server)).await.expect(200);
        assert_eq!(texts(&answer.body["recovery_codes"]).len(), 10);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        let me = jane.get("/auth/me").await.expect(200).body;
        assert_eq!(me["session"]["method"], "password+totp");
        make(&server, &token).await.expect(401);
        let asked = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(asked.text_at("/challenge/type"), "totp");
        // The one that one needs stays.
        let id = jane.get("/auth/factors").await.expect(200).text_at("/items/0/id").to_owned();
        jane.delete(&format!("/auth/factors/{id}")).await.expect(409);
    }

    async fn superusers_alone_may_need_one(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &["admin"]).await;
        let root = server.root().await;
        require(&server, "superusers").await;
        enrolment(&server, ROOT).await;
        server.sign_in("main", "jane", PASSWORD).await;
        // What is open goes on.
        root.get("/auth/me").await.expect(200);
        require(&server, "nobody").await;
        server.root().await;
    }

    async fn until_it_is_confirmed_nothing_counts(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        require(&server, "everybody").await;
        let token = enrolment(&server, "jane").await;
        let made = app(&make(&server, &token).await.expect(200));
        for _ in 0..2 {
            reply(&server, &token, "totp", &wrong_code(&server, &made)).await.expect(401);
        }
        let other = enrolment(&server, "jane").await;
        // A factor that was made in the course of one sign-in is none of another's.
        reply(&server, &other, "totp", &made.code(&server)).await.expect(409);
        server.advance(600);
        reply(&server, &token, "totp", &made.code(&server)).await.expect(401);
    }

    async fn two_at_once_make_one(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        require(&server, "everybody").await;
        let (mine, theirs) = (enrolment(&server, "jane").await, enrolment(&server, "jane").await);
        let first = app(&make(&server, &mine).await.expect(200));
        let second = app(&make(&server, &theirs).await.expect(200));
        // The one that was made last took the place of the other.
        reply(&server, &mine, "totp", &first.code(&server)).await.expect(409);
        reply(&server, &theirs, "totp", &second.code(&server)).await.expect(200);
        // What was asked before there was a factor makes no other one.
        make(&server, &mine).await.expect(401);
    }

    async fn one_that_waits_is_none_once_there_is_another(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        require(&server, "everybody").await;
        let token = enrolment(&server, "jane").await;
        let owner = jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let confirm = format!("/auth/factors/{}/confirm", owner.text_at("/id"));
        // Whoever knows the password is a moment too late.
        let late = app(&make(&server, &token).await.expect(200));
        jane.post(&confirm, json!({"code": app(&owner).code(&server)})).await.expect(404);
        let owner = jane.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
        let confirm = format!("/auth/factors/{}/confirm", owner.text_at("/id"));
        jane.post(&confirm, json!({"code": app(&owner).code(&server)})).await.expect(200);
        reply(&server, &token, "totp", &late.code(&server)).await.expect(409);
    }

    async fn a_recovery_code_makes_no_other_factor(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let app = App::enrol(&server, &jane).await;
        require(&server, "everybody").await;
        let asked = try_login(&server, "jane", PASSWORD).await.expect(200);
        let token = asked.text_at("/challenge/token");
        let answer = reply(&server, token, "recovery", &app.codes[0]).await.expect(200);
        assert_eq!(answer.body["challenge"], Value::Null);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        too_old(jane.post("/auth/factors", json!({"type": "totp"})).await);
    }
}
