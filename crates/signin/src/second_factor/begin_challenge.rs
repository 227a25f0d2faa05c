//! `POST /auth/challenge`: another type of step than the one that was proposed, or a code once more.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind};
use kernel::Problem;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use super::{
    answer_challenge::{find, parse},
    challenge::{self, Asks, At, Beginning, ChallengeView},
    method::Method,
};
use crate::{own::own_user, settings::SIGN_INS_PER_MINUTE, signin::Signin};

/// By which type a challenge is to be answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginInput {
    /// The token of the challenge.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// One of its methods.
    r#type: Method,
}

/// Does what that type of step asks for before it can be answered: for `email` a code is sent, once a minute at most; for
/// `passkey` there is something to ask the browser. The token stays the same. 401 if the challenge is over, 422 for a type that it does not take.
#[utoipa::path(post, path = "/auth/challenge", operation_id = "begin_challenge", tag = "sign-in", request_body = BeginInput,
    responses((status = 200, body = ChallengeView), (status = 401, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody), (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<BeginInput>,
) -> web::Result<Json<ChallengeView>> {
    ctx.answers_with_secret();
    ctx.throttle(&SIGN_INS_PER_MINUTE)?;
    let challenge = find(&ctx, &parse(&input.token)?).await?;
    let method = input.r#type;
    if challenge.asks != Asks::Answer || !challenge.methods.contains(&method) {
        return Err(Problem::invalid("/type", "is none of those that this challenge takes").into());
    }
    let mut tx = ctx.begin().await?;
    let user = own_user(&tx, challenge.user).await?;
    let factors = challenge.factors(&tx, method).await?;
    let at =
        Beginning { signin: &signin, tx: &tx, user: &user, factors, challenge: Some(challenge.id) };
    let sent = challenge::of(method).begin(at).await?;
    let now = ctx.now();
    let view = challenge.view(input.token, &At { method: Some(method), now }, sent);
    // Where nothing was done there is nothing to keep.
    if let Some(done) = view.done() {
        let event = Event::new(EventKind::DataUpdate, done);
        tx.audit(event.about("user", user.id, user.id).of(user.id).with("type", method.name()));
        tx.commit().await?;
    }
    Ok(Json(view))
}
