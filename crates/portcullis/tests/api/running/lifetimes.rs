//! The real program, under a clock that libfaketime moves: nothing lives beyond its absolute limit, however it is used,
//! and nothing ends before.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{
    Answer, Backend, Client, MailServer, MovedClock, Running, TestDatabase, on_both, totp,
};

const LIMIT: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse battery";
const KEY: &str = "a2V5IG9mIHRoZSB0ZXN0cyBvZiBhbGwgbGlmZXRpbWVz";
const START: &str = "2026-06-01T00:00:00Z";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The real program, its clock, and a mail server.
struct Place {
    clock: MovedClock,
    base: String,
    mail: MailServer,
    server: Running,
    _directory: TempDir,
    _database: Option<TestDatabase>,
}

impl Place {
    /// With the superuser `root`, who has just signed in.
    async fn start(backend: Backend) -> (Self, Client) {
        let root = [("INIT_ROOT_USERNAME", "root"), ("INIT_ROOT_PASSWORD", PASSWORD)];
        let place = Self::without_users(backend, &root).await;
        let session = place.login("root").await.expect(200);
        let root = place.bearer(&session);
        (place, root)
    }

    async fn without_users(backend: Backend, more: &[(&str, &str)]) -> Self {
        let clock = MovedClock::at(START.parse().unwrap());
        let (directory, mail) = (testkit::directory(), MailServer::start().await);
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(testkit::database().await),
        };
        let (data, port) = (directory.path().display().to_string(), mail.port.to_string());
        let moved = clock.variables();
        let mut variables: Vec<(&str, &str)> = vec![
            ("PORTCULLIS_DATA", &data),
            ("PORTCULLIS_BIND", "127.0.0.1:0"),
            ("PORTCULLIS_LOG_FORMAT", "json"),
            ("PORTCULLIS_MAIL_HOST", "127.0.0.1"),
            ("PORTCULLIS_MAIL_PORT", &port),
            ("PORTCULLIS_MAIL_TLS", "none"),
            ("PORTCULLIS_MAIL_FROM", "id@example.com"),
            // Slow tests beside this one are no reason to answer nothing.
            ("PORTCULLIS_MAX_LAG_MILLISECONDS", "60000"),
            ("APP_KEY", KEY),
        ];
        variables.extend(database.iter().map(|found| ("PORTCULLIS_DATABASE", found.url.as_str())));
        variables.extend(moved.iter().map(|(name, text)| (*name, text.as_str())));
        variables.extend_from_slice(more);
        let program = env!("CARGO_BIN_EXE_portcullis");
        let mut server = Running::start(program, &["serve"], &variables);
        let line = server.wait_for_line("\"bound\"", LIMIT);
        let line: Value = serde_json::from_str(&line).unwrap();
        let base = format!("http://{}", line.pointer("/fields/bound").unwrap().as_str().unwrap());
        Self { clock, base, mail, server, _directory: directory, _database: database }
    }

    fn anonymous(&self) -> Client {
        Client::new(&self.base)
    }

    fn bearer(&self, session: &Answer) -> Client {
        self.anonymous().with_bearer(session.text_at("/access_token"))
    }

    async fn login(&self, name: &str) -> Answer {
        let input = json!({"type": "password", "authentication_id": name, "secret": PASSWORD});
        self.anonymous().post("/auth/login", input).await
    }

    async fn user(&self, root: &Client, name: &str) -> Answer {
        let email = format!("{name}@example.com");
        let input = json!({"username": name, "password": PASSWORD, "email": email,
            "email_verified": true});
        root.post("/api/v1/realms/main/users", input).await.expect(201);
        self.login(name).await.expect(200)
    }

    /// This many seconds after the beginning. A server beside others answers again once it has looked at the database.
    async fn go_to(&self, second: i64) {
        let start: Timestamp = START.parse().unwrap();
        self.clock.set(start + SignedDuration::from_secs(second));
        for _ in 0..1000 {
            if self.anonymous().get("/readyz").await.status == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        unreachable!("it is not ready: {}", self.server.errors())
    }

    /// The secret of the newest link that was sent to this address, once it has come.
    async fn link(&self, address: &str, path: &str) -> String {
        let (line, path) = (format!("To: {address}\n"), format!("{path}#"));
        for _ in 0..1000 {
            let letters = self.mail.letters();
            let mut found = letters.iter().rev().filter(|letter| letter.contains(&line));
            if let Some((_, rest)) = found.find_map(|letter| letter.split_once(&path)) {
                return rest.split_whitespace().next().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!("no letter with {path} came to {address}: {}", self.server.errors())
    }
}

/// What is used all the time.
enum Used {
    /// An access token, or an API key.
    Credential(Client),
    /// A session, by its newest refresh token; the newest access token must end with it.
    Refreshed { refresh: String, access: Client },
    /// What an assignment that ends allows.
    Right(Client),
}

impl Used {
    fn refreshed(place: &Place, session: &Answer) -> Self {
        let refresh = session.text_at("/refresh_token").to_owned();
        Self::Refreshed { refresh, access: place.bearer(session) }
    }

    /// Uses it, and tells whether it was good.
    async fn is_good(&mut self, place: &Place) -> bool {
        match self {
            Self::Credential(client) => is(client.get("/auth/me").await, 401),
            Self::Right(client) => {
                let question = json!({"permission": "write", "node": "/$global"});
                let answer = client.post("/api/v1/access/decide", question).await.expect(200);
                answer.body["decision"] == "allow"
            }
            Self::Refreshed { refresh, access } => {
                let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
                let answer = place.anonymous().post_form("/auth/token", &form).await;
                if !is(answer.clone(), 401) {
                    access.get("/auth/me").await.expect(401);
                    return false;
                }
                *self = Self::refreshed(place, &answer);
                true
            }
        }
    }
}

/// Whether it went well; else it was refused so.
#[track_caller]
fn is(answer: Answer, refusal: u16) -> bool {
    let status = answer.status.as_u16();
    assert!(answer.status.is_success() || status == refusal, "{status}: {}", answer.body);
    answer.status.is_success()
}

/// A thing that is good once, and how it is tried.
enum Once {
    /// A session that nobody used.
    Idle(Client),
    /// The code of an app, as the answer to a challenge.
    Code { challenge: String, key: String },
    /// A link that was sent: the path where it is used, and what belongs to it.
    Link { path: &'static str, body: Value, refusal: u16 },
}

impl Once {
    async fn is_good(&self, place: &Place) -> bool {
        let nobody = place.anonymous();
        match self {
            Self::Idle(client) => is(client.get("/auth/me").await, 401),
            Self::Code { challenge, key } => {
                let code = totp(key, place.clock.now());
                let input = json!({"type": "totp", "authentication_id": challenge, "secret": code});
                is(nobody.post("/auth/login", input).await, 401)
            }
            Self::Link { path, body, refusal } => {
                is(nobody.post(path, body.clone()).await, *refusal)
            }
        }
    }
}

/// What is used all the time, with the second at which it has to end.
async fn used(place: &Place, root: &Client) -> Vec<(&'static str, i64, Used)> {
    let jane = place.user(root, "jane").await;
    let browser = place.anonymous().with_cookies();
    let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
        "session": "cookie"});
    browser.post("/auth/login", input).await.expect(200);
    let path = "/api/v1/realms/main/users/jane/impersonate";
    let acting = root.post(path, json!({})).await.expect(200);
    let made = json!({"name": "k", "role": "editor", "expires_in": "1d"});
    let given = json!({"subject": "/main/jane", "role": "editor", "node": "/$global"});
    root.post("/api/v1/assignments", given).await.expect(201);
    let key = place.bearer(&jane).post("/api/v1/api-keys", made).await.expect(201);
    vec![
        ("an access token", 10 * MINUTE, Used::Credential(place.bearer(&jane))),
        ("a session in a cookie", DAY, Used::Credential(browser)),
        ("an API key", DAY, Used::Credential(place.anonymous().with_api_key(key.text_at("/key")))),
        ("a session in somebody's place", HOUR, Used::refreshed(place, &acting)),
        ("a session with tokens", DAY, Used::refreshed(place, &jane)),
    ]
}

/// What waits, twice of each, with the second at which it has to end.
async fn waiting(place: &Place, root: &Client) -> Vec<(&'static str, i64, [Once; 2])> {
    root.put("/api/v1/realms/main/registration", json!({"open": true})).await.expect(200);
    vec![
        (
            "a challenge",
            5 * MINUTE,
            [challenge(place, root, "a").await, challenge(place, root, "b").await],
        ),
        (
            "a session without use",
            30 * MINUTE,
            [idle(place, root, "c").await, idle(place, root, "d").await],
        ),
        (
            "a link to a password",
            2 * HOUR,
            [forgotten(place, root, "e").await, forgotten(place, root, "f").await],
        ),
        (
            "a link to an address",
            DAY,
            [address(place, root, "g").await, address(place, root, "h").await],
        ),
        ("a registration", DAY, [registration(place, "i").await, registration(place, "j").await]),
        (
            "an invitation",
            7 * DAY,
            [invitation(place, root, "k").await, invitation(place, root, "l").await],
        ),
    ]
}

async fn challenge(place: &Place, root: &Client, name: &str) -> Once {
    let user = place.bearer(&place.user(root, name).await);
    let made = user.post("/auth/factors", json!({"type": "totp"})).await.expect(201);
    let key = made.text_at("/key").to_owned();
    let path = format!("/auth/factors/{}/confirm", made.text_at("/id"));
    let code = json!({"code": totp(&key, place.clock.now())});
    user.post(&path, code).await.expect(200);
    let challenge = place.login(name).await.expect(200).text_at("/challenge/token").to_owned();
    Once::Code { challenge, key }
}

async fn idle(place: &Place, root: &Client, name: &str) -> Once {
    place.user(root, name).await;
    let browser = place.anonymous().with_cookies();
    let input = json!({"type": "password", "authentication_id": name, "secret": PASSWORD,
        "session": "cookie"});
    browser.post("/auth/login", input).await.expect(200);
    Once::Idle(browser)
}

async fn forgotten(place: &Place, root: &Client, name: &str) -> Once {
    place.user(root, name).await;
    let input = json!({"authentication_id": name});
    place.anonymous().post("/auth/password/forgot", input).await.expect(202);
    let token = place.link(&format!("{name}@example.com"), "/auth/password/reset").await;
    let body = json!({"token": token, "new_password": "seven grey geese fly"});
    Once::Link { path: "/auth/password/reset", body, refusal: 403 }
}

async fn address(place: &Place, root: &Client, name: &str) -> Once {
    let input =
        json!({"username": name, "password": PASSWORD, "email": format!("{name}@example.com")});
    root.post("/api/v1/realms/main/users", input).await.expect(201);
    let user = place.bearer(&place.login(name).await.expect(200));
    user.post("/auth/email/verify", json!({})).await.expect(202);
    let token = place.link(&format!("{name}@example.com"), "/auth/email/confirm").await;
    Once::Link { path: "/auth/email/confirm", body: json!({"token": token}), refusal: 403 }
}

async fn registration(place: &Place, name: &str) -> Once {
    let email = format!("{name}@example.com");
    let input = json!({"realm": "main", "username": name, "email": email, "password": PASSWORD});
    place.anonymous().post("/auth/register", input).await.expect(202);
    let token = place.link(&email, "/auth/register/confirm").await;
    let body = json!({"token": token, "password": PASSWORD});
    Once::Link { path: "/auth/register/confirm", body, refusal: 403 }
}

async fn invitation(place: &Place, root: &Client, name: &str) -> Once {
    let email = format!("{name}@example.com");
    root.post("/api/v1/realms/main/invitations", json!({"email": email})).await.expect(201);
    let path = "/auth/invitations/accept";
    let token = place.link(&email, path).await;
    let body = json!({"token": token, "username": name, "password": PASSWORD});
    Once::Link { path, body, refusal: 403 }
}

on_both! {
    async fn what_is_used_all_the_time_ends_at_its_limit(backend: Backend) {
        let (place, root) = Place::start(backend).await;
        let mut used = used(&place, &root).await;
        // Often enough that nothing ends for want of use; and just before and at each limit.
        let limits = used.iter().map(|(_, limit, _)| *limit);
        let moments: BTreeSet<i64> = limits.chain((1..=75).map(|n| n * 20 * MINUTE)).collect();
        for second in moments.into_iter().flat_map(|moment| [moment - 1, moment]) {
            place.go_to(second).await;
            for (name, limit, thing) in &mut used {
                let is_good = thing.is_good(&place).await;
                assert_eq!(is_good, second < *limit, "{name}, {second} s after it began");
            }
        }
    }

    async fn a_right_ends_when_it_was_said(backend: Backend) {
        let (place, root) = Place::start(backend).await;
        let jane = place.user(&root, "jane").await;
        let given = json!({"subject": "/main/jane", "role": "editor", "node": "/$global",
            "expires_at": "2026-06-01T00:05:00Z"});
        root.post("/api/v1/assignments", given).await.expect(201);
        let mut right = Used::Right(place.bearer(&jane));
        for second in [0, 5 * MINUTE - 1, 5 * MINUTE, 9 * MINUTE] {
            place.go_to(second).await;
            assert_eq!(right.is_good(&place).await, second < 5 * MINUTE, "{second}");
        }
    }

    async fn what_waits_to_be_used_ends_at_its_limit(backend: Backend) {
        let (place, root) = Place::start(backend).await;
        for (name, limit, [first, second]) in waiting(&place, &root).await {
            place.go_to(limit - 1).await;
            assert!(first.is_good(&place).await, "{name} is good for {limit} s");
            place.go_to(limit).await;
            assert!(!second.is_good(&place).await, "{name} is no good after {limit} s");
        }
    }

    async fn what_a_browser_remembers_ends_unused_and_used(backend: Backend) {
        let (place, root) = Place::start(backend).await;
        place.user(&root, "jane").await;
        let browser = async || {
            let browser = place.anonymous().with_cookies().with_header("sec-fetch-site", "same-origin");
            let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD,
                "session": "cookie", "remember": true});
            browser.post("/auth/login", input).await.expect(200);
            browser
        };
        let [used, just, late] = [browser().await, browser().await, browser().await];
        let come_back = async |browser: &Client, second, status| {
            place.go_to(second).await;
            browser.get("/auth/me").await.expect(401);
            browser.post("/auth/remember", json!({})).await.expect(status);
            browser.get("/auth/me").await.expect(status);
        };
        come_back(&used, 29 * DAY, 200).await;
        come_back(&just, 30 * DAY - 1, 200).await;
        come_back(&late, 30 * DAY, 401).await;
        for day in [58, 87] {
            come_back(&used, day * DAY, 200).await;
        }
        come_back(&used, 90 * DAY - 1, 200).await;
        // Its session ends with it.
        come_back(&used, 90 * DAY, 401).await;
    }

    async fn the_link_of_the_first_start_ends_after_an_hour(backend: Backend) {
        let mut place = Place::without_users(backend, &[]).await;
        let line = place.server.wait_for_line("pol_", LIMIT);
        let token = line[line.find("pol_").unwrap()..].split_whitespace().next().unwrap();
        let weak = json!({"token": token, "username": "anna", "password": "short"});
        let good = json!({"token": token, "username": "anna", "password": PASSWORD});
        place.go_to(HOUR - 1).await;
        place.anonymous().post("/auth/setup", weak).await.expect(422);
        place.go_to(HOUR).await;
        place.anonymous().post("/auth/setup", good).await.expect(403);
        place.login("anna").await.expect(401);
    }

    async fn a_clock_that_is_set_back_wakes_nothing(backend: Backend) {
        let (place, root) = Place::start(backend).await;
        let jane = place.user(&root, "jane").await;
        let (first, second) = (place.bearer(&jane), place.login("jane").await.expect(200));
        place.go_to(5 * MINUTE).await;
        first.post("/auth/logout", json!({})).await.expect(200);
        let ended = format!("/auth/sessions/{}", second.text_at("/session_id"));
        place.bearer(&place.login("jane").await.expect(200)).delete(&ended).await.expect(204);
        place.go_to(0).await;
        for session in [&jane, &second] {
            place.bearer(session).get("/auth/me").await.expect(401);
            let form = [("grant_type", "refresh_token"), ("refresh_token", session.text_at("/refresh_token"))];
            place.anonymous().post_form("/auth/token", &form).await.expect(401);
        }
    }
}
