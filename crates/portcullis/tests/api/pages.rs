//! The pages of the sign-in, as a browser gets them. What they do is tried in a browser: `console/e2e/signin`.

use serde_json::json;
use testkit::{Answer, Backend, Client, on_both};

use crate::{
    harness::{PASSWORD, Server},
    letters::settings,
};

/// Those of the sign-in, and those that ask for fields.
const PAGES: [&str; 11] = [
    "/auth/login",
    "/auth/reauthenticate",
    "/auth/password",
    "/auth/default-role",
    "/auth/logout",
    "/auth/password/forgot",
    "/auth/setup",
    "/auth/password/reset",
    "/auth/email/confirm",
    "/auth/invitations/accept",
    "/auth/register/confirm",
];

/// What stands in an attribute of the page.
fn data<'a>(page: &'a str, name: &str) -> &'a str {
    page.split_once(&format!(" data-{name}=\"")).unwrap().1.split_once('"').unwrap().0
}

async fn page(client: &Client, path: &str) -> String {
    client.get(path).await.expect(200).body_text()
}

async fn start_of(client: &Client, path: &str) -> String {
    data(&page(client, path).await, "start").to_owned()
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

on_both! {
    async fn each_page_keeps_to_its_policy(backend: Backend) {
        let server = Server::start(backend).await;
        for path in PAGES {
            let answer = server.anonymous().get(path).await.expect(200);
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; ") && !policy.contains("unsafe"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("require-trusted-types-for 'script'"), "{policy}");
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert_eq!(answer.header("content-language"), Some("en"));
            assert!(answer.header("content-type").unwrap().starts_with("text/html"));
            assert!(cookies(&answer).is_empty(), "{path}");
            let page = answer.body_text();
            for inline in ["<style", " style=", " onclick=", " onload=", "javascript:", "<script>"] {
                assert!(!page.contains(inline), "{path}: {inline}");
            }
            for (position, _) in page.match_indices("<script") {
                // The one that is no module must be done before anything is drawn.
                let known = ["<script type=\"module\" src=\"/pages/", "<script src=\"/pages/colours.js\"></script>"];
                assert!(known.iter().any(|tag| page[position..].starts_with(tag)), "{path}");
            }
        }
    }

    async fn styles_scripts_and_pictures_are_there(backend: Backend) {
        let server = Server::start(backend).await;
        for (name, media) in [("pages.css", "text/css"), ("sign_in.js", "text/javascript"), ("form.js", "text/javascript"),
            ("colours.js", "text/javascript"), ("portcullis.svg", "image/svg+xml")] {
            let answer = server.anonymous().get(&format!("/pages/{name}")).await.expect(200);
            assert!(answer.header("content-type").unwrap().starts_with(media));
        }
        for none in ["nothing.js", "..%2f..%2fCargo.toml", "%00.js", "console_not_built.html"] {
            server.anonymous().get(&format!("/pages/{none}")).await.expect(404);
        }
    }

    async fn whoever_comes_without_a_path_wants_the_console(backend: Backend) {
        let server = Server::start(backend).await;
        let answer = server.anonymous().get("/").await.expect(303);
        assert_eq!(answer.header("location"), Some("/console/"));
    }

    async fn the_page_begins_where_its_browser_stands(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let nobody = server.browser();
        for (path, start) in [("/auth/login", "identify"), ("/auth/login?fresh", "identify"), ("/auth/reauthenticate", "identify"),
            ("/auth/password", "identify"), ("/auth/default-role", "identify"), ("/auth/logout", "left")] {
            assert_eq!(start_of(&nobody, path).await, start, "{path}");
        }
        let jane = server.browser_of("jane").await;
        for (path, start) in [("/auth/login", "here"), ("/auth/login?fresh", "again"), ("/auth/reauthenticate", "again"),
            ("/auth/password", "change"), ("/auth/default-role", "role"), ("/auth/logout", "leave")] {
            assert_eq!(start_of(&jane, path).await, start, "{path}");
        }
        assert!(page(&jane, "/auth/login").await.contains("jane@main"));
        // A session that has ended is nobody's.
        server.operator().delete("/api/v1/realms/main/users/jane/sessions").await.expect(204);
        assert_eq!(start_of(&jane, "/auth/login").await, "identify");
    }

    async fn a_password_that_must_be_changed_comes_first(backend: Backend) {
        let server = Server::start(backend).await;
        let user = json!({"username": "jane", "password": PASSWORD, "must_change_password": true});
        server.operator().post("/api/v1/realms/main/users", user).await.expect(201);
        let jane = server.browser_of("jane").await;
        for path in ["/auth/login", "/auth/default-role", "/auth/password"] {
            assert_eq!(start_of(&jane, path).await, "change", "{path}");
        }
    }

    async fn a_device_that_remembers_is_asked_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let jane = server.browser();
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "session": "cookie", "remember": true});
        jane.post("/auth/login", input).await.expect(200);
        server.operator().put("/api/v1/settings/session", json!({"idle_minutes": 1})).await.expect(200);
        server.advance(61);
        assert_eq!(start_of(&jane, "/auth/login").await, "restore");
        assert_eq!(start_of(&jane, "/auth/logout").await, "leave");
        // What is remembered is no fresh sign-in.
        assert_eq!(start_of(&jane, "/auth/login?fresh").await, "identify");
    }

    async fn in_somebody_elses_place_nobody_signs_in_again(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let root = server.browser_of("root").await;
        root.post("/api/v1/realms/main/users/jane/impersonate", json!({"session": "cookie"})).await.expect(200);
        assert_eq!(start_of(&root, "/auth/login?fresh").await, "here");
        assert!(page(&root, "/auth/login").await.contains("jane@main"));
    }

    async fn the_way_back_is_a_path_of_this_server(backend: Backend) {
        let server = Server::start(backend).await;
        for (query, next) in [
            ("next=/console/users%3Fq%3Da%26sort%3Dname", "/console/users?q=a&#38;sort=name"),
            ("next=//evil.example", "/console/"),
            ("next=%2F%2Fevil.example", "/console/"),
            ("next=/%5Cevil.example", "/console/"),
            ("next=/%09/evil.example", "/console/"),
            ("next=https://evil.example", "/console/"),
            ("next=javascript:alert(1)", "/console/"),
            ("next=/docs&next=//evil.example", "/console/"),
            ("next=/%22%3E%3Cscript%3E", "/console/"),
            ("next=/a%22%3E%3Cscript%3E", "/a&#34;&#62;&#60;script&#62;"),
            ("next=%FF", "/console/"),
            ("", "/console/"),
        ] {
            let page = page(&server.anonymous(), &format!("/auth/login?{query}")).await;
            assert_eq!(data(&page, "next"), next, "{query}");
        }
    }

    async fn what_the_address_says_is_text(backend: Backend) {
        let server = Server::start(backend).await;
        let realm = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
        for path in ["/auth/login", "/auth/password/forgot"] {
            let page = page(&server.anonymous(), &format!("{path}?realm={realm}&next=/a%22%3E&lang=%22%3E")).await;
            assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;alert"), "{page}");
        }
    }

    async fn languages_are_chosen(backend: Backend) {
        let server = Server::start(backend).await;
        let titles = |page: &str| page.split_once("<title>").unwrap().1.split_once(" - ").unwrap().0.to_owned();
        let german = server.anonymous().with_header("accept-language", "de-CH, fr;q=0.5");
        for path in PAGES {
            let answer = german.get(path).await.expect(200);
            assert_eq!(answer.header("content-language"), Some("de"), "{path}");
            assert!(answer.body_text().contains("<html lang=\"de\">"));
        }
        assert_eq!(titles(&page(&german, "/auth/login").await), "Anmelden");
        let chosen = german.get("/auth/login?lang=en&next=/docs").await.expect(200);
        assert_eq!(cookies(&chosen), ["portcullis-language=en; Path=/; SameSite=Lax; Max-Age=31536000"]);
        assert!(chosen.body_text().contains("href=\"/auth/login?lang=de&#38;next=%2Fdocs\""));
        let kept = german.with_header("cookie", "portcullis-language=en");
        assert_eq!(titles(&page(&kept, "/auth/login").await), "Sign in");
    }

    async fn what_cannot_work_is_not_offered(backend: Backend) {
        let server = Server::start(backend).await;
        let nothing = page(&server.anonymous(), "/auth/login").await;
        assert_eq!(data(&nothing, "passkeys"), "");
        assert!(!nothing.contains("/auth/password/forgot") && !nothing.contains("id=\"realm\"") && nothing.contains("id=\"remember\""));
        server.operator().put("/api/v1/settings/remember", json!({"days": 0})).await.expect(200);
        server.operator().post("/api/v1/realms", json!({"name": "staff"})).await.expect(201);
        let other = page(&server.anonymous(), "/auth/login?realm=staff").await;
        assert!(other.contains("id=\"realm\"") && !other.contains("id=\"remember\""));
        assert_eq!(data(&other, "realm"), "staff");
        let closed = page(&server.anonymous(), "/auth/password/forgot").await;
        assert!(closed.contains("No links to a new password are sent here") && !closed.contains("<form"));
        assert!(!page(&server.anonymous(), "/auth/setup").await.contains("<form"));
        let with_mail = Server::with_settings(backend, &settings("25")).await;
        assert!(page(&with_mail.anonymous(), "/auth/login").await.contains("href=\"/auth/password/forgot\""));
        let at_localhost = Server::with_settings(backend, &[crate::harness::AT_LOCALHOST]).await;
        assert_eq!(data(&page(&at_localhost.anonymous(), "/auth/login").await, "passkeys"), "enough");
        at_localhost.operator().put("/api/v1/settings/signin", json!({"passwordless": false})).await.expect(200);
        assert_eq!(data(&page(&at_localhost.anonymous(), "/auth/login").await, "passkeys"), "second");
    }

    async fn the_name_of_the_server_is_the_operators(backend: Backend) {
        let server = Server::start(backend).await;
        server.operator().put("/api/v1/settings/second_factor", json!({"issuer": "<b>Example & Sons</b>"})).await.expect(200);
        let page = page(&server.anonymous(), "/auth/login").await;
        assert!(page.contains("<title>Sign in - &#60;b&#62;Example &#38; Sons&#60;/b&#62;</title>"), "{page}");
    }

    async fn pages_are_no_operations(backend: Backend) {
        let server = Server::start(backend).await;
        let document = server.anonymous().get("/openapi.json").await.expect(200).body;
        for path in PAGES {
            assert!(document["paths"][path].get("get").is_none(), "{path}");
        }
    }
}
