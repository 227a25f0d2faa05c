//! Connecting, disconnecting and moving count as granting `*` at the node whose ancestors change: they alter who may do
//! what there in ways that nobody can see through.

use context::{Writing, refusal::Refusal};
use kernel::{NodeId, Pattern, Problem};
use policy::{Grant, Region};

/// 403 unless the caller could grant `*` at the node.
pub async fn may_change_ancestors(tx: &Writing, node: NodeId) -> Result<(), Problem> {
    let grant = Grant {
        pattern: Pattern::everything(),
        except: Vec::new(),
        region: Region::new([node]),
        until: None,
        when: Vec::new(),
        fields: None,
        rows: None,
    };
    let ctx = tx.ctx();
    let Err(withheld) = tx.engine().may_grant(ctx.principal(), &grant, ctx.now()) else {
        return Ok(());
    };
    ctx.note_refusal(Refusal { permission: "grant *".to_owned(), node });
    let path = store::node::path(tx, node).await?.unwrap_or_else(|| node.to_string());
    Err(Problem::forbidden(format!(
        "Who inherits what at {path} changes by this, which counts as granting '*' there: {withheld}."
    )))
}
