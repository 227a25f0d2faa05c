//! Realms, nodes and connections.

use context::Reading;
use kernel::{Name, NodeId, NodeKind, Problem};
use store::{Run, node};

use super::{Out, PORTION, place, send};
use crate::file::{Connection, Document, Node, Realm};

pub(super) async fn realms(read: &Reading, out: &Out) -> Result<(), Problem> {
    let roots = node::list(read, "n.parent IS NULL AND n.kind = 'realm' ORDER BY n.label", vec![]);
    let realms: Vec<Realm> =
        roots.await?.into_iter().map(|node| Realm { name: node.name }).collect();
    send(out, &Document { realms: Some(realms), ..Document::default() }).await
}

/// Applications and plain nodes, in the order of labels: parents come before their children.
pub(super) async fn nodes(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut after = i64::MIN;
    loop {
        let page = node::page(read, after, PORTION as i64).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.label;
        let mine: Vec<node::Node> = page
            .into_iter()
            .filter(|node| !node.kind.is_managed() || node.kind.as_str() == NodeKind::APPLICATION)
            .collect();
        if !mine.is_empty() {
            let nodes = describe(read, mine).await?;
            send(out, &Document { nodes: Some(nodes), ..Document::default() }).await?;
        }
    }
}

async fn describe(read: &Reading, nodes: Vec<node::Node>) -> Result<Vec<Node>, Problem> {
    let ids: Vec<NodeId> = nodes.iter().map(|node| node.id).collect();
    let paths = node::paths(read, &ids).await?;
    let mut carried = ::tree::store::carried(read, &ids).await?;
    let mut described = Vec::with_capacity(nodes.len());
    for node in nodes {
        let carried = carried.remove(&node.id).unwrap_or_default();
        described.push(Node {
            path: place(paths.get(&node.id))?,
            realm: primary_realm(read, &node).await?,
            kind: Some(node.kind),
            properties: Some(carried.properties).filter(|map| !map.is_empty()),
            tags: Some(carried.tags).filter(|tags| !tags.is_empty()),
            external_ids: Some(carried.external_ids).filter(|map| !map.is_empty()),
        });
    }
    Ok(described)
}

async fn primary_realm(read: &Reading, node: &node::Node) -> Result<Option<Name>, Problem> {
    if node.kind.as_str() != NodeKind::APPLICATION {
        return Ok(None);
    }
    let application = ::realms::find_application(read, node.name.as_str()).await?;
    let name = application.map(|application| Name::parse(&application.realm_name));
    name.transpose().map_err(Problem::internal)
}

pub(super) async fn connections(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let page = ::tree::store::connections_page(read, after, PORTION as i64).await?;
        let Some(last) = page.last() else { break };
        after = Some(*last);
        let pairs: Vec<_> =
            page.iter().map(|row| (NodeId(row.from_id), NodeId(row.to_id))).collect();
        send_connections(read, out, &pairs).await?;
    }
    let engine = read.engine();
    let realms = engine.children(None).into_iter();
    let realms =
        realms.filter(|id| engine.kind(*id).is_some_and(|k| k.as_str() == NodeKind::REALM));
    let mut sharing = Vec::new();
    for from in realms {
        let is_realm =
            |to: &NodeId| engine.kind(*to).is_some_and(|k| k.as_str() == NodeKind::REALM);
        sharing.extend(
            engine.connections_from(from).into_iter().filter(is_realm).map(|to| (from, to)),
        );
    }
    if sharing.is_empty() { Ok(()) } else { send_connections(read, out, &sharing).await }
}

async fn send_connections(
    read: &impl Run,
    out: &Out,
    pairs: &[(NodeId, NodeId)],
) -> Result<(), Problem> {
    let ids: Vec<NodeId> = pairs.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let paths = node::paths(read, &ids).await?;
    let connections = pairs
        .iter()
        .map(|(from, to)| {
            Ok(Connection { from: place(paths.get(from))?, to: place(paths.get(to))? })
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    send(out, &Document { connections: Some(connections), ..Document::default() }).await
}
