use serde_json::json;
use testkit::{Backend, on_both};

use crate::guard::shop::{HOST, ROUTES, Shop, forward, routes};

on_both! {
    async fn a_request_gets_through_by_its_route(backend: Backend) {
        let shop = Shop::open(backend).await;
        let (jane, nina, olga) = (Some(&*shop.jane), Some(&*shop.nina), Some(&*shop.olga));
        for (who, method, target, status) in [
            (None, "GET", "/", 200),
            (None, "POST", "/public/a/b?c=d", 200),
            (Some("no.good.token"), "GET", "/public/a", 200),
            (None, "GET", "/me", 401),
            (Some("no.good.token"), "GET", "/me", 401),
            (jane, "GET", "/me", 200),
            (nina, "GET", "/me/", 200),
            (olga, "GET", "/me", 403),
            (jane, "GET", "/closed", 403),
            (None, "GET", "/closed", 403),
            (jane, "GET", "/nowhere", 403),
            (None, "GET", "/orders", 401),
            (jane, "GET", "/orders", 403),
            (jane, "POST", "/orders", 200),
            (nina, "POST", "/orders", 403),
            (jane, "DELETE", "/orders", 403),
            (jane, "OPTIONS", "/orders", 403),
            (jane, "GET", "/orders/7", 200),
            (jane, "HEAD", "/orders/7", 200),
            (jane, "GET", "/orders/8", 403),
            (jane, "GET", "/orders/9", 403),
            (nina, "GET", "/orders/7", 403),
            (jane, "PUT", "/companies/companyA/x/y", 200),
            (jane, "GET", "/companies/companyB", 403),
            (jane, "GET", "/companies/nobody", 403),
            (jane, "GET", "/companies/%20", 403),
            (jane, "GET", "/company-a", 200),
            (nina, "GET", "/company-a", 403),
            (jane, "GET", "/admin/x", 403),
        ] {
            shop.ask(who, method, target).await.expect(status);
        }
    }

    async fn the_application_is_told_who_it_is(backend: Backend) {
        let shop = Shop::open(backend).await;
        let answer = shop.ask(Some(&shop.jane), "GET", "/me").await.expect(200);
        assert_eq!(answer.body, serde_json::Value::Null);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("portcullis-user"), Some("jane"));
        assert_eq!(answer.header("portcullis-realm"), Some("main"));
        assert_eq!(answer.header("portcullis-groups"), Some(""));
        let id = shop.server.operator().get("/api/v1/realms/main/users/jane").await.expect(200).text_at("/id").to_owned();
        assert_eq!(answer.header("portcullis-user-id"), Some(&*id));
        assert!(answer.header("portcullis-revision").unwrap().parse::<u64>().unwrap() > 0);
        let nobody = shop.ask(None, "GET", "/").await.expect(200);
        for name in ["portcullis-user", "portcullis-user-id", "portcullis-realm", "portcullis-groups"] {
            assert_eq!(nobody.header(name), Some(""), "{name} takes the place of what the client sent");
        }
    }

    async fn groups_are_told_where_they_are_wanted(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        let group = operator.post("/api/v1/groups", json!({"name": "Büro, West", "owner": "/shop"})).await.expect(201);
        let place = format!("/api/v1/groups/{}/members", group.text_at("/id"));
        operator.post(&place, json!({"member": "/main/jane"})).await.expect(200);
        let mut table = routes();
        table["groups"] = true.into();
        operator.put(ROUTES, table).await.expect(200);
        let answer = shop.ask(Some(&shop.jane), "GET", "/me").await.expect(200);
        assert_eq!(answer.header("portcullis-groups"), Some("B%C3%BCro%2C%20West@/shop,authenticated,authenticated@/main"));
    }

    async fn every_credential_counts(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.server.anonymous().with_bearer(&shop.jane);
        let client = shop.traefik("GET", "/me");
        let basic = client.with_header("authorization", "Basic amFuZTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=");
        forward(&basic, None).await.expect(200);
        let maker = shop.server.operator().get("/api/v1/roles?q=Maker").await.expect(200).text_at("/items/0/id").to_owned();
        let key = jane.post("/api/v1/api-keys", json!({"name": "k", "role": maker, "expires_in": "1d"})).await;
        let key = key.expect(201).text_at("/key").to_owned();
        forward(&shop.traefik("POST", "/orders").with_api_key(&key), None).await.expect(200);
        forward(&shop.traefik("GET", "/orders/7").with_api_key(&key), None).await.expect(403);
    }

    async fn a_lost_right_shows_at_the_next_request(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.ask(Some(&shop.jane), "POST", "/orders").await.expect(200);
        shop.server.operator().post("/api/v1/realms/main/users/jane/disable", json!({})).await.expect(200);
        shop.ask(Some(&shop.jane), "POST", "/orders").await.expect(401);
    }

    async fn the_application_is_named_by_host_or_by_the_proxy(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        operator.post("/api/v1/applications", json!({"name": "bank", "realm": "main"})).await.expect(201);
        let bank = json!({"hosts": ["bank.example.com"], "routes": [{"path": "/**", "access": "public"}]});
        operator.put("/api/v1/applications/bank/routes", bank).await.expect(200);
        let asks = |host: Option<&'static str>, place: &'static str| {
            let mut headers = vec![("x-original-method", "GET"), ("x-original-uri", "/admin")];
            headers.extend(host.map(|host| ("x-forwarded-host", host)));
            let client = shop.asking(&headers);
            async move { client.get(&format!("/access/v1/forward{place}")).await.status.as_u16() }
        };
        let id = operator.get("/api/v1/applications/bank").await.expect(200).text_at("/id").to_owned();
        for (host, place, status) in [
            (Some(HOST), "", 401),
            (Some("SHOP.example.com:8443"), "", 401),
            (Some("bank.example.com"), "", 200),
            (None, "", 403),
            (Some("other.example.com"), "", 403),
            (None, "/shop", 401),
            (None, "/bank", 200),
            (Some("other.example.com"), "/bank", 200),
            (Some(HOST), "/bank", 403),
            (None, "/nobody", 403),
            (None, "/%2Fbank", 403),
            // The query may be the client's.
            (None, "?application=bank", 403),
            (Some(HOST), "?application=bank&x=y", 401),
        ] {
            assert_eq!(asks(host, place).await, status, "{host:?} {place}");
        }
        let by_id = shop.asking(&[("x-original-method", "GET"), ("x-original-uri", "/x")]);
        by_id.get(&format!("/access/v1/forward/{id}")).await.expect(200);
    }

    async fn a_browser_is_sent_to_sign_in(backend: Backend) {
        let shop = Shop::open(backend).await;
        let mut table = routes();
        table["sign_in"] = "https://id.example.com/sign-in?theme=dark".into();
        shop.server.operator().put(ROUTES, table).await.expect(200);
        let page = ("accept", "text/html,application/xhtml+xml;q=0.9");
        let browser = shop.traefik("GET", "/orders?a=b%26c").with_header(page.0, page.1);
        let sent = forward(&browser, None).await.expect(302);
        assert_eq!(
            sent.header("location"),
            Some("https://id.example.com/sign-in?theme=dark&return_to=https%3A%2F%2Fshop.example.com%2Forders%3Fa%3Db%2526c")
        );
        // A program, a write, nginx, a host that is not the application's: no way back is made up.
        shop.ask(None, "GET", "/orders").await.expect(401);
        forward(&shop.traefik("POST", "/orders").with_header(page.0, page.1), None).await.expect(401);
        let nginx = [("x-original-method", "GET"), ("x-original-uri", "/orders"), ("x-forwarded-host", HOST), page];
        forward(&shop.asking(&nginx), None).await.expect(401);
        let elsewhere = shop.traefik("GET", "/orders").with_header("x-forwarded-host", "evil.example.com").with_header(page.0, page.1);
        elsewhere.get("/access/v1/forward/shop").await.expect(401);
    }

    async fn refusals_are_in_the_audit(backend: Backend) {
        let shop = Shop::open(backend).await;
        for _ in 0..3 {
            shop.ask(Some(&shop.nina), "POST", "/orders").await.expect(403);
            shop.ask(None, "GET", "/closed").await.expect(403);
        }
        let events = shop.server.operator().get("/api/v1/audit/events?event_type=ACCESS_DENIED").await.expect(200);
        let items = events.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{}", events.body_text());
        assert!(items[0].to_string().contains("order.create"), "{}", items[0]);
    }
}
