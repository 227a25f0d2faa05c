//! A sign-in in several steps: what follows a step, and the answer to a challenge at `POST /auth/login`.

use axum::response::{IntoResponse, Response};
use context::{Ctx, Writing};
use http::{HeaderValue, header};
use kernel::Problem;
use serde::Serialize;
use signin::{
    ChallengeView, Complete, Keeping, Method, Reply, Step,
    remember::{self, Browser},
};
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

    /// Whether the browser remembers no other sign-in from now on.
    pub(crate) fn forgets(&self) -> bool {
        matches!(self, Self::Begun(begun) if begun.remembers.is_none() && !begun.is_stepped_up)
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
    browser: &Browser,
) -> Result<Outcome, Problem> {
    let again = [
        ("/realm", input.realm.is_some()),
        ("/device_name", input.device_name.is_some()),
        ("/session", input.session.is_some()),
        ("/remember", input.remember.is_some()),
    ];
    if let Some((pointer, _)) = again.iter().find(|(_, is_said)| *is_said) {
        return Err(Problem::invalid(*pointer, "is said at the first step alone"));
    }
    let reply = Reply { token: input.authentication_id.into(), method, code: input.secret };
    let (tx, step) = signin::answer_challenge(&tokens.signin, ctx, &reply).await?;
    go_on(tokens, tx, step, browser).await
}

/// Opens or steps up the session of a sign-in that is complete, or commits what is asked next.
pub(crate) async fn go_on(
    tokens: &Tokens,
    mut tx: Writing,
    step: Step,
    browser: &Browser,
) -> Result<Outcome, Problem> {
    let complete = match step {
        Step::Complete(complete) => complete,
        Step::Challenge(challenge) => {
            tx.commit().await?;
            return Ok(Outcome::Challenged(challenge));
        }
    };
    let user = complete.proven.user;
    tokens.signin.tell_of_sign_in(&tx, user, browser.device.as_ref()).await?;
    let mut begun = match complete.choice.steps_up {
        Some(session) => {
            let opened = signin::step_up(&mut tx, &complete.proven, session).await?;
            Begun { is_stepped_up: true, ..login::issue(tokens, &mut tx, opened).await? }
        }
        None => open(tokens, &mut tx, &complete, browser).await?,
    };
    begun.recovery_codes = complete.recovery_codes;
    begun.recovery_codes_left = complete.recovery_codes_left;
    tx.commit().await?;
    Ok(Outcome::Begun(Box::new(begun)))
}

/// Opens a session. A browser is known again by a cookie, and remembers no other sign-in than this one.
async fn open(
    tokens: &Tokens,
    tx: &mut Writing,
    complete: &Complete,
    browser: &Browser,
) -> Result<Begun, Problem> {
    let (proven, choice) = (&complete.proven, &complete.choice);
    remember::forget_shown(&tokens.signin, tx, browser).await?;
    let mut device = None;
    if choice.with_cookie || choice.remember_at.is_some() {
        device = Some(signin::know_device(tx, proven.user, browser.device.as_ref()).await?);
    }
    let kept = match &device {
        Some(device) if choice.remember_at.is_some() => {
            remember::begin(tx, proven, choice, device).await?
        }
        _ => None,
    };
    let keeping = Keeping {
        device_name: choice.device_name.as_deref(),
        with_cookie: choice.with_cookie,
        device: device.as_ref(),
        remembered: kept.as_ref().map(|kept| kept.id),
    };
    let opened = signin::open_session(tx, proven, keeping).await?;
    let begun = login::issue(tokens, tx, opened).await?;
    Ok(Begun { device, remembers: kept.map(|kept| kept.cookie), ..begun })
}
