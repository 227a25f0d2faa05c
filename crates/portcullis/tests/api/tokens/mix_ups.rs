//! Every secret that the server gives out, shown in every place that takes one: it is good in its own place alone, and
//! stays good there.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use testkit::{Answer, Backend, Client, MailServer, on_both};

use super::login;
use crate::{
    harness::{PASSWORD, ROOT, Server},
    letters::{make, secret, sent, settings, to, wait_for},
    signin::{second_factor, try_login},
};

const EMAIL: &str = "jane@example.com";
const NEW: &str = "seven grey geese fly";

/// A kind of secret, and the place where it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Bearer,
    ApiKey,
    SessionCookie,
    Refresh,
    Challenge,
    PasswordLink,
    EmailLink,
    Invitation,
    Registration,
    /// With the cookie of its device.
    Remember,
    /// Where no other secret is good.
    Password,
    BasicPassword,
    SetUp,
    ImpersonationCookie,
}

const PLACES: [Place; 14] = [
    Place::Bearer,
    Place::ApiKey,
    Place::SessionCookie,
    Place::Refresh,
    Place::Challenge,
    Place::PasswordLink,
    Place::EmailLink,
    Place::Invitation,
    Place::Registration,
    Place::Remember,
    Place::Password,
    Place::BasicPassword,
    Place::SetUp,
    Place::ImpersonationCookie,
];

impl Place {
    /// Shows the secret there, on this device.
    async fn show(self, server: &Server, secret: &str, device: &str) -> Answer {
        let nobody = server.anonymous();
        let me = async |client: Client| client.get("/auth/me").await;
        let with = |name: &str, value: String| nobody.with_header(name, &value);
        let post = async |path: &str, body: Value| nobody.post(path, body).await;
        match self {
            Self::Bearer => me(nobody.with_bearer(secret)).await,
            Self::ApiKey => me(nobody.with_api_key(secret)).await,
            Self::SessionCookie => me(with("cookie", format!("__Host-session={secret}"))).await,
            Self::ImpersonationCookie => {
                me(with("cookie", format!("__Host-impersonation={secret}"))).await
            }
            Self::Remember => {
                let cookies = format!("__Secure-remember={secret}; __Host-device={device}");
                let browser = with("cookie", cookies).with_header("sec-fetch-site", "same-origin");
                browser.post("/auth/remember", json!({})).await
            }
            Self::BasicPassword => {
                let pair = BASE64_STANDARD.encode(format!("jane:{secret}"));
                me(with("authorization", format!("Basic {pair}"))).await
            }
            Self::Password => try_login(server, "jane", secret).await,
            Self::Refresh => {
                let form = [("grant_type", "refresh_token"), ("refresh_token", secret)];
                nobody.post_form("/auth/token", &form).await
            }
            Self::Challenge => {
                post("/auth/challenge", json!({"token": secret, "type": "totp"})).await
            }
            Self::PasswordLink => {
                post("/auth/password/reset", json!({"token": secret, "new_password": NEW})).await
            }
            Self::EmailLink => post("/auth/email/confirm", json!({"token": secret})).await,
            Self::Invitation => {
                let input = json!({"token": secret, "username": "ivy", "password": PASSWORD});
                post("/auth/invitations/accept", input).await
            }
            Self::Registration => {
                post("/auth/register/confirm", json!({"token": secret, "password": PASSWORD})).await
            }
            Self::SetUp => {
                let input = json!({"token": secret, "username": "eve", "password": PASSWORD});
                post("/auth/setup", input).await
            }
        }
    }
}

async fn start(backend: Backend) -> (Server, MailServer) {
    let mail = MailServer::start().await;
    let port = mail.port.to_string();
    // Many wrong ones are shown.
    let patient = [
        ("lockout.max_attempts", "1000"),
        ("lockout.source_attempts", "0"),
        // Secrets alone are looked at here, and not whose device they are of.
        ("session.fixed_to", "nothing"),
    ];
    let server = Server::with_settings(backend, &[&settings(&port)[..], &patient].concat()).await;
    (server, mail)
}

/// One of each kind, and the device of those in a browser.
async fn secrets(server: &Server, mail: &MailServer) -> (Vec<(Place, String)>, String) {
    make(server, "jane", EMAIL, true).await;
    let session = login(server, "jane").await;
    let jane = server.anonymous().with_bearer(session.text_at("/access_token"));
    let assigned = json!({"subject": "/main/jane", "role": "viewer", "node": "/$global"});
    server.operator().post("/api/v1/assignments", assigned).await.expect(201);
    let key =
        jane.post("/api/v1/api-keys", json!({"name": "k", "role": "viewer"})).await.expect(201);
    let (own, acting) = (browser(server, "jane").await, browser(server, ROOT).await);
    second_factor::user_with_app(server, "tom").await;
    let path = "/api/v1/realms/main/users/tom/impersonate";
    acting.post(path, json!({"session": "cookie"})).await.expect(200);
    let mut all = vec![
        (Place::Bearer, session.text_at("/access_token").to_owned()),
        (Place::Refresh, session.text_at("/refresh_token").to_owned()),
        (Place::ApiKey, key.text_at("/key").to_owned()),
        (Place::SessionCookie, own.cookie("__Host-session").unwrap()),
        (Place::Remember, own.cookie("__Secure-remember").unwrap()),
        (Place::ImpersonationCookie, acting.cookie("__Host-impersonation").unwrap()),
        (Place::Challenge, second_factor::challenge(server, "tom").await),
    ];
    all.extend(links(server, mail).await);
    (all, own.cookie("__Host-device").unwrap())
}

/// A browser in which this user is signed in.
async fn browser(server: &Server, name: &str) -> Client {
    let browser = server.anonymous().with_cookies().with_header("sec-fetch-site", "same-origin");
    let input = json!({"type": "password", "authentication_id": name, "secret": PASSWORD,
        "session": "cookie", "remember": true});
    browser.post("/auth/login", input).await.expect(200);
    browser
}

/// One link of each kind, from its letter.
async fn links(server: &Server, mail: &MailServer) -> Vec<(Place, String)> {
    let (nobody, operator) = (server.anonymous(), server.operator());
    sent(server, mail).await;
    nobody.post("/auth/password/forgot", json!({"authentication_id": "jane"})).await.expect(202);
    wait_for(server, "password.forgotten", 1).await;
    make(server, "otto", "otto@example.com", false).await;
    let otto = server.sign_in("main", "otto", PASSWORD).await;
    otto.post("/auth/email/verify", json!({})).await.expect(202);
    let invited = json!({"email": "ivy@example.com"});
    operator.post("/api/v1/realms/main/invitations", invited).await.expect(201);
    operator.put("/api/v1/realms/main/registration", json!({"open": true})).await.expect(200);
    let input = json!({"realm": "main", "username": "rita", "email": "rita@example.com",
        "password": PASSWORD});
    nobody.post("/auth/register", input).await.expect(202);
    wait_for(server, "registration.begin", 1).await;
    let letters = sent(server, mail).await;
    let link = |address: &str, path: &str| secret(to(&letters, address), path);
    vec![
        (Place::PasswordLink, link(EMAIL, "/auth/password/reset")),
        (Place::EmailLink, link("otto@example.com", "/auth/email/confirm")),
        (Place::Invitation, link("ivy@example.com", "/auth/invitations/accept")),
        (Place::Registration, link("rita@example.com", "/auth/register/confirm")),
    ]
}

on_both! {
    async fn a_secret_is_good_in_its_own_place_alone(backend: Backend) {
        let (server, mail) = start(backend).await;
        let (secrets, device) = secrets(&server, &mail).await;
        for (kind, secret) in &secrets {
            for place in PLACES.into_iter().filter(|place| place != kind) {
                let status = place.show(&server, secret, &device).await.status.as_u16();
                assert!(matches!(status, 400 | 401 | 403), "{kind:?} at {place:?}: {status}");
            }
        }
        // None was used up or ended by that; the link to a password comes last, as it ends the sessions.
        let (last, others): (Vec<_>, Vec<_>) =
            secrets.iter().partition(|(kind, _)| *kind == Place::PasswordLink);
        for (kind, secret) in others.into_iter().chain(last) {
            let answer = kind.show(&server, secret, &device).await;
            assert!(answer.status.is_success(), "{kind:?}: {}", answer.body);
        }
    }
}
