//! What can happen to the world: the only input of the engine, and the record of the change log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{
    AssignmentId, ConditionText, Effect, NodeId, NodeKind, Pattern, PermissionId, PermissionName,
    RoleId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change. Applied in the order of the log; a change that does not fit the world is refused and alters nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A new node; also of a user, group, realm, application, and `$global` itself (first of all).
    NodeSaved {
        /// The node; refused if there is one of this id.
        id: NodeId,
        /// Absent for a root.
        parent: Option<NodeId>,
        /// What it is.
        kind: NodeKind,
        /// Its place in the numbering, from [`Snapshot::place`](crate::Snapshot::place).
        label: i64,
        /// End of the labels of its subtree, exclusive.
        label_end: i64,
    },
    /// A node and all below it under another parent.
    NodeMoved {
        /// The node.
        id: NodeId,
        /// Its new parent.
        parent: NodeId,
        /// The labels of the moved subtree and of whatever was renumbered, from
        /// [`Snapshot::place_move`](crate::Snapshot::place_move).
        labels: Vec<Labelled>,
    },
    /// Other labels for the same tree, to make room.
    NodesLabelled {
        /// The new labels.
        labels: Vec<Labelled>,
    },
    /// A node goes; refused while anything refers to it (see [`Usage`](crate::Usage)). Its properties go with it.
    NodeDeleted {
        /// The node.
        id: NodeId,
    },
    /// `to` inherits from `from`; between two realms it shares sign-in instead, and is not inherited.
    Connected {
        /// The giving end.
        from: NodeId,
        /// The inheriting end.
        to: NodeId,
    },
    /// A connection goes.
    Disconnected {
        /// The giving end.
        from: NodeId,
        /// The inheriting end.
        to: NodeId,
    },
    /// A property of a node, new or replaced. The engine keeps it only if a condition reads it.
    PropertySet {
        /// The node.
        node: NodeId,
        /// The name, as in `resource.<name>`.
        name: String,
        /// The value.
        value: Value,
    },
    /// A property goes, if it is there.
    PropertyRemoved {
        /// The node.
        node: NodeId,
        /// The name.
        name: String,
    },
    /// A registered permission, new or replaced.
    PermissionSaved {
        /// The permission.
        id: PermissionId,
        /// Its name; several owners may register one name.
        name: PermissionName,
        /// The node that owns it.
        owner: NodeId,
    },
    /// A registered permission goes; rules that name it stay.
    PermissionDeleted {
        /// The permission.
        id: PermissionId,
    },
    /// A role with all its rules, new or replaced. The properties that its conditions read are kept before: see
    /// [`Snapshot::keep_property`](crate::Snapshot::keep_property).
    RoleSaved {
        /// The role.
        id: RoleId,
        /// Its name.
        name: String,
        /// The node that owns it: the role counts there and below.
        owner: NodeId,
        /// Its rules; their order means nothing.
        rules: Vec<Rule>,
    },
    /// A role goes; refused while it is assigned.
    RoleDeleted {
        /// The role.
        id: RoleId,
    },
    /// What the engine knows of a user or service account, new or replaced. Its node is saved before.
    SubjectSaved(Subject),
    /// A user or service account goes; refused while it is assigned or a member. Its node is deleted after.
    SubjectDeleted {
        /// Its node.
        id: NodeId,
    },
    /// A group, new or replaced. Its node is saved before.
    GroupSaved {
        /// Its node.
        id: NodeId,
        /// Who is in it.
        membership: Membership,
    },
    /// A group goes; refused while it is assigned, has members or is one. Its node is deleted after.
    GroupDeleted {
        /// Its node.
        id: NodeId,
    },
    /// A user, service account or group becomes a member; a cycle of groups is refused.
    MemberAdded {
        /// The group; its membership is [`Membership::Listed`].
        group: NodeId,
        /// The member.
        member: NodeId,
    },
    /// A membership goes.
    MemberRemoved {
        /// The group.
        group: NodeId,
        /// The member.
        member: NodeId,
    },
    /// An assignment, new or replaced; with a condition as a role.
    AssignmentSaved(Assignment),
    /// An assignment goes.
    AssignmentDeleted {
        /// The assignment.
        id: AssignmentId,
    },
}

/// A node and its place: the subtree's labels are `label <= l < label_end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Labelled {
    /// The node.
    pub id: NodeId,
    /// Its own label, 0 or more; unique.
    pub label: i64,
    /// End of its subtree's labels, exclusive.
    pub label_end: i64,
}

/// A rule of a role, with the owner resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Allow or deny.
    pub effect: Effect,
    /// What it is about.
    pub pattern: Pattern,
    /// What it is not about, although the pattern matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<Pattern>,
    /// The node at and below which it counts.
    pub owner: NodeId,
    /// When it counts; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionText>,
    /// The fields of data it allows; absent: all. Not part of a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// The rows of data it allows; absent: all. Not part of a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<ConditionText>,
}

/// Whether a subject is a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A user.
    User,
    /// A service account.
    ServiceAccount,
}

/// What the engine knows of a user or service account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Its node.
    pub id: NodeId,
    /// User or service account.
    pub kind: SubjectKind,
    /// The realm it belongs to.
    pub realm: Option<NodeId>,
    /// Its name in that realm; for conditions.
    pub username: String,
    /// Whether it may do everything.
    pub superuser: bool,
    /// Switched off by hand.
    pub disabled: bool,
    /// Locked out.
    pub lock: Lock,
    /// From this moment on it is denied everything.
    pub expires_at: Option<Timestamp>,
    /// `subject.<name>` in conditions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
}

/// Whether and how long a subject is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// Not locked.
    #[default]
    None,
    /// Locked before this moment.
    Until(Timestamp),
    /// Locked until somebody unlocks it.
    ForGood,
}

/// Who is in a group. The built-in groups are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "membership", rename_all = "snake_case")]
pub enum Membership {
    /// Those added to it.
    Listed,
    /// All users and service accounts, and their keys; of one realm, if named.
    Authenticated {
        /// The realm; absent: all.
        realm: Option<NodeId>,
    },
    /// Nobody signed in, and only then.
    Anonymous,
}

/// A role, given to a subject at a node and below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The assignment.
    pub id: AssignmentId,
    /// A user, service account or group.
    pub subject: NodeId,
    /// The role.
    pub role: RoleId,
    /// Where; `$global` is everywhere.
    pub node: NodeId,
    /// From this moment on it does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it applies; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionText>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_survive_the_log() {
        let subject = Subject {
            id: NodeId::GLOBAL,
            kind: SubjectKind::User,
            realm: None,
            username: "jane".into(),
            superuser: false,
            disabled: false,
            lock: Lock::Until(Timestamp::UNIX_EPOCH),
            expires_at: None,
            attributes: BTreeMap::from([("grade".into(), 3.into())]),
        };
        let membership = Membership::Authenticated { realm: Some(NodeId::GLOBAL) };
        for change in [
            Change::SubjectSaved(subject),
            Change::GroupSaved { id: NodeId::AUTHENTICATED, membership },
            Change::NodeDeleted { id: NodeId::GLOBAL },
        ] {
            let text = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change, "{text}");
        }
    }

    #[test]
    fn a_change_says_what_it_is() {
        let value = serde_json::to_value(Change::NodeDeleted { id: NodeId::GLOBAL }).unwrap();
        assert_eq!(value["change"], "node_deleted");
    }
}
