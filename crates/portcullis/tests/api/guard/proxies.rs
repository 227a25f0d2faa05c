//! nginx and Caddy, configured as the guide says, in front of a backend. Traefik cannot be run here: what it sends is
//! tried in `forward.rs`, and of its configuration what can be read.

use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use testkit::{Backend, Running, on_both};

use crate::guard::{
    attacks::TRICKS,
    raw::{RawAnswer, send},
    shop::{Behind, HOST, Shop, argument, file, forward, free_port, from_guide},
};

const LIMIT: Duration = Duration::from_secs(30);
/// What a client would like the application to believe.
const SMUGGLED: [(&str, &str); 6] = [
    ("Portcullis-User", "root"),
    ("portcullis-user", "root"),
    ("Portcullis-User-Id", "00000000-0000-7000-8000-000000000000"),
    ("Portcullis-Realm", "main"),
    ("PORTCULLIS-GROUPS", "admins"),
    // A number that Portcullis has not reached would only delay the client itself.
    ("Portcullis-Revision", "1"),
];

/// A proxy in front of the shop.
struct Front {
    port: u16,
    shop: Shop,
    _behind: Behind,
    _proxy: Running,
    _directory: TempDir,
}

impl Front {
    async fn nginx(backend: Backend) -> Self {
        let (shop, behind, port) = (Shop::open(backend).await, Behind::start().await, free_port());
        let server = from_guide(
            "nginx",
            &[
                ("listen 80;", format!("listen 127.0.0.1:{port};")),
                ("http://127.0.0.1:8080", shop.server.base.clone()),
                ("127.0.0.1:9000", behind.address.to_string()),
            ],
        );
        let (directory, path) = file("nginx.conf", "");
        let place = directory.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {place}/{name};\n"))
            .collect();
        let text = format!(
            "daemon off;\nmaster_process off;\npid {place}/pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}{server}}}\n"
        );
        std::fs::write(&path, text).unwrap();
        let proxy = Running::start("nginx", &["-c", argument(&path), "-e", "stderr"], &[]);
        Self::ready(port, shop, behind, proxy, directory).await
    }

    async fn caddy(backend: Backend) -> Self {
        let (shop, behind, port) = (Shop::open(backend).await, Behind::start().await, free_port());
        let site = from_guide(
            "caddyfile",
            &[
                ("shop.example.com {", format!("http://shop.example.com:{port} {{")),
                ("127.0.0.1:8080", shop.server.base.trim_start_matches("http://").to_owned()),
                ("127.0.0.1:9000", behind.address.to_string()),
            ],
        );
        let (directory, path) = file(
            "Caddyfile",
            &format!("{{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}}\n{site}"),
        );
        let home = directory.path().to_str().unwrap();
        let variables = [("HOME", home), ("XDG_DATA_HOME", home), ("XDG_CONFIG_HOME", home)];
        let arguments = ["run", "--adapter", "caddyfile", "--config", argument(&path)];
        let proxy = Running::start("caddy", &arguments, &variables);
        Self::ready(port, shop, behind, proxy, directory).await
    }

    async fn ready(
        port: u16,
        shop: Shop,
        behind: Behind,
        mut proxy: Running,
        directory: TempDir,
    ) -> Self {
        proxy.wait_for_url(&format!("http://127.0.0.1:{port}/"), LIMIT).await;
        Self { port, shop, _behind: behind, _proxy: proxy, _directory: directory }
    }

    async fn get(
        &self,
        method: &str,
        target: &str,
        token: Option<&str>,
        more: &[(&str, &str)],
    ) -> RawAnswer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("Host", HOST)];
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        headers.extend_from_slice(more);
        send(self.port, &format!("{method} {target}"), &headers).await
    }

    /// What holds behind every proxy.
    async fn guards(&self) {
        let jane = Some(&*self.shop.jane);
        for (token, method, target, status) in [
            (None, "GET", "/public/a?b=c", 200),
            (None, "GET", "/orders/7", 401),
            (Some("no.good.token"), "GET", "/orders/7", 401),
            (jane, "GET", "/orders/7", 200),
            (jane, "GET", "/orders/8", 403),
            (jane, "POST", "/orders", 200),
            (jane, "GET", "/orders", 403),
            (jane, "DELETE", "/orders/7", 403),
            (jane, "GET", "/admin/x", 403),
            (jane, "GET", "/nowhere", 403),
        ] {
            let more = if method == "POST" { vec![("Content-Length", "0")] } else { vec![] };
            let answer = self.get(method, target, token, &more).await;
            assert_eq!(answer.status, status, "{method} {target}: {}", answer.head);
            assert_eq!(answer.backend.is_some(), status == 200, "{method} {target}");
            if let Some(told) = &answer.backend {
                assert_eq!((&told["backend"], &told["uri"]), (&method.into(), &target.into()));
            }
            if status == 401 {
                assert!(
                    answer.head.to_lowercase().contains("www-authenticate: bearer"),
                    "{}",
                    answer.head
                );
            }
        }
    }

    async fn tells_who_it_is(&self) {
        for smuggled in [&[][..], &SMUGGLED] {
            let answer = self.get("GET", "/orders/7", Some(&self.shop.jane), smuggled).await;
            assert_eq!(answer.sent("portcullis-user"), ["jane"], "{answer:?}");
            assert_eq!(answer.sent("portcullis-realm"), ["main"]);
            assert_eq!(answer.sent("portcullis-user-id").len(), 1);
            let revision: u64 = answer.sent("portcullis-revision")[0].parse().unwrap();
            assert!(revision > 1 && answer.sent("portcullis-revision").len() == 1);
            let nobody = self.get("GET", "/public/a", None, smuggled).await;
            assert_eq!(nobody.status, 200);
            for name in
                ["portcullis-user", "portcullis-user-id", "portcullis-realm", "portcullis-groups"]
            {
                let told: Vec<_> =
                    nobody.sent(name).into_iter().filter(|v| !v.is_empty()).collect();
                assert_eq!(told, Vec::<&str>::new(), "{name} of nobody");
            }
        }
    }

    async fn stands(&self) {
        let jane = Some(&*self.shop.jane);
        for trick in TRICKS {
            let answer = self.get("GET", trick, jane, &[]).await;
            assert!(answer.backend.is_none() && answer.status >= 400, "{trick}: {answer:?}");
        }
        for (name, value) in [
            ("X-Forwarded-Uri", "/public/a"),
            ("X-Original-URI", "/public/a"),
            ("X-Original-URL", "http://shop.example.com/public/a"),
            ("X-Forwarded-Method", "POST"),
            ("X-Original-Method", "POST"),
            ("X-Rewrite-URL", "/public/a"),
            ("X-HTTP-Method-Override", "POST"),
            ("X-Forwarded-Host", "other.example.com"),
            ("Connection", "X-Forwarded-Uri, X-Forwarded-Method, X-Original-URI, Portcullis-User"),
        ] {
            let answer = self.get("GET", "/orders", jane, &[(name, value)]).await;
            assert!(answer.backend.is_none() && answer.status == 403, "{name}: {answer:?}");
        }
        for (name, value) in
            [("X-Forwarded-Host", "evil.example.com"), ("X-Forwarded-For", "10.0.0.1")]
        {
            let answer = self.get("GET", "/orders/7", jane, &[(name, value)]).await;
            assert_eq!(answer.sent("portcullis-user"), ["jane"], "{name} changes nothing");
        }
    }
}

on_both! {
    async fn nginx_lets_through_what_may(backend: Backend) {
        let front = Front::nginx(backend).await;
        front.guards().await;
        front.tells_who_it_is().await;
        front.stands().await;
    }

    async fn caddy_lets_through_what_may(backend: Backend) {
        let front = Front::caddy(backend).await;
        front.guards().await;
        front.tells_who_it_is().await;
        front.stands().await;
    }
}

#[test]
fn what_the_guide_tells_traefik() {
    let text = from_guide("yaml traefik", &[]);
    let whole: Value = serde_saphyr::from_str(&text).unwrap();
    let asks = &whole["http"]["middlewares"]["portcullis"]["forwardAuth"];
    assert_eq!(asks["address"], "http://127.0.0.1:8080/access/v1/forward");
    assert_eq!(asks["trustForwardHeader"], false);
    let taken: Vec<String> = asks["authResponseHeaders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_lowercase())
        .collect();
    assert_eq!(taken, guard::identity::HEADERS);
}

on_both! {
    /// The headers of Traefik 3 for `POST /orders?x=1` by a client that tries to be somebody.
    async fn what_traefik_sends_is_understood(backend: Backend) {
        let shop = Shop::open(backend).await;
        let client = shop.asking(&[
            ("accept-encoding", "gzip"), ("user-agent", "curl/8.5.0"), ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "shop.example.com"), ("x-forwarded-method", "POST"), ("x-forwarded-port", "443"),
            ("x-forwarded-proto", "https"), ("x-forwarded-server", "traefik"), ("x-forwarded-uri", "/orders?x=1"),
            ("x-real-ip", "203.0.113.9"), ("portcullis-user", "root"),
        ]);
        let answer = forward(&client, Some(&shop.jane)).await.expect(200);
        assert_eq!(answer.header("portcullis-user"), Some("jane"));
        forward(&client, Some(&shop.nina)).await.expect(403);
        let socket = client.with_header("x-forwarded-proto", "wss");
        forward(&socket, Some(&shop.jane)).await.expect(200);
        forward(&client.with_header("x-forwarded-proto", "ftp"), Some(&shop.jane)).await.expect(403);
    }
}
