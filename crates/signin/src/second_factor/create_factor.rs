//! `POST /auth/factors`: a user makes a second factor. It counts once it is confirmed.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind, Writing};
use jiff::SignedDuration;
use kernel::{FactorId, Problem, ProblemKind};
use realms::User;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Created, Json, Op};

use super::{
    challenge::{self, Beginning, Making, Sent},
    demand::Demand,
    factor::{self, Factor, MOST},
    method::Method,
    store::factors,
};
use crate::{
    own::{fresh_own_id, need_factor, own_user},
    signin::Signin,
};

/// How long a factor may wait for its first code.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// Which factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorInput {
    /// `passkey`, `totp`, `email` or `sms`.
    r#type: Method,
    /// What the user calls it; absent: its type.
    name: Option<String>,
    /// For `sms`: the number, with + and country.
    #[schema(example = "+32470123456")]
    phone: Option<String>,
}

/// A factor that was made, and what its user needs to confirm it.
#[derive(Serialize, ToSchema)]
pub struct Enrolment {
    /// The factor.
    #[schema(value_type = String, format = Uuid)]
    id: FactorId,
    /// Its type.
    r#type: Method,
    /// What its user calls it.
    name: String,
    /// For `totp`: the key, for people who type it. This is the only time that it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// For `totp`: what an app reads, `otpauth://totp/..`.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    /// For `totp`: the same as a QR code, drawn as SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_code: Option<String>,
    #[serde(flatten)]
    sent: Sent,
}

/// Makes a second factor. It counts once it is confirmed with a first code, within an hour. Asks for a sign-in not older
/// than 10 minutes, and by a factor if the user has one: 403 of type `sign-in-too-old`. 409 for more than 10.
#[utoipa::path(post, path = "/auth/factors", operation_id = "create_factor", tag = "sign-in", request_body = FactorInput,
    responses((status = 201, body = Enrolment), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<FactorInput>,
) -> web::Result<Created<Enrolment>> {
    ctx.answers_with_secret();
    let me = fresh_own_id(&ctx)?;
    let name = factor::name(input.name, input.r#type)?;
    let mut tx = ctx.begin().await?;
    need_factor(&tx, &ctx, me).await?;
    let demand = Demand::of(&signin, &tx, tx.state(), me, ctx.now()).await?;
    if input.r#type.is_factor() && !demand.accepted.contains(&input.r#type) {
        return Err(Problem::invalid("/type", "is no factor that counts for you").into());
    }
    let user = own_user(&tx, me).await?;
    let wanted = Wanted { method: input.r#type, name, phone: input.phone };
    let (id, made) = create(&signin, &mut tx, &user, wanted).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/auth/factors/{id}"), body: made })
}

/// A factor as it was asked for.
pub(super) struct Wanted {
    pub(super) method: Method,
    pub(super) name: String,
    pub(super) phone: Option<String>,
}

/// Makes a factor that waits for its first code.
pub(super) async fn create(
    signin: &Signin,
    tx: &mut Writing,
    user: &User,
    Wanted { method, name, phone }: Wanted,
) -> Result<(FactorId, Enrolment), Problem> {
    let kind = challenge::of(method);
    if phone.is_some() && method != Method::Sms {
        return Err(Problem::invalid("/phone", "is of the type sms alone"));
    }
    let all = factors::of_user(tx, user.id).await?;
    let made = kind.make(Making { signin, tx, user, phone: phone.as_deref(), others: &all })?;
    if all.iter().filter(|factor| factor.is_confirmed()).count() >= MOST {
        return Err(Problem::conflict(format!("There are at most {MOST} factors.")));
    }
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let waiting = all.iter().filter(|factor| factor.method == method && !factor.is_confirmed());
    if let Some(seconds) = waiting.filter_map(|factor| factor.wait(now)).max() {
        let kind = ProblemKind::TooMany;
        return Err(Problem::new(kind, "A code was sent a moment ago.").retry_after(seconds));
    }
    let id = FactorId::new(now, entropy);
    let factor = Factor {
        id,
        user: user.id,
        method,
        name: name.clone(),
        sealed: signin.seals.seal((user.id, id), &made.secret, entropy)?,
        created_at: now,
        confirmed_at: None,
        last_used_at: None,
        sent_at: None,
        sign_count: 0,
    };
    let forgotten = now.checked_sub(PATIENCE).map_err(Problem::internal)?;
    factors::insert(tx.as_ref(), &factor, forgotten).await?;
    let at = Beginning { signin, tx, user, factors: vec![factor], challenge: None };
    let sent = kind.begin(at).await?.and_asked(made.shown.public_key);
    let event = Event::new(EventKind::DataCreate, "factor.create");
    tx.audit(event.about("user", user.id, user.id).of(user.id).with("type", method.name()));
    let text = |secret: Option<SecretString>| secret.map(|s| s.expose_secret().to_owned());
    let (key, uri) = (text(made.shown.key), text(made.shown.uri));
    let qr_code = text(made.shown.qr_code);
    Ok((id, Enrolment { id, r#type: method, name, key, uri, qr_code, sent }))
}
