//! What the operations of this crate share.

use std::sync::Arc;

use context::Ctx;
use kernel::{EventId, Problem, ProblemKind};
use protocol::secret_token::{Kind, SecretToken};
use signin::Signin;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many registrations are written at the same time behind their answers; more are told to come again.
const AT_ONCE: usize = 32;

/// What the operations of this crate share.
#[derive(Debug)]
pub struct People {
    pub(crate) signin: Arc<Signin>,
    turns: Arc<Semaphore>,
}

impl People {
    /// With what checks and hashes passwords, and sends letters.
    pub fn new(signin: Arc<Signin>) -> Self {
        Self { signin, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// A turn for work behind an answer. 503 if too much is under way.
    pub(crate) fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.turns.clone().try_acquire_owned().map_err(|_| {
            Problem::new(ProblemKind::Unavailable, "Too many requests at once.").retry_after(2)
        })
    }
}

/// A link that works once.
pub(crate) fn new_link(ctx: &Ctx) -> SecretToken {
    let entropy = ctx.system().entropy();
    SecretToken::generate(Kind::OneTimeLink, EventId::new(ctx.now(), entropy).0, entropy)
}
