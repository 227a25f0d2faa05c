//! What is written about e-mail addresses. A letter to an address that nobody has verified may be read by a stranger, and
//! its cause may be one: it names nobody and repeats nothing that somebody typed.

use mail::Letter;
use realms::{User, email_change::EmailChange};
use secrecy::{ExposeSecret, SecretString};

use crate::letters::{Writer, moment};

impl Writer {
    /// A link that verifies the address it goes to.
    pub(crate) fn verify(
        &self,
        user: &User,
        change: &EmailChange,
        secret: &SecretString,
    ) -> Letter {
        let text = format!(
            "Somebody, probably you, says that mail for a user of\n{address}\nis read here. \
             Open this link until {until} to confirm it. It works once:\n\n\
             {link}\n\n\
             If it was not you, do nothing: nothing changes.\n",
            address = self.public_address,
            until = moment(change.expires_at),
            link = self.email_link(secret),
        );
        let to = change.address.as_str().to_owned();
        letter("email.verify", (user, to), "Confirm your e-mail address", text, change)
    }

    /// A link by which the present address agrees to another one.
    pub(crate) fn agree(&self, user: &User, change: &EmailChange, secret: &SecretString) -> Letter {
        let text = format!(
            "Somebody, probably you, wants mail for {name} of\n{address}\nto go to another \
             address than this one:\n\n    {new}\n\n\
             Open this link until {until} if that is right. It works once, and the other address has \
             to confirm it too:\n\n\
             {link}\n\n\
             If it was not you, do not open it: then nothing changes. Sign in, choose another \
             password, and tell whoever runs the service.\n",
            name = user.username,
            address = self.public_address,
            new = change.address.as_str(),
            until = moment(change.expires_at),
            link = self.email_link(secret),
        );
        let to = user.verified_email().map(|email| email.as_str().to_owned()).unwrap_or_default();
        letter("email.agree", (user, to), "Another e-mail address", text, change)
    }

    /// Tells whoever reads mail there that the address is a user's name already; without a link.
    pub(crate) fn taken(&self, user: &User, change: &EmailChange) -> Letter {
        let text = format!(
            "Somebody, probably you, says that mail for a user of\n{address}\nis read here. \
             But another user signs in with this address, so nothing was changed.\n\n\
             If both users are yours, ask whoever runs the service to take the address off the \
             other one. If it was not you, do nothing.\n",
            address = self.public_address,
        );
        let to = change.address.as_str().to_owned();
        letter("email.taken", (user, to), "Your e-mail address", text, change)
    }

    /// The secret stands behind `#`, which browsers send to nobody. Opening it changes nothing: what stands there is used
    /// by `POST`, so that a scanner of mail uses up no link.
    fn email_link(&self, secret: &SecretString) -> String {
        format!("{}/auth/email/confirm#{}", self.public_address, secret.expose_secret())
    }
}

fn letter(
    kind: &'static str,
    (user, to): (&User, String),
    subject: &str,
    text: String,
    change: &EmailChange,
) -> Letter {
    Letter {
        kind,
        user: user.id,
        to,
        subject: subject.to_owned(),
        text: text.into(),
        good_until: change.expires_at,
    }
}
