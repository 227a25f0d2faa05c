//! Who comes in at all: the rules on addresses, and how many requests a source may make; asked before anything else is
//! read of a request.

use context::{Caller, Ctx, Event, EventKind, RequestFacts, Source};
use kernel::Problem;

use crate::{
    client,
    gate::{Edge, is_vital},
    settings::REQUESTS_PER_MINUTE,
};

/// From how many sources a minute refusals are written to the audit, on each server.
const MOST_SOURCES: u64 = 100;

/// 403 if the rules on addresses do not let this request in, 429 if too many come from its source.
pub(crate) async fn admit(edge: &Edge, facts: &RequestFacts) -> Result<(), Problem> {
    if !edge.over_network || is_probe(edge, facts) {
        return Ok(());
    }
    if edge.system.state().ip_rules.admit(facts.ip) {
        return edge.system.take_turn(&REQUESTS_PER_MINUTE, Source::of(facts.ip));
    }
    metrics::counter!("portcullis_ip_rule_refusals_total").increment(1);
    if let Err(error) = write(edge, facts).await {
        // It is refused in any case.
        tracing::warn!(%error, "a refused address could not be written to the audit");
    }
    Err(Problem::forbidden("Requests from this address are not accepted."))
}

/// The machine itself, and the proxies in front of it, may always ask how the server is: what supervises it does so.
fn is_probe(edge: &Edge, facts: &RequestFacts) -> bool {
    let is_near =
        |ip| client::is_trusted(ip, &edge.trusted_proxies) || ip.to_canonical().is_loopback();
    is_vital(&facts.path) && facts.ip.is_some_and(is_near)
}

/// The first of each source in a minute.
async fn write(edge: &Edge, facts: &RequestFacts) -> Result<(), Problem> {
    let now = edge.system.now();
    let source = Source::of(facts.ip).to_string();
    if !edge.system.refusals().is_first_of(now, "ip_rule", &source, MOST_SOURCES) {
        return Ok(());
    }
    let ctx = Ctx::new(edge.system.clone(), Caller::nobody(), facts.clone());
    let event = Event::new(EventKind::AccessDenied, "ip_rule.refuse");
    ctx.audit(event.failed("the address is not admitted")).await
}
