//! Codes by mail.

use serde_json::json;
use testkit::{Answer, Backend, Client, MailServer, on_both};

use super::{App, reply, texts, try_login};
use crate::harness::{PASSWORD, Server};

/// A server that sends mail and takes codes by mail, and jane, who has an address, signed in.
async fn start(backend: Backend) -> (Server, MailServer, Client) {
    let mail = MailServer::start().await;
    let port = mail.port.to_string();
    let settings = [
        ("mail.host", "127.0.0.1"),
        ("mail.port", port.as_str()),
        ("mail.tls", "none"),
        ("mail.from", "Portcullis <id@example.com>"),
        ("lockout.max_attempts", "1000"),
    ];
    let server = Server::with_settings(backend, &settings).await;
    accept(&server, true).await;
    let user = json!({"username": "jane", "email": "jane@example.com", "password": PASSWORD});
    server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
    let jane = server.sign_in("main", "jane", PASSWORD).await;
    (server, mail, jane)
}

async fn accept(server: &Server, accept: bool) {
    let settings = json!({"accept_email": accept});
    server.operator().put("/api/v1/settings/second_factor", settings).await.expect(200);
}

/// Sends what waits, and takes the code out of the letter with one that came last.
async fn code(server: &Server, mail: &MailServer) -> String {
    mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap();
    let letters = mail.letters();
    let letter = letters.iter().rfind(|letter| letter.contains("Subject: Your code")).unwrap();
    assert!(letter.contains("To: jane@example.com"), "{letter}");
    let (_, rest) = letter.split_once("\nis ").unwrap();
    rest[..6].to_owned()
}

async fn enrol(server: &Server, mail: &MailServer, client: &Client) -> Vec<String> {
    let made = client.post("/auth/factors", json!({"type": "email"})).await.expect(201);
    assert_eq!(
        (made.text_at("/hint"), &made.body["code_sent"]),
        ("j***@example.com", &json!(true))
    );
    let confirm = format!("/auth/factors/{}/confirm", made.text_at("/id"));
    let code = json!({"code": code(server, mail).await});
    let confirmed = client.post(&confirm, code).await.expect(200);
    server.advance(60);
    texts(&confirmed.body["recovery_codes"])
}

async fn ask(server: &Server) -> Answer {
    let asked = try_login(server, "jane", PASSWORD).await.expect(200);
    assert_eq!(asked.text_at("/challenge/type"), "email");
    asked
}

async fn again(server: &Server, token: &str) -> Answer {
    let input = json!({"token": token, "type": "email"});
    server.anonymous().post("/auth/challenge", input).await.expect(200)
}

on_both! {
    async fn a_code_comes_by_mail_and_is_good_once(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        assert_eq!(enrol(&server, &mail, &jane).await.len(), 10);
        let asked = ask(&server).await;
        assert_eq!(asked.body["challenge"]["options"],
            json!({"methods": ["email", "recovery"], "code_sent": true, "hint": "j***@example.com", "send_again_in": 60}));
        let (token, first) = (asked.text_at("/challenge/token"), code(&server, &mail).await);
        let other = if first == "000000" { "000001" } else { "000000" };
        reply(&server, token, "email", other).await.expect(401);
        let answer = reply(&server, token, "email", &first).await.expect(200);
        let me = server.anonymous().with_bearer(answer.text_at("/access_token"));
        assert_eq!(me.get("/auth/me").await.expect(200).body["session"]["method"], "password+email");
        // A moment later none is sent, and the one before is used up.
        let asked = ask(&server).await;
        assert_eq!(asked.body["challenge"]["options"]["code_sent"], false);
        reply(&server, asked.text_at("/challenge/token"), "email", &first).await.expect(401);
    }

    async fn one_a_minute_is_sent(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        enrol(&server, &mail, &jane).await;
        let asked = ask(&server).await;
        let token = asked.text_at("/challenge/token");
        let first = code(&server, &mail).await;
        server.advance(20);
        let refused = again(&server, token).await;
        assert_eq!((&refused.body["options"]["code_sent"], &refused.body["options"]["send_again_in"]), (&json!(false), &json!(40)));
        server.advance(40);
        assert_eq!(again(&server, token).await.body["options"]["code_sent"], true);
        let second = code(&server, &mail).await;
        assert_eq!(mail.letters().iter().filter(|letter| letter.contains("Subject: Your code")).count(), 3);
        if first != second {
            reply(&server, token, "email", &first).await.expect(401);
        }
        reply(&server, token, "email", &second).await.expect(200);
    }

    async fn it_is_good_for_two_minutes(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        enrol(&server, &mail, &jane).await;
        let asked = ask(&server).await;
        let token = asked.text_at("/challenge/token");
        let late = code(&server, &mail).await;
        server.advance(120);
        reply(&server, token, "email", &late).await.expect(401);
        again(&server, token).await;
        let late = code(&server, &mail).await;
        server.advance(119);
        reply(&server, token, "email", &late).await.expect(200);
    }

    async fn five_answers_are_taken_over_all_challenges(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        enrol(&server, &mail, &jane).await;
        let first = ask(&server).await;
        let good = code(&server, &mail).await;
        let other = if good == "000000" { "000001" } else { "000000" };
        for _ in 0..3 {
            reply(&server, first.text_at("/challenge/token"), "email", other).await.expect(401);
        }
        let second = ask(&server).await;
        for _ in 0..2 {
            reply(&server, second.text_at("/challenge/token"), "email", other).await.expect(401);
        }
        reply(&server, second.text_at("/challenge/token"), "email", &good).await.expect(401);
    }

    async fn it_goes_where_it_was_confirmed(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        enrol(&server, &mail, &jane).await;
        let other = json!({"email": "mallory@example.com"});
        server.operator().patch("/api/v1/realms/main/users/jane", other).await.expect(200);
        ask(&server).await;
        code(&server, &mail).await;
    }

    async fn a_factor_that_does_not_count_any_more_is_shown_before_another_is_made(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        enrol(&server, &mail, &jane).await;
        accept(&server, false).await;
        let settings = json!({"required_of": "everybody"});
        server.operator().put("/api/v1/settings/second_factor", settings).await.expect(200);
        let asked = ask(&server).await;
        assert_eq!(asked.body["challenge"]["options"]["methods"], json!(["email"]));
        let token = asked.text_at("/challenge/token");
        let enrol = json!({"token": token, "type": "totp"});
        server.anonymous().post("/auth/enrol", enrol).await.expect(422);
        let asked = reply(&server, token, "email", &code(&server, &mail).await).await.expect(200);
        assert_eq!(asked.text_at("/challenge/type"), "enrol");
        let token = asked.text_at("/challenge/token");
        let enrol = json!({"token": token, "type": "totp"});
        let made = server.anonymous().post("/auth/enrol", enrol).await.expect(200);
        let app = App { key: made.text_at("/key").to_owned(), codes: Vec::new() };
        let answer = reply(&server, token, "totp", &app.code(&server)).await.expect(200);
        let me = server.anonymous().with_bearer(answer.text_at("/access_token"));
        assert_eq!(me.get("/auth/me").await.expect(200).body["session"]["method"], "password+email+totp");
    }

    async fn two_steps_are_asked_one_after_the_other(backend: Backend) {
        let (server, mail, jane) = start(backend).await;
        enrol(&server, &mail, &jane).await;
        let asked = ask(&server).await;
        let token = asked.text_at("/challenge/token");
        let answer = reply(&server, token, "email", &code(&server, &mail).await).await.expect(200);
        let jane = server.anonymous().with_bearer(answer.text_at("/access_token"));
        let app = App::enrol(&server, &jane).await;
        let rule = json!({"user": "jane@main", "steps": 2});
        server.operator().post("/api/v1/second-factor-rules", rule).await.expect(201);
        let first = try_login(&server, "jane", PASSWORD).await.expect(200);
        assert_eq!(first.body["challenge"]["options"]["methods"], json!(["totp", "email", "recovery"]));
        let first = first.text_at("/challenge/token").to_owned();
        let second = reply(&server, &first, "totp", &app.code(&server)).await.expect(200);
        assert_eq!(second.text_at("/challenge/type"), "email");
        assert!(second.body["access_token"].is_null());
        let second = second.text_at("/challenge/token");
        assert_ne!(first, second);
        server.advance(60);
        again(&server, second).await;
        let good = code(&server, &mail).await;
        // Neither the first token nor the first type is good for the second step.
        reply(&server, &first, "email", &good).await.expect(401);
        reply(&server, second, "totp", &app.code(&server)).await.expect(422);
        let answer = reply(&server, second, "email", &good).await.expect(200);
        let me = server.anonymous().with_bearer(answer.text_at("/access_token"));
        assert_eq!(me.get("/auth/me").await.expect(200).body["session"]["method"], "password+totp+email");
    }
}
