//! What can be asked.

use access::RoleRef;
use kernel::{AssignmentId, NodeRef, PermissionId, PermissionName, Problem};
use policy::what_if::Position;
use realms::GroupRef;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::ToSchema;

use crate::file::Document;

/// Most permissions or subjects that a question names.
const MOST: usize = 1000;
/// How many nodes are named where nothing is said.
const NODES: u32 = 10;

/// A change that is not made. First things are removed, then moved, then comes what a world file would say.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfInput {
    /// A part of a world file, or a list of such documents. Passwords in it are passed over.
    #[schema(value_type = Object)]
    #[serde(default)]
    pub change: Documents,
    /// Delete what the sections and roots that the change names have beside it, as `POST /api/v1/world?prune=true` does.
    #[serde(default)]
    pub prune: bool,
    /// What is removed.
    #[serde(default)]
    pub remove: Removal,
    /// What is moved, in this order.
    #[serde(default)]
    pub moves: Vec<NodeMove>,
    /// Compare only these users and service accounts: ids, or paths such as `/staff/jane`. Unknown ones gain and lose
    /// nothing.
    #[schema(value_type = Option<Vec<String>>, example = json!(["/staff/jane"]))]
    pub subjects: Option<Vec<NodeRef>>,
    /// Compare only these permissions, registered or not; absent: the registered ones, those of the server itself, and
    /// those that a rule that matters names exactly.
    #[schema(value_type = Option<Vec<String>>, example = json!(["contract.edit"]))]
    pub permissions: Option<Vec<PermissionName>>,
    /// How many users and service accounts, 1 to 500; absent: 50.
    #[schema(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// How many nodes are named where some are gained or lost, 0 to 500; absent: 10. They are counted in any case.
    #[schema(minimum = 0, maximum = 500)]
    pub nodes: Option<u32>,
    /// Where the page before ended: its `next_cursor`. The rest of the question must be the same.
    pub cursor: Option<String>,
}

/// What is removed, in this order; each asks what its own operation asks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// Assignments, by id.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub assignments: Vec<AssignmentId>,
    /// Memberships.
    #[serde(default)]
    pub memberships: Vec<RemovedMembership>,
    /// Connections.
    #[serde(default)]
    pub connections: Vec<RemovedConnection>,
    /// Roles that nobody holds any more, by id or as `name@/owner`.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub roles: Vec<RoleRef>,
    /// Registered permissions, by id.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub permissions: Vec<PermissionId>,
    /// Users, by id or path.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub users: Vec<NodeRef>,
    /// Groups: an id, a path, or `name@/owner`.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub groups: Vec<GroupRef>,
    /// Nodes with all below them, by id or path.
    #[schema(value_type = Vec<String>)]
    #[serde(default)]
    pub nodes: Vec<NodeRef>,
}

/// A membership.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovedMembership {
    /// The group: an id, a path, or `name@/owner`.
    #[schema(value_type = String)]
    pub group: GroupRef,
    /// The user, service account or group in it, by id or path.
    #[schema(value_type = String)]
    pub member: NodeRef,
}

/// A connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovedConnection {
    /// The giving end, by id or path.
    #[schema(value_type = String)]
    pub from: NodeRef,
    /// The inheriting end, by id or path.
    #[schema(value_type = String)]
    pub to: NodeRef,
}

/// A node under another parent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeMove {
    /// The node, by id or path.
    #[schema(value_type = String)]
    pub node: NodeRef,
    /// Its new parent, by id or path.
    #[schema(value_type = String)]
    pub parent: NodeRef,
}

/// One document of a world file, or several.
#[derive(Debug, Default)]
pub struct Documents(pub Vec<Document>);

/// What of the answer is asked.
#[derive(Debug)]
pub struct Asked {
    /// Only these permissions.
    pub permissions: Option<Vec<PermissionName>>,
    /// Which part.
    pub part: policy::what_if::Part,
}

impl WhatIfInput {
    /// What of the answer is asked, with the form checked.
    pub(super) fn asked(&self) -> Result<Asked, Problem> {
        let too_many = |field: &str| Problem::invalid(field, format!("must be at most {MOST}"));
        if self.permissions.as_ref().is_some_and(|names| names.len() > MOST) {
            return Err(too_many("/permissions"));
        }
        if self.subjects.as_ref().is_some_and(|subjects| subjects.len() > MOST) {
            return Err(too_many("/subjects"));
        }
        let nodes = self.nodes.unwrap_or(NODES);
        if nodes > web::page::MAX_LIMIT {
            return Err(Problem::invalid("/nodes", "must be 0 to 500"));
        }
        let subjects = web::page::limit(self.limit)?;
        let after: Option<Position> = web::page::from_cursor(self.cursor.as_deref())?;
        let part = policy::what_if::Part { after, subjects, nodes: nodes as usize };
        Ok(Asked { permissions: self.permissions.clone(), part })
    }
}

impl<'de> Deserialize<'de> for Documents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = Documents;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a part of a world file, or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Documents, A::Error> {
        Document::deserialize(MapAccessDeserializer::new(map)).map(|one| Documents(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Documents, A::Error> {
        let mut all = Vec::new();
        while let Some(document) = list.next_element()? {
            all.push(document);
        }
        Ok(Documents(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<WhatIfInput, Problem> {
        web::json::parse(text.as_bytes())
    }

    #[test]
    fn a_change_is_one_document_or_several() {
        let count = |text| read(text).unwrap().change.0.len();
        assert_eq!(count("{}"), 0);
        assert_eq!(count(r#"{"change": {"realms": [{"name": "a"}]}}"#), 1);
        assert_eq!(count(r#"{"change": [{"realms": []}, {}]}"#), 2);
    }

    #[test]
    fn an_error_points_to_its_field() {
        for (text, pointer) in [
            (r#"{"change": {"realms": [{"nam": "a"}]}}"#, "/change/realms/0/nam"),
            (r#"{"change": [{}, {"nodes": [{"path": "x"}]}]}"#, "/change/1/nodes/0/path"),
            (r#"{"remove": {"assignments": ["x"]}}"#, "/remove/assignments/0"),
            (r#"{"changes": {}}"#, "/changes"),
        ] {
            assert_eq!(read(text).unwrap_err().errors()[0].pointer, pointer);
        }
    }

    #[test]
    fn limits_are_checked() {
        let asked = |text| read(text).unwrap().asked();
        for text in
            [r#"{"limit": 0}"#, r#"{"limit": 501}"#, r#"{"nodes": 501}"#, r#"{"cursor": "x"}"#]
        {
            assert!(asked(text).is_err(), "{text}");
        }
        let asked = asked("{}").unwrap();
        assert_eq!((asked.part.subjects, asked.part.nodes, asked.part.after), (50, 10, None));
    }
}
