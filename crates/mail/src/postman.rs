//! Sending what is due: by any of the servers, each letter by one at a time, which holds it on a lease.

use std::{sync::Arc, time::Duration};

use context::{Caller, Ctx, Event, EventKind, RequestFacts, System};
use jiff::{SignedDuration, Timestamp};
use kernel::Problem;
use policy::{Principal, Who};

use crate::{
    letter::Via,
    outbox::Outbox,
    smtp::SendError,
    store::{self, Waiting},
};

/// How often it is looked whether something is due.
const EVERY: Duration = Duration::from_secs(1);
/// How long nobody else tries a letter that somebody is sending: longer than a mail server may take for it.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How long the second try waits; each one after it waits twice as long as the one before.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// No try waits longer.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// After so many tries a letter is given up.
const MOST_ATTEMPTS: i64 = 12;

/// Sends what is due, for as long as the server runs.
pub async fn again_and_again(outbox: Arc<Outbox>, system: Arc<System>) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = send_due(&outbox, &system).await {
            tracing::warn!(target: "portcullis::system", %error, "the outbox cannot be read");
        }
    }
}

/// Sends all that is due now, one after the other, and tells how many letters and texts were taken.
pub async fn send_due(outbox: &Outbox, system: &Arc<System>) -> Result<u64, Problem> {
    if !outbox.is_on() && !outbox.sends_texts() {
        return Ok(0);
    }
    let mut sent = 0;
    loop {
        let now = system.now();
        let single = system.database().single();
        let Some(waiting) = store::take(&single, now, after(now, LEASE)).await? else {
            return Ok(sent);
        };
        match try_to_send(outbox, &waiting, now).await {
            Ok(()) => {
                store::remove(&single, waiting.id).await?;
                sent += 1;
            }
            Err(error) => put_off_or_give_up(system, &waiting, &error).await?,
        }
    }
}

async fn try_to_send(outbox: &Outbox, waiting: &Waiting, now: Timestamp) -> Result<(), SendError> {
    if now >= waiting.good_until {
        return Err(SendError::ForGood("it came too late".to_owned()));
    }
    let contents = outbox
        .open(waiting)
        .ok_or_else(|| SendError::ForGood("it was sealed under another APP_KEY".to_owned()))?;
    let no_way = || SendError::ForNow("this server has no way to send it".to_owned());
    match contents.via {
        Via::Mail => outbox.smtp.as_ref().ok_or_else(no_way)?.send(waiting.id, &contents).await,
        Via::Sms => outbox.gateway.as_ref().ok_or_else(no_way)?.send(&contents).await,
    }
}

async fn put_off_or_give_up(
    system: &Arc<System>,
    waiting: &Waiting,
    error: &SendError,
) -> Result<(), Problem> {
    let next = after(system.now(), wait(waiting.attempts));
    let is_over = matches!(error, SendError::ForGood(_))
        || waiting.attempts >= MOST_ATTEMPTS
        || next >= waiting.good_until;
    tracing::warn!(target: "portcullis::system", kind = waiting.kind, attempts = waiting.attempts,
        given_up = is_over, %error, "a letter or text was not sent");
    let single = system.database().single();
    if !is_over {
        return Ok(store::put_off(&single, waiting.id, next).await?);
    }
    store::remove(&single, waiting.id).await?;
    let event = Event::new(EventKind::SecurityAlert, "mail.given_up")
        .about(kind(system, waiting.user), waiting.user, waiting.user)
        .with("kind", waiting.kind.as_str())
        .with("attempts", waiting.attempts)
        .failed("the mail server, or the gateway to phones, did not take it");
    job(system).audit(event).await
}

/// What a letter is about.
fn kind(system: &System, id: kernel::NodeId) -> &'static str {
    let state = system.state();
    match state.engine.kind(id) {
        Some(kind) if kind.as_str() == kernel::NodeKind::REALM => kernel::NodeKind::REALM,
        _ => kernel::NodeKind::USER,
    }
}

/// How long a letter waits after so many tries.
fn wait(attempts: i64) -> SignedDuration {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    (FIRST_WAIT * (1 << doublings)).min(LONGEST_WAIT)
}

fn after(now: Timestamp, duration: SignedDuration) -> Timestamp {
    now.checked_add(duration).unwrap_or(Timestamp::MAX)
}

fn job(system: &Arc<System>) -> Ctx {
    let who = Who::Job { name: "mail".to_owned(), on_behalf_of: None };
    let caller = Caller { principal: Principal::new(who), method: "job", ..Caller::nobody() };
    let request = RequestFacts { id: "mail".to_owned(), ..RequestFacts::default() };
    Ctx::new(system.clone(), caller, request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_waits_longer_up_to_an_hour() {
        assert_eq!(wait(1), FIRST_WAIT);
        assert_eq!(wait(2), FIRST_WAIT * 2);
        assert_eq!(wait(5), FIRST_WAIT * 16);
        assert_eq!(wait(8), LONGEST_WAIT);
        assert_eq!(wait(i64::MAX), LONGEST_WAIT);
    }
}
