//! Acting in somebody else's place: who may. It is judged on the state of now at each request, and again when a write
//! begins, so that it ends at the moment when it would no longer begin.

use jiff::Timestamp;
use kernel::{CredentialFault, NodeId, SessionId};
use policy::{Context, Principal, Question, Snapshot};

use crate::{action, active_role::Wanted, ctx::Caller, system::State};

/// The permission, asked at the user whose place is taken.
pub const PERMISSION: &str = "user:impersonate";

/// Who acts in another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impersonator {
    /// The user who acts.
    pub user: NodeId,
    /// His own session, from which it was begun.
    pub session: SessionId,
}

impl State {
    /// Why the caller is no longer who he was found to be, if so: the credential does not count, or whoever acts in
    /// another's place may no longer take it.
    pub fn fault(&self, caller: &Caller, now: Timestamp) -> Option<CredentialFault> {
        let principal = &caller.principal;
        let may_go_on =
            |by| principal.subject().is_some_and(|target| self.may_impersonate(by, target, now));
        self.credentials.fault(&caller.credential, now).or_else(|| {
            let is_over = principal.impersonator.is_some_and(|by| !may_go_on(by));
            is_over.then_some(CredentialFault::ImpersonationOver)
        })
    }

    /// Where users act in one role alone, so does whoever acts in another's place.
    fn may_impersonate(&self, by: NodeId, target: NodeId, now: Timestamp) -> bool {
        let wanted = if self.roles_are_chosen() { Wanted::Union } else { Wanted::Nothing };
        let active_role = self.active_role(by, wanted, now);
        active_role.is_ok_and(|active_role| {
            let principal = Principal { active_role, ..Principal::user(by) };
            may_impersonate(&self.engine, &principal, target, now)
        })
    }
}

/// Whether a user may act in another's place: he is active, has the permission at the other, and holds all that the
/// other holds. Nobody acts in the place of a superuser.
fn may_impersonate(
    engine: &Snapshot,
    principal: &Principal,
    target: NodeId,
    now: Timestamp,
) -> bool {
    let Ok(permission) = action::parse(PERMISSION) else { return false };
    let question = Question {
        principal,
        permissions: std::slice::from_ref(&permission),
        node: target,
        context: &Context::default(),
        now,
    };
    engine.subject(target).is_some_and(|target| !target.superuser)
        && engine.decide(&question).is_allow()
        && engine.may_take_over(principal, target, now).is_ok()
}
