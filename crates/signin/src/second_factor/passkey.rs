//! Passkeys as a second step. What is sealed in the factor is first what its making has to answer, then the passkey.

use kernel::Problem;
use secrecy::ExposeSecret;
use webauthn_rs_core::proto::{AuthenticationState, RegistrationState, UserVerificationPolicy};
use zeroize::Zeroizing;

use super::{
    challenge::{Asked, Beginning, ChallengeType, Made, Making, Sent, Shown, Work},
    factor::Factor,
    method::Method,
    store::{UseUp, challenges, passkeys},
};
use crate::{
    passkey::{
        relying_party::{RelyingParty, assertion},
        verify::{credential, verify},
    },
    settings::ISSUER,
    signin::Signin,
};

/// The type `passkey`.
pub(super) struct Passkey;

impl ChallengeType for Passkey {
    fn make(&self, making: Making<'_>) -> Result<Made, Problem> {
        let Making { signin, tx, user, others, .. } = making;
        let party = signin.relying_party.as_ref().ok_or_else(not_here)?;
        let known = others.iter().filter(|other| other.method == Method::Passkey);
        let known =
            known.filter(|other| other.is_confirmed()).filter_map(|f| credential(signin, f));
        let known = known.map(|credential| credential.cred_id).collect();
        let issuer = tx.state().settings.text(&ISSUER);
        let begun = party.begin_registration(user, issuer, known)?;
        let secret = serde_json::to_vec(&begun.state).map_err(Problem::internal)?;
        let shown = Shown { public_key: Some(begun.options), ..Shown::default() };
        Ok(Made { secret: Zeroizing::new(secret), shown })
    }

    fn begin<'a>(&'a self, at: Beginning<'a>) -> Work<'a, Sent> {
        Box::pin(begin(at))
    }

    fn judge<'a>(&'a self, asked: Asked<'a>) -> Work<'a, Option<UseUp>> {
        Box::pin(async move {
            match &asked.factors[..] {
                [factor] if !factor.is_confirmed() => register(&asked, factor),
                _ => judge(&asked).await,
            }
        })
    }
}

/// 422: browsers have no passkeys for this address.
pub(super) fn not_here() -> Problem {
    let detail =
        "is not possible: passkeys need a public_address with https and a name, not an IP address";
    Problem::invalid("/type", detail)
}

/// Asks the browser for one of the passkeys. Where that is not possible any more, other types may answer still.
async fn begin(at: Beginning<'_>) -> Result<Sent, Problem> {
    let (Some(challenge), Some(party)) = (at.challenge, &at.signin.relying_party) else {
        return Ok(Sent::default());
    };
    let allowed: Vec<_> = at.factors.iter().filter_map(|f| credential(at.signin, f)).collect();
    if allowed.is_empty() {
        return Ok(Sent::default());
    }
    let begun = party.begin_assertion(allowed, UserVerificationPolicy::Preferred)?;
    let state = serde_json::to_string(&begun.state).map_err(Problem::internal)?;
    challenges::set_ceremony(at.tx.as_ref(), challenge, &state).await?;
    Ok(Sent::asked(begun.options))
}

/// Whether one of the passkeys answers what its browser was asked last.
async fn judge(asked: &Asked<'_>) -> Result<Option<UseUp>, Problem> {
    let Some(state) = asked.ceremony.and_then(state::<AuthenticationState>) else {
        return Ok(None);
    };
    let Some(answer) = assertion(asked.code.expose_secret()) else { return Ok(None) };
    let is_shown = |factor: &&Factor| {
        let credential = credential(asked.signin, factor);
        credential.is_some_and(|credential| credential.cred_id == answer.get_credential_id())
    };
    let Some(factor) = asked.factors.iter().find(is_shown) else { return Ok(None) };
    let verified = verify(asked.signin, asked.ctx, factor, (&answer, &state)).await?;
    Ok(verified.map(|verified| verified.use_up))
}

/// The passkey that the browser has made, in the place of what it was asked.
fn register(asked: &Asked<'_>, factor: &Factor) -> Result<Option<UseUp>, Problem> {
    let Asked { signin, ctx, .. } = asked;
    let answer = asked.code.expose_secret();
    let Some(made) = made(signin, factor, answer) else { return Ok(None) };
    let entropy = ctx.system().entropy();
    let plain = Zeroizing::new(serde_json::to_vec(&made).map_err(Problem::internal)?);
    let sealed = signin.seals.seal((factor.user, factor.id), &plain, entropy)?;
    let new = passkeys::NewPasskey {
        sealed,
        credential_id: made.cred_id,
        sign_count: made.counter,
        now: ctx.system().now(),
    };
    Ok(Some(passkeys::register(factor, new)))
}

fn made(
    signin: &Signin,
    factor: &Factor,
    answer: &str,
) -> Option<webauthn_rs_core::proto::Credential> {
    let party: &RelyingParty = signin.relying_party.as_ref()?;
    let secret = factor.secret(signin)?;
    let state: RegistrationState = serde_json::from_slice(&secret).ok()?;
    party.finish_registration(answer, &state)
}

fn state<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
