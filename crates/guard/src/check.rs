//! `envoy.service.auth.v3.Authorization/Check`: Envoy asks about the request that it has in hand (`ext_authz`). Who asks
//! says whose credentials these are and where they come from, so only trusted proxies are answered.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{Router, extract::ConnectInfo};
use envoy_types::{
    ext_authz::v3::pb::{
        Address, Authorization, AuthorizationServer, CheckRequest, CheckResponse,
        DeniedHttpResponse, HeaderAppendAction, HeaderValue, HeaderValueOption, HttpResponse,
        HttpStatus, OkHttpResponse,
    },
    pb::{
        envoy::{
            config::core::v3::socket_address::PortSpecifier,
            service::auth::v3::{
                AttributeContext,
                attribute_context::{HttpRequest, Peer},
            },
        },
        google::rpc,
    },
};
use http::{HeaderMap, HeaderName};
use kernel::{CredentialFault, Problem, ProblemKind};
use protocol::route::Host;
use tonic::{Code, Request, Response, Status, async_trait};
use web::{Edge, client};

use crate::{
    asked::{Asked, ORIGINAL, refuse, refuse_overrides},
    identity::{HEADERS, Identity},
    judge::{Verdict, judge},
};

/// Largest question. Envoy's own limit for headers is 60 KiB; bodies are not needed.
const MAX_QUESTION: usize = 256 * 1024;
/// Where Envoy's configuration names the application: `context_extensions` of the route.
const APPLICATION: &str = "application";

/// The service, as a router of its own.
pub fn router(edge: Arc<Edge>) -> Router {
    let service = AuthorizationServer::new(Checks(edge)).max_decoding_message_size(MAX_QUESTION);
    Router::new().route_service("/envoy.service.auth.v3.Authorization/{method}", service)
}

struct Checks(Arc<Edge>);

#[async_trait]
impl Authorization for Checks {
    async fn check(
        &self,
        request: Request<CheckRequest>,
    ) -> Result<Response<CheckResponse>, Status> {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        if !peer.is_some_and(|peer| client::is_trusted(peer, &self.0.trusted_proxies)) {
            return Err(Status::permission_denied("this is for trusted proxies alone"));
        }
        let attributes = request.into_inner().attributes.unwrap_or_default();
        let verdict = match answer(&self.0, attributes).await {
            Err(problem) if problem.kind() == ProblemKind::Internal => {
                let cause = problem.cause().map(ToString::to_string).unwrap_or_default();
                tracing::error!(target: "portcullis::system", detail = problem.detail(), cause, "internal error");
                Verdict::Refuse(Problem::forbidden("The request could not be judged."))
            }
            Err(problem) if problem.kind() == ProblemKind::Unauthenticated => {
                Verdict::SignIn { location: None }
            }
            Err(problem) => Verdict::Refuse(problem),
            Ok(verdict) => verdict,
        };
        Ok(Response::new(response(verdict)))
    }
}

async fn answer(edge: &Edge, attributes: AttributeContext) -> Result<Verdict, Problem> {
    let source = attributes.source.as_ref().and_then(address);
    let application = attributes.context_extensions.get(APPLICATION).cloned();
    let http = attributes.request.and_then(|request| request.http);
    let http = http.ok_or_else(|| refuse("it is no HTTP request"))?;
    let headers = headers(&http)?;
    refuse_overrides(&headers, &ORIGINAL)?;
    let host = Host::of_request(&http.host).map_err(refuse)?;
    let asked = Asked::read(&http.method, &http.path)?;
    let by_tls = match http.scheme.as_str() {
        "https" => true,
        "http" => false,
        _ => return Err(refuse("its scheme is neither http nor https")),
    };
    let asked = Asked { host: Some(host), application, by_tls, may_redirect: true, ..asked };
    let path = http.path.split('?').next().unwrap_or("");
    let ctx = edge.ctx_of(path, source, &headers).await?;
    let verdict = judge(&ctx, &headers, &asked).await;
    if let Some(refusal) = ctx.take_refusal() {
        ctx.audit_refusal(&refusal).await?;
    }
    verdict
}

/// The client's headers. Those of one name come in one value, joined by commas.
fn headers(http: &HttpRequest) -> Result<HeaderMap, Problem> {
    let unreadable = || refuse("its headers cannot be read");
    // Sent in another form, which would leave the credentials unseen.
    if http.header_map.is_some() {
        return Err(refuse("Envoy must not be told encode_raw_headers"));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in http.headers.iter().filter(|(name, _)| !name.starts_with(':')) {
        let name = HeaderName::try_from(name).map_err(|_| unreadable())?;
        let value = http::HeaderValue::from_str(value).map_err(|_| unreadable())?;
        if headers.insert(name, value).is_some() {
            return Err(unreadable());
        }
    }
    Ok(headers)
}

/// The client's end of its connection to Envoy.
fn address(peer: &Peer) -> Option<IpAddr> {
    match peer.address.as_ref()?.address.as_ref()? {
        Address::SocketAddress(socket) => match socket.port_specifier {
            Some(PortSpecifier::NamedPort(_)) => None,
            _ => socket.address.parse().ok(),
        },
        _ => None,
    }
}

fn response(verdict: Verdict) -> CheckResponse {
    let (word, code, answer) = match verdict {
        Verdict::Pass(identity) => ("pass", Code::Ok, passed(&identity)),
        Verdict::SignIn { location: Some(location) } => (
            "sign_in",
            Code::Unauthenticated,
            denied(302, &[("location", location)], String::new()),
        ),
        Verdict::SignIn { location: None } => {
            let problem = Problem::credential(CredentialFault::Missing);
            let scheme = [("www-authenticate", "Bearer".to_owned())];
            ("sign_in", Code::Unauthenticated, denied(401, &scheme, body(&problem)))
        }
        Verdict::Refuse(problem) => {
            let status = i32::from(problem.kind().status());
            ("refuse", Code::PermissionDenied, denied(status, &[], body(&problem)))
        }
    };
    metrics::counter!("portcullis_edge_requests_total", "by" => "ext_authz", "answer" => word)
        .increment(1);
    CheckResponse {
        status: Some(rpc::Status { code: code.into(), ..rpc::Status::default() }),
        http_response: Some(answer),
        dynamic_metadata: None,
    }
}

/// The identity in the place of whatever the client sent under these names.
fn passed(identity: &Identity) -> HttpResponse {
    let (told, untold): (Vec<_>, Vec<_>) =
        identity.headers().into_iter().partition(|(_, value)| !value.is_empty());
    debug_assert_eq!(told.len() + untold.len(), HEADERS.len());
    HttpResponse::OkResponse(OkHttpResponse {
        headers: told.into_iter().map(|(name, value)| header(name, value)).collect(),
        headers_to_remove: untold.into_iter().map(|(name, _)| name.to_owned()).collect(),
        ..OkHttpResponse::default()
    })
}

fn denied(status: i32, headers: &[(&str, String)], body: String) -> HttpResponse {
    let mut headers: Vec<_> = headers.iter().map(|(n, v)| header(n, v.clone())).collect();
    headers.push(header("cache-control", "no-store".to_owned()));
    if !body.is_empty() {
        headers.push(header("content-type", "application/problem+json".to_owned()));
    }
    HttpResponse::DeniedResponse(DeniedHttpResponse {
        status: Some(HttpStatus { code: status }),
        headers,
        body,
    })
}

fn header(name: &str, value: String) -> HeaderValueOption {
    HeaderValueOption {
        header: Some(HeaderValue { key: name.to_owned(), value, ..HeaderValue::default() }),
        append_action: HeaderAppendAction::OverwriteIfExistsOrAdd.into(),
        ..HeaderValueOption::default()
    }
}

/// The problem as a body (RFC 9457).
fn body(problem: &Problem) -> String {
    let kind = problem.kind();
    serde_json::json!({
        "type": format!("/problems/{}", kind.code()),
        "title": kind.title(),
        "status": kind.status(),
        "detail": problem.detail(),
    })
    .to_string()
}
