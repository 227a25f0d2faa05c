//! What capabilities need that make users who choose their passwords themselves.

use context::Ctx;
use kernel::Problem;
use mail::Outbox;
use protocol::password::{PasswordHash, Verdict};
use realms::{
    HashedPassword,
    passwords::{PasswordFacts, Passwords},
};
use secrecy::SecretString;

use crate::signin::Signin;

impl Signin {
    /// Where letters wait.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Where users reach this server, `https://id.example.com`: links are built from it and from nothing else.
    pub fn public_address(&self) -> &str {
        &self.writer.public_address
    }

    /// Checks and hashes the password of somebody who is no user yet: 422 at `/password` if it is not good enough, 503 at
    /// once if too many hash already.
    pub async fn hash_first(
        &self,
        ctx: &Ctx,
        password: &SecretString,
        about: &PasswordFacts,
    ) -> Result<HashedPassword, Problem> {
        let _place = self.hasher.admit()?;
        self.check_and_hash(ctx, password, about).await
    }

    /// Whether it is the password of this hash, which is no user's yet. 503 at once if too many hash already.
    pub async fn is_same(
        &self,
        password: &SecretString,
        hash: &HashedPassword,
    ) -> Result<bool, Problem> {
        let _place = self.hasher.admit()?;
        let hash = PasswordHash::parse(&hash.0).map_err(Problem::internal)?;
        let verdict = self.hasher.verify(password.clone(), Some(hash)).await?;
        Ok(matches!(verdict, Verdict::Match { .. }))
    }
}
