//! What a world file says: one type for each section, in the order in which they are applied.
//!
//! A field that is absent says nothing about the thing; a field that is there says what it shall be, as a whole. So
//! `tags: []` takes all tags away, and no `tags` leaves them.

mod name;

use std::collections::BTreeMap;

use access::RuleInput;
use context::IpList;
use guard::input::RouteInput;
use jiff::Timestamp;
use kernel::{ConditionText, Name, NodeKind, PermissionName, Remark};
use protocol::route::Host;
use realms::GroupKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use signin::second_factor::Method;

pub use name::{OwnedName, Place, UserName, WrongName};

/// One document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// Live settings: `section.name: value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<BTreeMap<String, Value>>,
    /// Realms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realms: Option<Vec<Realm>>,
    /// Nodes and applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Vec<Node>>,
    /// Groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    /// Users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<User>>,
    /// Connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<Vec<Connection>>,
    /// Registered permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// Assignments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignments: Option<Vec<Assignment>>,
    /// What guards the requests of applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<Vec<Routes>>,
    /// Who needs a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor_rules: Option<Vec<FactorRule>>,
    /// Which addresses may come in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_rules: Option<Vec<IpRule>>,
}

/// A rule on who needs a second factor, for one of `realm`, `role` and `user`. It is known by all that it says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorRule {
    /// All users of this realm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<Name>,
    /// Whoever holds this role, wherever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<OwnedName>,
    /// This user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// How many types of factors a sign-in must show, 1 or 2; absent: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// The types that count beside `totp`; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<Method>>,
}

/// A network on one of the lists of addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IpRule {
    /// `allow` or `block`.
    pub list: IpList,
    /// An address, or a network in CIDR notation.
    pub network: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Remark>,
}

/// A realm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realm {
    /// Its name: that of a root.
    pub name: Name,
}

/// A node, or an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Where it is: its parent must be there, or in the file.
    pub path: Place,
    /// What it is; needed for a new one, and never changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<NodeKind>,
    /// The primary realm of a new application; absent: `main`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<Name>,
    /// `resource.<name>` in conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, Value>>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Its ids in other systems: system and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_ids: Option<BTreeMap<String, String>>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name, unique under the owner.
    pub name: Name,
    /// The node that owns it; absent: `$global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Place>,
    /// `group` or `department`; absent: `group` for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<GroupKind>,
    /// The groups it is a member of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<OwnedName>>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The realm.
    pub realm: Name,
    /// The name in the realm.
    pub username: Name,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether it is known that he reads mail there; absent: another address is not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// How people call him.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// What else he signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<Vec<Alias>>,
    /// The first password: set when the user is made, never after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// The same, already hashed (argon2id, bcrypt or scrypt, as a PHC string).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// Whether he must change the first password before anything else. Set with it, and never after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_change_password: Option<bool>,
    /// The groups he is a member of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<OwnedName>>,
    /// `subject.<name>` in conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, Value>>,
    /// Short for assignments at `$global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<OwnedName>>,
    /// Whether he may do everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superuser: Option<bool>,
    /// Whether he is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// From this moment on he may do nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A name to sign in with, beside the user name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// `email`, `phone`, or another plain word.
    pub kind: String,
    /// The alias.
    pub value: Name,
}

/// A password, as a file says it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Password {
    /// The password itself.
    Plain(String),
    /// Where the command line finds it; a server never looks into its own environment for a caller.
    Variable(Variable),
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its name.
    pub env: String,
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// A connection: `to` inherits from `from`; between realms it shares sign-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The giving end.
    pub from: Place,
    /// The inheriting end.
    pub to: Place,
}

/// A registered permission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Its name.
    pub name: PermissionName,
    /// The node that owns it; absent: `$global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Place>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Remark<4096>>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name, unique under the owner.
    pub name: Name,
    /// The node that owns it; absent: `$global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Place>,
    /// Its rules: all of them, in any order.
    #[serde(default)]
    pub rules: Vec<RuleInput>,
}

/// A role given to a user, group or service account, at a node and below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// To a user: `name@realm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserName>,
    /// Or to a group: `name@/owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<OwnedName>,
    /// Or to a service account: `name@/owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<OwnedName>,
    /// The role: `name@/owner`.
    pub role: OwnedName,
    /// Where; absent: `$global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<Place>,
    /// From this moment on it does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionText>,
}

/// What guards the requests of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// The application.
    pub application: Place,
    /// Its hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<Host>>,
    /// Where a browser is sent to sign in; empty: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
    /// Whether it is told the groups of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<bool>,
    /// The entries: all of them, in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routes: Option<Vec<RouteInput>>,
}
