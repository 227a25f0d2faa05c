//! Where a user has signed in before: a known device, or the same program at the same source. It proves nothing, and only
//! decides whether the user is told.

use aws_lc_rs::hmac;
use context::{Ctx, Source, Writing};
use jiff::SignedDuration;
use kernel::{NodeId, Problem};
use secrecy::SecretString;

use crate::{device, signin::Signin, store::notices};

/// How long a place is known after it was used last.
const LIFE: SignedDuration = SignedDuration::from_hours(365 * 24);

impl Signin {
    /// Whether the user signs in from somewhere new, while it is known where he has before. From now on it is known.
    pub(crate) async fn is_new_place(
        &self,
        tx: &Writing,
        user: NodeId,
        shown: Option<&SecretString>,
    ) -> Result<bool, Problem> {
        let now = tx.ctx().now();
        let by_device = match shown {
            Some(shown) => device::counter(tx, shown, user.0, now).await?.is_some(),
            None => false,
        };
        let place = self.place(tx.ctx());
        let since = now.checked_sub(LIFE).map_err(Problem::internal)?;
        // Kept beyond its life: that nobody has signed in for a year is no reason to say nothing.
        let known = notices::places(tx, user).await?;
        let by_place = known.iter().any(|known| known.hash == place && known.is_since(since));
        notices::save_place(tx.as_ref(), user, &place, now).await?;
        Ok(!known.is_empty() && !by_device && !by_place)
    }

    /// A name for the place of a request, which tells nothing to who reads the database.
    fn place(&self, ctx: &Ctx) -> Vec<u8> {
        let agent = ctx.request().user_agent.as_deref().unwrap_or_default();
        let text = format!("\0place\0{}\0{agent}", Source::of(ctx.request().ip));
        hmac::sign(&self.counters, text.as_bytes()).as_ref().to_vec()
    }
}
