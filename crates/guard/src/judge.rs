//! The answer to a request that a proxy asks about: the one decision behind HTTP and gRPC.

use context::{ApplicationFacts, Ctx, Reading, State, refusal::Refusal};
use http::HeaderMap;
use kernel::{NodeId, NodePath, PermissionName, Problem};
use policy::{Context, Question};
use protocol::route::{Access, Host, Match, Place, Step};

use crate::{
    asked::{Asked, refuse},
    identity::{self, Identity},
};

/// What is noted in the audit where no entry, or one that nobody passes, is for a request.
const ROUTE: &str = "application:route";

/// The answer.
#[derive(Debug)]
pub enum Verdict {
    /// It gets through, and the application is told this.
    Pass(Identity),
    /// Somebody must sign in first; there, if the client is a browser that can be sent.
    SignIn {
        /// The address, with the way back in it.
        location: Option<String>,
    },
    /// It does not get through.
    Refuse(Problem),
}

/// Judges a request. `headers` are the client's.
pub async fn judge(ctx: &Ctx, headers: &HeaderMap, asked: &Asked) -> Result<Verdict, Problem> {
    let state = ctx.state().await?;
    let verdict = if needs_rows(ctx, &state, asked) {
        let read = ctx.read().await?;
        decide(ctx, read.state(), Some(&read), headers, asked).await
    } else {
        decide(ctx, &state, None, headers, asked).await
    };
    match verdict {
        // A refusal is an answer; a failure is none.
        Err(problem) if problem.kind() == kernel::ProblemKind::Forbidden => {
            Ok(Verdict::Refuse(problem))
        }
        verdict => verdict,
    }
}

/// Whether names must be looked up: of nodes that the request names, of the caller's groups.
fn needs_rows(ctx: &Ctx, state: &State, asked: &Asked) -> bool {
    let Ok((_, facts)) = application(state, asked) else { return false };
    let Some(routes) = &facts.routes else { return false };
    let Ok(found) = routes.find(&asked.method, &asked.path) else { return false };
    let by_name = matches!(
        found.route.access,
        Access::Permission { node: Place::ExternalId { .. } | Place::Below(_), .. }
    );
    by_name || (routes.table().groups && ctx.signed_in())
}

async fn decide(
    ctx: &Ctx,
    state: &State,
    read: Option<&Reading>,
    headers: &HeaderMap,
    asked: &Asked,
) -> Result<Verdict, Problem> {
    let (id, facts) = application(state, asked)?;
    let routes = facts.routes.as_ref().ok_or_else(|| refuse("the application has no routes"))?;
    let found = routes.find(&asked.method, &asked.path).map_err(|none| {
        note(ctx, ROUTE, id);
        refuse(none)
    })?;
    refuse_other_sites(ctx, headers, asked)?;
    let groups = routes.table().groups;
    let pass = async || Ok(Verdict::Pass(identity::of(ctx, state, read, groups).await?));
    let sign_in = || Verdict::SignIn { location: sign_in(facts, headers, asked) };
    match &found.route.access {
        Access::Public => pass().await,
        Access::Deny => {
            note(ctx, ROUTE, id);
            Err(refuse("nobody may"))
        }
        Access::SignedIn if !ctx.signed_in() => Ok(sign_in()),
        Access::SignedIn if may_sign_in(ctx, state, facts) => pass().await,
        Access::SignedIn => {
            note(ctx, ROUTE, id);
            Err(Problem::forbidden("Your realm may not sign in at this application."))
        }
        Access::Permission { permission, node } => {
            let node = place(id, state, read, &found, node).await?;
            if node.is_some_and(|node| allows(ctx, state, permission, node)) {
                return pass().await;
            }
            if !ctx.signed_in() {
                return Ok(sign_in());
            }
            note(ctx, permission.as_str(), node.unwrap_or(id));
            Err(Problem::forbidden(format!("This needs the permission {permission}.")))
        }
    }
}

/// The application of a request: the one that the proxy's configuration names, else the one whose host it is. Two
/// different ones are none.
fn application<'a>(
    state: &'a State,
    asked: &Asked,
) -> Result<(NodeId, &'a ApplicationFacts), Problem> {
    let at_host = asked.host.as_ref().and_then(|host| state.roots.at_host(host));
    let id = match &asked.application {
        None => at_host.ok_or_else(|| refuse("no application has this host"))?,
        Some(name) => named(state, name).ok_or_else(|| refuse("there is no such application"))?,
    };
    if at_host.is_some_and(|other| other != id) {
        return Err(refuse("the host is another application's"));
    }
    let facts = state.roots.application(id);
    Ok((id, facts.ok_or_else(|| refuse("there is no such application"))?))
}

/// By name, or by id.
fn named(state: &State, text: &str) -> Option<NodeId> {
    state.roots.named(text).or_else(|| text.parse().ok())
}

/// The node where the permission is asked; none if the request names one that is not there, or not below the
/// application.
async fn place(
    application: NodeId,
    state: &State,
    read: Option<&Reading>,
    found: &Match<'_>,
    place: &Place,
) -> Result<Option<NodeId>, Problem> {
    let rows = || read.ok_or_else(|| Problem::internal("a node by name without the database"));
    let node = match place {
        Place::Application => return Ok(Some(application)),
        Place::Node(id) => Some(*id),
        Place::ExternalId { system, segment } => {
            let Some(id) = found.captured(segment) else { return Ok(None) };
            tree::store::by_external_id(rows()?, system, id).await?.map(|node| node.id)
        }
        Place::Below(steps) => match way(state, application, found, steps) {
            Some(path) => store::node::find_path(rows()?, &path).await?.map(|node| node.id),
            None => None,
        },
    };
    Ok(node.filter(|node| state.engine.is_ancestor(application, *node)))
}

/// The path from the root. What can be no name is the name of nothing.
fn way(state: &State, application: NodeId, found: &Match<'_>, steps: &[Step]) -> Option<NodePath> {
    let root = &state.roots.application(application)?.name;
    steps.iter().try_fold(NodePath::parse(&format!("/{root}")).ok()?, |path, step| {
        let name = match step {
            Step::Name(name) => name.clone(),
            Step::Capture(capture) => kernel::Name::parse(found.captured(capture)?).ok()?,
        };
        path.child(name).ok()
    })
}

fn allows(ctx: &Ctx, state: &State, permission: &PermissionName, node: NodeId) -> bool {
    let question = Question {
        principal: ctx.principal(),
        permissions: std::slice::from_ref(permission),
        node,
        context: &Context::default(),
        now: ctx.now(),
    };
    state.engine.decide(&question).is_allow()
}

/// Whether the caller's sign-in is complete, and his realm is the application's, or shares its users with that.
fn may_sign_in(ctx: &Ctx, state: &State, facts: &ApplicationFacts) -> bool {
    let subject = ctx.principal().subject().and_then(|id| state.engine.subject(id));
    let realm = subject.and_then(|subject| subject.realm);
    !ctx.principal().restricted
        && realm.is_some_and(|realm| state.engine.realms_sharing_with(facts.realm).contains(&realm))
}

/// A browser sends a cookie whoever made it send the request. So a write with one, and the opening of a websocket, must
/// come from a page of the same host.
fn refuse_other_sites(ctx: &Ctx, headers: &HeaderMap, asked: &Asked) -> Result<(), Problem> {
    let is_own = |origin: &str| {
        let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let host = authority.and_then(|authority| Host::of_request(authority).ok());
        host.is_some() && host == asked.host
    };
    let by_cookie = ctx.caller().method == "cookie";
    if by_cookie && asked.is_write(headers) && web::cross_site::is(headers, is_own) {
        return Err(Problem::forbidden("A write with a cookie must come from this site itself."));
    }
    Ok(())
}

/// Where a browser is sent to sign in. The way back is to a host that is the application's.
fn sign_in(facts: &ApplicationFacts, headers: &HeaderMap, asked: &Asked) -> Option<String> {
    let table = facts.routes.as_ref()?.table();
    let host = asked.host.as_ref().filter(|host| table.hosts.contains(host))?;
    let accepts = headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_page = accepts.is_some_and(|accepts| {
        accepts.split(',').any(|media| media.split(';').next().unwrap_or("").trim() == "text/html")
    });
    if !asked.may_redirect || !is_page || asked.method.as_str() != "GET" {
        return None;
    }
    let mut address = url::Url::parse(table.sign_in.as_ref()?).ok()?;
    let scheme = if asked.by_tls { "https" } else { "http" };
    let back = format!("{scheme}://{host}{}", asked.target);
    address.query_pairs_mut().append_pair("return_to", &back);
    Some(address.into())
}

/// Strangers are refused all day; that is in the log, not in the audit.
fn note(ctx: &Ctx, permission: &str, node: NodeId) {
    if ctx.signed_in() {
        ctx.note_refusal(Refusal { permission: permission.to_owned(), node });
    }
}
