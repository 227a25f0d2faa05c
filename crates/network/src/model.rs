//! A rule on addresses.

use context::{Action, IpList, Resource};
use ipnet::IpNet;
use jiff::Timestamp;
use kernel::{IpRuleId, NodeId};
use serde::Serialize;
use utoipa::ToSchema;

/// A network on one of the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IpRule {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: IpRuleId,
    /// `allow`: once there is one, only what is on this list may come in. `block`: may not, whatever `allow` says.
    #[schema(value_type = String, example = "allow")]
    pub list: IpList,
    /// The network.
    #[schema(value_type = String, example = "10.0.0.0/8")]
    pub network: IpNet,
    /// What it is for.
    pub note: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl Resource for IpRule {
    fn node(&self) -> NodeId {
        NodeId::GLOBAL
    }
}

/// Making and deleting rules on addresses.
#[derive(Debug)]
pub struct ManageIpRules;

impl Action for ManageIpRules {
    type Resource = IpRule;
    const PERMISSION: &'static str = "settings:network";
}

/// Reading them.
#[derive(Debug)]
pub struct ReadIpRules;

impl Action for ReadIpRules {
    type Resource = NodeId;
    const PERMISSION: &'static str = "settings:network";
}

/// The name of a list, as it is stored and answered.
pub fn name(list: IpList) -> &'static str {
    match list {
        IpList::Allow => "allow",
        IpList::Block => "block",
    }
}
