//! `GET, PUT, PATCH /api/v1/nodes/{node}/properties`

use std::collections::BTreeMap;

use context::{Action, Event, EventKind, Permitted, Writing};
use kernel::{NodeRef, Problem};
use policy::{Change, ChangeRefused};
use serde_json::Value;
use store::node::Node;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    find, model, model::Properties, read_node::ReadNode, store as rows, update_node::UpdateNode,
};

/// Changing what a condition reads; asked beside `node:update`.
#[derive(Debug)]
pub struct SteerConditions;

impl Action for SteerConditions {
    type Resource = Node;
    const PERMISSION: &'static str = "access:assign";
}

/// The properties of a node.
#[utoipa::path(get, path = "/api/v1/nodes/{node}/properties", tag = "nodes", operation_id = "read_properties",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    responses((status = 200, body = BTreeMap<String, Value>, description = "The properties"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn read(Op(ctx): Op, Path(node): Path<NodeRef>) -> web::Result<Tagged<Properties>> {
    let read = ctx.read().await?;
    let node = find(&read, &node, "").await?;
    let node = read.permit::<ReadNode>(node)?;
    Ok(Tagged { body: rows::properties(&read, node.id).await?, version: node.version })
}

/// Replaces all properties of a node. A property that a condition reads asks `access:assign` too.
#[utoipa::path(put, path = "/api/v1/nodes/{node}/properties", tag = "nodes", operation_id = "replace_properties",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    request_body = BTreeMap<String, Value>,
    responses((status = 200, body = BTreeMap<String, Value>, description = "The properties as they are now"),
        (status = 403, body = web::ProblemBody, description = "Not permitted"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 422, body = web::ProblemBody, description = "A property is wrong")),
    extensions(("x-permission" = json!("node:update"))))]
pub async fn replace(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    if_match: IfMatch,
    Json(input): Json<Properties>,
) -> web::Result<Tagged<Properties>> {
    let tx = ctx.begin().await?;
    let node = permitted(&tx, &node, &if_match).await?;
    let changes = replacing(&tx, &node, &input).await?;
    Ok(finish(tx, node, changes).await?)
}

/// Changes some properties of a node; `null` removes one.
#[utoipa::path(patch, path = "/api/v1/nodes/{node}/properties", tag = "nodes", operation_id = "change_properties",
    params(("node" = String, Path, description = "Id, or path with `%2F` for each `/`")),
    request_body = BTreeMap<String, Value>,
    responses((status = 200, body = BTreeMap<String, Value>, description = "The properties as they are now"),
        (status = 403, body = web::ProblemBody, description = "Not permitted"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 422, body = web::ProblemBody, description = "A property is wrong")),
    extensions(("x-permission" = json!("node:update"))))]
pub async fn change(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    if_match: IfMatch,
    Json(input): Json<BTreeMap<String, Option<Value>>>,
) -> web::Result<Tagged<Properties>> {
    let tx = ctx.begin().await?;
    let node = permitted(&tx, &node, &if_match).await?;
    Ok(finish(tx, node, input).await?)
}

/// The node, with the permission to change what it carries.
pub(crate) async fn permitted(
    tx: &Writing,
    node: &NodeRef,
    if_match: &IfMatch,
) -> Result<Permitted<UpdateNode, Node>, Problem> {
    let node = tx.permit::<UpdateNode>(find(tx, node, "").await?)?;
    if_match.check(node.version)?;
    model::refuse_global(node.id)?;
    if let Some(name) = model::own_permission(&node.kind) {
        let permission = context::action::parse(name)?;
        if !tx.may(&permission, node.id) {
            return Err(Problem::forbidden(format!("This needs the permission {name}.")));
        }
    }
    Ok(node)
}

async fn finish(
    mut tx: Writing,
    node: Permitted<UpdateNode, Node>,
    changes: BTreeMap<String, Option<Value>>,
) -> Result<Tagged<Properties>, Problem> {
    let former = apply(&mut tx, &node, changes, "").await?;
    store::node::touch(tx.as_ref(), node.id, tx.ctx().now()).await?;
    let body = rows::properties(&tx, node.id).await?;
    model::check_count(body.len(), "")?;
    let event =
        Event::new(EventKind::DataUpdate, "node.properties").about("node", node.id, node.id);
    let told = |properties: Properties| properties.into_iter().collect();
    tx.audit(model::changed(event, &node.kind, told(former), told(body.clone())));
    tx.commit().await?;
    Ok(Tagged { body, version: node.version + 1 })
}

/// Makes these all the properties of a node; for world files.
pub async fn write_all<A>(
    tx: &mut Writing,
    node: &Permitted<A, Node>,
    properties: &Properties,
    pointer: &str,
) -> Result<(), Problem> {
    model::check_count(properties.len(), pointer)?;
    let changes = replacing(tx, node, properties).await?;
    apply(tx, node, changes, pointer).await.map(drop)
}

/// The changes after which a node has these properties and no others.
async fn replacing(
    tx: &Writing,
    node: &Node,
    properties: &Properties,
) -> Result<BTreeMap<String, Option<Value>>, Problem> {
    let mut changes: BTreeMap<String, Option<Value>> =
        properties.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
    for name in rows::properties(tx, node.id).await?.into_keys() {
        changes.entry(name).or_insert(None);
    }
    Ok(changes)
}

/// Writes properties of a new node; also for world files.
pub async fn write<A>(
    tx: &mut Writing,
    node: &Permitted<A, Node>,
    properties: &Properties,
    pointer: &str,
) -> Result<(), Problem> {
    model::check_count(properties.len(), pointer)?;
    let changes = properties.iter().map(|(name, value)| (name.clone(), Some(value.clone())));
    apply(tx, node, changes.collect(), pointer).await.map(drop)
}

/// Makes the changes, and tells which properties there were before.
async fn apply<A>(
    tx: &mut Writing,
    node: &Permitted<A, Node>,
    changes: BTreeMap<String, Option<Value>>,
    pointer: &str,
) -> Result<Properties, Problem> {
    let former = rows::properties(tx, node.id).await?;
    for (name, value) in changes {
        if former.get(&name) == value.as_ref() {
            continue;
        }
        if tx.engine().conditions_read_property(&name) {
            let _steers = tx.permit::<SteerConditions>(Node::clone(node))?;
        }
        match value {
            None => {
                rows::remove_property(tx, node, &name).await?;
                tx.record(Change::PropertyRemoved { node: node.id, name })?;
            }
            Some(value) => {
                model::check_property(&name, &value, pointer)?;
                rows::set_property(tx, node, &name, &value).await?;
                let change = Change::PropertySet { node: node.id, name: name.clone(), value };
                refuse_reserved(tx, &change, &model::field(pointer, &name))?;
                tx.record(change)?;
            }
        }
    }
    Ok(former)
}

/// A name that conditions use for something else is a mistake in the input, not a conflict.
fn refuse_reserved(tx: &Writing, change: &Change, pointer: &str) -> Result<(), Problem> {
    match tx.engine().clone().apply(change) {
        Err(error @ ChangeRefused::ReservedName(_)) => Err(Problem::invalid(pointer, error)),
        _ => Ok(()),
    }
}
