//! `DELETE /api/v1/nodes/{node}/connections/{to}`

use context::{Event, EventKind, Permitted, Writing};
use http::StatusCode;
use kernel::{NodeRef, Problem};
use policy::Change;
use serde::Deserialize;
use store::node::Node;
use web::{Op, Path};

use crate::{
    connect::{ConnectNodes, ends, refuse_others},
    gone, granting, store as rows,
};

/// The two ends.
#[derive(Debug, Deserialize)]
pub struct ConnectionPath {
    node: NodeRef,
    to: NodeRef,
}

/// Removes a connection. As it may lift a deny, it counts as granting `*` at the node that inherited.
#[utoipa::path(delete, path = "/api/v1/nodes/{node}/connections/{to}", tag = "nodes", operation_id = "disconnect_nodes",
    params(("node" = String, Path, description = "The node inherited from: id, or path with `%2F` for each `/`"),
        ("to" = String, Path, description = "The node that inherits, in the same form")),
    responses(
        (status = 204, description = "Disconnected"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at both ends, or more than one may grant"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:connect"))))]
pub async fn handle(Op(ctx): Op, Path(path): Path<ConnectionPath>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let (from, to) = ends(&tx, &path.node, &path.to, "").await?;
    run(&mut tx, &from, &to).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `to` inherits from `from` no longer.
pub async fn run(
    tx: &mut Writing,
    from: &Permitted<ConnectNodes, Node>,
    to: &Permitted<ConnectNodes, Node>,
) -> Result<(), Problem> {
    refuse_others(from, to)?;
    if !tx.engine().connections_from(from.id).contains(&to.id) {
        return Err(gone());
    }
    granting::may_change_ancestors(tx, to.id).await?;
    rows::delete_connection(tx, from.id, to).await?;
    store::node::touch(tx.as_ref(), to.id, tx.ctx().now()).await?;
    tx.record(Change::Disconnected { from: from.id, to: to.id })?;
    let event = Event::new(EventKind::RoleChange, "node.disconnect").about("node", to.id, to.id);
    tx.audit(event.with("from", from.id.to_string()));
    Ok(())
}
