//! One stream of events: it reads from the log as fast as the client takes, keeps one entry in memory, and ends when the
//! caller may not read any more, does not take what is sent, or the server stops.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use context::{Change, Ctx, System};
use futures::Stream;
use jiff::Timestamp;
use kernel::{NodeId, Problem, ProblemKind, Revision};
use serde::Serialize;
use store::change_log::{self, Entry};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    time::{sleep, timeout},
};

use super::{
    ReadChanges,
    view::{ChangeView, views},
};

/// Most streams at once.
const MOST: usize = 64;
/// How long a stream lives; the client connects again, and shows who it is again.
const LIFE: Duration = Duration::from_secs(600);
/// The time between two signs of life when nothing happens: shorter than proxies wait.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a client may leave an event lying.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many changes one event tells; labels count each.
const PORTION: usize = 500;

/// The streams of this server; cheap to clone.
#[derive(Debug, Clone)]
pub struct Streams {
    slots: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(MOST)), stopping: watch::Sender::new(false) }
    }
}

impl Streams {
    /// Ends all of them.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Opens one that tells what came after this revision. 503 when there are too many.
    pub(super) fn open(
        &self,
        ctx: Ctx,
        after: Revision,
    ) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + use<>, Problem> {
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| {
            let detail = "There are too many streams at this moment.";
            Problem::new(ProblemKind::Unavailable, detail).retry_after(5)
        })?;
        let (sender, receiver) = mpsc::channel(1);
        let feed = Feed { ctx, after, sender, stopping: self.stopping.subscribe() };
        tokio::spawn(feed.run(slot));
        Ok(futures::stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|bytes| (Ok(bytes), receiver))
        }))
    }
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum End {
    /// The caller may not read it any more, or is nobody any more.
    NotPermitted,
    /// The client connects again to go on.
    Again,
    /// The log lacks what comes next: the client copies anew.
    Reset,
    /// The client has gone, or does not take what is sent.
    Gone,
}

/// One stream.
struct Feed {
    ctx: Ctx,
    after: Revision,
    sender: mpsc::Sender<Bytes>,
    stopping: watch::Receiver<bool>,
}

/// The data of an event.
#[derive(Serialize)]
struct EventView<'a> {
    revision: u64,
    at: Timestamp,
    /// Whether more of this revision follows.
    more: bool,
    changes: &'a [ChangeView],
}

impl Feed {
    async fn run(mut self, _slot: OwnedSemaphorePermit) {
        let (mut stopping, sender) = (self.stopping.clone(), self.sender.clone());
        // An outage is no end of the history: the client connects again, here or at another server.
        let end = tokio::select! {
            end = self.tell() => end.unwrap_or(End::Again),
            () = sleep(LIFE) => End::Again,
            _ = stopping.wait_for(|stopping| *stopping) => End::Again,
            () = sender.closed() => End::Gone,
        };
        let name = if end == End::Reset { "reset" } else { "end" };
        if let (true, Ok(reason)) = (end != End::Gone, serde_json::to_string(&end)) {
            // The client may be gone by now.
            let _ = self.send(format!("event: {name}\ndata: {{\"reason\":{reason}}}\n\n")).await;
        }
    }

    async fn tell(&mut self) -> Result<End, Problem> {
        let mut published = self.ctx.system().published();
        if !self.send("retry: 1000\n\n".into()).await {
            return Ok(End::Gone);
        }
        loop {
            // Before each event: the last one may have taken the right to see the next.
            if !self.is_permitted() {
                return Ok(End::NotPermitted);
            }
            if self.ctx.system().state().revision > self.after {
                if let Some(end) = self.tell_next().await? {
                    return Ok(end);
                }
                continue;
            }
            tokio::select! {
                changed = published.changed() => changed.map_err(Problem::internal)?,
                () = sleep(HEARTBEAT) => {
                    if !self.send(":\n\n".into()).await {
                        return Ok(End::Gone);
                    }
                }
            }
        }
    }

    /// Whether the caller still is who he was, and may: at this moment, not when the stream began.
    fn is_permitted(&self) -> bool {
        let system: &Arc<System> = self.ctx.system();
        let caller = self.ctx.caller();
        let now = Ctx::new(system.clone(), caller.clone(), self.ctx.request().clone());
        system.check_fresh().is_ok()
            && system.state().fault(caller, now.now()).is_none()
            && now.permit::<ReadChanges>(NodeId::GLOBAL).is_ok()
    }

    async fn tell_next(&mut self) -> Result<Option<End>, Problem> {
        let read = self.ctx.system().database().read().await?;
        let entry = change_log::after(&read, self.after, 1).await?.into_iter().next();
        drop(read);
        let Some(entry) = entry.filter(|entry| entry.revision() == self.after.next()) else {
            return Ok(Some(End::Reset));
        };
        for event in events(&entry)? {
            if !self.send(event).await {
                return Ok(Some(End::Gone));
            }
        }
        self.after = entry.revision();
        Ok(None)
    }

    /// False when the client has gone or takes nothing.
    async fn send(&self, text: String) -> bool {
        matches!(timeout(PATIENCE, self.sender.send(text.into())).await, Ok(Ok(())))
    }
}

/// The events of one revision. Only the last one has its number as id: a client that loses the others gets all again.
fn events(entry: &Entry) -> Result<impl Iterator<Item = String> + use<>, Problem> {
    let changes: Vec<Change> = serde_json::from_str(&entry.changes).map_err(Problem::internal)?;
    let at = store::from_micros(entry.at)?;
    let revision = entry.revision().0;
    let mut rest = portions(views(changes)).into_iter().peekable();
    Ok(std::iter::from_fn(move || {
        let changes = rest.next()?;
        let more = rest.peek().is_some();
        let view = EventView { revision, at, more, changes: &changes };
        let data = serde_json::to_string(&view).ok()?;
        let id = if more { String::new() } else { format!("id: {revision}\n") };
        Some(format!("event: change\n{id}data: {data}\n\n"))
    }))
}

fn portions(views: Vec<ChangeView>) -> Vec<Vec<ChangeView>> {
    let mut portions: Vec<Vec<ChangeView>> = vec![Vec::new()];
    let mut weight = 0;
    for view in views {
        let own = if let ChangeView::Labels { labels } = &view { labels.len() } else { 1 };
        if weight + own > PORTION && weight > 0 {
            portions.push(Vec::new());
            weight = 0;
        }
        weight += own;
        if let Some(last) = portions.last_mut() {
            last.push(view);
        }
    }
    portions
}

#[cfg(test)]
mod tests {
    use kernel::NodeId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn large_revisions_come_in_portions_without_losing_any() {
        let node = |number: u128| NodeId(Uuid::from_u128(number));
        let views: Vec<_> = (0..1234).map(|n| ChangeView::NodeDeleted { node: node(n) }).collect();
        let portions = portions(views.clone());
        assert_eq!(portions.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 234]);
        assert_eq!(portions.concat(), views);
    }

    #[test]
    fn a_revision_without_anything_to_tell_is_an_event_too() {
        assert_eq!(portions(Vec::new()), [Vec::new()]);
    }
}
