//! The events by a user and about him.

use context::{Reading, Told, audit_row::AuditRow, personal::section};
use kernel::{NodeId, Problem};
use serde_json::{Map, Value};

use crate::{model::EventView, store};

/// How many are told, the newest; the others are to be had from the audit log itself.
const MOST: i64 = 100_000;
/// How many are read at once.
const PORTION: i64 = 1000;

/// What of an event is about whoever acted.
const ACTOR: [&str; 3] = ["username", "ip_address", "user_agent"];

/// Tells the events by the user and about him, newest first, without what they say about others.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let (mut before, mut events) = (i64::MAX, Vec::new());
        while i64::try_from(events.len()).unwrap_or(i64::MAX) < MOST {
            let rows = store::of_user(read, user, before, PORTION).await?;
            let Some(last) = rows.last() else { break };
            before = last.sequence;
            for row in rows {
                let view = EventView::try_from(without_others(row, user)?)?;
                events.push(serde_json::to_value(view).map_err(Problem::internal)?);
            }
        }
        Ok(section("audit_events", events))
    })
}

/// The event without what it says about anybody but this user.
fn without_others(mut row: AuditRow, user: NodeId) -> Result<AuditRow, Problem> {
    let alone = row.user_id == Some(user.0) && row.impersonator.is_none();
    let by = alone && matches!(row.principal.as_str(), "user" | "api_key" | "nobody");
    let about = row.node == user.0 || row.resource_id.as_deref() == Some(&user.to_string());
    let in_anothers_place = row.impersonator == Some(user.0);
    let keeps = |name: &str| match ACTOR.contains(&name) {
        true => by || (in_anothers_place && name != "username"),
        false => about && !in_anothers_place,
    };
    if let Some(personal) = &row.personal {
        let told: Map<String, Value> = serde_json::from_str(personal).map_err(Problem::internal)?;
        let told: Map<String, Value> = told.into_iter().filter(|(name, _)| keeps(name)).collect();
        row.personal = Some(Value::Object(told).to_string());
    }
    row.user_id = row.user_id.filter(|id| *id == user.0);
    row.impersonator = row.impersonator.filter(|id| *id == user.0);
    Ok(row)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    const ME: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn row(user: Uuid, principal: &str, resource: Uuid) -> AuditRow {
        let personal = json!({"username": "who", "ip_address": "192.0.2.1", "user_agent": "a",
            "name": "whom", "request_path": "/users/whom"});
        AuditRow {
            sequence: 1,
            id: Uuid::nil(),
            at: 0,
            event_type: String::new(),
            action: String::new(),
            success: true,
            user_id: Some(user),
            impersonator: None,
            principal: principal.to_owned(),
            resource_type: Some("user".to_owned()),
            resource_id: Some(NodeId(resource).to_string()),
            node: Uuid::nil(),
            reason: None,
            request_id: String::new(),
            session_id: None,
            request_path: String::new(),
            metadata: "{}".to_owned(),
            personal: Some(personal.to_string()),
            personal_salt: None,
            personal_hash: Vec::new(),
            hash: Vec::new(),
        }
    }

    fn told(row: AuditRow) -> (Vec<String>, Option<Uuid>) {
        let row = without_others(row, NodeId(ME)).unwrap();
        let told: Map<String, Value> = serde_json::from_str(&row.personal.unwrap()).unwrap();
        (told.into_iter().map(|(name, _)| name).collect(), row.user_id)
    }

    fn all(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_one_did_shows_oneself_and_not_the_other() {
        let (names, by) = told(row(ME, "user", OTHER));
        assert_eq!((names, by), (all(&["ip_address", "user_agent", "username"]), Some(ME)));
    }

    #[test]
    fn what_was_done_to_one_shows_not_who_did_it() {
        let (names, by) = told(row(OTHER, "user", ME));
        assert_eq!((names, by), (all(&["name", "request_path"]), None));
    }

    #[test]
    fn of_what_was_done_in_ones_name_by_others_nothing_of_them_shows() {
        assert_eq!(told(row(ME, "job", OTHER)).0, all(&[]));
        let taken = AuditRow { impersonator: Some(OTHER), ..row(ME, "user", ME) };
        assert_eq!(told(taken).0, all(&["name", "request_path"]));
        let taking = AuditRow { impersonator: Some(ME), ..row(OTHER, "user", OTHER) };
        assert_eq!(told(taking), (all(&["ip_address", "user_agent"]), None));
    }
}
