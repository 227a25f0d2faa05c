//! A node as it is answered.

use std::collections::BTreeMap;

use context::{Reading, Scope};
use jiff::Timestamp;
use kernel::{NodeId, Problem};
use serde::Serialize;
use serde_json::Value;
use store::{Run, node::Node};
use utoipa::ToSchema;

use crate::{read_node::ReadNode, store as rows};

/// A node.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NodeView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// The names from the root down: `/acme/companyA`.
    pub path: String,
    /// What it is.
    pub kind: String,
    /// Its name, unique under its parent.
    pub name: String,
    /// Its parent; none for a root.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub parent: Option<NodeId>,
    /// Its properties; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, Value>>,
    /// Its tags; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Its ids in other systems; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<BTreeMap<String, String>>,
    /// Whether something stands directly below it that the caller may read; told in lists alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_children: Option<bool>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// One node with all it carries.
pub async fn whole(run: &impl Run, node: &Node) -> Result<NodeView, Problem> {
    let path = store::node::path(run, node.id).await?.unwrap_or_default();
    Ok(NodeView {
        properties: Some(rows::properties(run, node.id).await?),
        tags: Some(rows::tags(run, node.id).await?),
        external_ids: Some(rows::external_ids(run, node.id).await?),
        ..plain(node, path)
    })
}

/// Nodes of a list, in its order; `scope` is all that the caller may read.
pub async fn several(
    read: &Reading,
    scope: &Scope<ReadNode>,
    nodes: &[Node],
) -> Result<Vec<NodeView>, Problem> {
    let ids: Vec<NodeId> = nodes.iter().map(|node| node.id).collect();
    let mut paths = store::node::paths(read, &ids).await?;
    let view = |node: &Node| NodeView {
        has_children: Some(read.engine().has_child_in(node.id, scope.labels())),
        ..plain(node, paths.remove(&node.id).unwrap_or_default())
    };
    Ok(nodes.iter().map(view).collect())
}

fn plain(node: &Node, path: String) -> NodeView {
    NodeView {
        id: node.id,
        path,
        kind: node.kind.to_string(),
        name: node.name.to_string(),
        parent: node.parent,
        properties: None,
        tags: None,
        external_ids: None,
        has_children: None,
        created_at: node.created_at,
        updated_at: node.updated_at,
    }
}
