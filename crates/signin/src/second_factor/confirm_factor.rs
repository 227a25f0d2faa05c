//! `POST /auth/factors/{id}/confirm`: with a first code a factor begins to count.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind, Writing};
use http::{HeaderName, HeaderValue, header};
use kernel::{FactorId, Problem, SessionId};
use realms::User;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Json, Op, Path};

use super::{
    challenge::{self, Asked, all_exposed},
    create_factor::PATIENCE,
    factor::{Factor, FactorView},
    notices::Notice,
    recovery_code,
    store::{factors, recovery_codes},
};
use crate::{
    cookie,
    own::{fresh_own_id, need_factor, own_user},
    session::end_sessions_of,
    settings::{SIGN_INS_PER_MINUTE, after},
    signin::Signin,
};

/// Which factor.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FactorPath {
    /// The factor.
    #[param(value_type = String, format = Uuid)]
    pub(super) id: FactorId,
}

/// A first code of the factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmInput {
    /// The code; for `passkey` the JSON text of what `navigator.credentials.create` answered (its `toJSON()`).
    #[schema(value_type = String, format = Password)]
    code: SecretString,
}

/// A factor that counts.
#[derive(Serialize, ToSchema)]
pub struct ConfirmedFactor {
    /// The factor.
    factor: FactorView,
    /// With the first factor: codes for the day on which it is lost, each good once. This is the only time that they are
    /// shown.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "all_exposed")]
    #[schema(value_type = Vec<String>)]
    recovery_codes: Vec<SecretString>,
}

/// Confirms a factor: signing in asks for it from then on, and the user's other sessions end. That of a browser goes on
/// with another cookie. 422 for a wrong code.
#[utoipa::path(post, path = "/auth/factors/{id}/confirm", operation_id = "confirm_factor", tag = "sign-in",
    params(FactorPath), request_body = ConfirmInput,
    responses((status = 200, body = ConfirmedFactor), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Path(path): Path<FactorPath>,
    Json(input): Json<ConfirmInput>,
) -> web::Result<(Option<[(HeaderName, HeaderValue); 1]>, Json<ConfirmedFactor>)> {
    ctx.answers_with_secret();
    let me = fresh_own_id(&ctx)?;
    ctx.throttle(&SIGN_INS_PER_MINUTE)?;
    let wrong = || Problem::invalid("/code", "is not the code of this factor");
    let read = ctx.read().await?;
    let mut waiting = factors::of_user(&read, me).await?;
    drop(read);
    let is_late = |factor: &Factor| ctx.now() >= after(factor.created_at, PATIENCE);
    waiting.retain(|factor| factor.id == path.id && !factor.is_confirmed() && !is_late(factor));
    let factor = waiting.first().cloned().ok_or_else(|| Problem::not_found("factor"))?;
    if input.code.expose_secret().len() > factor.method.longest_answer() {
        return Err(wrong().into());
    }
    let asked = Asked {
        signin: &signin,
        ctx: &ctx,
        user: me,
        factors: waiting,
        code: &input.code,
        ceremony: None,
    };
    let use_up = challenge::of(factor.method).judge(asked).await?.ok_or_else(wrong)?;
    let mut tx = ctx.begin().await?;
    need_factor(&tx, &ctx, me).await?;
    if !use_up.run(tx.as_ref()).await? {
        return Err(wrong().into());
    }
    let user = own_user(&tx, me).await?;
    let here = ctx.principal().session.as_ref().map(|session| session.id);
    let recovery_codes = counts_from_now_on(&signin, &mut tx, &user, &factor, here).await?;
    let cookie = cookie::renew(&signin, &mut tx, here).await?;
    tx.commit().await?;
    let cookie = cookie.map(|cookie| [(header::SET_COOKIE, cookie)]);
    Ok((cookie, Json(ConfirmedFactor { factor: factor.view(&signin), recovery_codes })))
}

/// Makes a factor count, and ends all sessions that were opened before, but one that may stay. Recovery codes for a user
/// who has none. 401 if it counts already, or is gone.
pub(super) async fn counts_from_now_on(
    signin: &Signin,
    tx: &mut Writing,
    user: &User,
    factor: &Factor,
    but: Option<SessionId>,
) -> Result<Vec<SecretString>, Problem> {
    let now = tx.ctx().now();
    if !factors::confirm(tx.as_ref(), factor.id, now).await? {
        return Err(challenge::over());
    }
    let left = recovery_codes::count_left(tx, user.id).await?;
    let codes = match left {
        0 => recovery_code::renew(tx, user.id).await?,
        _ => Vec::new(),
    };
    let ended = end_sessions_of(tx, user.id, but).await?;
    signin.notify_of_factors(tx, user, Notice::Added(factor.method)).await?;
    tx.audit(
        Event::new(EventKind::DataUpdate, "factor.confirm")
            .about("user", user.id, user.id)
            .of(user.id)
            .with("type", factor.method.name())
            .with("sessions_ended", ended),
    );
    Ok(codes)
}
