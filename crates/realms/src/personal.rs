//! What is known of a user.

use context::{Reading, Told, personal::section};
use kernel::{NodeId, Problem};
use serde_json::{Value, json};

use crate::{store, view::user_view};

/// Tells the user's record, with aliases, attributes, metadata, groups and roles, and a change of the address that waits.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let pending = store::pending_email(read, user, read.ctx().now()).await?;
        let user = store::find_user_by_id(read, user).await?;
        let user = user.ok_or_else(|| Problem::not_found("user"))?;
        let view = serde_json::to_value(user_view(read, user).await?).map_err(Problem::internal)?;
        let mut told = section("user", view);
        let pending = pending
            .map(|pending| json!({"address": pending.address, "expires_at": pending.expires_at}));
        told.extend(section("pending_email", pending.unwrap_or(Value::Null)));
        Ok(told)
    })
}
