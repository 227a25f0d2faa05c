//! `GET /api/v1/audit/verify`: walks the whole chain and compares its end with the signed head, and with a head that was
//! exported before, so that a cut tail shows.

use context::{
    Ctx, Reading,
    audit_row::{self, AuditHead},
};
use kernel::{NodeId, Problem};
use protocol::chain::Walk;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Query};

use crate::{list_events::ReadAudit, model::hex, store};

/// How many rows are read at once.
const PORTION: i64 = 1000;

/// What to compare with.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VerifyQuery {
    /// A head that an earlier call answered: `NUMBER:HASH`.
    head: Option<String>,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verified {
    /// Whether the log is whole.
    pub valid: bool,
    /// How many events were checked.
    pub events: u64,
    /// The end of the chain, `NUMBER:HASH`: keep it elsewhere, to compare later.
    pub head: String,
    /// What is wrong, naming the first broken event.
    pub problem: Option<String>,
}

/// Checks that no event was changed, removed or added behind the server's back.
#[utoipa::path(
    get, path = "/api/v1/audit/verify", tag = "audit", operation_id = "verify_audit", params(VerifyQuery),
    responses((status = 200, body = Verified), (status = 403, body = web::ProblemBody)),
    extensions(("x-permission" = json!("audit:read")))
)]
pub async fn handle(Op(ctx): Op, Query(query): Query<VerifyQuery>) -> web::Result<Json<Verified>> {
    let expected = query.head.as_deref().map(ExpectedHead::parse).transpose()?;
    Ok(Json(run(&ctx, expected).await?))
}

/// A head that was exported before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedHead {
    sequence: u64,
    hash: String,
}

impl ExpectedHead {
    /// Parses `NUMBER:HASH`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refuse =
            || Problem::invalid("/head", "must be NUMBER:HASH, as an earlier check printed it");
        let (sequence, hash) = text.trim().split_once(':').ok_or_else(refuse)?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        match sequence.parse() {
            Ok(sequence) if is_hash => Ok(Self { sequence, hash: hash.to_ascii_lowercase() }),
            _ => Err(refuse()),
        }
    }
}

/// Walks the chain.
pub async fn run(ctx: &Ctx, expected: Option<ExpectedHead>) -> Result<Verified, Problem> {
    let read = ctx.read().await?;
    read.permit::<ReadAudit>(NodeId::GLOBAL).map(drop)?;
    let mut walk = Walk::from_genesis();
    let mut met =
        Met { head: expected.as_ref().is_none_or(|head| head.sequence == 0), alert: None };
    let mut problem = walk_all(&read, &mut walk, expected.as_ref(), &mut met).await?;
    let (events, hash) = walk.head();
    let head = format!("{events}:{}", hex(hash));
    if problem.is_none() {
        let stored = audit_row::head(&read).await?;
        problem = check_head(ctx, &walk, stored.as_ref());
    }
    if problem.is_none() && !met.head {
        problem = Some(
            "the log does not contain the head that was exported: its end was cut or rewritten"
                .to_owned(),
        );
    }
    if problem.is_none() {
        problem = met.alert.map(|sequence| format!(
            "before event {sequence} the head was not signed with the server's key: events may have been cut off there; if APP_KEY was changed then, compare with a head taken after it"
        ));
    }
    Ok(Verified { valid: problem.is_none(), events, head, problem })
}

/// What was met on the way.
struct Met {
    /// The head that was exported before.
    head: bool,
    /// The first event after that head which says that a head was not genuine.
    alert: Option<u64>,
}

async fn walk_all(
    read: &Reading,
    walk: &mut Walk,
    expected: Option<&ExpectedHead>,
    met: &mut Met,
) -> Result<Option<String>, Problem> {
    let mut last = i64::MIN;
    loop {
        let rows = store::after(read, last, PORTION).await?;
        let Some(end) = rows.last() else { return Ok(None) };
        last = end.sequence;
        for row in rows {
            let sequence = row.sequence.unsigned_abs();
            let Ok(hash) = <&[u8; 32]>::try_from(row.hash.as_slice()) else {
                return Ok(Some(format!("event {sequence} has no hash")));
            };
            if row.sequence < 1 {
                return Ok(Some(format!("event {} stands before the first", row.sequence)));
            }
            if let Err(broken) = walk.step(sequence, &row.canonical(), hash) {
                return Ok(Some(broken.to_string()));
            }
            if !row.personal_is_genuine() {
                return Ok(Some(format!("the personal part of event {sequence} was changed")));
            }
            met.head |=
                expected.is_some_and(|head| head.sequence == sequence && head.hash == hex(hash));
            let is_new = expected.is_none_or(|head| sequence > head.sequence);
            if row.action == audit_row::HEAD_REFUSED && is_new && met.alert.is_none() {
                met.alert = Some(sequence);
            }
        }
    }
}

fn check_head(ctx: &Ctx, walk: &Walk, stored: Option<&AuditHead>) -> Option<String> {
    let (sequence, hash) = walk.head();
    let Some(stored) = stored else {
        // The first start writes an event, so there is no log without a head, not even an empty one.
        return Some("the head of the log is missing".to_owned());
    };
    let genuine = stored.is_genuine(ctx.system().audit_key());
    if stored.sequence.unsigned_abs() != sequence || stored.hash != hash {
        return Some(format!(
            "the log ends at event {sequence}, its head says {}: events were removed or added at the end",
            stored.sequence
        ));
    }
    (!genuine).then(|| "the head is not signed with this APP_KEY: the key was changed, or the head was rewritten".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_a_number_and_a_hash() {
        let text = format!("12:{}", "ab".repeat(32));
        assert_eq!(ExpectedHead::parse(&text).unwrap().sequence, 12);
        for text in ["", "12", "x:ab", "12:ab", &format!("12:{}", "zz".repeat(32))] {
            assert!(ExpectedHead::parse(text).is_err(), "{text}");
        }
    }
}
