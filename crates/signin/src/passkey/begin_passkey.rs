//! `POST /auth/passkey`: a sign-in by passkey begins, without a name.

use std::{fmt, sync::Arc};

use axum::extract::State;
use context::settings::Settings;
use kernel::Problem;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use web::{Json, Public};
use webauthn_rs_core::proto::UserVerificationPolicy;

use super::{begun::Begun, relying_party::RelyingParty};
use crate::{
    second_factor::challenge::{LIFE, exposed},
    settings::{PASSWORDLESS, SIGN_INS_PER_MINUTE},
    signin::Signin,
};

/// What a browser needs to ask its user for a passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyRequest {
    /// The `authentication_id` of the answer; good once.
    #[serde(serialize_with = "exposed")]
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// For `PublicKeyCredential.parseRequestOptionsFromJSON`. They name no user, and are the same for everybody but for
    /// the challenge.
    #[schema(value_type = Object)]
    public_key: Value,
    /// In how many seconds it is over.
    expires_in: i64,
}

impl fmt::Debug for PasskeyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeyRequest").finish_non_exhaustive()
    }
}

/// Begins a sign-in with a passkey that the device names itself, and whose user it verifies. The answer of
/// `navigator.credentials.get` goes to `POST /auth/login` with the type `passkey`. 403 where that is switched off.
#[utoipa::path(post, path = "/auth/passkey", operation_id = "begin_passkey", tag = "sign-in",
    responses((status = 200, body = PasskeyRequest), (status = 403, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
) -> web::Result<Json<PasskeyRequest>> {
    ctx.answers_with_secret();
    ctx.throttle(&SIGN_INS_PER_MINUTE)?;
    let party = passwordless(&signin, &ctx.system().state().settings)?;
    let begun = party.begin_assertion(Vec::new(), UserVerificationPolicy::Required)?;
    let token = Begun::new(&ctx, begun.state).seal(&signin, &ctx)?;
    Ok(Json(PasskeyRequest { token, public_key: begun.options, expires_in: LIFE.as_secs() }))
}

/// Who we are, where a passkey alone may open a session. 403 elsewhere.
pub(super) fn passwordless<'a>(
    signin: &'a Signin,
    settings: &Settings,
) -> Result<&'a RelyingParty, Problem> {
    if !settings.is_on(&PASSWORDLESS)? {
        return Err(Problem::forbidden("Nobody signs in by passkey alone here."));
    }
    let detail = "There are no passkeys here: they need a public_address with https and a name.";
    signin.relying_party.as_ref().ok_or_else(|| Problem::forbidden(detail))
}
