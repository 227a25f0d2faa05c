//! Mail about what happens to a user, so that somebody who did not do it himself learns of it. It goes to an address that
//! others than the user answer for, and says nothing that a stranger typed.

use context::{Ctx, Event, EventKind, Writing};
use jiff::SignedDuration;
use kernel::{NodeId, Problem, ProblemKind};
use mail::Letter;
use realms::User;
use secrecy::SecretString;

use crate::{
    letters::{NOTICE, Writer, address, moment},
    settings::after,
    signin::Signin,
    store::notices,
};

/// How often at most a user is told of locks: anybody can make one.
const LOCKS_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Too many wrong passwords.
    LockedOut,
    /// A sign-in from where the user has not signed in before.
    NewDevice,
    /// Mail goes to another address from now on.
    AddressChanged,
    /// An API key was made that acts for the user.
    ApiKeyMade,
    /// What a device remembers was shown by somebody else.
    RememberStolen,
}

impl Notice {
    fn kind(self) -> &'static str {
        match self {
            Self::LockedOut => "notice.locked_out",
            Self::NewDevice => "notice.new_device",
            Self::AddressChanged => "notice.address_changed",
            Self::ApiKeyMade => "notice.api_key_made",
            Self::RememberStolen => "notice.remember_stolen",
        }
    }

    fn subject(self) -> &'static str {
        match self {
            Self::LockedOut => "Too many failed sign-ins",
            Self::NewDevice => "A sign-in from a new device",
            Self::AddressChanged => "Your e-mail address was changed",
            Self::ApiKeyMade => "A new API key",
            Self::RememberStolen => "A remembered sign-in was used by somebody else",
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::LockedOut => {
                "Somebody gave a wrong password too often. Sign-ins with a password are refused for \
                 a while, but from devices that are known. You are told of this once a day at most."
            }
            Self::NewDevice => {
                "Somebody signed in from a device or a place that was not seen before."
            }
            Self::AddressChanged => "Mail goes to another address from now on.",
            Self::ApiKeyMade => "A key was made with which a program acts for you.",
            Self::RememberStolen => {
                "What one of your browsers keeps to stay signed in was shown a second time, or by \
                 another device. Its sessions were ended; sign in there again."
            }
        }
    }
}

impl Writer {
    fn notice(&self, user: &User, notice: Notice, ctx: &Ctx) -> Option<Letter> {
        let from =
            ctx.request().ip.map(|ip| format!(", from the address {ip}")).unwrap_or_default();
        let text = format!(
            "{name} at\n{address}\n\n{says}\n\nThis was on {when}{from}.\n\n\
             If it was you, do nothing. If you know nothing of it, choose another password, end what \
             you do not know, and tell whoever runs the service.\n",
            name = user.username,
            address = self.public_address,
            says = notice.says(),
            when = moment(ctx.now()),
        );
        Some(Letter {
            kind: notice.kind(),
            user: user.id,
            to: address(user)?,
            subject: notice.subject().to_owned(),
            text: text.into(),
            good_until: after(ctx.now(), NOTICE),
        })
    }
}

impl Signin {
    /// Tells the user, if he has an address for that.
    pub async fn tell(&self, tx: &Writing, user: &User, notice: Notice) -> Result<(), Problem> {
        match self.writer.notice(user, notice, tx.ctx()) {
            Some(letter) => self.outbox.put(tx, &letter).await,
            None => Ok(()),
        }
    }

    /// The same for who may be a user or not, such as the owner of a key.
    pub async fn tell_by_id(
        &self,
        tx: &Writing,
        id: NodeId,
        notice: Notice,
    ) -> Result<(), Problem> {
        if !self.outbox.is_on() {
            return Ok(());
        }
        match realms::find_user_by_id(tx, id).await? {
            Some(user) => self.tell(tx, &user, notice).await,
            None => Ok(()),
        }
    }

    /// Tells a user who signs in from where he has not before; for the first sign-in of all there is nothing to tell.
    /// `device` is the cookie that was shown.
    pub async fn tell_of_sign_in(
        &self,
        tx: &Writing,
        user: NodeId,
        device: Option<&SecretString>,
    ) -> Result<(), Problem> {
        if self.is_new_place(tx, user, device).await? {
            self.tell_by_id(tx, user, Notice::NewDevice).await?;
        }
        Ok(())
    }

    /// Tells a user that the name was locked by failures. It happens behind the answer, whose time must not tell whether
    /// there is such a user.
    pub(crate) fn tell_of_lock(&self, ctx: &Ctx, user: NodeId) {
        if !self.outbox.is_on() {
            return;
        }
        // Whoever failed is nobody here, whatever he showed with the request.
        let ctx = ctx.as_nobody();
        let post = (self.outbox.clone(), self.writer.clone());
        let turn = self.recoveries.clone().try_acquire_owned();
        tokio::spawn(async move {
            let written = match turn {
                Ok(_turn) => write_of_lock(&ctx, user, &post.0, &post.1).await,
                Err(_) => Err(Problem::new(ProblemKind::Unavailable, "too much at once")),
            };
            if let Err(error) = written {
                tracing::warn!(target: "portcullis::system", %error, "a user is not told of a lock");
            }
        });
    }
}

async fn write_of_lock(
    ctx: &Ctx,
    id: NodeId,
    outbox: &mail::Outbox,
    writer: &Writer,
) -> Result<(), Problem> {
    let mut tx = ctx.begin().await?;
    let Some(user) = realms::find_user_by_id(&tx, id).await? else { return Ok(()) };
    let Some(letter) = writer.notice(&user, Notice::LockedOut, ctx) else { return Ok(()) };
    let since = ctx.now().checked_sub(LOCKS_EVERY).map_err(Problem::internal)?;
    if !notices::is_due(tx.as_ref(), id, Notice::LockedOut.kind(), ctx.now(), since).await? {
        return Ok(());
    }
    outbox.put(&tx, &letter).await?;
    let event = Event::new(EventKind::SecurityAlert, "lockout.notice");
    tx.audit(event.about("user", id, id).of(id));
    tx.commit().await.map(drop)
}
