//! A transaction that can be asked: what reads for a view or a check works in a [`Reading`] and in a [`Writing`] alike.

use kernel::{NodeId, PermissionName};
use policy::Snapshot;
use store::Run;

use crate::{Ctx, Reading, State, Writing, permit};

/// A transaction that can be asked: reading or writing.
pub trait Ask: Run {
    /// Everything in memory at the revision of the rows.
    fn state(&self) -> &State;

    /// The request.
    fn ctx(&self) -> &Ctx;

    /// The engine at that revision.
    fn engine(&self) -> &Snapshot {
        &self.state().engine
    }

    /// Whether the caller may, without a trace.
    fn may(&self, permission: &PermissionName, node: NodeId) -> bool {
        permit::allowed(self.ctx(), self.engine(), permission, node)
    }
}

impl Ask for Reading {
    fn state(&self) -> &State {
        Self::state(self)
    }

    fn ctx(&self) -> &Ctx {
        Self::ctx(self)
    }
}

impl Ask for Writing {
    fn state(&self) -> &State {
        Self::state(self)
    }

    fn ctx(&self) -> &Ctx {
        Self::ctx(self)
    }
}
