//! What a user was assigned.

use context::{Reading, Told, action::parse, personal::section};
use kernel::{NodeId, Problem};
use serde_json::{Value, json};

/// Tells the assignments of the user himself; a place is named by its path where whoever asks may see it. The groups,
/// through which more is held, are told with the user.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let engine = read.engine();
        let assignments = engine.assignments_of_subject(user);
        let nodes: Vec<NodeId> = assignments.iter().map(|held| held.node).collect();
        let mut paths = store::node::paths(read, &nodes).await?;
        for node in nodes {
            if !sees(read, node)? {
                paths.remove(&node);
            }
        }
        let view = |held: &&policy::Assignment| {
            json!({
                "id": held.id,
                "role": engine.role(held.role).map(|role| role.name),
                "node": held.node,
                "path": paths.get(&held.node),
                "expires_at": held.expires_at,
                "when": held.when,
            })
        };
        Ok(section("assignments", assignments.iter().map(view).collect::<Vec<Value>>()))
    })
}

fn sees(read: &Reading, node: NodeId) -> Result<bool, Problem> {
    if node == NodeId::GLOBAL {
        return Ok(true);
    }
    for permission in ["read", "node:read"] {
        if read.may(&parse(permission)?, node) {
            return Ok(true);
        }
    }
    Ok(false)
}
