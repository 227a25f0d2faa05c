//! What users are written about their passwords: plain text, no names that others chose but the user's own.

use jiff::{SignedDuration, Timestamp};
use mail::Letter;
use realms::User;
use secrecy::{ExposeSecret, SecretString};

use crate::settings::after;

/// How long a notice is worth sending.
pub(crate) const NOTICE: SignedDuration = SignedDuration::from_hours(72);

/// Where users reach this server; links are built from it and from nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) public_address: String,
}

impl Writer {
    /// A link to a new password. The secret stands behind `#`, which browsers send to nobody: it comes into no log of a
    /// server and no `Referer`.
    pub(crate) fn forgotten(
        &self,
        user: &User,
        secret: &SecretString,
        until: Timestamp,
        minutes: i64,
    ) -> Option<Letter> {
        let text = format!(
            "Somebody, probably you, asked for a new password for {name} at\n{address}\n\n\
             Open this link within {minutes} minutes to choose one. It works once:\n\n\
             {address}/auth/password/reset#{secret}\n\n\
             If it was not you, do nothing: the password stays as it is.\n",
            name = user.username,
            address = self.public_address,
            secret = secret.expose_secret(),
        );
        Some(Letter {
            kind: "password.forgotten",
            user: user.id,
            to: address(user)?,
            subject: "A new password".to_owned(),
            text: text.into(),
            good_until: until,
        })
    }

    /// A notice that the password is another one.
    pub(crate) fn changed(&self, user: &User, how: Changed, now: Timestamp) -> Option<Letter> {
        let how = match how {
            Changed::User => "was changed",
            Changed::Link => "was changed with a link that was sent to this address",
            Changed::Administrator => "was changed by an administrator",
        };
        let text = format!(
            "The password of {name} at\n{address}\n{how}, and other sessions were ended.\n\n\
             If you know nothing of it, tell whoever runs the service at once.\n",
            name = user.username,
            address = self.public_address,
        );
        Some(Letter {
            kind: "password.changed",
            user: user.id,
            to: address(user)?,
            subject: "Your password was changed".to_owned(),
            text: text.into(),
            good_until: after(now, NOTICE),
        })
    }
}

/// By whom a password came to be another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The user, who knew the old one.
    User,
    /// Whoever reads the user's mail.
    Link,
    /// An administrator.
    Administrator,
}

/// A moment as people read it.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Where the user gets mail that tells of him; `name@localhost` stands for nowhere.
pub(crate) fn address(user: &User) -> Option<String> {
    let address = user.trusted_email()?.as_str();
    (!address.ends_with("@localhost")).then(|| address.to_owned())
}
