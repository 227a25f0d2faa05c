//! `GET /api/v1/nodes`

use context::{Reading, Scope};
use kernel::{NodeId, NodeKind, NodeRef, Problem};
use serde::{Deserialize, Serialize};
use store::{Run, Value, node::Node};
use utoipa::IntoParams;
use web::{Json, Op, Page, Query, page};

use crate::{read_node::ReadNode, store as rows, view, view::NodeView};

/// Which nodes.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NodeQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only what has this text in its name.
    pub q: Option<String>,
    /// Only this kind.
    #[param(value_type = Option<String>)]
    pub kind: Option<NodeKind>,
    /// Only this node and what is below it, by id or path.
    #[param(value_type = Option<String>)]
    pub under: Option<NodeRef>,
    /// Only the node at this path.
    #[param(value_type = Option<String>)]
    pub path: Option<NodeRef>,
    /// Only what has this tag.
    pub tag: Option<String>,
}

/// The nodes that the caller may read, in the order of the tree: parents before children.
#[utoipa::path(get, path = "/api/v1/nodes", tag = "nodes", operation_id = "list_nodes",
    params(NodeQuery),
    responses((status = 200, body = Page<NodeView>, description = "A page of nodes"),
        (status = 400, body = web::ProblemBody, description = "A parameter is wrong")),
    extensions(("x-permission" = json!("node:read"))))]
pub async fn handle(
    Op(ctx): Op,
    Query(query): Query<NodeQuery>,
) -> web::Result<Json<Page<NodeView>>> {
    let read = ctx.read().await?;
    let mut filter = Filter::scoped(&read)?;
    if let Some(kind) = &query.kind {
        filter.add("n.kind = {}", [kind.as_str().into()]);
    }
    if let Some(q) = &query.q {
        filter.add("LOWER(n.name) LIKE LOWER({}) ESCAPE '\\'", [page::like(q).into()]);
    }
    if let Some(tag) = &query.tag {
        filter.add(rows::HAS_TAG, [tag.as_str().into()]);
    }
    if let Some(path) = &query.path {
        let id = store::node::resolve(&read, path).await?.map(|node| node.id.0);
        filter.add("n.id = {}", [id.into()]);
    }
    if let Some(under) = &query.under {
        // A node that one may not read has readable ones below it, maybe; it is itself as good as not there.
        let node = store::node::resolve(&read, under).await?;
        let top = node.filter(|node| read.permit::<ReadNode>(node.clone()).is_ok());
        let (from, to) = top.map_or((0, 0), |node| (node.label, node.label_end));
        filter.add("n.label >= {} AND n.label < {}", [from.into(), to.into()]);
    }
    Ok(Json(filter.page(&read, query.limit, query.cursor.as_deref()).await?))
}

/// Where a page ended. Labels move, so the node itself counts while it is there.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    id: NodeId,
    label: i64,
}

impl Place {
    /// The place of a node.
    pub(crate) fn of(node: &Node) -> Self {
        Self { id: node.id, label: node.label }
    }

    /// The label that stands there now.
    pub(crate) fn label(&self, read: &Reading) -> i64 {
        read.engine().labels(self.id).map_or(self.label, |labels| labels.label)
    }
}

/// The condition of a list of nodes, within what the caller may read.
pub(crate) struct Filter {
    scope: Scope<ReadNode>,
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    /// All that the caller may read.
    pub(crate) fn scoped(read: &Reading) -> Result<Self, Problem> {
        let scope = read.scope::<ReadNode>()?;
        Ok(Self { conditions: vec![scope.sql("n.label")], scope, values: Vec::new() })
    }

    /// All that the caller may read.
    pub(crate) fn scope(&self) -> &Scope<ReadNode> {
        &self.scope
    }

    /// One more condition; each `{}` in it stands for the next value.
    pub(crate) fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.conditions.push(numbered(sql, values, &mut self.values));
    }

    /// Only these nodes.
    pub(crate) fn among(&mut self, nodes: &[NodeId]) {
        let places = vec!["{}"; nodes.len()].join(", ");
        // `IN ()` is not known to every database.
        let sql = if nodes.is_empty() { "1 = 0".to_owned() } else { format!("n.id IN ({places})") };
        self.add(&sql, nodes.iter().map(|node| node.0.into()));
    }

    /// One page, with the number of all.
    pub(crate) async fn page(
        mut self,
        read: &Reading,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<Page<NodeView>, Problem> {
        let limit = page::limit(limit)?;
        let place: Option<Place> = page::from_cursor(cursor)?;
        let all = (self.sql(), self.values.clone());
        if let Some(place) = &place {
            self.add("n.label > {}", [place.label(read).into()]);
        }
        let page = self.cut(read, "n.label", limit, Place::of).await?;
        // Whoever has found all of them need not look through the names once more.
        let total = match (place, &page.next_cursor) {
            (None, None) => u64::try_from(page.items.len()).map_err(Problem::internal)?,
            _ => count(read, all).await?,
        };
        Ok(page.with_total(total))
    }

    /// The first of them in an order, with the key after which the rest comes.
    pub(crate) async fn cut<K: Serialize>(
        self,
        read: &Reading,
        order: &str,
        limit: usize,
        key: impl Fn(&Node) -> K,
    ) -> Result<Page<NodeView>, Problem> {
        let sql = format!("{} ORDER BY {order} LIMIT {}", self.sql(), limit + 1);
        let nodes = store::node::list(read, &sql, self.values).await?;
        let page = Page::cut(nodes, limit, key);
        let items = view::several(read, &self.scope, &page.items).await?;
        Ok(Page { items, next_cursor: page.next_cursor, total: None })
    }

    fn sql(&self) -> String {
        self.conditions.join(" AND ")
    }
}

async fn count(read: &Reading, (condition, values): (String, Vec<Value>)) -> Result<u64, Problem> {
    let sql = format!("SELECT COUNT(*) FROM node n WHERE {condition}");
    Ok(read.number(&sql, values).await?.unsigned_abs())
}

/// A condition in which each `{}` is the number of its value, which is added to the others.
fn numbered(sql: &str, new: impl IntoIterator<Item = Value>, values: &mut Vec<Value>) -> String {
    new.into_iter().fold(sql.to_owned(), |sql, value| {
        values.push(value);
        sql.replacen("{}", &format!("${}", values.len()), 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_across_conditions() {
        let mut values = Vec::new();
        assert_eq!(numbered("a = {}", [1.into()], &mut values), "a = $1");
        let both = numbered("b >= {} AND b < {}", [2.into(), 3.into()], &mut values);
        assert_eq!((both.as_str(), values.len()), ("b >= $2 AND b < $3", 3));
    }
}
