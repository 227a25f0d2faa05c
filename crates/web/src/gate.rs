//! The one way in and out: every request passes here, whatever its route.
//!
//! In: request id, client address and the rules on addresses, size of headers, authentication, protection of cookies against other sites (CSRF),
//! repeats by `Idempotency-Key`. Out: problems as bodies, refusals into the audit, the revision that was made.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use context::{
    Caller, Ctx, RequestFacts, System,
    idempotency::{self, Repeatable},
};
use http::{HeaderMap, HeaderValue, Method, header};
use http_body_util::BodyExt;
use ipnet::IpNet;
use kernel::{EventId, Problem, ProblemKind, Revision};
use tracing::{
    Instrument, Span,
    field::{self, Empty},
};

use crate::{
    admission,
    authenticate::Authenticate,
    client, cross_site,
    failure::{self, Pending},
    op::Entered,
    safe_headers,
};

/// The header with the revision that a write made, or that a client has seen.
pub const REVISION: &str = "portcullis-revision";
/// The header with the request id.
pub const REQUEST_ID: &str = "x-request-id";
/// Below it a request id is answered as it came (AuthZEN 1.0, "Request Identification").
const AUTHZEN: &str = "/access/v1/";
/// Longest request id that is answered as it came, in bytes.
const MAX_ECHO: usize = 1024;
/// Longest `Authorization` header.
const MAX_AUTHORIZATION: usize = 8 * 1024;
/// Routes that tell how the server is: they answer when it must not decide, and ask themselves what they need.
const VITAL: [&str; 3] = ["/health", "/livez", "/readyz"];
/// Largest body that can be repeated by key.
const MAX_REPEATABLE: usize = 1024 * 1024;

/// What the gate needs.
pub struct Edge {
    /// What all requests share.
    pub system: Arc<System>,
    /// In the order in which credentials are looked for.
    pub authenticators: Vec<Arc<dyn Authenticate>>,
    /// Whether it is reached over the network, where rules on addresses hold; the control socket is not.
    pub over_network: bool,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The address that users see, `https://id.example.com`: writes with a cookie come from there alone.
    pub public_origin: Option<String>,
    /// Whether users come by TLS.
    pub secure: bool,
}

impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edge").field("public_origin", &self.public_origin).finish_non_exhaustive()
    }
}

/// Whether the route tells how the server is.
pub(crate) fn is_vital(path: &str) -> bool {
    VITAL.contains(&path)
}

/// The middleware around all routes.
pub async fn pass(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let id = request_id(&edge.system, request.headers());
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = request.uri().path(), user = Empty, impersonator = Empty);
    let started = edge.system.now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let echo = echo(&request);
    async move {
        let mut response = match enter(&edge, id.clone(), request, next).await {
            Ok(response) => response,
            Err(problem) => problem_response(problem),
        };
        if let Some(Pending(problem)) = response.extensions_mut().remove::<Pending>() {
            log(&problem);
            let headers = std::mem::take(response.headers_mut());
            response = failure::render(&problem, &id);
            response.headers_mut().extend(headers);
        }
        if let Some(value) = echo.or_else(|| HeaderValue::try_from(id).ok()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        safe_headers::add(response.headers_mut(), edge.secure);
        let status = response.status().as_u16();
        let micros = edge.system.now().as_microsecond() - started.as_microsecond();
        tracing::info!(target: "portcullis::request", %method, path, status, micros);
        metrics::counter!("portcullis_requests_total", "status" => status.to_string()).increment(1);
        #[expect(clippy::cast_precision_loss, reason = "a duration in seconds for a histogram")]
        metrics::histogram!("portcullis_request_seconds").record(micros as f64 / 1e6);
        response
    }
    .instrument(span)
    .await
}

async fn enter(
    edge: &Edge,
    id: String,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if !is_vital(request.uri().path()) {
        edge.system.check_fresh()?;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let mut facts = facts(edge, id, request.uri().path(), peer, request.headers());
    facts.route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    admission::admit(edge, &facts).await?;
    check_authorization(request.headers())?;
    facts.seen = seen(request.headers())?;
    if let Some(seen) = facts.seen {
        // Before it is known who asks: the credential may be of that revision, or have ended with it.
        edge.system.see(seen).await?;
    }
    let (caller, refused) = authenticate(edge, request.headers(), &facts).await;
    mark_impersonation(&caller);
    let from_other_site = caller.method == "cookie" && is_cross_site(edge, &request);
    if from_other_site {
        return Err(Problem::forbidden("A write with a cookie must come from this site itself."));
    }
    if let Some(key) = repeat_key(&request, &caller)? {
        let (parts, body) = request.into_parts();
        let bytes = collect(body).await?;
        let hash = hash(&parts.method, parts.uri.path(), &bytes);
        let repeatable = Repeatable { caller: who(&caller), key, request: hash };
        if let Some(answer) = first_answer(&edge.system, &repeatable).await? {
            return Ok(answer);
        }
        facts.repeatable = Some(repeatable);
        request = Request::from_parts(parts, Body::from(bytes));
    }
    let ctx = Ctx::new(edge.system.clone(), caller, facts);
    request.extensions_mut().insert(Entered { ctx: ctx.clone(), refused: refused.map(Arc::new) });
    let response = next.run(request).await;
    leave(&ctx, response).await
}

async fn leave(ctx: &Ctx, mut response: Response) -> Result<Response, Problem> {
    let refused = matches!(response.status().as_u16(), 401 | 403 | 404);
    // Before the refusal is audited: that is no change of the caller's.
    let revision = ctx.revision();
    if let Some(refusal) = ctx.take_refusal().filter(|_| refused) {
        ctx.audit_refusal(&refusal).await?;
    }
    if let Some(revision) = revision {
        response.headers_mut().insert(REVISION, HeaderValue::from(revision.0));
    }
    match ctx.request().repeatable.clone() {
        Some(repeatable) if revision.is_some() && !ctx.has_secret_answer() => {
            keep(ctx, &repeatable, response).await
        }
        _ => Ok(response),
    }
}

/// Keeps the first answer for a repeat.
async fn keep(ctx: &Ctx, repeatable: &Repeatable, response: Response) -> Result<Response, Problem> {
    let (parts, body) = response.into_parts();
    let bytes = collect(body).await?;
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kept = idempotency::keep(
        ctx.system().database(),
        repeatable,
        parts.status.as_u16(),
        media,
        &bytes,
    )
    .await;
    if let Err(error) = kept {
        // The change is made: its answer counts more than its repeat.
        tracing::warn!(%error, "the answer could not be kept for a repeat");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

async fn first_answer(
    system: &System,
    repeatable: &Repeatable,
) -> Result<Option<Response>, Problem> {
    let now = store::micros(system.now());
    let Some(used) = idempotency::find(&system.database().single(), repeatable, now).await? else {
        return Ok(None);
    };
    if used.request != repeatable.request {
        return Err(Problem::new(
            ProblemKind::Invalid,
            "This Idempotency-Key was used for another request.",
        ));
    }
    let (Some(status), Some(body)) = (used.status, used.body) else {
        return Err(Problem::conflict("This request was made before; its answer was not kept."));
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        u16::try_from(status).ok().and_then(|s| s.try_into().ok()).unwrap_or_default();
    if let Some(media) = used.content_type.and_then(|media| HeaderValue::try_from(media).ok()) {
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    Ok(Some(response))
}

async fn authenticate(
    edge: &Edge,
    headers: &HeaderMap,
    facts: &RequestFacts,
) -> (Caller, Option<Problem>) {
    for authenticator in &edge.authenticators {
        match authenticator.authenticate(&edge.system, headers, facts).await {
            Ok(None) => {}
            Ok(Some(caller)) => return (caller, None),
            // The first credential that is shown decides: a bad one is not made good by another.
            Err(problem) => return (Caller::nobody(), Some(problem)),
        }
    }
    (Caller::nobody(), None)
}

/// Each line of the log from here on tells who acts in whose place.
fn mark_impersonation(caller: &Caller) {
    let principal = &caller.principal;
    if let (Some(by), Some(user)) = (principal.impersonator, principal.subject()) {
        let span = Span::current();
        span.record("user", field::display(user)).record("impersonator", field::display(by));
    }
}

impl Edge {
    /// The context of a request that somebody else asks about, such as a proxy for its client. `peer` is the client's end
    /// of the connection to the proxy, `headers` are the client's. As strict as the gate: nothing is decided on what may
    /// be out of date.
    pub async fn ctx_of(
        &self,
        path: &str,
        peer: Option<IpAddr>,
        headers: &HeaderMap,
    ) -> Result<Ctx, Problem> {
        self.system.check_fresh()?;
        let mut facts = facts(self, request_id(&self.system, headers), path, peer, headers);
        admission::admit(self, &facts).await?;
        check_authorization(headers)?;
        facts.seen = seen(headers)?;
        if let Some(seen) = facts.seen {
            self.system.see(seen).await?;
        }
        let (caller, _) = authenticate(self, headers, &facts).await;
        Ok(Ctx::new(self.system.clone(), caller, facts))
    }
}

fn facts(
    edge: &Edge,
    id: String,
    path: &str,
    peer: Option<IpAddr>,
    headers: &HeaderMap,
) -> RequestFacts {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    RequestFacts {
        id,
        path: path.to_owned(),
        route: None,
        ip: client::address(peer, headers, &edge.trusted_proxies),
        by_proxy: peer.is_some_and(|peer| client::is_trusted(peer, &edge.trusted_proxies)),
        user_agent: agent.map(|agent| agent.chars().take(256).collect()),
        repeatable: None,
        seen: None,
    }
}

fn seen(headers: &HeaderMap) -> Result<Option<Revision>, Problem> {
    let parse = |value: &HeaderValue| value.to_str().ok()?.parse().ok().map(Revision);
    match headers.get(REVISION) {
        None => Ok(None),
        Some(value) => parse(value).map(Some).ok_or_else(|| {
            Problem::new(
                ProblemKind::BadRequest,
                "Portcullis-Revision must be a revision's number.",
            )
        }),
    }
}

fn check_authorization(headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let good = values.next().is_none_or(|value| {
        value.len() <= MAX_AUTHORIZATION
            && value.as_bytes().iter().all(|b| matches!(b, 0x20..=0x7e))
    });
    if good && values.next().is_none() {
        Ok(())
    } else {
        Err(Problem::unauthenticated("The Authorization header is not well formed."))
    }
}

/// The caller's id if it is a good one, else a new one.
fn request_id(system: &System, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_good = |id: &&str| {
        (1..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    match given.filter(is_good) {
        Some(id) => id.to_owned(),
        None => EventId::new(system.now(), system.entropy()).to_string(),
    }
}

/// The caller's id as it came, where a standard wants any id back. In logs and problems stands ours if it is not a
/// good one.
fn echo(request: &Request) -> Option<HeaderValue> {
    let given = request.headers().get(REQUEST_ID)?;
    let wanted = request.uri().path().starts_with(AUTHZEN) && given.len() <= MAX_ECHO;
    wanted.then(|| given.clone())
}

/// Whether a write may come from a page of somebody else.
fn is_cross_site(edge: &Edge, request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        && cross_site::is(request.headers(), |own| edge.public_origin.as_deref() == Some(own))
}

fn repeat_key(request: &Request, caller: &Caller) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    if request.method() != Method::POST || matches!(caller.principal.who, policy::Who::Nobody) {
        return Ok(None);
    }
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Problem::new(
            ProblemKind::BadRequest,
            "Idempotency-Key must be 1 to 255 visible characters.",
        )),
    }
}

/// Whose key it is. In another role the same request may have another answer.
fn who(caller: &Caller) -> String {
    let principal = &caller.principal;
    let role = principal.active_role.map(|role| format!(" {role}")).unwrap_or_default();
    format!("{:?} {:?}{role}", principal.who, principal.impersonator)
}

fn hash(method: &Method, path: &str, body: &[u8]) -> [u8; 32] {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

async fn collect(body: Body) -> Result<Bytes, Problem> {
    let limited = http_body_util::Limited::new(body, MAX_REPEATABLE);
    let collected = limited.collect().await.map_err(|_| {
        Problem::new(ProblemKind::TooLarge, "A request with Idempotency-Key has at most 1 MiB.")
    })?;
    Ok(collected.to_bytes())
}

fn problem_response(problem: Problem) -> Response {
    use axum::response::IntoResponse;
    failure::Failure(problem).into_response()
}

/// The cause goes here and nowhere else.
fn log(problem: &Problem) {
    let cause = problem.cause().map(ToString::to_string).unwrap_or_default();
    if problem.kind() == ProblemKind::Internal {
        tracing::error!(target: "portcullis::system", detail = problem.detail(), cause, "internal error");
    } else {
        tracing::debug!(target: "portcullis::system", detail = problem.detail(), cause, "refused");
    }
}
