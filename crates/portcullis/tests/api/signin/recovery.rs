//! Forgotten passwords: `POST /auth/password/forgot`, the letter, and `POST /auth/password/reset`.

use std::time::Duration;

use serde_json::json;
use testkit::{Answer, Backend, MailServer, on_both};

use super::{enumeration::shape, fail, timing::rank_sum, try_login};
use crate::harness::{PASSWORD, Server, with_another_end};

const NEW: &str = "another long sentence";
const ADDRESS: &str = "https://id.example.com";

/// A server with a mail server, and jane, who has an address.
async fn start(backend: Backend) -> (Server, MailServer) {
    let mail = MailServer::start().await;
    let server = Server::with_settings(backend, &settings(&mail.port.to_string())).await;
    make_jane(&server).await;
    (server, mail)
}

fn settings(port: &str) -> [(&str, &str); 5] {
    [
        ("mail.host", "127.0.0.1"),
        ("mail.port", port),
        ("mail.tls", "none"),
        ("mail.from", "Portcullis <id@example.com>"),
        ("public_address", ADDRESS),
    ]
}

async fn make_jane(server: &Server) {
    let user = json!({"username": "jane", "email": "jane@example.com", "password": PASSWORD});
    server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
}

/// Asks for a link, and waits until the work behind the answer is done.
async fn forget(server: &Server, name: &str) -> Answer {
    let before = asked(server).await;
    let input = json!({"authentication_id": name});
    let answer = server.anonymous().post("/auth/password/forgot", input).await;
    for _ in 0..500 {
        if asked(server).await > before {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    unreachable!("nothing was done behind the answer: {}", answer.status)
}

/// How many requests for a link are in the audit.
async fn asked(server: &Server) -> usize {
    events(server).await.matches("password.forgotten").count()
}

async fn events(server: &Server) -> String {
    server.operator().get("/api/v1/audit/events?limit=500").await.expect(200).body_text()
}

async fn send_due(server: &Server) -> u64 {
    mail::postman::send_due(server.app.outbox(), server.app.system()).await.unwrap()
}

/// Asks for a link, has the letter sent, and takes the secret out of it.
async fn link(server: &Server, mail: &MailServer) -> String {
    forget(server, "jane").await.expect(202);
    // A notice of an earlier change may go with it.
    assert!(send_due(server).await > 0);
    let letters = mail.letters();
    secret(letters.iter().rfind(|letter| letter.contains("/auth/password/reset#")).unwrap())
}

fn secret(letter: &str) -> String {
    let (_, rest) = letter.split_once(&format!("{ADDRESS}/auth/password/reset#")).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn reset(server: &Server, secret: &str, password: &str) -> Answer {
    let input = json!({"token": secret, "new_password": password});
    server.anonymous().post("/auth/password/reset", input).await
}

on_both! {
    async fn the_link_gives_a_new_password_once(backend: Backend) {
        let (server, mail) = start(backend).await;
        let open = server.sign_in("main", "jane", PASSWORD).await;
        fail(&server, "jane", 4).await;
        let secret = link(&server, &mail).await;
        let letter = mail.letters().remove(0);
        assert!(letter.contains("To: jane@example.com") && letter.contains("within 120 minutes"), "{letter}");
        let weak = reset(&server, &secret, "password1").await.expect(400);
        assert_eq!(weak.problem_pointer(), Some("/new_password"));
        reset(&server, &secret, PASSWORD).await.expect(400);
        reset(&server, &secret, NEW).await.expect(204);
        open.get("/auth/me").await.expect(401);
        reset(&server, &secret, "third grey stone").await.expect(403);
        fail(&server, "jane", 4).await;
        try_login(&server, "jane", NEW).await.expect(200);
        assert_eq!(send_due(&server).await, 1);
        let notice = mail.letters().pop().unwrap();
        assert!(notice.contains("Subject: Your password was changed"), "{notice}");
        let events = events(&server).await;
        assert!(events.contains("password.recover") && !events.contains("pol_"));
    }

    async fn the_answer_is_the_same_for_everybody(backend: Backend) {
        let (server, mail) = start(backend).await;
        let users = "/api/v1/realms/main/users";
        for user in [
            json!({"username": "no-address", "password": PASSWORD}),
            json!({"username": "no-password", "email": "x@example.com"}),
            json!({"username": "off", "email": "off@example.com", "password": PASSWORD}),
            json!({"username": "locked", "email": "locked@example.com", "password": PASSWORD}),
        ] {
            server.operator().post(users, user).await.expect(201);
        }
        server.operator().post(&format!("{users}/off/disable"), json!({})).await.expect(200);
        server.operator().post(&format!("{users}/locked/lock"), json!({})).await.expect(200);
        let known = forget(&server, "jane").await.expect(202);
        assert_eq!(send_due(&server).await, 1);
        for name in ["nobody", "no-address", "no-password", "off", "locked", "", "a\u{0}b"] {
            let answer = forget(&server, name).await.expect(202);
            assert_eq!(shape(&answer), shape(&known), "{name}");
            assert_eq!(send_due(&server).await, 0, "{name}");
        }
        assert_eq!(mail.letters().len(), 1);
        // Another realm is as unknown as another name.
        let input = json!({"authentication_id": "jane", "realm": "nowhere"});
        server.anonymous().post("/auth/password/forgot", input).await.expect(202);
    }

    async fn the_answer_takes_the_same_time_for_everybody(backend: Backend) {
        let (server, _mail) = start(backend).await;
        let mut times = Vec::new();
        for round in 0..24 {
            // Otherwise the limits by source and user would answer.
            server.advance(3601);
            let known_first = round % 2 == 0;
            for known in [known_first, !known_first] {
                let before = asked(&server).await;
                let input = json!({"authentication_id": if known { "jane" } else { "nobody" }});
                let start = tokio::time::Instant::now();
                server.anonymous().post("/auth/password/forgot", input).await.expect(202);
                times.push((start.elapsed(), known));
                while asked(&server).await == before {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        }
        let z = rank_sum(times);
        assert!(z.abs() < 5.0, "the answers can be told apart by their time: z = {z}");
    }

    async fn it_is_good_for_two_hours(backend: Backend) {
        let (server, mail) = start(backend).await;
        let secret = link(&server, &mail).await;
        server.advance(120 * 60 - 1);
        reset(&server, &secret, "short").await.expect(400);
        server.advance(1);
        reset(&server, &secret, NEW).await.expect(403);
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }

    async fn a_newer_link_and_another_password_end_it(backend: Backend) {
        let (server, mail) = start(backend).await;
        let first = link(&server, &mail).await;
        server.advance(1);
        let second = link(&server, &mail).await;
        reset(&server, &first, NEW).await.expect(403);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        jane.post("/auth/password", change).await.expect(204);
        reset(&server, &second, "third grey stone").await.expect(403);
        server.advance(1);
        let third = link(&server, &mail).await;
        let path = "/api/v1/realms/main/users/jane/password";
        server.operator().put(path, json!({"password": "third grey stone"})).await.expect(204);
        reset(&server, &third, NEW).await.expect(403);
    }

    async fn of_parallel_uses_one_wins(backend: Backend) {
        let (server, mail) = start(backend).await;
        let secret = link(&server, &mail).await;
        let words = ["first grey stone", "second grey stone", "third grey stone", "fourth grey stone"];
        let answers = futures::future::join_all(words.map(|word| reset(&server, &secret, word))).await;
        let won: Vec<_> = answers.iter().zip(words).filter(|(answer, _)| answer.status == 204).collect();
        assert_eq!(won.len(), 1);
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 204 | 403)));
        try_login(&server, "jane", won[0].1).await.expect(200);
    }

    async fn a_link_of_somebody_switched_off_is_no_good(backend: Backend) {
        let (server, mail) = start(backend).await;
        let secret = link(&server, &mail).await;
        let jane = "/api/v1/realms/main/users/jane";
        server.operator().post(&format!("{jane}/disable"), json!({})).await.expect(200);
        reset(&server, &secret, NEW).await.expect(403);
        server.operator().post(&format!("{jane}/enable"), json!({})).await.expect(200);
        server.operator().post(&format!("{jane}/lock"), json!({})).await.expect(200);
        reset(&server, &secret, NEW).await.expect(403);
        server.operator().post(&format!("{jane}/unlock"), json!({})).await.expect(200);
        reset(&server, &secret, NEW).await.expect(204);
    }

    async fn a_link_to_an_address_that_was_changed_is_no_good(backend: Backend) {
        let (server, mail) = start(backend).await;
        let secret = link(&server, &mail).await;
        let jane = "/api/v1/realms/main/users/jane";
        server.operator().patch(jane, json!({"email": "new@example.com"})).await.expect(200);
        reset(&server, &secret, NEW).await.expect(403);
    }

    async fn made_up_links_and_other_secrets_are_no_good(backend: Backend) {
        let (server, mail) = start(backend).await;
        let good = link(&server, &mail).await;
        let login = try_login(&server, "jane", PASSWORD).await.expect(200);
        let refresh = login.text_at("/refresh_token").to_owned();
        let changed = with_another_end(&good);
        for secret in ["", "pol_x", &refresh, &changed] {
            reset(&server, secret, NEW).await.expect(403);
        }
        // Nor is it a set-up link.
        let input = json!({"token": good, "username": "mallory", "password": PASSWORD});
        server.anonymous().post("/auth/setup", input).await.expect(403);
        reset(&server, &good, NEW).await.expect(204);
    }

    async fn the_link_is_never_built_from_the_request(backend: Backend) {
        let (server, mail) = start(backend).await;
        let before = asked(&server).await;
        let evil = server.anonymous().with_header("host", "evil.example")
            .with_header("x-forwarded-host", "evil.example");
        evil.post("/auth/password/forgot", json!({"authentication_id": "jane"})).await.expect(202);
        while asked(&server).await == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        send_due(&server).await;
        let letter = mail.letters().remove(0);
        assert!(letter.contains(ADDRESS) && !letter.contains("evil"), "{letter}");
    }

    async fn a_user_gets_few_letters_and_a_source_few_answers(backend: Backend) {
        let (server, mail) = start(backend).await;
        for round in 0..5 {
            server.advance(1);
            forget(&server, "jane").await.expect(202);
            assert_eq!(send_due(&server).await, u64::from(round < 3), "{round}");
        }
        // The last link is still good, however often somebody else asks.
        let last = secret(mail.letters().last().unwrap());
        for _ in 0..15 {
            forget(&server, "nobody").await.expect(202);
        }
        let input = json!({"authentication_id": "nobody"});
        let refused = server.anonymous().post("/auth/password/forgot", input).await.expect(429);
        let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3600).contains(&wait), "{wait}");
        reset(&server, &last, NEW).await.expect(204);
        server.advance(wait);
        forget(&server, "jane").await.expect(202);
    }

    async fn a_letter_waits_for_the_mail_server(backend: Backend) {
        let (server, mut mail) = start(backend).await;
        mail.pause();
        forget(&server, "jane").await.expect(202);
        assert_eq!(send_due(&server).await, 0);
        mail.resume().await;
        assert_eq!(send_due(&server).await, 0, "before it is due again");
        server.advance(30);
        assert_eq!(send_due(&server).await, 1);
        reset(&server, &secret(&mail.letters()[0]), NEW).await.expect(204);
    }

    async fn a_letter_that_nobody_takes_is_given_up(backend: Backend) {
        let (server, mut mail) = start(backend).await;
        mail.pause();
        forget(&server, "jane").await.expect(202);
        for _ in 0..12 {
            assert_eq!(send_due(&server).await, 0);
            server.advance(3600);
        }
        assert!(events(&server).await.contains("mail.given_up"));
        mail.resume().await;
        assert_eq!(send_due(&server).await, 0);
        assert!(mail.letters().is_empty());
    }

    async fn a_letter_survives_a_restart_and_no_other_key(backend: Backend) {
        let (server, mail) = start(backend).await;
        forget(&server, "jane").await.expect(202);
        let port = mail.port.to_string();
        let server = server.restart(&settings(&port)).await;
        assert_eq!(send_due(&server).await, 1);
        forget(&server, "jane").await.expect(202);
        let mut other = settings(&port).to_vec();
        other.push(("app_key", "bmluZXRlZW4gYmx1ZSBsYW50ZXJucyBhYm92ZSBhIGxha2U="));
        let server = server.restart(&other).await;
        assert_eq!(send_due(&server).await, 0);
        assert!(events(&server).await.contains("mail.given_up"));
    }

    async fn it_can_be_switched_off_and_needs_a_mail_server(backend: Backend) {
        let (server, _mail) = start(backend).await;
        let off = json!({"recovery_by_mail": false});
        server.operator().put("/api/v1/settings/password", off).await.expect(200);
        let input = json!({"authentication_id": "jane"});
        server.anonymous().post("/auth/password/forgot", input.clone()).await.expect(403);
        let without = Server::start(backend).await;
        without.anonymous().post("/auth/password/forgot", input).await.expect(403);
    }

    async fn where_mail_goes_is_no_live_setting(backend: Backend) {
        let (server, _mail) = start(backend).await;
        server.operator().get("/api/v1/settings/mail").await.expect(404);
        let elsewhere = json!({"host": "evil.example"});
        server.operator().put("/api/v1/settings/mail", elsewhere).await.expect(404);
    }

    async fn a_deleted_user_leaves_no_letter(backend: Backend) {
        let (server, mail) = start(backend).await;
        forget(&server, "jane").await.expect(202);
        server.operator().delete("/api/v1/realms/main/users/jane").await.expect(204);
        assert_eq!(send_due(&server).await, 0);
        assert!(mail.letters().is_empty());
    }

    async fn every_other_password_is_told(backend: Backend) {
        let (server, mail) = start(backend).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW});
        jane.post("/auth/password", change).await.expect(204);
        let path = "/api/v1/realms/main/users/jane/password";
        server.operator().put(path, json!({"password": PASSWORD})).await.expect(204);
        assert_eq!(send_due(&server).await, 2);
        let letters = mail.letters().concat();
        assert!(letters.contains("was changed by an administrator"), "{letters}");
        assert!(!letters.contains(NEW) && !letters.contains(PASSWORD));
    }
}

/// A certificate for this machine, and its key, as files.
fn certificate(directory: &std::path::Path) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    (file("mail.pem", &made.cert.pem()), file("mail.key", &made.signing_key.serialize_pem()))
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_by_tls_to_a_server_that_is_known() {
    let directory = testkit::directory();
    let (certificate, key) = certificate(directory.path());
    for (tls, flags) in
        [("starttls", ["--tlscert", "--tlskey"]), ("implicit", ["--smtpscert", "--smtpskey"])]
    {
        let mail = MailServer::start_with(&[flags[0], &certificate, flags[1], &key]).await;
        let port = mail.port.to_string();
        for (ca, sent) in [("", 0), (certificate.as_str(), 1)] {
            let mut more = settings(&port).to_vec();
            more.extend([("mail.tls", tls), ("mail.ca", ca)]);
            let server = Server::with_settings(Backend::Sqlite, &more).await;
            make_jane(&server).await;
            forget(&server, "jane").await.expect(202);
            assert_eq!(send_due(&server).await, sent, "{tls}, ca: {ca:?}");
        }
        assert_eq!(mail.letters().len(), 1, "{tls}");
    }
    // A server without TLS gets nothing where TLS is asked for.
    let plain = MailServer::start().await;
    let port = plain.port.to_string();
    let mut more = settings(&port).to_vec();
    more.extend([("mail.tls", "starttls"), ("mail.ca", certificate.as_str())]);
    let server = Server::with_settings(Backend::Sqlite, &more).await;
    make_jane(&server).await;
    forget(&server, "jane").await.expect(202);
    assert_eq!(send_due(&server).await, 0);
    assert!(plain.letters().is_empty());
}

/// On two servers with one database.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_takes_the_link_and_one_sends_the_letter() {
    let mail = MailServer::start().await;
    let port = mail.port.to_string();
    let mut more = settings(&port).to_vec();
    more.pop();
    let database = testkit::database().await;
    let (one, other) =
        (Server::beside(&database.url, &more).await, Server::beside(&database.url, &more).await);
    make_jane(&one).await;
    forget(&one, "jane").await.expect(202);
    let (a, b) = tokio::join!(send_due(&one), send_due(&other));
    assert_eq!(a + b, 1);
    let letters = mail.letters();
    let (_, rest) = letters[0].split_once("/auth/password/reset#").unwrap();
    let secret = rest.split_whitespace().next().unwrap();
    let (a, b) = tokio::join!(reset(&one, secret, NEW), reset(&other, secret, "third grey stone"));
    let won = [&a, &b].iter().filter(|answer| answer.status == 204).count();
    assert_eq!(won, 1, "{} {}", a.status, b.status);
}
