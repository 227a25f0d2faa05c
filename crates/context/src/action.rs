//! What can be permitted: an action on a thing that stands at a node.

use kernel::{NodeId, PermissionName, Problem};

/// Something that a decision is made about: it stands at a node.
pub trait Resource {
    /// The node at which the permission is asked (`model.md`, "Where a permission is asked").
    fn node(&self) -> NodeId;
}

impl Resource for NodeId {
    fn node(&self) -> NodeId {
        *self
    }
}

impl Resource for store::node::Node {
    fn node(&self) -> NodeId {
        self.id
    }
}

/// An action: a type of its own, so that the proof of one cannot serve for another.
pub trait Action {
    /// What it is done to.
    type Resource: Resource;
    /// The permission it asks, as the catalogue lists it.
    const PERMISSION: &'static str;

    /// The permission asked for this very thing; differs from [`Self::PERMISSION`] only where a part of the name
    /// comes from the thing, such as `settings:<section>`.
    fn permission(_resource: &Self::Resource) -> Result<PermissionName, Problem> {
        parse(Self::PERMISSION)
    }
}

/// An action that users do to themselves, whatever they hold. Where it is done to somebody else, the permission is asked.
pub trait OwnAction: Action {}

/// A permission of our own code, as a name.
pub fn parse(permission: &str) -> Result<PermissionName, Problem> {
    PermissionName::parse(permission).map_err(Problem::internal)
}
