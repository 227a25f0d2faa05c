//! E-mail addresses: verified, and changed when both addresses agree.

use serde_json::json;
use testkit::{Answer, Backend, Client, MailServer, on_both};

use super::try_login;
use crate::{
    harness::{PASSWORD, Server, with_another_end},
    letters::{ADDRESS, confirm, events, make, secret, sent, start, start_two, to},
};

const OLD: &str = "jane@example.com";
const NEW: &str = "jane@example.org";
const PATH: &str = "/auth/email/confirm";
const JANE: &str = "/api/v1/realms/main/users/jane";

async fn ask(jane: &Client, address: &str) -> Answer {
    jane.put("/auth/profile", json!({"email": address})).await
}

/// The secrets of the links to the new and to the present address.
async fn links(server: &Server, mail: &MailServer, jane: &Client) -> (String, String) {
    // What was written before is not looked at.
    sent(server, mail).await;
    ask(jane, NEW).await.expect(200);
    let letters = sent(server, mail).await;
    (secret(to(&letters, NEW), PATH), secret(to(&letters, OLD), PATH))
}

async fn address(server: &Server) -> (String, bool) {
    let jane = server.operator().get(JANE).await.expect(200);
    (jane.text_at("/email").to_owned(), jane.body["email_verified"] == json!(true))
}

on_both! {
    async fn another_address_counts_when_both_have_agreed(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let me = ask(&jane, NEW).await.expect(200);
        assert_eq!((me.text_at("/email"), me.body["email_verified"] == json!(true)), (OLD, true));
        assert_eq!(me.text_at("/pending_email/address"), NEW);
        assert_eq!(me.body["pending_email"]["waits_for"], json!(["new", "present"]));
        let letters = sent(&server, &mail).await;
        assert_eq!(letters.len(), 2);
        assert!(to(&letters, OLD).contains(NEW), "the present address learns which one");
        // A stranger who reads mail at the new one learns neither the name nor the present one.
        assert!(!to(&letters, NEW).contains("jane@example.com"));
        let answer = confirm(&server, &secret(to(&letters, NEW), PATH)).await.expect(200);
        assert_eq!(answer.body, json!({"side": "new", "complete": false}));
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
        let answer = confirm(&server, &secret(to(&letters, OLD), PATH)).await.expect(200);
        assert_eq!(answer.body, json!({"side": "present", "complete": true}));
        assert_eq!(address(&server).await, (NEW.to_owned(), true));
        let me = jane.get("/auth/me").await.expect(200);
        assert_eq!(me.body["pending_email"], json!(null));
        let letters = sent(&server, &mail).await;
        assert!(to(&letters, OLD).contains("Your e-mail address was changed"), "{letters:?}");
        let events = events(&server).await;
        assert!(events.contains("email.change_begin") && events.contains("\"email.change\""));
        assert!(!events.contains("pol_"));
    }

    async fn the_present_one_is_not_asked_if_nobody_knows_that_it_is_hers(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, false).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        ask(&jane, NEW).await.expect(200);
        let letters = sent(&server, &mail).await;
        assert_eq!(letters.len(), 1);
        confirm(&server, &secret(to(&letters, NEW), PATH)).await.expect(200);
        assert_eq!(address(&server).await, (NEW.to_owned(), true));
        assert!(to(&sent(&server, &mail).await, OLD).contains("was changed"));
    }

    async fn what_is_there_is_verified_by_a_link(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, false).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        jane.post("/auth/email/verify", json!({})).await.expect(202);
        let secret = secret(to(&sent(&server, &mail).await, OLD), PATH);
        assert_eq!(address(&server).await, (OLD.to_owned(), false));
        confirm(&server, &secret).await.expect(200);
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
        assert!(sent(&server, &mail).await.is_empty(), "nothing was changed");
        jane.post("/auth/email/verify", json!({})).await.expect(409);
        server.user("joe", &[]).await.post("/auth/email/verify", json!({})).await.expect(409);
    }

    async fn a_link_is_good_once_for_a_day_and_by_post_alone(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let (new, present) = links(&server, &mail, &jane).await;
        for path in [PATH.to_owned(), format!("{PATH}?token={new}"), format!("{PATH}/{new}")] {
            let opened = server.anonymous().get(&path).await;
            assert!(matches!(opened.status.as_u16(), 200 | 404), "{path}: {}", opened.status);
        }
        for wrong in ["", "pol_x", &with_another_end(&new)] {
            confirm(&server, wrong).await.expect(403);
        }
        confirm(&server, &new).await.expect(200);
        confirm(&server, &new).await.expect(403);
        server.advance(24 * 3600 - 1);
        // Nor is it a link to a new password or of another kind.
        let other = json!({"token": present, "new_password": "another long sentence"});
        server.anonymous().post("/auth/password/reset", other).await.expect(403);
        server.advance(1);
        confirm(&server, &present).await.expect(403);
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
    }

    async fn it_ends_by_hand_by_a_new_one_by_a_password_and_by_an_administrator(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let dead = async |links: (String, String)| {
            confirm(&server, &links.0).await.expect(403);
            confirm(&server, &links.1).await.expect(403);
            server.advance(3600);
        };
        let first = links(&server, &mail, &jane).await;
        jane.delete("/auth/email/change").await.expect(204);
        jane.delete("/auth/email/change").await.expect(404);
        dead(first).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let first = links(&server, &mail, &jane).await;
        ask(&jane, "third@example.net").await.expect(200);
        dead(first).await;
        for (path, input) in [
            (format!("{JANE}/password"), json!({"password": PASSWORD})),
            (JANE.to_owned(), json!({"email": OLD, "email_verified": false})),
        ] {
            let jane = server.sign_in("main", "jane", PASSWORD).await;
            let links = links(&server, &mail, &jane).await;
            if path == JANE {
                server.operator().patch(&path, input).await.expect(200);
            } else {
                server.operator().put(&path, input).await.expect(204);
            }
            dead(links).await;
        }
        assert_eq!(address(&server).await, (OLD.to_owned(), false));
    }

    async fn no_key_does_it_in_her_place(backend: Backend) {
        let (server, _mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let operator = server.operator();
        let viewer = json!({"subject": "/main/jane", "role": "viewer"});
        operator.post("/api/v1/assignments", viewer).await.expect(201);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
        let key = server.anonymous().with_api_key(key.text_at("/key"));
        key.put("/auth/profile", json!({"email": NEW})).await.expect(403);
        key.post("/auth/email/verify", json!({})).await.expect(403);
        key.delete("/auth/email/change").await.expect(403);
        assert_eq!(jane.get("/auth/me").await.expect(200).body["pending_email"], json!(null));
    }

    async fn an_address_that_is_anothers_name_looks_like_any(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        make(&server, "bob", "bob@example.net", true).await;
        let alias = json!({"value": NEW});
        server.operator().post("/api/v1/realms/main/users/bob/aliases", alias).await.expect(200);
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let taken = ask(&jane, NEW).await.expect(200);
        let letters = sent(&server, &mail).await;
        assert!(to(&letters, NEW).contains("another user signs in with this address"));
        assert!(!to(&letters, NEW).contains("pol_") && !to(&letters, NEW).contains(OLD));
        // Whoever asks sees what he would see of an address that is free.
        confirm(&server, &secret(to(&letters, OLD), PATH)).await.expect(200);
        let free = ask(&jane, "free@example.org").await.expect(200);
        let shown = |answer: &Answer| {
            let mut body = answer.body.clone();
            body["pending_email"]["address"] = json!("");
            body
        };
        assert_eq!(shown(&taken), shown(&free));
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
    }

    async fn an_address_that_became_anothers_name_meanwhile_is_refused(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, false).await;
        make(&server, "bob", "bob@example.net", true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        ask(&jane, NEW).await.expect(200);
        let secret = secret(to(&sent(&server, &mail).await, NEW), PATH);
        let bob = "/api/v1/realms/main/users/bob/aliases";
        server.operator().post(bob, json!({"value": NEW})).await.expect(200);
        confirm(&server, &secret).await.expect(409);
        server.operator().delete(&format!("{bob}/{NEW}")).await.expect(200);
        confirm(&server, &secret).await.expect(200);
    }

    async fn the_name_that_is_the_address_goes_along(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let alias = json!({"value": "JANE@example.com"});
        server.operator().post(&format!("{JANE}/aliases"), alias).await.expect(200);
        let jane = server.sign_in("main", OLD, PASSWORD).await;
        let (new, present) = links(&server, &mail, &jane).await;
        confirm(&server, &present).await.expect(200);
        confirm(&server, &new).await.expect(200);
        try_login(&server, OLD, PASSWORD).await.expect(401);
        server.sign_in("main", NEW, PASSWORD).await;
        // What cannot be a name cannot follow.
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let refused = ask(&jane, "a/b@example.com").await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/email"));
    }

    async fn somebody_switched_off_confirms_nothing(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let (new, present) = links(&server, &mail, &jane).await;
        server.operator().post(&format!("{JANE}/lock"), json!({})).await.expect(200);
        confirm(&server, &new).await.expect(403);
        server.operator().post(&format!("{JANE}/unlock"), json!({})).await.expect(200);
        confirm(&server, &new).await.expect(200);
        confirm(&server, &present).await.expect(200);
    }

    async fn strangers_are_written_seldom_and_only_plain_words(backend: Backend) {
        let (server, mail) = start(backend).await;
        let name = "Win at https://evil.example";
        let user = json!({"username": name, "email": OLD, "email_verified": true, "password": PASSWORD});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(422);
        let name = "Win at evil.example Bcc: x@evil.example";
        make(&server, name, OLD, true).await;
        let jane = server.sign_in("main", name, PASSWORD).await;
        jane.put("/auth/profile", json!({"full_name": "Win at evil.example"})).await.expect(200);
        for address in ["a@b.example\r\nBcc: x@evil.example", "a b@c.example", "<a@b.example>"] {
            ask(&jane, address).await.expect(422);
        }
        for round in 0..4 {
            let status = if round < 3 { 200 } else { 429 };
            let answer = ask(&jane, &format!("s{round}@example.net")).await.expect(status);
            assert_eq!(answer.header("retry-after").is_some(), round == 3);
        }
        let letters = sent(&server, &mail).await;
        for round in 0..3 {
            let letter = to(&letters, &format!("s{round}@example.net"));
            assert!(!letter.contains("evil"), "{letter}");
        }
        for letter in &letters {
            assert!(!letter.contains("\nBcc:"), "{letter}");
        }
    }

    async fn links_lead_to_the_public_address(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let evil = jane.with_header("host", "evil.example").with_header("x-forwarded-host", "evil.example");
        ask(&evil, NEW).await.expect(200);
        for letter in sent(&server, &mail).await {
            assert!(letter.contains(&format!("{ADDRESS}{PATH}#")) && !letter.contains("evil"), "{letter}");
        }
    }

    async fn an_address_that_only_she_names_gets_no_way_in(backend: Backend) {
        // Without mail it counts at once, as one that nobody has verified.
        let server = Server::start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let me = ask(&jane, "slip@example.com").await.expect(200);
        assert_eq!((me.text_at("/email"), &me.body["email_verified"]), ("slip@example.com", &json!(false)));
        jane.post("/auth/email/verify", json!({})).await.expect(403);
        // Then there is mail: neither a link nor a notice goes there.
        let mail = MailServer::start().await;
        let port = mail.port.to_string();
        let server = server.restart(&crate::letters::settings(&port)).await;
        let forgot = json!({"authentication_id": "jane"});
        server.anonymous().post("/auth/password/forgot", forgot.clone()).await.expect(202);
        crate::letters::wait_for(&server, "password.forgotten", 1).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let change = json!({"old_password": PASSWORD, "new_password": "another long sentence"});
        jane.post("/auth/password", change).await.expect(204);
        assert!(sent(&server, &mail).await.is_empty());
        // What an administrator says is taken for true, and what comes back from there as well.
        server.operator().patch(JANE, json!({"email": OLD})).await.expect(200);
        server.anonymous().post("/auth/password/forgot", forgot).await.expect(202);
        crate::letters::wait_for(&server, "password.forgotten", 2).await;
        let letters = sent(&server, &mail).await;
        let token = secret(to(&letters, OLD), "/auth/password/reset");
        let reset = json!({"token": token, "new_password": PASSWORD});
        server.anonymous().post("/auth/password/reset", reset).await.expect(204);
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
    }

    async fn an_administrator_may_vouch_for_it(backend: Backend) {
        let server = Server::start(backend).await;
        make(&server, "jane", OLD, false).await;
        let operator = server.operator();
        operator.patch(JANE, json!({"email_verified": true})).await.expect(200);
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
        operator.patch(JANE, json!({"full_name": "Jane"})).await.expect(200);
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
        operator.patch(JANE, json!({"email": NEW})).await.expect(200);
        assert_eq!(address(&server).await, (NEW.to_owned(), false));
        operator.patch(JANE, json!({"email": OLD, "email_verified": true})).await.expect(200);
        assert_eq!(address(&server).await, (OLD.to_owned(), true));
        let both = json!({"email": null, "email_verified": true});
        operator.patch(JANE, both).await.expect(422);
        operator.patch(JANE, json!({"email": null})).await.expect(200);
        let refused = operator.patch(JANE, json!({"email_verified": true})).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/email_verified"));
        let user = json!({"username": "x", "email_verified": true});
        let refused = operator.post("/api/v1/realms/main/users", user).await.expect(422);
        assert_eq!(refused.problem_pointer(), Some("/email_verified"));
    }

    async fn of_parallel_uses_one_wins(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "jane", OLD, true).await;
        let jane = server.sign_in("main", "jane", PASSWORD).await;
        let (new, present) = links(&server, &mail, &jane).await;
        let uses = [&new, &present, &new, &present, &new, &present];
        let answers = futures::future::join_all(uses.map(|secret| confirm(&server, secret))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 2);
        let complete = answers.iter().filter(|answer| answer.body["complete"] == json!(true)).count();
        assert_eq!((complete, address(&server).await), (1, (NEW.to_owned(), true)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_two_servers_each_link_is_used_once() {
    let (one, other, mail) = start_two().await;
    make(&one, "jane", OLD, true).await;
    let jane = one.sign_in("main", "jane", PASSWORD).await;
    let (new, present) = links(&one, &mail, &jane).await;
    let (a, b, c, d) = tokio::join!(
        confirm(&one, &new),
        confirm(&other, &new),
        confirm(&one, &present),
        confirm(&other, &present)
    );
    let used = [&a, &b, &c, &d].iter().filter(|answer| answer.status == 200).count();
    assert_eq!(used, 2, "{} {} {} {}", a.status, b.status, c.status, d.status);
    assert_eq!(address(&one).await, (NEW.to_owned(), true));
}
