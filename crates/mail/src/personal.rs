//! Letters to a user that wait.

use context::{Reading, Told, personal::section};
use kernel::NodeId;
use serde_json::{Value, json};

use crate::store;

/// Tells which letters to the user wait to be sent; what they say is sealed.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let letters = store::waiting_for(read, user).await?;
        let view =
            |letter: store::Waiting| json!({"kind": letter.kind, "good_until": letter.good_until});
        Ok(section("letters", letters.into_iter().map(view).collect::<Vec<Value>>()))
    })
}
