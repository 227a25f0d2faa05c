//! A sign-in in several steps: what follows a step, and the answer to a challenge at `POST /auth/login`.

use axum::response::{IntoResponse, Response};
use context::{Ctx, Writing};
use http::{HeaderValue, header};
use kernel::Problem;
use secrecy::SecretString;
use serde::Serialize;
use signin::{ChallengeView, Method, Reply, Step};
use utoipa::ToSchema;
use web::Json;

use crate::{
    login::{self, Begun, LoginAnswer, LoginInput},
    tokens::Tokens,
};

/// What a sign-in answers: a session, or what is asked next.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum LoginReply {
    /// The session has begun.
    Session(LoginAnswer),
    /// More is asked.
    Challenge(ChallengeAnswer),
}

/// A sign-in that asks for more.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeAnswer {
    /// What is asked.
    pub(crate) challenge: ChallengeView,
}

/// What became of a step.
pub(crate) enum Outcome {
    /// A session.
    Begun(Box<Begun>),
    /// The next step.
    Challenged(ChallengeView),
}

impl Outcome {
    /// Whether it is a session that a browser keeps in a cookie.
    pub(crate) fn is_with_cookie(&self) -> bool {
        matches!(self, Self::Begun(begun) if begun.opened.cookie.is_some())
    }

    /// The answer.
    pub(crate) fn into_response(self, tokens: &Tokens) -> Result<Response, Problem> {
        match self {
            Self::Begun(begun) => begun.into_response(tokens),
            Self::Challenged(challenge) => {
                let answer = LoginReply::Challenge(ChallengeAnswer { challenge });
                let mut response = Json(answer).into_response();
                let no_store = HeaderValue::from_static("no-store");
                response.headers_mut().insert(header::CACHE_CONTROL, no_store);
                Ok(response)
            }
        }
    }
}

/// Takes the answer to a challenge, and goes on. What was said at the first step is not said again.
pub(crate) async fn answer(
    tokens: &Tokens,
    ctx: &Ctx,
    (method, input): (Method, LoginInput),
    device: Option<SecretString>,
) -> Result<Outcome, Problem> {
    let again = [
        ("/realm", input.realm.is_some()),
        ("/device_name", input.device_name.is_some()),
        ("/session", input.session.is_some()),
    ];
    if let Some((pointer, _)) = again.iter().find(|(_, is_said)| *is_said) {
        return Err(Problem::invalid(*pointer, "is said at the first step alone"));
    }
    let reply = Reply { token: input.authentication_id.into(), method, code: input.secret };
    let (tx, step) = signin::answer_challenge(&tokens.signin, ctx, &reply).await?;
    go_on(tokens, tx, step, device.as_ref()).await
}

/// Opens the session of a sign-in that is complete, or commits what is asked next.
pub(crate) async fn go_on(
    tokens: &Tokens,
    mut tx: Writing,
    step: Step,
    device: Option<&SecretString>,
) -> Result<Outcome, Problem> {
    let complete = match step {
        Step::Complete(complete) => complete,
        Step::Challenge(challenge) => {
            tx.commit().await?;
            return Ok(Outcome::Challenged(challenge));
        }
    };
    let choice = &complete.choice;
    let name = choice.device_name.as_deref();
    let proven = &complete.proven;
    let opened = signin::open_session(&mut tx, proven, name, choice.with_cookie).await?;
    let mut begun = login::issue(tokens, &mut tx, opened).await?;
    tokens.signin.tell_of_sign_in(&tx, proven.user, device).await?;
    if choice.with_cookie {
        begun.device = Some(signin::know_device(&mut tx, proven.user, device).await?);
    }
    begun.recovery_codes = complete.recovery_codes;
    begun.recovery_codes_left = complete.recovery_codes_left;
    tx.commit().await?;
    Ok(Outcome::Begun(Box::new(begun)))
}
