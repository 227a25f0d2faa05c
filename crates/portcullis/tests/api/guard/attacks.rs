use serde_json::json;
use testkit::{Backend, on_both};

use crate::{
    guard::shop::{HOST, ROUTES, Shop, forward},
    harness::{PASSWORD, Server},
};

/// Paths that some reader takes for `/admin`.
pub const TRICKS: [&str; 26] = [
    "/public/../admin",
    "/public/..%2fadmin",
    "/public/%2e%2e/admin",
    "/public/%252e%252e/admin",
    "/public/./../admin",
    "/public/..;/admin",
    "/public/..\\admin",
    "/public/%5c..%5cadmin",
    "/admin%2f..%2fpublic",
    "//admin",
    "/public//../admin",
    "/ADMIN",
    "/Admin/x",
    "/admin.",
    "/admin%20",
    "/admin;x",
    "/admin;x/../public/",
    "/admin%3bx",
    "/admin%00",
    "/admin%0a",
    "/%c0%ae%c0%ae/admin",
    "/public#/../admin",
    "/public%",
    "http://shop.example.com/admin",
    "/%61dmin",
    "/\u{ff41}dmin",
];

on_both! {
    async fn tricks_with_the_path_reach_nothing(backend: Backend) {
        // The widest table: all is public but one path.
        let table = json!({"hosts": [HOST], "routes": [
            {"path": "/**", "access": "public"}, {"path": "/admin/**", "permission": "shop.admin"}]});
        let shop = Shop::with_routes(backend, table).await;
        shop.ask(None, "GET", "/public/x").await.expect(200);
        for trick in TRICKS {
            for token in [None, Some(&*shop.jane)] {
                for headers in [
                    vec![("x-forwarded-method", "GET"), ("x-forwarded-uri", trick), ("x-forwarded-proto", "https")],
                    vec![("x-original-method", "GET"), ("x-original-uri", trick)],
                ] {
                    let client = shop.asking(&headers).with_header("x-forwarded-host", HOST);
                    let status = forward(&client, token).await.status.as_u16();
                    assert!(matches!(status, 401 | 403), "{trick}: {status}");
                }
            }
        }
    }

    async fn a_method_that_is_claimed_otherwise_is_refused(backend: Backend) {
        let shop = Shop::open(backend).await;
        for (name, value) in [
            ("x-http-method-override", "DELETE"), ("x-http-method", "DELETE"), ("x-method-override", "DELETE"),
            ("x-rewrite-url", "/admin"), ("x-original-url", "/admin"), ("x-original-uri", "/public"),
            ("x-original-method", "GET"), ("upgrade", "h2c"),
        ] {
            let client = shop.traefik("POST", "/orders");
            forward(&client, Some(&shop.jane)).await.expect(200);
            forward(&client.with_header(name, value), Some(&shop.jane)).await.expect(403);
        }
        for method in ["get", "GET, POST", "GET POST", "", "G%45T"] {
            shop.ask(None, method, "/").await.expect(403);
        }
    }

    async fn a_host_that_could_be_another_is_none(backend: Backend) {
        let shop = Shop::open(backend).await;
        for host in [
            "shop.example.com.", "user@shop.example.com", "shop.example.com@evil.example.com", "shop.example.com, evil.example.com",
            "evil.example.com, shop.example.com", "shop.example.com:x", "shop.example.com/", "shop.example.com#", "", "[::1]",
        ] {
            let client = shop.traefik("GET", "/").with_header("x-forwarded-host", host);
            forward(&client, None).await.expect(403);
        }
        for host in ["SHOP.EXAMPLE.COM", "shop.example.com:443"] {
            forward(&shop.traefik("GET", "/").with_header("x-forwarded-host", host), None).await.expect(200);
        }
    }

    async fn a_header_that_comes_twice_is_refused(backend: Backend) {
        let shop = Shop::open(backend).await;
        let port = shop.server.base.rsplit_once(':').unwrap().1.parse().unwrap();
        let good = [
            ("Host", "127.0.0.1"), ("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/"),
            ("X-Forwarded-Host", HOST), ("X-Forwarded-Proto", "https"),
        ];
        let line = "GET /access/v1/forward";
        assert_eq!(crate::guard::raw::send(port, line, &good).await.status, 200);
        for twice in &good[1..] {
            let mut headers = good.to_vec();
            headers.push(*twice);
            assert_eq!(crate::guard::raw::send(port, line, &headers).await.status, 403, "{}", twice.0);
        }
    }

    async fn only_trusted_proxies_are_answered(backend: Backend) {
        let server = Server::start(backend).await;
        let operator = server.operator();
        operator.post("/api/v1/applications", json!({"name": "shop", "realm": "main"})).await.expect(201);
        let table = json!({"hosts": [HOST], "routes": [{"path": "/**", "access": "public"}]});
        operator.put(ROUTES, table).await.expect(200);
        let client = server.anonymous().with_header("x-forwarded-method", "GET").with_header("x-forwarded-uri", "/")
            .with_header("x-forwarded-host", HOST).with_header("x-forwarded-proto", "https");
        forward(&client, None).await.expect(403);
        let root = server.sign_in("main", crate::harness::ROOT, PASSWORD).await;
        root.get("/access/v1/forward").await.expect(403);
    }

    async fn a_browser_that_asks_directly_learns_nothing(backend: Backend) {
        let shop = Shop::open(backend).await;
        let answer = shop.server.anonymous().with_bearer(&shop.jane).get("/access/v1/forward").await.expect(403);
        assert_eq!(answer.header("portcullis-user"), None);
        shop.server.anonymous().with_bearer(&shop.jane).post("/access/v1/forward", json!({})).await.expect(405);
    }

    async fn a_write_by_cookie_from_another_site_is_refused(backend: Backend) {
        let shop = Shop::open(backend).await;
        let browser = shop.server.anonymous().with_cookies();
        let input = json!({"type": "password", "authentication_id": "jane", "secret": PASSWORD, "realm": "main", "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        let cookies = ["session", "device"].map(|name| format!("{name}={}", browser.cookie(name).unwrap()));
        let cookie = cookies.join("; ");
        let asks = |method: &'static str, target: &'static str, more: Vec<(&'static str, &'static str)>| {
            let client = more.iter().fold(shop.traefik(method, target).with_header("cookie", &cookie), |c, (n, v)| c.with_header(n, v));
            async move { forward(&client, None).await.status.as_u16() }
        };
        assert_eq!(asks("GET", "/me", vec![]).await, 200);
        for (more, status) in [
            (vec![], 403),
            (vec![("sec-fetch-site", "cross-site")], 403),
            (vec![("sec-fetch-site", "same-site")], 403),
            (vec![("sec-fetch-site", "same-origin")], 200),
            (vec![("origin", "https://evil.example.com")], 403),
            (vec![("origin", "null")], 403),
            (vec![("origin", "https://shop.example.com")], 200),
            (vec![("origin", "https://shop.example.com"), ("sec-fetch-site", "cross-site")], 403),
        ] {
            assert_eq!(asks("POST", "/orders", more.clone()).await, status, "{more:?}");
        }
        // A websocket is opened by GET, and any page can open one.
        let socket = |origin| vec![("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="), ("origin", origin)];
        assert_eq!(asks("GET", "/me", socket("https://evil.example.com")).await, 403);
        assert_eq!(asks("GET", "/me", socket("https://shop.example.com")).await, 200);
        // Even where everybody may: the application would be told that it is jane.
        assert_eq!(asks("POST", "/public/x", vec![("sec-fetch-site", "cross-site")]).await, 403);
    }
}
