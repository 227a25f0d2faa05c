//! What is kept here about a user.

use context::{Reading, Told, personal::section};
use kernel::NodeId;
use serde_json::{Value, json};

use crate::store::invitations::{self, Trace};

/// Tells the invitation that has made the user, and how many he has made; whom he invited is another one's matter.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let traces = invitations::traces(read, user).await?;
        let made = traces.iter().filter(|trace| trace.user_id != Some(user.0));
        let made = made.map(|trace| json!({"id": trace.id, "created_at": at(trace.created_at)}));
        let made: Vec<Value> = made.collect();
        let by = traces.iter().find(|trace| trace.user_id == Some(user.0));
        let invited = by.map(|trace: &Trace| {
            json!({"id": trace.id, "email": trace.email, "created_at": at(trace.created_at),
                "accepted_at": trace.accepted_at.and_then(at)})
        });
        let mut told = section("invitation", invited.unwrap_or(Value::Null));
        told.extend(section("invitations_made", made));
        Ok(told)
    })
}

fn at(micros: i64) -> Option<String> {
    ::store::from_micros(micros).ok().map(|at| at.to_string())
}
