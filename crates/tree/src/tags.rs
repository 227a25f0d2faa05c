//! `GET, PUT /api/v1/nodes/{node}/tags`

use context::{Event, EventKind, Permitted, Writing};
use kernel::{NodeRef, Problem};
use serde_json::Value;
use store::node::Node;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{find, model, properties::permitted, read_node::ReadNode, store as rows};

/// The tags of a node.
#[utoipa::path(get, path = "/api/v1/nodes/{node}/tags", tag = "nodes", operation_id = "read_tags",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    responses((status = 200, body = Vec<String>, description = "The tags, sorted"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn read(Op(ctx): Op, Path(node): Path<NodeRef>) -> web::Result<Tagged<Vec<String>>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    let node = read.permit::<ReadNode>(node)?;
    Ok(Tagged { body: rows::tags(&read, node.id).await?, version: node.version })
}

/// Replaces all tags of a node.
#[utoipa::path(put, path = "/api/v1/nodes/{node}/tags", tag = "nodes", operation_id = "replace_tags",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    request_body = Vec<String>,
    responses((status = 200, body = Vec<String>, description = "The tags as they are now"),
        (status = 403, body = web::ProblemBody, description = "Not permitted"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 422, body = web::ProblemBody, description = "A tag is wrong")),
    extensions(("x-permission" = json!("node:update"))))]
pub async fn replace(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    if_match: IfMatch,
    Json(input): Json<Vec<String>>,
) -> web::Result<Tagged<Vec<String>>> {
    let mut tx = ctx.begin().await?;
    let node = permitted(&tx, &node, &if_match).await?;
    let former = rows::tags(&tx, node.id).await?;
    write(&mut tx, &node, input, "").await?;
    store::node::touch(tx.as_ref(), node.id, tx.ctx().now()).await?;
    let body = rows::tags(&tx, node.id).await?;
    let event = Event::new(EventKind::DataUpdate, "node.tags").about("node", node.id, node.id);
    let told = |tags: &[String]| tags.iter().cloned().map(Value::from).collect::<Vec<_>>();
    tx.audit(match model::is_person(&node.kind) {
        true => event,
        false => event.exchanged(&told(&former), &told(&body)),
    });
    tx.commit().await?;
    Ok(Tagged { body, version: node.version + 1 })
}

/// Writes all tags of a node; twice the same is once.
pub async fn write<A>(
    tx: &mut Writing,
    node: &Permitted<A, Node>,
    mut tags: Vec<String>,
    pointer: &str,
) -> Result<(), Problem> {
    model::check_count(tags.len(), pointer)?;
    for (index, tag) in tags.iter().enumerate() {
        model::check_key(tag, &format!("{pointer}/{index}"))?;
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(rows::set_tags(tx, node, &tags).await?)
}
