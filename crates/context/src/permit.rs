//! The proof that something was permitted.
//!
//! A [`Permitted`] can be made by asking the engine, or, for an action that users do to themselves, by being that user;
//! and in no other way:
//! ```compile_fail
//! struct Lock;
//! let forged = context::Permitted::<Lock, u32> { value: 1, action: std::marker::PhantomData };
//! ```
//! The proof of one action is no proof of another:
//! ```compile_fail
//! struct Lock;
//! struct Delete;
//! fn delete(_: context::Permitted<Delete, u32>) {}
//! fn lock(user: context::Permitted<Lock, u32>) { delete(user) }
//! ```

use std::{marker::PhantomData, ops::Deref};

use kernel::{CredentialFault, NodeId, PermissionName, Problem, ProblemKind};
use policy::{Context, Decision, Principal, Question, Snapshot, Who};

use crate::{
    Ctx,
    action::{Action, OwnAction, Resource, parse},
    refusal::Refusal,
};

/// `T`, and the proof that action `A` on it was allowed.
#[must_use]
#[derive(Debug)]
pub struct Permitted<A, T> {
    value: T,
    action: PhantomData<fn() -> A>,
}

impl<A, T> Permitted<A, T> {
    fn new(value: T) -> Self {
        Self { value, action: PhantomData }
    }

    /// The thing after a transition of its own; the proof stays with it.
    pub fn map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Permitted<A, U>, E> {
        change(self.value).map(Permitted::new)
    }

    /// The thing with something beside it, such as the input of the operation.
    pub fn with<U>(self, beside: U) -> Permitted<A, (T, U)> {
        Permitted::new((self.value, beside))
    }

    /// The thing, without the proof.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<A, T> Deref for Permitted<A, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Asks the engine, and keeps the refusal for the audit.
pub(crate) fn permit<A: Action>(
    ctx: &Ctx,
    engine: &Snapshot,
    resource: A::Resource,
) -> Result<Permitted<A, A::Resource>, Problem> {
    let permission = A::permission(&resource)?;
    let node = resource.node();
    if allowed(ctx, engine, &permission, node) {
        return Ok(Permitted::new(resource));
    }
    ctx.note_refusal(Refusal { permission: permission.to_string(), node });
    Err(refuse(ctx, engine, &permission, node))
}

/// For what users do to themselves: the thing must stand at the caller's own node. 403 for a key of his, for whoever acts
/// in his place, and while the sign-in is not complete.
pub(crate) fn own<A: OwnAction>(
    ctx: &Ctx,
    resource: A::Resource,
) -> Result<Permitted<A, A::Resource>, Problem> {
    let me = Who::User(resource.node());
    match ctx.principal() {
        Principal { who, impersonator: None, restricted: false, .. } if *who == me => {
            Ok(Permitted::new(resource))
        }
        _ => Err(Problem::forbidden("Only users themselves do this, signed in.")),
    }
}

/// Whether the caller may, with no trace: for fields that are left out and questions about oneself.
pub(crate) fn allowed(
    ctx: &Ctx,
    engine: &Snapshot,
    permission: &PermissionName,
    node: NodeId,
) -> bool {
    let question = Question {
        principal: ctx.principal(),
        permissions: std::slice::from_ref(permission),
        node,
        context: &Context::default(),
        now: ctx.now(),
    };
    engine.decide(&question) == Decision::Allow
}

/// 403 for what one may see, 404 for what one may not.
fn refuse(ctx: &Ctx, engine: &Snapshot, permission: &PermissionName, node: NodeId) -> Problem {
    if matches!(ctx.principal(), Principal { who: Who::Nobody, .. }) {
        return Problem::credential(CredentialFault::Missing);
    }
    let sees = ["read", "node:read"]
        .iter()
        .filter_map(|name| parse(name).ok())
        .any(|name| allowed(ctx, engine, &name, node));
    if sees || node == NodeId::GLOBAL {
        Problem::forbidden(format!("This needs the permission {permission}."))
    } else {
        Problem::new(ProblemKind::NotFound, "There is no such thing, or you may not see it.")
    }
}

impl<A, T: Resource> Resource for Permitted<A, T> {
    fn node(&self) -> NodeId {
        self.value.node()
    }
}
