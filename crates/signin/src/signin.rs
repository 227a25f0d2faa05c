//! What the operations of sign-in share.

use std::sync::Arc;

use aws_lc_rs::hmac;
use context::{Caller, Credential, Source, System, Writing};
use kernel::Problem;
use mail::Outbox;
use protocol::wrap::{MasterKey, Purpose};
use realms::User;
use tokio::sync::Semaphore;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    authenticator::Authenticator,
    forgot_password::AT_ONCE,
    hasher::Hasher,
    last_seen::LastSeen,
    letters::{Changed, Writer},
    passkey::{PASSKEY, relying_party::RelyingParty},
    password::Password,
    second_factor::seal::Seals,
    turns::Turns,
};

/// What the operations of sign-in share: hashing threads, types of authenticators, and what was seen last.
pub struct Signin {
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) turns: Turns,
    pub(crate) last_seen: LastSeen,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) writer: Writer,
    pub(crate) seals: Seals,
    /// Who we are to browsers; none where they have no passkeys for the public address.
    pub(crate) relying_party: Option<RelyingParty>,
    /// A turn for each user who is looked for behind an answer that was given already.
    pub(crate) recoveries: Arc<Semaphore>,
    authenticators: Vec<Box<dyn Authenticator>>,
    /// Names the counters of unknown users and of sources. All servers have the same, so that a name that is nobody's is
    /// locked like any other, wherever it is tried and after a restart; nobody else can tell which names share one.
    pub(crate) counters: hmac::Key,
    /// By which tokens that follow each other are derived.
    pub(crate) successors: Zeroizing<[u8; 32]>,
    secure_cookies: bool,
}

/// How users are reached: by mail, with links to the address where they reach this server.
#[derive(Debug)]
pub struct Post {
    /// Where letters wait.
    pub outbox: Arc<Outbox>,
    /// `https://id.example.com`; never taken from a request.
    pub public_address: String,
}

impl std::fmt::Debug for Signin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signin").field("hasher", &self.hasher).finish_non_exhaustive()
    }
}

impl Signin {
    /// With these hashing threads, and the key that all servers of one database share.
    pub fn new(hasher: Arc<Hasher>, master: &MasterKey, post: Post) -> Self {
        let Post { outbox, public_address } = post;
        let secure_cookies = public_address.starts_with("https:");
        Self {
            outbox,
            relying_party: RelyingParty::of(&public_address),
            writer: Writer { public_address },
            recoveries: Arc::new(Semaphore::new(AT_ONCE)),
            hasher,
            turns: Turns::default(),
            last_seen: LastSeen::default(),
            authenticators: vec![Box::new(Password)],
            counters: hmac::Key::new(hmac::HMAC_SHA256, master.derive(Purpose::COUNTERS).as_ref()),
            seals: Seals::new(master.clone()),
            successors: master.derive(Purpose::SUCCESSORS),
            secure_cookies,
        }
    }

    /// Whether cookies are marked as secure.
    pub fn secure_cookies(&self) -> bool {
        self.secure_cookies
    }

    /// Writes to a user that the password is another one.
    pub(crate) async fn notify(
        &self,
        tx: &Writing,
        user: &User,
        how: Changed,
    ) -> Result<(), Problem> {
        match self.writer.changed(user, how, tx.ctx().now()) {
            Some(letter) => self.outbox.put(tx, &letter).await,
            None => Ok(()),
        }
    }

    /// The authenticator of that type.
    pub(crate) fn authenticator(&self, kind: &str) -> Option<&dyn Authenticator> {
        self.authenticators.iter().find(|a| a.kind() == kind).map(|a| &**a)
    }

    /// The type of a first step of that name: an authenticator's, or a passkey.
    pub(crate) fn first_method(&self, name: &str) -> Option<&'static str> {
        match name {
            PASSKEY => Some(PASSKEY),
            name => self.authenticator(name).map(Authenticator::kind),
        }
    }

    /// The counter of a name that is nobody's. There are about a million, so that names that attackers make up cannot
    /// fill the disk; the shape of the id keeps it apart from any user's.
    pub(crate) fn stranger(&self, realm: &str, name: &str) -> Uuid {
        let text = format!("{}\0{}", realm, realms::names::fold(name));
        let tag = hmac::sign(&self.counters, text.as_bytes());
        let number = tag.as_ref().iter().take(4).fold(0, |n, byte| n << 8 | u128::from(*byte));
        Uuid::from_u128(0x0000_0000_0001_8000_8000_0000_0000_0000 | number & 0xf_ffff)
    }

    /// The counter of a source. A realm's name has no NUL, so no stranger's name is signed alike.
    pub(crate) fn source_counter(&self, source: Source) -> Uuid {
        let tag = hmac::sign(&self.counters, format!("\0source\0{source}").as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(tag.as_ref()).for_each(|(byte, tagged)| *byte = *tagged);
        // Version 8 (RFC 9562, section 5.8), so that it is no user's.
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Uuid::from_bytes(bytes)
    }

    /// Writes that the caller's session was used, at most once a minute. Whoever acts in another's place uses his own
    /// session by it, so that it does not end under him for want of use.
    pub async fn saw(&self, system: &Arc<System>, caller: &Caller) {
        match caller.credential {
            Credential::Session(session) => self.saw_session(system, session).await,
            Credential::Impersonation { session, from } => {
                self.saw_session(system, session).await;
                self.saw_session(system, from).await;
            }
            Credential::None | Credential::ApiKey(_) => {}
        }
    }

    async fn saw_session(&self, system: &Arc<System>, session: kernel::SessionId) {
        let now = system.now();
        if !self.last_seen.is_due(session.0, now) {
            return;
        }
        let written = crate::store::touch_session(&system.database().single(), session, now).await;
        if let Err(error) = written {
            // The request itself is good; the next one tries again in a minute.
            tracing::warn!(%error, "the last use of a session could not be written");
        }
    }
}
