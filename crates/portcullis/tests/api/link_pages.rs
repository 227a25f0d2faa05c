//! The pages behind links in letters, in a real browser.

use serde_json::{Value, json};
use testkit::{Backend, Browser, MailServer, on_both};

use crate::{
    harness::{PASSWORD, Server},
    letters::{make, secret, sent, start, to, wait_for},
    signin::try_login,
};

const ANN: &str = "ann@example.com";
const NEW: &str = "seven grey geese fly";

/// A page of the server behind a link with this secret.
async fn open(server: &Server, path: &str, secret: &str) -> Browser {
    let mut browser = Browser::start().await;
    browser.open(&format!("{}{path}#{secret}", server.base)).await;
    browser
}

/// Fills the fields, presses the button, and tells what the page says then: all that is shown.
async fn send(browser: &mut Browser, fields: Value) -> String {
    let script = format!(
        "const button = document.querySelector('button.primary');
         for (const [name, text] of Object.entries({fields})) document.getElementById(name).value = text;
         button.click();
         const isBusy = () => button.ariaDisabled === 'true';
         while (isBusy()) await new Promise((go) => setTimeout(go, 10));
         return document.querySelector('main').innerText;"
    );
    shown(browser, &script).await
}

async fn shown(browser: &mut Browser, script: &str) -> String {
    browser.run(script).await.unwrap().as_str().unwrap().to_owned()
}

async fn text(browser: &mut Browser) -> String {
    shown(browser, "return document.querySelector('main').innerText").await
}

async fn letter(server: &Server, mail: &MailServer, address: &str, path: &str) -> String {
    secret(to(&sent(server, mail).await, address), path)
}

on_both! {
    async fn a_new_password(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "ann", ANN, true).await;
        let forgotten = json!({"authentication_id": "ann"});
        server.anonymous().post("/auth/password/forgot", forgotten).await.expect(202);
        wait_for(&server, "password.forgotten", 1).await;
        let path = "/auth/password/reset";
        let mut browser = open(&server, path, &letter(&server, &mail, ANN, path).await).await;
        // The secret is gone from the address, and the page has its style.
        let at = shown(&mut browser, "return location.href + ' ' + getComputedStyle(document.querySelector('main')).maxWidth").await;
        assert_eq!(at, format!("{}{path} 416px", server.base));
        let weak = send(&mut browser, json!({"new_password": "short"})).await;
        assert!(weak.contains("Use at least 8 characters.") && weak.contains("Change the password"), "{weak}");
        let focus = "return document.activeElement.id + ' ' + document.activeElement.getAttribute('aria-invalid')";
        assert_eq!(shown(&mut browser, focus).await, "new_password true");
        let done = send(&mut browser, json!({"new_password": NEW})).await;
        assert!(done.contains("Your password is changed") && !done.contains("Change the password"), "{done}");
        try_login(&server, "ann", NEW).await.expect(200);
        try_login(&server, "ann", PASSWORD).await.expect(401);
    }

    async fn an_address_of_ones_own(backend: Backend) {
        let (server, mail) = start(backend).await;
        make(&server, "ann", ANN, false).await;
        let ann = server.sign_in("main", "ann", PASSWORD).await;
        ann.post("/auth/email/verify", json!({})).await.expect(202);
        let path = "/auth/email/confirm";
        let mut browser = open(&server, path, &letter(&server, &mail, ANN, path).await).await;
        let done = send(&mut browser, json!({})).await;
        assert!(done.contains("The address is confirmed"), "{done}");
        // One of two links is not the whole.
        ann.put("/auth/profile", json!({"email": "ann@example.org"})).await.expect(200);
        let letters = sent(&server, &mail).await;
        for (address, says) in [(ANN, "once both were opened"), ("ann@example.org", "The address is confirmed")] {
            let mut browser = open(&server, path, &secret(to(&letters, address), path)).await;
            let told = send(&mut browser, json!({})).await;
            assert!(told.contains(says), "{address}: {told}");
        }
    }

    async fn an_invitation(backend: Backend) {
        let (server, mail) = start(backend).await;
        let input = json!({"email": ANN});
        server.operator().post("/api/v1/realms/main/invitations", input).await.expect(201);
        let path = "/auth/invitations/accept";
        let mut browser = open(&server, path, &letter(&server, &mail, ANN, path).await).await;
        let taken = send(&mut browser, json!({"username": "root", "password": PASSWORD})).await;
        assert!(taken.contains("Accept") && !taken.contains("Welcome"), "{taken}");
        let done = send(&mut browser, json!({"username": "ann"})).await;
        assert!(done.contains("Welcome"), "{done}");
        try_login(&server, "ann", PASSWORD).await.expect(200);
    }

    async fn a_registration(backend: Backend) {
        let (server, mail) = start(backend).await;
        server.operator().put("/api/v1/realms/main/registration", json!({"open": true})).await.expect(200);
        let input = json!({"realm": "main", "username": "root", "email": ANN, "password": PASSWORD});
        server.anonymous().post("/auth/register", input).await.expect(202);
        wait_for(&server, "registration.begin", 1).await;
        let path = "/auth/register/confirm";
        let mut browser = open(&server, path, &letter(&server, &mail, ANN, path).await).await;
        let wrong = send(&mut browser, json!({"password": NEW})).await;
        assert!(wrong.contains("Complete") && !wrong.contains("Welcome"), "{wrong}");
        let taken = send(&mut browser, json!({"password": PASSWORD})).await;
        assert!(!taken.contains("Welcome"), "{taken}");
        let done = send(&mut browser, json!({"username": "ann"})).await;
        assert!(done.contains("Welcome"), "{done}");
        try_login(&server, "ann", PASSWORD).await.expect(200);
    }

    async fn a_link_that_is_not_whole_or_no_good(backend: Backend) {
        let server = Server::start(backend).await;
        let path = "/auth/password/reset";
        let mut browser = open(&server, path, "").await;
        let told = text(&mut browser).await;
        assert!(told.contains("This link is not complete") && !told.contains("Change"), "{told}");
        let hostile = "%3Cimg%20src=x%20onerror=document.title='ran'%3E%3Cscript%3Edocument.title='ran'%3C/script%3E";
        let mut browser = open(&server, path, hostile).await;
        let refused = send(&mut browser, json!({"new_password": NEW})).await;
        assert!(refused.contains("The link is not good any more."), "{refused}");
        assert_eq!(shown(&mut browser, "return document.title").await, "Choose a new password - Portcullis");
    }
}
