//! Registration: closed unless somebody opens it, and silent about who is there.

use serde_json::{Value, json};
use testkit::{Answer, Backend, MailServer, on_both};

use super::{assign, officer};
use crate::{
    harness::{PASSWORD, Server, with_another_end},
    letters::{ADDRESS, make, secret, sent, start, start_two, to, wait_for},
    replicas::run,
    signin::timing::rank_sum,
};

const SETTING: &str = "/api/v1/realms/main/registration";
const ANN: &str = "ann@example.com";
const PATH: &str = "/auth/register/confirm";

async fn open(server: &Server, domains: Value) {
    let input = json!({"open": true, "email_domains": domains});
    server.operator().put(SETTING, input).await.expect(200);
}

fn input(name: &str, email: &str) -> Value {
    json!({"realm": "main", "username": name, "email": email, "password": PASSWORD})
}

async fn ask(server: &Server, name: &str, email: &str) -> Answer {
    server.anonymous().post("/auth/register", input(name, email)).await
}

/// Registers, waits until the work behind the answer is done, and tells what was sent.
async fn register(
    server: &Server,
    mail: &MailServer,
    name: &str,
    email: &str,
    times: usize,
) -> Vec<String> {
    ask(server, name, email).await.expect(202);
    wait_for(server, "registration.begin", times).await;
    sent(server, mail).await
}

async fn link(server: &Server, mail: &MailServer, name: &str, email: &str, times: usize) -> String {
    secret(to(&register(server, mail, name, email, times).await, email), PATH)
}

async fn confirm(server: &Server, secret: &str, more: Value) -> Answer {
    let mut input = json!({"token": secret, "password": PASSWORD});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.anonymous().post(PATH, input).await
}

async fn user(server: &Server, name: &str) -> Answer {
    server.operator().get(&format!("/api/v1/realms/main/users/{name}")).await
}

/// As if many others had registered, with addresses that they have not confirmed.
async fn fill(server: &Server, backend: Backend, many: u32) {
    let id = match backend {
        Backend::Sqlite => "randomblob(16)",
        Backend::Postgres => "gen_random_uuid()",
    };
    let sql = format!(
        "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {many})
         INSERT INTO registration (id, realm, username, email, folded, full_name, password, hash, created_at, expires_at)
         SELECT {id}, realm, username, email, folded, full_name, password, hash, created_at, expires_at
         FROM registration CROSS JOIN many"
    );
    assert_eq!(run(server, &sql).await, u64::from(many));
}

/// All of an answer but what differs in every one.
fn shape(answer: &Answer) -> (u16, Value) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    (answer.status.as_u16(), body)
}

on_both! {
    async fn a_stranger_becomes_a_user_by_mail_and_password(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        let secret = link(&server, &mail, "ann", ANN, 1).await;
        user(&server, "ann").await.expect(404);
        server.anonymous().get(PATH).await.expect(200);
        confirm(&server, &secret, json!({})).await.expect(204);
        let ann = user(&server, "ann").await.expect(200);
        assert_eq!((ann.text_at("/email"), &ann.body["email_verified"]), (ANN, &json!(true)));
        assert_eq!((&ann.body["roles"], &ann.body["groups"]), (&json!([]), &json!([])));
        assert_eq!(ann.body["superuser"], json!(false));
        server.sign_in("main", ANN, PASSWORD).await;
        confirm(&server, &secret, json!({"username": "ann2"})).await.expect(403);
        user(&server, "ann2").await.expect(404);
    }

    async fn it_is_closed_until_somebody_opens_it(backend: Backend) {
        let (server, mail) = start(backend).await;
        let operator = server.operator();
        assert_eq!(operator.get(SETTING).await.expect(200).body, json!({"open": false, "email_domains": []}));
        let closed = ask(&server, "ann", ANN).await.expect(403);
        let mut nowhere = input("ann", ANN);
        for realm in ["nowhere", "", "a/b", "$global"] {
            nowhere["realm"] = realm.into();
            let answer = server.anonymous().post("/auth/register", nowhere.clone()).await.expect(403);
            assert_eq!(shape(&answer), shape(&closed), "{realm}");
        }
        open(&server, json!([])).await;
        let secret = link(&server, &mail, "ann", ANN, 1).await;
        operator.put(SETTING, json!({"open": false})).await.expect(200);
        confirm(&server, &secret, json!({})).await.expect(403);
        ask(&server, "bob", "bob@example.com").await.expect(403);
        open(&server, json!([])).await;
        confirm(&server, &secret, json!({})).await.expect(403);
        user(&server, "ann").await.expect(404);
        let without = Server::start(backend).await;
        open(&without, json!([])).await;
        ask(&without, "ann", ANN).await.expect(403);
    }

    async fn who_opens_it_manages_the_realm_and_its_users(backend: Backend) {
        let (server, _mail) = start(backend).await;
        let operator = server.operator();
        let input = json!({"open": true});
        server.anonymous().put(SETTING, input.clone()).await.expect(401);
        let mia = officer(&server, "mia").await;
        mia.put(SETTING, input.clone()).await.expect(403);
        mia.get(SETTING).await.expect(403);
        let rules = json!(["realm:manage", "read"]);
        operator.post("/api/v1/roles", json!({"name": "realms", "rules": rules})).await.expect(201);
        let max = server.user("max", &[]).await;
        assign(&server, "/main/max", "realms", "/main").await;
        max.get(SETTING).await.expect(200);
        max.put(SETTING, input.clone()).await.expect(403);
        assign(&server, "/main/max", "people", "/main").await;
        max.put(SETTING, input.clone()).await.expect(200);
        max.put("/api/v1/realms/nowhere/registration", input).await.expect(404);
        for domains in [json!(["a b"]), json!(["@example.com"]), json!(vec!["a.example"; 101])] {
            let refused = json!({"open": true, "email_domains": domains});
            operator.put(SETTING, refused).await.expect(422);
        }
    }

    async fn nobody_learns_who_is_there(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        make(&server, "jane", "jane@example.com", true).await;
        let alias = json!({"value": "jane@example.com"});
        server.operator().post("/api/v1/realms/main/users/jane/aliases", alias).await.expect(200);
        let free = ask(&server, "ann", ANN).await.expect(202);
        let name = ask(&server, "jane", "new@example.com").await.expect(202);
        let address = ask(&server, "bea", "JANE@example.com").await.expect(202);
        assert_eq!(shape(&free), shape(&name));
        assert_eq!(shape(&free), shape(&address));
        wait_for(&server, "registration.begin", 3).await;
        let letters = sent(&server, &mail).await;
        assert_eq!(letters.len(), 3);
        let told = to(&letters, "JANE@example.com");
        assert!(told.contains("a user signs in with it already") && !told.contains("pol_"), "{told}");
        // The name is told to whoever has shown that the address is his.
        let secret = secret(to(&letters, "new@example.com"), PATH);
        confirm(&server, &secret, json!({})).await.expect(409);
        confirm(&server, &secret, json!({"username": "jane2"})).await.expect(204);
        assert_eq!(user(&server, "jane2").await.expect(200).text_at("/email"), "new@example.com");
    }

    async fn another_ones_address_and_ones_own_password_do_not_meet(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        // Mallory registers with Ann's address; Ann opens the link.
        let secret = link(&server, &mail, "mallory", ANN, 1).await;
        let anns = json!({"password": "a sentence of Ann's own"});
        confirm(&server, &secret, anns).await.expect(401);
        user(&server, "mallory").await.expect(404);
    }

    async fn addresses_of_other_domains_are_refused(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!(["example.com"])).await;
        for address in ["a@example.org", "a@sub.example.com", "a@example.com.evil.example"] {
            let refused = ask(&server, "a", address).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some("/email"), "{address}");
        }
        let secret = link(&server, &mail, "ann", ANN, 1).await;
        open(&server, json!(["example.net"])).await;
        confirm(&server, &secret, json!({})).await.expect(403);
        open(&server, json!(["EXAMPLE.com"])).await;
        confirm(&server, &secret, json!({})).await.expect(204);
    }

    async fn what_is_wrong_is_told_at_once(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        for (field, value) in [
            ("username", json!("a/b")), ("email", json!("a@b\r\nBcc: x@evil.example")),
            ("email", json!("a/b@example.com")), ("password", json!("short")),
            ("password", json!("annannann")), ("full_name", json!("")), ("roles", json!(["admin"])),
            ("superuser", json!(true)),
        ] {
            let mut wrong = input("ann", ANN);
            wrong[field] = value;
            let refused = server.anonymous().post("/auth/register", wrong).await.expect(422);
            assert_eq!(refused.problem_pointer(), Some(format!("/{field}").as_str()));
        }
        let secret = link(&server, &mail, "ann", ANN, 1).await;
        // Beside another name the password must be good as well.
        let renamed = confirm(&server, &secret, json!({"username": "battery"})).await.expect(422);
        assert_eq!(renamed.problem_pointer(), Some("/password"));
        confirm(&server, &secret, json!({"username": "anna"})).await.expect(204);
    }

    async fn the_link_is_good_for_a_day(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        let secret = link(&server, &mail, "ann", ANN, 1).await;
        for wrong in ["", "pol_x", &with_another_end(&secret)] {
            confirm(&server, wrong, json!({})).await.expect(403);
        }
        server.advance(24 * 3600);
        confirm(&server, &secret, json!({})).await.expect(403);
    }

    async fn letters_and_requests_are_few(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        make(&server, "jane", "jane@example.com", true).await;
        let alias = json!({"value": "jane@example.com"});
        server.operator().post("/api/v1/realms/main/users/jane/aliases", alias).await.expect(200);
        for _ in 0..5 {
            ask(&server, "x", "jane@example.com").await.expect(202);
        }
        for _ in 0..5 {
            ask(&server, "y", ANN).await.expect(202);
        }
        wait_for(&server, "registration.begin", 6).await;
        let letters = sent(&server, &mail).await;
        for address in ["jane@example.com", ANN] {
            let line = format!("To: {address}\n");
            assert_eq!(letters.iter().filter(|letter| letter.contains(&line)).count(), 3, "{address}");
        }
        // So many from one source, whatever they say.
        let refused = ask(&server, "z", "z@example.com").await.expect(429);
        assert!(refused.header("retry-after").is_some());
        server.advance(60);
        ask(&server, "z", "z@example.com").await.expect(202);
    }

    async fn so_many_wait_in_a_realm(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        let operator = server.operator();
        operator.post("/api/v1/realms", json!({"name": "other"})).await.expect(201);
        operator.put("/api/v1/realms/other/registration", json!({"open": true})).await.expect(200);
        register(&server, &mail, "x", "x@example.com", 1).await;
        fill(&server, backend, 9999).await;
        ask(&server, "ann", ANN).await.expect(202);
        let elsewhere = json!({"realm": "other", "username": "bob", "email": "bob@example.com", "password": PASSWORD});
        server.anonymous().post("/auth/register", elsewhere).await.expect(202);
        wait_for(&server, "registration.begin", 2).await;
        let letters = sent(&server, &mail).await;
        assert!(letters.len() == 1 && letters[0].contains("bob@example.com"), "{letters:?}");
        // Those who never came are gone after a day.
        server.advance(86_400);
        let letters = register(&server, &mail, "ann", ANN, 3).await;
        assert_eq!(letters.len(), 1);
    }

    async fn the_answer_takes_the_same_time_for_everybody(backend: Backend) {
        let (server, _mail) = start(backend).await;
        open(&server, json!([])).await;
        make(&server, "jane", "jane@example.com", true).await;
        let alias = json!({"value": "jane@example.com"});
        server.operator().post("/api/v1/realms/main/users/jane/aliases", alias).await.expect(200);
        let mut times = Vec::new();
        for round in 0..30 {
            // Otherwise the limits by source and address would answer.
            server.advance(3601);
            for known in [round % 2 == 0, round % 2 == 1] {
                let (name, email) = if known { ("jane", "jane@example.com") } else { ("ann", ANN) };
                let start = tokio::time::Instant::now();
                ask(&server, name, email).await.expect(202);
                times.push((start.elapsed(), known));
                wait_for(&server, "registration.begin", times.len()).await;
            }
        }
        let z = rank_sum(times);
        assert!(z.abs() < 5.0, "the answers can be told apart by their time: z = {z}");
    }

    async fn a_letter_says_nothing_that_a_stranger_typed(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        let mut evil = input("Win at evil.example", ANN);
        evil["full_name"] = "Win at evil.example".into();
        let client = server.anonymous().with_header("host", "evil.example")
            .with_header("x-forwarded-host", "evil.example").with_header("user-agent", "evil.example");
        client.post("/auth/register", evil).await.expect(202);
        wait_for(&server, "registration.begin", 1).await;
        let letters = sent(&server, &mail).await;
        let letter = to(&letters, ANN);
        assert!(letter.contains(&format!("{ADDRESS}{PATH}#")) && !letter.contains("evil"), "{letter}");
    }

    async fn of_parallel_uses_one_wins(backend: Backend) {
        let (server, mail) = start(backend).await;
        open(&server, json!([])).await;
        let secret = link(&server, &mail, "ann", ANN, 1).await;
        let names = ["ann", "bea", "cid"].map(|name| json!({"username": name}));
        let answers = futures::future::join_all(names.map(|name| confirm(&server, &secret, name))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
    }

    async fn a_realm_goes_with_its_registrations(backend: Backend) {
        let (server, _mail) = start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/realms", json!({"name": "brief"})).await.expect(201);
        operator.put("/api/v1/realms/brief/registration", json!({"open": true})).await.expect(200);
        let mut brief = input("ann", ANN);
        brief["realm"] = "brief".into();
        server.anonymous().post("/auth/register", brief).await.expect(202);
        wait_for(&server, "registration.begin", 1).await;
        operator.post("/api/v1/realms/brief/invitations", json!({"email": "b@example.com"})).await.expect(201);
        operator.delete("/api/v1/realms/brief").await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_takes_the_link() {
    let (one, other, mail) = start_two().await;
    open(&one, json!([])).await;
    let secret = link(&one, &mail, "ann", ANN, 1).await;
    let (a, b) = tokio::join!(
        confirm(&one, &secret, json!({"username": "ann"})),
        confirm(&other, &secret, json!({"username": "bea"}))
    );
    let won = [&a, &b].iter().filter(|answer| answer.status == 204).count();
    assert_eq!(won, 1, "{} {}", a.status, b.status);
}
