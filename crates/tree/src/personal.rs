//! What a user's node carries.

use context::{Reading, Told, personal::section};
use kernel::NodeId;
use serde_json::json;

use crate::store as rows;

/// Tells what the user's node carries.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let node = json!({
            "properties": rows::properties(read, user).await?,
            "tags": rows::tags(read, user).await?,
            "external_ids": rows::external_ids(read, user).await?,
        });
        Ok(section("node", node))
    })
}
