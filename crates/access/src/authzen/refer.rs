//! Ids for answers. Each of them, sent back by the same caller, names the same thing: what would be read as another one
//! is given as a path. A thing whose name the caller may not read is given by its id.

use std::collections::BTreeMap;

use context::Reading;
use kernel::{NodeId, NodePath, Problem};
use protocol::authzen::{Malformed, Thing, answer::FoundThing};
use serde::de::DeserializeOwned;

use super::{body::refuse, names::Names};
use crate::ask::knows;

/// Where a page ended, as a token has said it.
pub(super) fn position<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let wrong = |_| refuse(Malformed::at("/page/token", "is not one that this search has given"));
    serde_json::from_str(text).map_err(wrong)
}

/// Users as `name` in the caller's own realm, else as `name@realm`; service accounts as paths.
pub(super) async fn subjects(
    read: &Reading,
    kind: &str,
    ids: &[NodeId],
) -> Result<Vec<FoundThing>, Problem> {
    let paths = visible_paths(read, ids).await?;
    let caller = read.ctx().principal().subject().and_then(|id| read.engine().subject(id));
    let own = caller.and_then(|caller| caller.realm);
    let reference = |id: &NodeId| {
        let Some(path) = paths.get(id) else { return id.to_string() };
        let subject = read.engine().subject(*id);
        match (subject.and_then(|subject| subject.realm), path.split()) {
            (Some(realm), (Some(parent), name)) if kind == kernel::NodeKind::USER => {
                // An `@` in a name would divide it: then the realm must stand behind it.
                let is_plain = Some(realm) == own && !name.as_str().contains('@');
                let parent = parent.to_string();
                if is_plain { name.to_string() } else { format!("{name}@{}", &parent[1..]) }
            }
            _ => path.to_string(),
        }
    };
    Ok(ids.iter().map(|id| found(kind, reference(id))).collect())
}

/// Nodes by their id in the external system that is called as the type, else by their name, else by their path.
pub(super) async fn resources(
    read: &Reading,
    kind: &str,
    ids: &[NodeId],
) -> Result<Vec<FoundThing>, Problem> {
    let paths = visible_paths(read, ids).await?;
    let external = tree::store::external_ids_in(read, kind, ids).await?;
    let short = |(id, path): (&NodeId, &NodePath)| {
        let text = external.get(id).cloned().unwrap_or_else(|| path.split().1.to_string());
        (*id, Thing { kind: kind.to_owned(), id: text, ..Thing::default() })
    };
    let short: BTreeMap<NodeId, Thing> = paths.iter().map(short).collect();
    let things: Vec<&Thing> = short.values().collect();
    let names = Names::read(read, &[], &things).await?;
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let text = match (short.get(id), paths.get(id)) {
            (Some(short), _) if names.resource(read.ctx(), short)? == Some(*id) => short.id.clone(),
            (_, Some(path)) => path.to_string(),
            _ => id.to_string(),
        };
        results.push(found(kind, text));
    }
    Ok(results)
}

/// The paths of those that the caller may see.
async fn visible_paths(
    read: &Reading,
    ids: &[NodeId],
) -> Result<BTreeMap<NodeId, NodePath>, Problem> {
    let mut visible = Vec::with_capacity(ids.len());
    for id in ids {
        if knows(read.ctx(), read.state(), *id)? {
            visible.push(*id);
        }
    }
    let paths = store::node::paths(read, &visible).await?;
    Ok(paths
        .into_iter()
        .filter_map(|(id, path)| Some((id, NodePath::parse(&path).ok()?)))
        .collect())
}

fn found(kind: &str, id: String) -> FoundThing {
    FoundThing { r#type: kind.to_owned(), id }
}
