//! Codes of an authenticator app (RFC 6238). A code is good once: the last step that was taken is kept.

use kernel::Problem;
use protocol::totp::{TotpSecret, qr_code};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{
    challenge::{Asked, Beginning, ChallengeType, Made, Making, Sent, Shown, Work},
    store::{UseUp, factors},
};
use crate::settings::ISSUER;

/// The type `totp`.
pub(super) struct Totp;

impl ChallengeType for Totp {
    fn make(&self, making: Making<'_>) -> Result<Made, Problem> {
        let Making { tx, user, .. } = making;
        let secret = TotpSecret::generate(tx.ctx().system().entropy());
        let uri = secret.uri(tx.state().settings.text(&ISSUER), user.username.as_str());
        let shown = Shown {
            key: Some(secret.key()),
            qr_code: qr_code(&uri),
            uri: Some(uri),
            public_key: None,
        };
        Ok(Made { secret: Zeroizing::new(secret.as_bytes().to_vec()), shown })
    }

    fn begin<'a>(&'a self, _: Beginning<'a>) -> Work<'a, Sent> {
        Box::pin(async { Ok(Sent::default()) })
    }

    fn judge<'a>(&'a self, asked: Asked<'a>) -> Work<'a, Option<UseUp>> {
        Box::pin(async move { Ok(judge(&asked)) })
    }
}

fn judge(asked: &Asked<'_>) -> Option<UseUp> {
    // The clock of this moment, and not that of the request, which may have waited.
    let now = asked.ctx.system().now();
    asked.factors.iter().find_map(|factor| {
        let secret = TotpSecret::from_bytes(&factor.secret(asked.signin)?)?;
        let step = secret.step_of(asked.code.expose_secret(), now)?;
        Some(factors::use_step(factor.id, step, now))
    })
}
