//! `GET /access/v1/forward`, `GET /access/v1/forward/{application}`: a proxy asks about the request that it has in hand (nginx `auth_request`, Traefik
//! `ForwardAuth`, Caddy `forward_auth`). The request to this route carries the client's own headers, credentials among
//! them; method, address and host of the client's request are in headers that the proxy sets:
//!
//! - `X-Forwarded-Method`, `X-Forwarded-Uri`, `X-Forwarded-Host`, `X-Forwarded-Proto`, as Traefik and Caddy send them;
//! - or `X-Original-Method`, with `X-Original-URI` and `X-Forwarded-Host`, or with the whole address in `X-Original-URL`,
//!   as nginx is told to send them. There a redirect would be an error, so there is none.
//!
//! Both at once are refused: one of the two is then the client's.

use axum::response::{IntoResponse, Response};
use context::Ctx;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use kernel::{CredentialFault, Problem};
use protocol::route::Host;
use web::{Failure, Path, Public};

use crate::{
    asked::{Asked, ORIGINAL, refuse, refuse_overrides},
    identity::Identity,
    judge::{Verdict, judge},
};

const METHOD: &str = "x-forwarded-method";
const URI: &str = "x-forwarded-uri";
const HOST: &str = "x-forwarded-host";
const PROTO: &str = "x-forwarded-proto";

/// Whether the request that a proxy has in hand gets through; its host says of which application it is. Answers trusted
/// proxies alone. The query means nothing: some proxies append the client's to it.
#[utoipa::path(get, path = "/access/v1/forward", tag = "access", operation_id = "forward",
    responses((status = 200, description = "It gets through; who it is from is in `Portcullis-*` headers, empty for nobody"),
        (status = 302, description = "A browser that must sign in, where the application has an address for it"),
        (status = 401, body = web::ProblemBody, description = "It must sign in"),
        (status = 403, body = web::ProblemBody, description = "It does not get through")),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(Public(ctx): Public, headers: HeaderMap) -> web::Result<Response> {
    respond(answer(&ctx, None, &headers).await)
}

/// The same for a proxy that stands before one application, which need not have the host.
#[utoipa::path(get, path = "/access/v1/forward/{application}", tag = "access", operation_id = "forward_for",
    params(("application" = String, Path, description = "The application's name or id")),
    responses((status = 200, description = "It gets through; who it is from is in `Portcullis-*` headers, empty for nobody"),
        (status = 302, description = "A browser that must sign in, where the application has an address for it"),
        (status = 401, body = web::ProblemBody, description = "It must sign in"),
        (status = 403, body = web::ProblemBody, description = "It does not get through")),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle_for(
    Public(ctx): Public,
    Path(application): Path<String>,
    headers: HeaderMap,
) -> web::Result<Response> {
    respond(answer(&ctx, Some(application), &headers).await)
}

fn respond(verdict: Result<Verdict, Problem>) -> web::Result<Response> {
    let word = match &verdict {
        Ok(Verdict::Pass(_)) => "pass",
        Ok(Verdict::SignIn { .. }) => "sign_in",
        Ok(Verdict::Refuse(_)) => "refuse",
        Err(_) => "failure",
    };
    metrics::counter!("portcullis_edge_requests_total", "by" => "forward", "answer" => word)
        .increment(1);
    match verdict? {
        Verdict::Pass(identity) => pass(&identity),
        Verdict::SignIn { location: Some(location) } => {
            let location = HeaderValue::try_from(location).map_err(Problem::internal)?;
            Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
        }
        Verdict::SignIn { location: None } => {
            Err(Failure(Problem::credential(CredentialFault::Missing)))
        }
        Verdict::Refuse(problem) => Err(Failure(problem)),
    }
}

async fn answer(
    ctx: &Ctx,
    application: Option<String>,
    headers: &HeaderMap,
) -> Result<Verdict, Problem> {
    if !ctx.request().by_proxy {
        return Ok(Verdict::Refuse(Problem::forbidden("This is for trusted proxies alone.")));
    }
    match read(headers) {
        Ok(asked) => judge(ctx, headers, &Asked { application, ..asked }).await,
        Err(problem) => Ok(Verdict::Refuse(problem)),
    }
}

/// The client's request, by one of the two sets of headers.
fn read(headers: &HeaderMap) -> Result<Asked, Problem> {
    let has = |names: &[&str]| names.iter().any(|name| headers.contains_key(*name));
    refuse_overrides(headers, &[])?;
    let asked = match (has(&[METHOD, URI]), has(&ORIGINAL)) {
        (true, true) => return Err(refuse("two different headers name it")),
        (true, false) => forwarded(headers)?,
        (false, _) => original(headers)?,
    };
    Ok(asked)
}

fn forwarded(headers: &HeaderMap) -> Result<Asked, Problem> {
    let by_tls = match one(headers, PROTO)? {
        Some("https" | "wss") => true,
        Some("http" | "ws") => false,
        _ => return Err(refuse("X-Forwarded-Proto must be http or https")),
    };
    let asked = Asked::read(needed(headers, METHOD)?, needed(headers, URI)?)?;
    Ok(Asked { host: host(headers)?, by_tls, may_redirect: true, ..asked })
}

fn original(headers: &HeaderMap) -> Result<Asked, Problem> {
    let [method, uri, url] = ORIGINAL;
    let method = needed(headers, method)?;
    let told = host(headers)?;
    match (one(headers, uri)?, one(headers, url)?) {
        (Some(target), None) => Ok(Asked { host: told, ..Asked::read(method, target)? }),
        (None, Some(address)) => {
            let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
            let rest = rest.ok_or_else(|| refuse("X-Original-URL must be a whole address"))?;
            let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = Host::of_request(authority).map_err(refuse)?;
            if told.is_some_and(|told| told != host) {
                return Err(refuse("two different headers name its host"));
            }
            Ok(Asked { host: Some(host), ..Asked::read(method, target)? })
        }
        _ => Err(refuse("the proxy must send X-Original-URI or X-Original-URL")),
    }
}

fn host(headers: &HeaderMap) -> Result<Option<Host>, Problem> {
    one(headers, HOST)?.map(Host::of_request).transpose().map_err(refuse)
}

fn needed<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Problem> {
    one(headers, name)?.ok_or_else(|| refuse(format!("the proxy must send {name}")))
}

/// The value of a header that comes once.
fn one<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_| refuse(format!("{name} cannot be read")))?;
    if values.next().is_some() {
        Err(refuse(format!("{name} comes twice")))
    } else {
        Ok(Some(text))
    }
}

fn pass(identity: &Identity) -> web::Result<Response> {
    let mut response = StatusCode::OK.into_response();
    for (name, value) in identity.headers() {
        let value = HeaderValue::try_from(value).map_err(Problem::internal)?;
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    const TRAEFIK: [(&str, &str); 4] =
        [(METHOD, "POST"), (URI, "/a?b=c"), (HOST, "Shop.example.com:443"), (PROTO, "https")];
    const NGINX: [(&str, &str); 3] =
        [("x-original-method", "POST"), ("x-original-uri", "/a?b=c"), (HOST, "shop.example.com")];

    #[test]
    fn both_ways_say_the_same() {
        let ingress =
            [("x-original-method", "POST"), ("x-original-url", "https://shop.example.com/a?b=c")];
        let traefik = read(&headers(&TRAEFIK)).unwrap();
        assert_eq!(traefik.host.as_ref().map(Host::as_str), Some("shop.example.com"));
        assert!(traefik.may_redirect);
        for other in [&NGINX[..], &ingress] {
            let other = read(&headers(other)).unwrap();
            assert_eq!(Asked { may_redirect: true, ..other }, traefik);
        }
    }

    #[test]
    fn what_comes_twice_or_not_at_all_is_refused() {
        for set in [&TRAEFIK[..], &NGINX] {
            for (index, pair) in set.iter().enumerate() {
                let mut twice = set.to_vec();
                twice.push(*pair);
                assert!(read(&headers(&twice)).is_err(), "{} twice", pair.0);
                let mut without = set.to_vec();
                without.remove(index);
                let is_host = pair.0 == HOST;
                assert_eq!(read(&headers(&without)).is_ok(), is_host, "without {}", pair.0);
            }
        }
        assert!(read(&headers(&[])).is_err());
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        for more in ["x-original-method", "x-original-uri", "x-original-url"] {
            let mut both = TRAEFIK.to_vec();
            both.push((more, "/public"));
            assert!(read(&headers(&both)).is_err(), "{more}");
        }
        for more in [METHOD, URI] {
            let mut both = NGINX.to_vec();
            both.push((more, "/public"));
            assert!(read(&headers(&both)).is_err(), "{more}");
        }
        let url = [
            ("x-original-method", "GET"),
            ("x-original-url", "https://shop.example.com/"),
            (HOST, "bank.example.com"),
        ];
        assert!(read(&headers(&url)).is_err());
    }

    #[test]
    fn overrides_are_refused() {
        for (name, value) in [
            ("x-http-method-override", "GET"),
            ("x-http-method", "GET"),
            ("x-method-override", "GET"),
            ("x-rewrite-url", "/public"),
            ("upgrade", "h2c"),
            ("http2-settings", "AAMAAABkAAQAAP__"),
        ] {
            let mut more = TRAEFIK.to_vec();
            more.push((name, value));
            assert!(read(&headers(&more)).is_err(), "{name}");
        }
        let mut socket = TRAEFIK.to_vec();
        socket.push(("upgrade", "WebSocket"));
        assert!(read(&headers(&socket)).is_ok());
    }
}
