//! The extractors that hand an operation its [`Ctx`]. The gate has made it before.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use context::Ctx;
use http::request::Parts;
use kernel::{CredentialFault, Problem};

use crate::failure::Failure;

/// The request of a principal that is signed in, and whose sign-in is complete.
#[derive(Debug, Clone)]
pub struct Op(pub Ctx);

/// The request of a principal that is signed in, though the sign-in may not be complete: for the routes that complete it.
#[derive(Debug, Clone)]
pub struct Incomplete(pub Ctx);

/// The request of anybody: for routes that are declared public.
#[derive(Debug, Clone)]
pub struct Public(pub Ctx);

/// What the gate found out, until an operation asks for it.
#[derive(Clone)]
pub(crate) struct Entered {
    pub ctx: Ctx,
    /// Why the credential that was shown is not good.
    pub refused: Option<Arc<Problem>>,
}

impl<S: Send + Sync> FromRequestParts<S> for Op {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Incomplete(ctx) = Incomplete::from_request_parts(parts, state).await?;
        if ctx.principal().restricted {
            return Err(Failure(Problem::forbidden("The sign-in is not complete.")));
        }
        Ok(Self(ctx))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Incomplete {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Entered { ctx, refused } = entered(parts)?;
        if let Some(problem) = refused {
            return Err(Failure(copy(&problem)));
        }
        if !ctx.signed_in() {
            return Err(Failure(Problem::credential(CredentialFault::Missing)));
        }
        Ok(Self(ctx))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Public {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(entered(parts)?.ctx))
    }
}

fn entered(parts: &Parts) -> Result<Entered, Failure> {
    let entered = parts.extensions.get::<Entered>().cloned();
    entered.ok_or_else(|| Failure(Problem::internal("a route outside the gate")))
}

/// The public side of a problem, once more.
fn copy(problem: &Problem) -> Problem {
    if let Some(fault) = problem.credential_fault() {
        return Problem::credential(fault);
    }
    let copy = Problem::new(problem.kind(), problem.detail());
    match problem.retry_after_seconds() {
        Some(seconds) => copy.retry_after(seconds),
        None => copy,
    }
}
