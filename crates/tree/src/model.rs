//! What a node is made of, beside its row.

use std::collections::BTreeMap;

use context::{Event, Resource};
use kernel::{Name, NodeId, NodeKind, Problem};
use serde_json::{Map, Value};

/// Most properties, tags or external ids of one node.
pub const MAX_CARRIED: usize = 200;
/// Longest name of a property, tag or system, in bytes; also the longest external id.
pub const MAX_KEY: usize = 255;
/// Largest value of a property, in bytes of JSON.
pub const MAX_VALUE: usize = 64 * 1024;

/// A node that is to be made. It stands at its parent, where the permission is asked; a root at `$global`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNode {
    /// The parent; none for a root.
    pub parent: Option<NodeId>,
    /// What it will be.
    pub kind: NodeKind,
    /// Its name, unique under the parent.
    pub name: Name,
}

impl Resource for NewNode {
    fn node(&self) -> NodeId {
        self.parent.unwrap_or(NodeId::GLOBAL)
    }
}

/// The properties of a node: string, number, boolean or JSON.
pub type Properties = BTreeMap<String, Value>;

/// 422 at `pointer` if the general operations do not make or change nodes of this kind.
pub fn refuse_managed(kind: &NodeKind, pointer: &str) -> Result<(), Problem> {
    if kind.is_managed() { Err(Problem::invalid(pointer, managed_by(kind))) } else { Ok(()) }
}

/// Whether what a node of this kind is called, and carries, is about a person.
pub(crate) fn is_person(kind: &NodeKind) -> bool {
    kind.as_str() == NodeKind::USER
}

/// The event, with what of these fields differs; of a person's node so that it can be erased.
pub fn changed(
    event: Event,
    kind: &NodeKind,
    before: Map<String, Value>,
    after: Map<String, Value>,
) -> Event {
    if is_person(kind) {
        event.changed_of_person(before, after)
    } else {
        event.changed(before, after)
    }
}

/// 409 if `$global`: it is the system's own.
pub fn refuse_global(id: NodeId) -> Result<(), Problem> {
    if id == NodeId::GLOBAL {
        Err(Problem::conflict("$global is the system's own; it cannot be changed."))
    } else {
        Ok(())
    }
}

/// The permission that a change of such a node asks beside the one of the tree.
pub fn own_permission(kind: &NodeKind) -> Option<&'static str> {
    match kind.as_str() {
        NodeKind::USER | NodeKind::SERVICE_ACCOUNT => Some("user_manage"),
        NodeKind::GROUP => Some("group_manage"),
        _ => None,
    }
}

/// Checks the name of a property, tag or system: not empty, not too long, no control characters.
pub fn check_key(text: &str, pointer: &str) -> Result<(), Problem> {
    if text.is_empty() || text.len() > MAX_KEY {
        return Err(Problem::invalid(pointer, "must be 1 to 255 bytes long"));
    }
    if text.chars().any(char::is_control) || text.trim() != text {
        let detail = "must not contain control characters, nor start or end with white space";
        return Err(Problem::invalid(pointer, detail));
    }
    Ok(())
}

/// Checks one property; `pointer` is that of the whole object.
pub fn check_property(name: &str, value: &Value, pointer: &str) -> Result<(), Problem> {
    let pointer = &field(pointer, name);
    check_key(name, pointer)?;
    if value.is_null() {
        return Err(Problem::invalid(pointer, "must be a string, number, boolean, list or object"));
    }
    if value.to_string().len() > MAX_VALUE {
        return Err(Problem::invalid(pointer, "must be at most 64 KiB of JSON"));
    }
    Ok(())
}

/// Checks how many there are.
pub fn check_count(count: usize, pointer: &str) -> Result<(), Problem> {
    if count > MAX_CARRIED {
        return Err(Problem::invalid(pointer, format!("must be at most {MAX_CARRIED}")));
    }
    Ok(())
}

/// The pointer to a member of the object at `pointer` (RFC 6901).
pub fn field(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn managed_by(kind: &NodeKind) -> String {
    let place = match kind.as_str() {
        NodeKind::GLOBAL => {
            return "is the kind of $global alone, which cannot be changed".to_owned();
        }
        NodeKind::REALM => "/api/v1/realms",
        NodeKind::USER => "/api/v1/realms/{realm}/users",
        NodeKind::GROUP => "/api/v1/groups",
        NodeKind::SERVICE_ACCOUNT => "/api/v1/service-accounts",
        _ => "/api/v1/applications",
    };
    format!("a node of kind '{kind}' changes through {place} alone")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn managed_kinds_say_where_they_change() {
        let group = NodeKind::parse("group").unwrap();
        let problem = refuse_managed(&group, "/kind").unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/kind");
        assert!(problem.errors()[0].detail.contains("/api/v1/groups"));
        assert!(refuse_managed(&NodeKind::parse("region").unwrap(), "/kind").is_ok());
    }

    #[test]
    fn a_new_root_stands_at_global() {
        let name = Name::parse("acme").unwrap();
        let kind = NodeKind::parse("project").unwrap();
        let root = NewNode { parent: None, kind, name };
        assert_eq!(root.node(), NodeId::GLOBAL);
    }

    #[test]
    fn properties_are_checked_with_a_pointer() {
        assert!(check_property("status", &json!("open"), "").is_ok());
        for (name, value, pointer) in
            [("a/b", json!(null), "/p/a~1b"), ("", json!(1), "/p/"), (" x", json!(1), "/p/ x")]
        {
            let problem = check_property(name, &value, "/p").unwrap_err();
            assert_eq!(problem.errors()[0].pointer, pointer);
        }
        assert!(check_property("x", &json!("y".repeat(MAX_VALUE)), "").is_err());
    }
}
