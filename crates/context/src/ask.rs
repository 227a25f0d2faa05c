//! A transaction that can be asked: what reads for a view or a check works in a [`Reading`] and in a [`Writing`] alike.

use kernel::{NodeId, PermissionName};
use policy::Snapshot;
use store::Run;

use crate::{Ctx, Reading, State, Writing};

/// A transaction that can be asked: reading or writing.
pub trait Ask: Run {
    /// The engine at the revision of the rows.
    fn engine(&self) -> &Snapshot;

    /// Everything in memory at that revision.
    fn state(&self) -> &State;

    /// The request.
    fn ctx(&self) -> &Ctx;

    /// Whether the caller may, without a trace.
    fn may(&self, permission: &PermissionName, node: NodeId) -> bool;
}

impl Ask for Reading {
    fn engine(&self) -> &Snapshot {
        Self::engine(self)
    }

    fn state(&self) -> &State {
        Self::state(self)
    }

    fn ctx(&self) -> &Ctx {
        Self::ctx(self)
    }

    fn may(&self, permission: &PermissionName, node: NodeId) -> bool {
        Self::may(self, permission, node)
    }
}

impl Ask for Writing {
    fn engine(&self) -> &Snapshot {
        Self::engine(self)
    }

    fn state(&self) -> &State {
        Self::state(self)
    }

    fn ctx(&self) -> &Ctx {
        Self::ctx(self)
    }

    fn may(&self, permission: &PermissionName, node: NodeId) -> bool {
        Self::may(self, permission, node)
    }
}
