//! The end of what a device remembers.

use context::{Event, EventKind, Writing};
use kernel::{Problem, RememberedId};
use protocol::secret_token::Verdict;

use super::{cookie::Browser, remembered::Remembered};
use crate::{notices::Notice, session::end_here, signin::Signin, store::remembered as rows};

/// Ends what a device remembers, and all sessions that began by it; tells how many. None if it was ended before.
pub(crate) async fn forget(tx: &mut Writing, id: RememberedId) -> Result<Option<u64>, Problem> {
    if !rows::delete(tx.as_ref(), id).await? {
        return Ok(None);
    }
    let mut ended = 0;
    for session in rows::open_sessions(tx, id).await? {
        ended += u64::from(end_here(tx, &session).await?);
    }
    Ok(Some(ended))
}

/// Ends what the browser remembers, if its cookie is one that was given to it; an old one too, as it is given up. False if
/// there is nothing.
pub async fn forget_shown(
    signin: &Signin,
    tx: &mut Writing,
    browser: &Browser,
) -> Result<bool, Problem> {
    let Some(token) = browser.token() else { return Ok(false) };
    let Some(device) = rows::find(tx, RememberedId(token.id())).await? else { return Ok(false) };
    let verdict = device.rotation.judge(&token, &signin.successors, tx.ctx().now());
    if matches!(verdict, Verdict::Foreign) {
        return Ok(false);
    }
    let Some(ended) = forget(tx, device.id).await? else { return Ok(false) };
    tx.audit(
        Event::new(EventKind::Logout, "remember.forget")
            .about("user", device.user, device.user)
            .of(device.user)
            .with("device", device.id.to_string())
            .with("sessions_ended", ended),
    );
    Ok(true)
}

/// Ends what a device remembers because somebody else has shown it, with an alert, and tells the user.
pub(super) async fn forget_stolen(
    signin: &Signin,
    tx: &mut Writing,
    device: &Remembered,
    reason: &str,
) -> Result<(), Problem> {
    let Some(ended) = forget(tx, device.id).await? else { return Ok(()) };
    tx.audit(
        Event::new(EventKind::SecurityAlert, "remember.reuse")
            .about("user", device.user, device.user)
            .of(device.user)
            .with("device", device.id.to_string())
            .with("sessions_ended", ended)
            .because(Some(reason.to_owned())),
    );
    signin.tell_by_id(tx, device.user, Notice::RememberStolen).await
}
