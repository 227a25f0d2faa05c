//! What people are written who are no users yet. Whoever makes us write may be a stranger, and so may be who reads it: a
//! letter names nobody, and repeats nothing that somebody typed but the name of the realm.

use context::Writing;
use jiff::Timestamp;
use kernel::NodeId;
use mail::Letter;
use secrecy::{ExposeSecret, SecretString};

use crate::{invitation::Invitation, people::People};

impl People {
    /// An invitation.
    pub(crate) fn invitation(
        &self,
        tx: &Writing,
        invitation: &Invitation,
        secret: &SecretString,
    ) -> Letter {
        let text = format!(
            "You are invited to be a user of {realm} at\n{address}\n\n\
             Open this link until {until} to choose a name and a password. It works once:\n\n\
             {address}/auth/invitations/accept#{secret}\n\n\
             If you do not know what this is, do nothing.\n",
            realm = realm(tx, invitation.realm),
            address = self.signin.public_address(),
            until = moment(invitation.expires_at),
            secret = secret.expose_secret(),
        );
        let to = invitation.email.as_str();
        letter("invitation", (invitation.realm, to), "An invitation", text, invitation.expires_at)
    }

    /// A link that makes the user who has registered.
    pub(crate) fn registered(
        &self,
        tx: &Writing,
        (at, to): (NodeId, &str),
        secret: &SecretString,
        until: Timestamp,
    ) -> Letter {
        let text = format!(
            "Somebody, probably you, wants to be a user of {realm} at\n{address}\nwith this e-mail \
             address.\n\n\
             Open this link until {until}, and give the password that you have chosen. It works \
             once:\n\n\
             {address}/auth/register/confirm#{secret}\n\n\
             If it was not you, do nothing: nobody will be a user with this address.\n",
            realm = realm(tx, at),
            address = self.signin.public_address(),
            until = moment(until),
            secret = secret.expose_secret(),
        );
        letter("registration", (at, to), "Confirm your e-mail address", text, until)
    }

    /// Tells whoever reads mail there that the address is a user's already; without a link.
    pub(crate) fn registered_before(
        &self,
        tx: &Writing,
        (at, to): (NodeId, &str),
        until: Timestamp,
    ) -> Letter {
        let text = format!(
            "Somebody, probably you, wants to be a user of {realm} at\n{address}\nwith this e-mail \
             address. But a user signs in with it already, so nothing was done.\n\n\
             If that is you, sign in, or ask there for a new password. If it was not you, do \
             nothing.\n",
            realm = realm(tx, at),
            address = self.signin.public_address(),
        );
        letter("registration.taken", (at, to), "You are a user already", text, until)
    }
}

fn realm(tx: &Writing, realm: NodeId) -> String {
    tx.state().roots.realm(realm).unwrap_or_default().to_owned()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn letter(
    kind: &'static str,
    (realm, to): (NodeId, &str),
    subject: &str,
    text: String,
    good_until: Timestamp,
) -> Letter {
    Letter {
        kind,
        user: realm,
        to: to.to_owned(),
        subject: subject.to_owned(),
        text: text.into(),
        good_until,
    }
}
