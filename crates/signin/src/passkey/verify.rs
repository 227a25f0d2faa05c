//! An assertion of a passkey that is stored.

use context::{Ctx, Event, EventKind};
use jiff::SignedDuration;
use kernel::Problem;
use webauthn_rs_core::proto::{AuthenticationState, Credential, PublicKeyCredential};

use super::relying_party::Refused;
use crate::{
    own::own_user,
    second_factor::{
        factor::Factor,
        notices::Notice,
        store::{UseUp, passkeys},
    },
    signin::Signin,
    store::notices,
};

/// How often at most a user is written that a passkey was copied.
const COPIES_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// The kind of that notice.
const COPIED: &str = "passkey.copied";

/// A passkey that was shown.
pub(crate) struct Verified {
    /// Moves its counter on; nobody else has meanwhile.
    pub(crate) use_up: UseUp,
    /// Whether its device has verified its user, now and when it was made: it is two factors at once. A passkey that was
    /// made without is one thing that somebody has; whoever finds it can give it a PIN of his own.
    pub(crate) is_of_its_user: bool,
}

/// The passkey of a factor that counts, with the counter of now; none if it cannot be read.
pub(crate) fn credential(signin: &Signin, factor: &Factor) -> Option<Credential> {
    let mut credential: Credential = serde_json::from_slice(&factor.secret(signin)?).ok()?;
    credential.counter = u32::try_from(factor.sign_count).ok()?;
    Some(credential)
}

/// Whether this passkey answers what was asked; none if not. A user handle that is shown must be its owner's. If it was
/// copied, that is audited, and the user is written.
pub(crate) async fn verify(
    signin: &Signin,
    ctx: &Ctx,
    factor: &Factor,
    (answer, state): (&PublicKeyCredential, &AuthenticationState),
) -> Result<Option<Verified>, Problem> {
    let Some(party) = &signin.relying_party else { return Ok(None) };
    let Some(credential) = credential(signin, factor) else { return Ok(None) };
    if answer.get_user_unique_id().is_some_and(|user| user != factor.user.0.as_bytes()) {
        return Ok(None);
    }
    match party.finish_assertion(answer, state, &credential) {
        Ok((counter, is_verified)) => Ok(Some(Verified {
            use_up: passkeys::move_on(factor.id, counter, ctx.system().now()),
            is_of_its_user: is_verified && credential.user_verified,
        })),
        Err(Refused::Wrong) => Ok(None),
        Err(Refused::Copied) => {
            tell_of_copy(signin, ctx, factor).await?;
            Ok(None)
        }
    }
}

async fn tell_of_copy(signin: &Signin, ctx: &Ctx, factor: &Factor) -> Result<(), Problem> {
    // Another commit than that of the request, which fails.
    let ctx = ctx.acting(ctx.caller().clone());
    let mut tx = ctx.begin().await?;
    let user = own_user(&tx, factor.user).await?;
    let since = ctx.now().checked_sub(COPIES_EVERY).map_err(Problem::internal)?;
    if notices::is_due(tx.as_ref(), user.id, COPIED, ctx.now(), since).await? {
        signin.notify_of_factors(&tx, &user, Notice::Copied).await?;
    }
    tx.audit(
        Event::new(EventKind::SecurityAlert, COPIED)
            .about("user", user.id, user.id)
            .of(user.id)
            .with("factor", factor.id.to_string())
            .because(Some("the counter of a passkey went back: there may be two of it".to_owned())),
    );
    tx.commit().await.map(drop)
}
