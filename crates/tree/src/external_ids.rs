//! `GET, PUT /api/v1/nodes/{node}/external-ids`

use std::collections::BTreeMap;

use context::{Event, EventKind, Permitted, Writing};
use kernel::{NodeRef, Problem};
use store::node::Node;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{find, model, properties::permitted, read_node::ReadNode, store as rows};

/// System, id there.
pub type ExternalIds = BTreeMap<String, String>;

/// The ids of a node in other systems.
#[utoipa::path(get, path = "/api/v1/nodes/{node}/external-ids", tag = "nodes", operation_id = "read_external_ids",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    responses((status = 200, body = BTreeMap<String, String>, description = "Id by system"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn read(Op(ctx): Op, Path(node): Path<NodeRef>) -> web::Result<Tagged<ExternalIds>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    let node = read.permit::<ReadNode>(node)?;
    Ok(Tagged { body: rows::external_ids(&read, node.id).await?, version: node.version })
}

/// Replaces all ids of a node in other systems. In one system an id belongs to one node.
#[utoipa::path(put, path = "/api/v1/nodes/{node}/external-ids", tag = "nodes", operation_id = "replace_external_ids",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    request_body = BTreeMap<String, String>,
    responses((status = 200, body = BTreeMap<String, String>, description = "The ids as they are now"),
        (status = 403, body = web::ProblemBody, description = "Not permitted"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "Another node has one of them"),
        (status = 422, body = web::ProblemBody, description = "An id is wrong")),
    extensions(("x-permission" = json!("node:update"))))]
pub async fn replace(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    if_match: IfMatch,
    Json(input): Json<ExternalIds>,
) -> web::Result<Tagged<ExternalIds>> {
    let mut tx = ctx.begin().await?;
    let node = permitted(&tx, &node, &if_match).await?;
    let former = rows::external_ids(&tx, node.id).await?;
    write(&mut tx, &node, &input, "").await?;
    store::node::touch(tx.as_ref(), node.id, tx.ctx().now()).await?;
    let event =
        Event::new(EventKind::DataUpdate, "node.external_ids").about("node", node.id, node.id);
    let told = |ids: ExternalIds| ids.into_iter().map(|(system, id)| (system, id.into())).collect();
    tx.audit(model::changed(event, &node.kind, told(former), told(input.clone())));
    tx.commit().await?;
    Ok(Tagged { body: input, version: node.version + 1 })
}

/// Writes all external ids of a node.
pub async fn write<A>(
    tx: &mut Writing,
    node: &Permitted<A, Node>,
    ids: &ExternalIds,
    pointer: &str,
) -> Result<(), Problem> {
    model::check_count(ids.len(), pointer)?;
    for (system, id) in ids {
        let pointer = model::field(pointer, system);
        model::check_key(system, &pointer)?;
        model::check_key(id, &pointer)?;
    }
    rows::set_external_ids(tx, node, ids).await
}
