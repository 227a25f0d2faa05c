//! Letters wait here until a server has sent them. They are sealed: a link in a letter is a secret, and the copy of a
//! database must not open anybody's way in.

use std::fmt;

use context::Writing;
use jiff::Timestamp;
use kernel::{EventId, NodeId, Problem};
use protocol::wrap::{MasterKey, Purpose};
use uuid::Uuid;

use crate::{
    letter::{Contents, Letter, Text},
    sms::Gateway,
    smtp::Smtp,
    store::{self, Waiting},
};

const PURPOSE: Purpose = Purpose("outbox");

/// Where letters wait.
pub struct Outbox {
    master: MasterKey,
    pub(crate) smtp: Option<Smtp>,
    pub(crate) gateway: Option<Gateway>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("smtp", &self.smtp).finish_non_exhaustive()
    }
}

impl Outbox {
    /// Letters are sealed under `master` and go by `smtp`; without it none are taken.
    pub fn new(master: MasterKey, smtp: Option<Smtp>) -> Self {
        Self { master, smtp, gateway: None }
    }

    /// Texts go by this gateway; without it none are taken.
    #[must_use]
    pub fn with_gateway(self, gateway: Option<Gateway>) -> Self {
        Self { gateway, ..self }
    }

    /// Whether mail is sent at all.
    pub fn is_on(&self) -> bool {
        self.smtp.is_some()
    }

    /// Whether texts are sent to phones.
    pub fn sends_texts(&self) -> bool {
        self.gateway.is_some()
    }

    /// Writes a letter down, to be sent when this transaction is committed. Nothing happens if no mail is sent.
    pub async fn put(&self, tx: &Writing, letter: &Letter) -> Result<(), Problem> {
        if !self.is_on() {
            return Ok(());
        }
        let Letter { kind, user, good_until, .. } = *letter;
        self.keep(tx, (kind, user, good_until), &Contents::of(letter)).await
    }

    /// Writes a text down, in the same way. Nothing happens if no texts are sent.
    pub async fn put_text(&self, tx: &Writing, text: &Text) -> Result<(), Problem> {
        if !self.sends_texts() {
            return Ok(());
        }
        let Text { kind, user, good_until, .. } = *text;
        self.keep(tx, (kind, user, good_until), &Contents::of_text(text)).await
    }

    async fn keep(
        &self,
        tx: &Writing,
        (kind, user, good_until): (&str, NodeId, Timestamp),
        contents: &Contents,
    ) -> Result<(), Problem> {
        let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
        let id = EventId::new(now, entropy).0;
        let contents = contents.to_bytes().map_err(Problem::internal)?;
        let sealed = self.master.seal(PURPOSE, &place(&id), &contents, entropy);
        let sealed = sealed.map_err(Problem::internal)?;
        let waiting = Waiting { id, user, kind: kind.to_owned(), sealed, attempts: 0, good_until };
        Ok(store::insert(tx.as_ref(), &waiting, now).await?)
    }

    /// What a letter says; none if it was sealed under another key.
    pub(crate) fn open(&self, waiting: &Waiting) -> Option<Contents> {
        let plain = self.master.open(PURPOSE, &place(&waiting.id), &waiting.sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn place(id: &Uuid) -> [&[u8]; 3] {
    [b"outbox", b"sealed", id.as_bytes()]
}
