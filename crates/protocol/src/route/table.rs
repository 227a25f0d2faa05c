//! The table of an application, as it is stored and sent to other servers.

use kernel::{Name, NodeId, PermissionName};
use serde::{Deserialize, Serialize};

use super::{host::Host, method::MethodName, pattern::PathPattern};

/// What guards the requests of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTable {
    /// The hosts that are this application's; each belongs to one application.
    pub hosts: Vec<Host>,
    /// Where a browser is sent to sign in: an absolute address.
    pub sign_in: Option<String>,
    /// Whether the application is told the names of the caller's groups.
    pub groups: bool,
    /// The entries. Their order means nothing.
    pub routes: Vec<Route>,
}

/// One entry: what is asked of requests with these methods and paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Sorted; empty: all that no other entry of the same path lists.
    pub methods: Vec<MethodName>,
    /// The paths.
    pub path: PathPattern,
    /// What is asked.
    pub access: Access,
}

/// What is asked of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nobody gets through.
    Deny,
    /// Everybody does.
    Public,
    /// Whoever may sign in at the application.
    SignedIn,
    /// Whoever holds the permission at the node.
    Permission {
        /// What.
        permission: PermissionName,
        /// Where.
        node: Place,
    },
}

/// Where a permission is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At the application.
    Application,
    /// At this node, the application or one that inherits from it.
    Node(NodeId),
    /// At the node with this id in another system, if it inherits from the application.
    ExternalId {
        /// The system.
        system: String,
        /// The captured segment that is the id.
        segment: String,
    },
    /// At the node on this way down from the application.
    Below(Vec<Step>),
}

/// A name on the way down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// This name.
    Name(Name),
    /// The captured segment of this name.
    Capture(String),
}
