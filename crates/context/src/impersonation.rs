//! Acting in somebody else's place: who may. It is judged on the state of now at each request, and again when a write
//! begins, so that it ends at the moment when it would no longer begin.

use jiff::Timestamp;
use kernel::{NodeId, SessionId};
use policy::{Context, Principal, Question, Snapshot};

use crate::{action, ctx::Caller, system::State};

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
    /// Whether the caller still is who he was found to be: the credential counts, and whoever acts in another's place may
    /// still take it.
    pub fn admits(&self, caller: &Caller, now: Timestamp) -> bool {
        let principal = &caller.principal;
        self.credentials.admit(&caller.credential, now)
            && principal.impersonator.is_none_or(|by| {
                let target = principal.subject();
                target.is_some_and(|target| may_impersonate(&self.engine, by, target, now))
            })
    }
}

/// Whether a user may act in another's place: he is active, has the permission at the other, and holds all that the
/// other holds. Nobody acts in the place of a superuser.
fn may_impersonate(engine: &Snapshot, by: NodeId, target: NodeId, now: Timestamp) -> bool {
    let Ok(permission) = action::parse(PERMISSION) else { return false };
    let principal = &Principal::user(by);
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
