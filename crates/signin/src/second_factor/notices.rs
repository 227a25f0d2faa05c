//! What users are written about their second factors: plain text, no names that others chose but the user's own.

use context::Writing;
use jiff::SignedDuration;
use kernel::Problem;
use mail::Letter;
use realms::User;

use super::method::Method;
use crate::{letters::address, settings::after, signin::Signin};

/// How long a notice is worth sending.
const LIFE: SignedDuration = SignedDuration::from_hours(72);

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A factor counts from now on.
    Added(Method),
    /// A factor was removed by its user.
    Removed(Method),
    /// The counter of a passkey went back.
    Copied,
    /// Recovery codes were made; those before are good no more.
    NewCodes,
    /// Somebody came in with a recovery code.
    CodeUsed,
    /// An administrator took all factors away.
    Reset,
    /// Somebody who knows the password has answered wrongly until the user was locked out.
    WrongCodes,
}

impl Signin {
    /// Writes to a user that something has become of the second factors.
    pub(crate) async fn notify_of_factors(
        &self,
        tx: &Writing,
        user: &User,
        notice: Notice,
    ) -> Result<(), Problem> {
        let Some(to) = address(user) else { return Ok(()) };
        let (subject, what) = words(notice);
        let text = format!(
            "{name} at\n{server}\n\n{what}\n\nIf you know nothing of it, tell whoever runs the service at once.\n",
            name = user.username,
            server = self.writer.public_address,
        );
        let letter = Letter {
            kind: "second_factor",
            user: user.id,
            to,
            subject: subject.to_owned(),
            text: text.into(),
            good_until: after(tx.ctx().now(), LIFE),
        };
        self.outbox.put(tx, &letter).await
    }
}

fn words(notice: Notice) -> (&'static str, String) {
    let kind = |method| match method {
        Method::Passkey => "a passkey",
        Method::Totp => "an authenticator app",
        Method::Email => "codes by mail",
        Method::Sms => "codes to a phone",
        Method::Recovery => "recovery codes",
    };
    match notice {
        Notice::Added(method) => (
            "A second factor was added",
            format!("Signing in asks for {} from now on.", kind(method)),
        ),
        Notice::Removed(method) => (
            "A second factor was removed",
            format!("Signing in no longer takes {}.", kind(method)),
        ),
        Notice::Copied => (
            "A passkey may have been copied",
            "Somebody used a passkey that has been used later already: there may be two of it. It was refused. Remove the \
             passkey, and make another one."
                .to_owned(),
        ),
        Notice::NewCodes => (
            "New recovery codes were made",
            "Recovery codes that were made before are good no more.".to_owned(),
        ),
        Notice::CodeUsed => {
            ("A recovery code was used", "Somebody signed in with a recovery code.".to_owned())
        }
        Notice::Reset => (
            "Your second factors were removed",
            "An administrator removed all second factors, and ended all sessions.".to_owned(),
        ),
        Notice::WrongCodes => (
            "Wrong codes at a sign-in",
            "Somebody who knows the password gave wrong codes so often that signing in is locked for a while. If it \
             was not you, change the password."
                .to_owned(),
        ),
    }
}
