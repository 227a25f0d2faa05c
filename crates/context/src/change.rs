//! What a commit changes in memory: for the engine, the credentials, the settings and the routes. It is also what the change log
//! stores, so a form once written stays readable.

use ipnet::IpNet;
use jiff::Timestamp;
use kernel::{ApiKeyId, NodeId, RoleId, SessionId};
use protocol::route::RouteTable;
use serde::{Deserialize, Serialize};

use crate::{credentials::ApiKeyFacts, ip_rules::IpList};

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", content = "is", rename_all = "snake_case")]
pub enum Change {
    /// A change of the access engine's world.
    Engine(policy::Change),
    /// A session was ended; its access tokens live no longer than `until`.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// When it may be forgotten.
        until: Timestamp,
    },
    /// An API key was made.
    ApiKeySaved {
        /// The key.
        key: ApiKeyId,
        /// What it may be used for.
        facts: ApiKeyFacts,
    },
    /// An API key was revoked.
    ApiKeyRevoked {
        /// The key.
        key: ApiKeyId,
    },
    /// A live setting was changed; without a value it has its default again.
    SettingSaved {
        /// `section.name`.
        key: String,
        /// The value as text.
        value: Option<String>,
    },
    /// A realm was made.
    RealmSaved {
        /// The realm.
        id: NodeId,
        /// Its name.
        name: String,
    },
    /// A realm goes.
    RealmDeleted {
        /// The realm.
        id: NodeId,
    },
    /// An application was made, or has another primary realm.
    ApplicationSaved {
        /// The application.
        id: NodeId,
        /// Its name.
        name: String,
        /// Its primary realm.
        realm: NodeId,
    },
    /// An application goes, with its routes.
    ApplicationDeleted {
        /// The application.
        id: NodeId,
    },
    /// An application has other routes; all of them.
    RoutesSaved {
        /// The application.
        application: NodeId,
        /// The routes.
        table: RouteTable,
    },
    /// A network was put on a list of addresses.
    IpRuleSaved {
        /// The list.
        list: IpList,
        /// The network.
        network: IpNet,
    },
    /// A network was taken off a list of addresses.
    IpRuleDeleted {
        /// The list.
        list: IpList,
        /// The network.
        network: IpNet,
    },
    /// A user has another default role, or none.
    DefaultRoleSaved {
        /// The user.
        user: NodeId,
        /// The role.
        role: Option<RoleId>,
    },
}

impl From<policy::Change> for Change {
    fn from(change: policy::Change) -> Self {
        Self::Engine(change)
    }
}
