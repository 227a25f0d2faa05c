//! The keys of a user.

use context::{Reading, Told, personal::section};
use kernel::{NodeId, Problem};
use serde_json::Value;

use crate::{api_key::ApiKeyView, store};

/// Tells the user's API keys, without their secrets.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let condition = "WHERE k.owner = $1 ORDER BY k.id";
        let keys = store::api_keys(read, condition, vec![user.0.into()]).await?;
        let view = |key| serde_json::to_value(ApiKeyView::new(key, read.engine()));
        let keys: Vec<Value> =
            keys.iter().map(view).collect::<Result<_, _>>().map_err(Problem::internal)?;
        Ok(section("api_keys", keys))
    })
}
