//! `POST /api/v1/nodes`

use std::collections::BTreeMap;

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, NodeKind, NodeRef, Problem};
use serde::Deserialize;
use serde_json::Value;
use store::node::Node;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{external_ids, find, insert_node, model, model::NewNode, properties, tags, view};

/// Making a node; asked at its parent, for a root at `$global`.
#[derive(Debug)]
pub struct CreateNode;

impl Action for CreateNode {
    type Resource = NewNode;
    const PERMISSION: &'static str = "node:create";
}

/// A node that is to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateNodeInput {
    /// The parent, by id or path; absent for a root.
    #[schema(value_type = Option<String>, example = "/acme")]
    pub parent: Option<NodeRef>,
    /// What it is: a plain word such as `company`. Realms, users, groups, service accounts and applications are made by
    /// operations of their own.
    #[schema(value_type = String, example = "company")]
    pub kind: NodeKind,
    /// Its name, unique under the parent.
    #[schema(value_type = String, example = "companyA")]
    pub name: Name,
    /// Its properties.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub properties: BTreeMap<String, Value>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Its ids in other systems.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
}

/// Makes a node.
#[utoipa::path(post, path = "/api/v1/nodes", tag = "nodes", operation_id = "create_node",
    request_body = CreateNodeInput,
    responses(
        (status = 201, body = view::NodeView, description = "Made"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the parent"),
        (status = 409, body = web::ProblemBody, description = "The name is in use there"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("node:create"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<CreateNodeInput>,
) -> web::Result<Created<view::NodeView>> {
    let mut tx = ctx.begin().await?;
    let node = run(&mut tx, input).await?;
    let body = view::whole(&tx, &node).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/nodes/{}", node.id), body })
}

/// Makes a node with all it carries.
pub async fn run(tx: &mut Writing, input: CreateNodeInput) -> Result<Node, Problem> {
    model::refuse_managed(&input.kind, "/kind")?;
    let parent = match &input.parent {
        None => None,
        Some(parent) => Some(find(tx, parent, "/parent").await?.id),
    };
    let new = NewNode { parent, kind: input.kind, name: input.name };
    let new = tx.permit::<CreateNode>(new).map_err(|p| crate::hide(p, "/parent"))?;
    if parent == Some(NodeId::GLOBAL) {
        let detail = "leave it out: a root has no parent, and $global is above every root";
        return Err(Problem::invalid("/parent", detail));
    }
    let node = insert_node(tx, &new).await?;
    let made = new.map(|_| Ok::<_, Problem>(node))?;
    properties::write(tx, &made, &input.properties, "/properties").await?;
    tags::write(tx, &made, input.tags, "/tags").await?;
    external_ids::write(tx, &made, &input.external_ids, "/external_ids").await?;
    let node = made.into_inner();
    let event = Event::new(EventKind::DataCreate, "node.create").about("node", node.id, node.id);
    tx.audit(event.with("kind", node.kind.as_str()).with("name", node.name.as_str()));
    Ok(node)
}
