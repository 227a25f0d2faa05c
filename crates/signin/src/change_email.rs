//! Another e-mail address of one's own. It counts when somebody has read mail there, and, if the present address is
//! verified, there as well: neither a stolen session nor a slip of the pen moves the way back in.

use context::{Event, EventKind, Writing};
use jiff::SignedDuration;
use kernel::{EventId, Problem, ProblemKind};
use mail::Letter;
use protocol::secret_token::{Kind, SecretToken};
use realms::{
    User,
    email_change::{EmailChange, EmailLink, Side},
    names::{Alias, Email},
    store::{begin_email_change, count_email_changes, is_taken},
};
use secrecy::SecretString;

use crate::{
    settings::{EMAIL_LINK_HOURS, after, duration},
    signin::Signin,
};

/// How many changes a user begins in [`WINDOW`]: each sends a letter to an address that may be a stranger's.
const MOST: i64 = 3;
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// How long what has ended is kept, to be counted.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Begins a change to this address, or the verification of the present one, and ends one that waits. 429 for a user who
/// begins too many. Whether the address is another user's name is not told here, but in the letter that goes there.
pub(crate) async fn begin(
    signin: &Signin,
    tx: &mut Writing,
    user: &User,
    address: Email,
) -> Result<(), Problem> {
    check(tx, user, &address).await?;
    let now = tx.ctx().now();
    let expires_at = after(now, duration(&tx.state().settings, &EMAIL_LINK_HOURS, 3600)?);
    let present = user.verified_email().filter(|present| **present != address);
    let mut secrets: Vec<(Side, SecretString)> = Vec::new();
    let mut links = Vec::new();
    for side in [Some(Side::New), present.map(|_| Side::Present)].into_iter().flatten() {
        let (link, secret) = new_link(tx, side);
        links.push(link);
        secrets.push((side, secret));
    }
    let change = EmailChange { address, links, expires_at };
    // Links may live for a week: nothing is forgotten before it has ended.
    let kept = duration(&tx.state().settings, &EMAIL_LINK_HOURS, 3600)?.max(KEPT);
    let forgotten = now.checked_sub(kept).map_err(Problem::internal)?;
    begin_email_change(tx, user, &change, forgotten).await?;
    for (side, secret) in secrets {
        let letter = write(signin, tx, user, &change, (side, &secret)).await?;
        signin.outbox.put(tx, &letter).await?;
    }
    tx.audit(
        Event::new(EventKind::DataUpdate, "email.change_begin")
            .about("user", user.id, user.id)
            .personal("address", change.address.as_str()),
    );
    Ok(())
}

async fn check(tx: &Writing, user: &User, address: &Email) -> Result<(), Problem> {
    if user.alias_of_email().is_some() {
        // It will be the alias, so it must be able to.
        Alias::of_email(address).map_err(|e| Problem::invalid("/email", e))?;
    }
    let since = tx.ctx().now().checked_sub(WINDOW).map_err(Problem::internal)?;
    if count_email_changes(tx, user.id, since).await? < MOST {
        return Ok(());
    }
    let seconds = WINDOW.as_secs().unsigned_abs();
    let detail = "Too many changes of the address; try again later.";
    Err(Problem::new(ProblemKind::TooMany, detail).retry_after(seconds))
}

fn new_link(tx: &Writing, side: Side) -> (EmailLink, SecretString) {
    let entropy = tx.ctx().system().entropy();
    let id = EventId::new(tx.ctx().now(), entropy).0;
    let token = SecretToken::generate(Kind::OneTimeLink, id, entropy);
    (EmailLink { id, side, hash: token.hash() }, token.to_text())
}

async fn write(
    signin: &Signin,
    tx: &Writing,
    user: &User,
    change: &EmailChange,
    (side, secret): (Side, &SecretString),
) -> Result<Letter, Problem> {
    let writer = &signin.writer;
    Ok(match side {
        Side::Present => writer.agree(user, change, secret),
        // The answer is the same: only who reads mail there learns that somebody has the name.
        Side::New if is_taken(tx, user, &change.address).await? => writer.taken(user, change),
        Side::New => writer.verify(user, change, secret),
    })
}
