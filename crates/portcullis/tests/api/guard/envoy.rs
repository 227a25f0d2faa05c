//! Envoy, configured as the guide says, in front of a backend; and questions that Envoy would not ask.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use envoy_types::{
    ext_authz::v3::pb::{CheckRequest, CheckResponse, HttpResponse},
    pb::envoy::{
        config::core::v3::{Address, SocketAddress, address},
        service::auth::v3::{
            AttributeContext,
            attribute_context::{HttpRequest, Peer, Request},
            authorization_client::AuthorizationClient,
        },
    },
};
use testkit::{Backend, Running, on_both};
use tonic::{Code, Status};

use crate::{
    guard::{
        attacks::TRICKS,
        raw::{RawAnswer, send},
        shop::{Behind, HOST, Shop, argument, file, free_port, from_guide},
    },
    harness::Server,
    network::{from, make},
};

/// Where `build/envoy.sh` puts it.
fn binary() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")),
        PathBuf::from,
    );
    let binary = target.join("envoy/envoy");
    assert!(binary.exists(), "{} is not there: run build/envoy.sh", binary.display());
    binary
}

async fn get(
    port: u16,
    method: &str,
    target: &str,
    token: Option<&str>,
    more: &[(&str, &str)],
) -> RawAnswer {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Host", HOST)];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    headers.extend_from_slice(more);
    send(port, &format!("{method} {target}"), &headers).await
}

on_both! {
    async fn envoy_lets_through_what_may(backend: Backend) {
        let mut shop = Shop::open(backend).await;
        let checks = shop.server.ext_authz().await;
        let (behind, port) = (Behind::start().await, free_port());
        let text = from_guide("yaml envoy", &[
            ("address: 0.0.0.0, port_value: 80}", format!("address: 127.0.0.1, port_value: {port}}}")),
            ("address: 127.0.0.1, port_value: 8081}", format!("address: 127.0.0.1, port_value: {}}}", checks.port())),
            ("address: 127.0.0.1, port_value: 9000}", format!("address: 127.0.0.1, port_value: {}}}", behind.address.port())),
        ]);
        let (_directory, path) = file("envoy.yaml", &text);
        let arguments = ["-c", argument(&path), "--use-dynamic-base-id", "--concurrency", "1", "-l", "warn"];
        let binary = binary();
        let mut envoy = Running::start(argument(&binary), &arguments, &[]);
        envoy.wait_for_url(&format!("http://127.0.0.1:{port}/"), Duration::from_secs(60)).await;

        let jane = Some(&*shop.jane);
        for (token, method, target, status) in [
            (None, "GET", "/public/a?b=c", 200),
            (None, "GET", "/orders/7", 401),
            (Some("no.good.token"), "GET", "/orders/7", 401),
            (jane, "GET", "/orders/7", 200),
            (jane, "GET", "/orders/8", 403),
            (jane, "POST", "/orders", 200),
            (jane, "GET", "/orders", 403),
            (jane, "GET", "/admin/x", 403),
            (jane, "GET", "/nowhere", 403),
        ] {
            let more = if method == "POST" { vec![("Content-Length", "0")] } else { vec![] };
            let answer = get(port, method, target, token, &more).await;
            assert_eq!(answer.status, status, "{method} {target}: {}", answer.head);
            assert_eq!(answer.backend.is_some(), status == 200, "{method} {target}");
            assert_eq!(status == 401, answer.head.contains("www-authenticate: Bearer"), "{}", answer.head);
        }
        let smuggled = [("Portcullis-User", "root"), ("PORTCULLIS-USER", "root"), ("Portcullis-Groups", "admins"), ("Portcullis-Realm", "x")];
        for more in [&[][..], &smuggled] {
            let answer = get(port, "GET", "/orders/7", jane, more).await;
            assert_eq!(answer.sent("portcullis-user"), ["jane"], "{answer:?}");
            assert_eq!(answer.sent("portcullis-realm"), ["main"]);
            assert_eq!(answer.sent("portcullis-groups"), Vec::<&str>::new());
            let nobody = get(port, "GET", "/public/a", None, more).await;
            assert_eq!(nobody.status, 200);
            for name in ["portcullis-user", "portcullis-user-id", "portcullis-realm", "portcullis-groups"] {
                assert_eq!(nobody.sent(name), Vec::<&str>::new(), "{name} of nobody");
            }
        }
        for trick in TRICKS {
            let answer = get(port, "GET", trick, jane, &[]).await;
            assert!(answer.backend.is_none() && answer.status >= 400, "{trick}: {answer:?}");
        }
        for (name, value) in [
            ("X-HTTP-Method-Override", "POST"), ("X-Original-URL", "/public"), ("X-Rewrite-URL", "/public"), ("Portcullis_User", "root"),
        ] {
            let answer = get(port, "GET", "/orders/7", jane, &[(name, value)]).await;
            assert!(answer.backend.is_none() && answer.status >= 400, "{name}: {answer:?}");
        }
    }

    async fn only_trusted_proxies_may_check(backend: Backend) {
        let mut server = Server::start(backend).await;
        let address = server.ext_authz().await;
        let refused = check(address.port(), question("GET", "/", HOST, &[])).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        let at_the_main_port = "/envoy.service.auth.v3.Authorization/Check";
        server.anonymous().post(at_the_main_port, serde_json::json!({})).await.expect(404);
    }

    async fn what_cannot_be_read_is_denied(backend: Backend) {
        let mut shop = Shop::open(backend).await;
        let port = shop.server.ext_authz().await.port();
        let status = async |request| http_status(&check(port, request).await.unwrap());
        assert_eq!(status(question("GET", "/", HOST, &[])).await, 200);
        assert_eq!(status(CheckRequest::default()).await, 403);
        let bearer = format!("Bearer {}", shop.jane);
        let jane = ("authorization", &*bearer);
        assert_eq!(status(question("POST", "/orders", HOST, &[jane])).await, 200);
        assert_eq!(status(question("POST", "/orders", "SHOP.example.com:80", &[jane])).await, 200);
        for (method, path, host, headers) in [
            ("post", "/orders", HOST, vec![jane]),
            ("POST", "/orders", "shop.example.com.", vec![jane]),
            ("POST", "/orders", "other.example.com", vec![jane]),
            ("POST", "/orders", "", vec![jane]),
            ("POST", "/public/../orders", HOST, vec![jane]),
            ("POST", "/orders", HOST, vec![jane, ("x-http-method-override", "GET")]),
            ("POST", "/orders", HOST, vec![jane, ("bad name", "x")]),
            ("POST", "/orders", HOST, vec![jane, ("x", "a\nb")]),
        ] {
            assert_eq!(status(question(method, path, host, &headers)).await, 403, "{method} {path} {host} {headers:?}");
        }
        // Two values of one header come as one.
        assert_eq!(status(question("POST", "/orders", HOST, &[("authorization", &format!("{bearer},{bearer}"))])).await, 401);
        let mut raw = question("POST", "/orders", HOST, &[jane]);
        http(&mut raw).header_map = Some(Default::default());
        assert_eq!(status(raw).await, 403);
        let mut named = question("POST", "/orders", "other.example.com", &[jane]);
        let attributes = named.attributes.as_mut().unwrap();
        attributes.context_extensions.insert("application".to_owned(), "shop".to_owned());
        assert_eq!(status(named).await, 200);
    }

    async fn rules_on_addresses_count_for_the_clients_of_applications(backend: Backend) {
        let mut shop = Shop::open(backend).await;
        let port = shop.server.ext_authz().await.port();
        let status = async |source: Option<&str>, headers: &[(&str, &str)]| {
            let mut request = question("GET", "/", HOST, headers);
            request.attributes.as_mut().unwrap().source = source.map(peer);
            http_status(&check(port, request).await.unwrap())
        };
        assert_eq!(status(None, &[]).await, 200);
        make(&shop.server, &[("block", "203.0.113.0/24")]).await;
        assert_eq!(status(Some("203.0.114.9"), &[]).await, 200);
        assert_eq!(status(Some("203.0.113.9"), &[]).await, 403);
        assert_eq!(status(Some("203.0.113.9"), &[("x-forwarded-for", "203.0.114.9")]).await, 403);
        assert_eq!(status(Some("127.0.0.1"), &[("x-forwarded-for", "203.0.113.9")]).await, 403);
        assert_eq!(status(None, &[]).await, 403, "nobody knows where it is from");
        let traefik = shop.server.anonymous().with_header("x-forwarded-method", "GET").with_header("x-forwarded-uri", "/")
            .with_header("x-forwarded-host", HOST).with_header("x-forwarded-proto", "https");
        from(&traefik, "203.0.114.9").get("/access/v1/forward").await.expect(200);
        from(&traefik, "203.0.113.9").get("/access/v1/forward").await.expect(403);
    }
}

#[tokio::test]
async fn the_program_has_a_port_for_envoy() {
    let (directory, port) = (testkit::directory(), free_port());
    let (data, bind) = (directory.path().join("data"), format!("127.0.0.1:{port}"));
    let settings = [
        ("PORTCULLIS_DATA", argument(&data)),
        ("PORTCULLIS_BIND", "127.0.0.1:0"),
        ("PORTCULLIS_TRUSTED_PROXIES", "127.0.0.1"),
        ("PORTCULLIS_EXT_AUTHZ_BIND", &bind),
    ];
    let mut server = Running::start(env!("CARGO_BIN_EXE_portcullis"), &["serve"], &settings);
    server.wait_for_line("Portcullis answers at ", Duration::from_secs(60));
    assert_eq!(http_status(&check(port, question("GET", "/", HOST, &[])).await.unwrap()), 403);
    assert!(server.stop().success());
}

fn question(method: &str, path: &str, host: &str, headers: &[(&str, &str)]) -> CheckRequest {
    let pairs = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut headers: HashMap<String, String> = pairs.collect();
    headers.insert(":path".to_owned(), path.to_owned());
    let http = HttpRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        host: host.to_owned(),
        scheme: "https".to_owned(),
        headers,
        ..HttpRequest::default()
    };
    let request = Request { http: Some(http), ..Request::default() };
    let attributes = AttributeContext { request: Some(request), ..AttributeContext::default() };
    CheckRequest { attributes: Some(attributes) }
}

fn peer(address: &str) -> Peer {
    let socket = SocketAddress { address: address.to_owned(), ..SocketAddress::default() };
    let address = Address { address: Some(address::Address::SocketAddress(socket)) };
    Peer { address: Some(address), ..Peer::default() }
}

fn http(request: &mut CheckRequest) -> &mut HttpRequest {
    let attributes = request.attributes.as_mut().unwrap();
    attributes.request.as_mut().unwrap().http.as_mut().unwrap()
}

async fn check(port: u16, request: CheckRequest) -> Result<CheckResponse, Status> {
    let channel =
        tonic::transport::Endpoint::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
    let mut client = AuthorizationClient::new(channel.connect().await.unwrap());
    client.check(request).await.map(tonic::Response::into_inner)
}

/// The status that the client gets, which agrees with that of the answer.
fn http_status(response: &CheckResponse) -> i32 {
    let code = Code::from(response.status.as_ref().unwrap().code);
    match response.http_response.as_ref().unwrap() {
        HttpResponse::OkResponse(_) => {
            assert_eq!(code, Code::Ok);
            200
        }
        HttpResponse::DeniedResponse(denied) => {
            assert_ne!(code, Code::Ok);
            denied.status.unwrap().code
        }
        HttpResponse::ErrorResponse(_) => unreachable!("no such answer is made"),
    }
}
