//! An audit event: what was done, to what, and whether it succeeded. Who, when and from where come from the [`Ctx`].
//!
//! [`Ctx`]: crate::Ctx

use std::collections::BTreeSet;

use kernel::NodeId;
use serde_json::{Map, Value};

/// The class of an event, as auditors filter for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A sign-in that completed.
    Login,
    /// A sign-in that did not.
    LoginFailed,
    /// A session was ended by its user.
    Logout,
    /// A password was changed or reset.
    PasswordChange,
    /// Something was refused.
    AccessDenied,
    /// Who may do what was changed: roles, rules, assignments, memberships, permissions.
    RoleChange,
    /// Data were read in a way that is itself recorded.
    DataRead,
    /// Something was made.
    DataCreate,
    /// Something was changed.
    DataUpdate,
    /// Something was deleted.
    DataDelete,
    /// Data left the system as a whole.
    DataExport,
    /// Somebody asked that what is held about a user be erased.
    ErasureRequest,
    /// It was.
    ErasureComplete,
    /// A setting or the system itself was changed.
    ConfigChange,
    /// A copy was made.
    Backup,
    /// Something that an administrator should look at: reuse of a rotated credential, a lock.
    SecurityAlert,
}

impl EventKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::LoginFailed => "LOGIN_FAILED",
            Self::Logout => "LOGOUT",
            Self::PasswordChange => "PASSWORD_CHANGE",
            Self::AccessDenied => "ACCESS_DENIED",
            Self::RoleChange => "ROLE_CHANGE",
            Self::DataRead => "DATA_READ",
            Self::DataCreate => "DATA_CREATE",
            Self::DataUpdate => "DATA_UPDATE",
            Self::DataDelete => "DATA_DELETE",
            Self::DataExport => "DATA_EXPORT",
            Self::ErasureRequest => "ERASURE_REQUEST",
            Self::ErasureComplete => "ERASURE_COMPLETE",
            Self::ConfigChange => "CONFIG_CHANGE",
            Self::Backup => "BACKUP",
            Self::SecurityAlert => "SECURITY_ALERT",
        }
    }
}

/// Most fields, or things in a list, that an event tells of a change.
const MOST_TOLD: usize = 20;
/// Longest value that it tells, in bytes of JSON.
const LONGEST_TOLD: usize = 1_000;

/// The fields that differ, as they were and as they are.
fn differences(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Option<(Map<String, Value>, Map<String, Value>)> {
    let names: BTreeSet<&String> = before
        .keys()
        .chain(after.keys())
        .filter(|name| before.get(*name) != after.get(*name))
        .collect();
    let of = |fields: &Map<String, Value>| {
        let told = |name: &&String| fields.get(*name).map(|value| ((*name).clone(), told(value)));
        names.iter().take(MOST_TOLD).filter_map(told).collect()
    };
    (!names.is_empty()).then(|| (of(before), of(after)))
}

fn told(value: &Value) -> Value {
    match value.to_string().len() {
        ..=LONGEST_TOLD => value.clone(),
        length => format!("({length} bytes)").into(),
    }
}

/// An event in the making.
#[derive(Debug, Clone)]
pub struct Event {
    pub(crate) kind: EventKind,
    pub(crate) action: &'static str,
    pub(crate) success: bool,
    pub(crate) resource: Option<(&'static str, String)>,
    pub(crate) node: NodeId,
    pub(crate) subject: Option<NodeId>,
    pub(crate) impersonator: Option<NodeId>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) personal: Map<String, Value>,
}

impl Event {
    /// A success of this kind; `action` is the operation, `user.lock`.
    pub fn new(kind: EventKind, action: &'static str) -> Self {
        Self {
            kind,
            action,
            success: true,
            resource: None,
            node: NodeId::GLOBAL,
            subject: None,
            impersonator: None,
            reason: None,
            metadata: Map::new(),
            personal: Map::new(),
        }
    }

    /// The thing it was done to: its type and id, and the node at which it stands, where readers of the audit need
    /// `audit:read`.
    #[must_use]
    pub fn about(mut self, resource: &'static str, id: impl ToString, node: NodeId) -> Self {
        self.resource = Some((resource, id.to_string()));
        self.node = node;
        self
    }

    /// The user it is about, when nobody is signed in yet: for sign-ins.
    #[must_use]
    pub fn of(mut self, user: NodeId) -> Self {
        self.subject = Some(user);
        self
    }

    /// Who acted in that user's place, when that is not the caller's session: for the end of one.
    #[must_use]
    pub fn in_place_by(mut self, impersonator: Option<NodeId>) -> Self {
        self.impersonator = impersonator;
        self
    }

    /// It did not succeed.
    #[must_use]
    pub fn failed(mut self, reason: impl Into<String>) -> Self {
        self.success = false;
        self.reason = Some(reason.into());
        self
    }

    /// Why, as the actor said it.
    #[must_use]
    pub fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// More about it; never a secret, and nothing about a person.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    /// What was and what is: of the fields of something that is about no person those that differ, long values by their
    /// length alone.
    #[must_use]
    pub fn changed(mut self, before: Map<String, Value>, after: Map<String, Value>) -> Self {
        if let Some((before, after)) = differences(&before, &after) {
            self = self.with("before", before).with("after", after);
        }
        self
    }

    /// The same of a person.
    #[must_use]
    pub fn changed_of_person(
        mut self,
        before: Map<String, Value>,
        after: Map<String, Value>,
    ) -> Self {
        if let Some((before, after)) = differences(&before, &after) {
            self = self.personal("before", before).personal("after", after);
        }
        self
    }

    /// What a list lost and won; of many, some.
    #[must_use]
    pub fn exchanged(self, before: &[Value], after: &[Value]) -> Self {
        let only = |of: &[Value], than: &[Value]| -> Vec<Value> {
            of.iter().filter(|each| !than.contains(each)).take(MOST_TOLD).map(told).collect()
        };
        let (taken, given) = (only(before, after), only(after, before));
        if taken.is_empty() && given.is_empty() {
            return self;
        }
        self.with("taken", taken).with("given", given)
    }

    /// More about a person: kept apart, so that it can be erased without breaking the chain.
    #[must_use]
    pub fn personal(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.personal.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn event() -> Event {
        Event::new(EventKind::DataUpdate, "thing.update")
    }

    #[test]
    fn a_change_tells_what_differs_and_nothing_else() {
        let before = fields(json!({"a": 1, "b": "same", "gone": true}));
        let after = fields(json!({"a": 2, "b": "same", "new": null}));
        let told = event().changed(before.clone(), after.clone());
        assert_eq!(told.metadata["before"], json!({"a": 1, "gone": true}));
        assert_eq!(told.metadata["after"], json!({"a": 2, "new": null}));
        assert!(told.personal.is_empty());

        let of_person = event().changed_of_person(before.clone(), after);
        assert!(of_person.metadata.is_empty());
        assert_eq!(of_person.personal["before"], json!({"a": 1, "gone": true}));
        assert!(event().changed(before.clone(), before).metadata.is_empty());
    }

    #[test]
    fn what_is_long_is_told_by_its_length() {
        let long = |length| fields(json!({"text": "x".repeat(length)}));
        let told = event().changed(long(998), long(2_000));
        assert_eq!(told.metadata["before"]["text"].as_str().unwrap().len(), 998);
        assert_eq!(told.metadata["after"]["text"], "(2002 bytes)");

        let many: Map<String, Value> = (0..50).map(|n| (n.to_string(), n.into())).collect();
        let told = event().changed(Map::new(), many);
        assert_eq!(told.metadata["after"].as_object().unwrap().len(), MOST_TOLD);
    }

    #[test]
    fn a_list_tells_what_it_lost_and_won() {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).into()).collect::<Vec<Value>>();
        let told = event().exchanged(&list(&["a", "b"]), &list(&["b", "c"]));
        assert_eq!(
            (&told.metadata["taken"], &told.metadata["given"]),
            (&json!(["a"]), &json!(["c"]))
        );
        assert!(event().exchanged(&list(&["a"]), &list(&["a"])).metadata.is_empty());
    }
}
