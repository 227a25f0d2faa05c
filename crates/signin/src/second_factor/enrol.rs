//! `POST /auth/enrol`: a factor for a user who needs one and has none, in the course of the sign-in. The answer to the
//! challenge, with a first code, confirms it.

use std::sync::Arc;

use axum::extract::State;
use kernel::Problem;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Json, Public};

use super::{
    answer_challenge::{find, parse},
    challenge::{Asks, over},
    create_factor::{Enrolment, Wanted, create},
    factor,
    method::Method,
    next_step::still_enrols,
    store::challenges,
};
use crate::{own::own_user, settings::SIGN_INS_PER_MINUTE, signin::Signin};

/// Which factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolInput {
    /// The token of a challenge of type `enrol`.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// One of its methods.
    r#type: Method,
    /// What the user calls it; absent: its type.
    name: Option<String>,
    /// For `sms`: the number, with + and country.
    #[schema(example = "+32470123456")]
    phone: Option<String>,
}

/// Makes a factor that counts once the challenge is answered with a code of it (for a
/// passkey, with what the browser answered), at `POST /auth/login`. Made again, the one
/// before is good no more. 401 if the challenge is over, 422 for a type that it does not take.
#[utoipa::path(post, path = "/auth/enrol", operation_id = "enrol", tag = "sign-in", request_body = EnrolInput,
    responses((status = 200, body = Enrolment), (status = 401, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody),
        (status = 429, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<EnrolInput>,
) -> web::Result<Json<Enrolment>> {
    ctx.answers_with_secret();
    ctx.throttle(&SIGN_INS_PER_MINUTE)?;
    let challenge = find(&ctx, &parse(&input.token)?).await?;
    if challenge.asks != Asks::Enrolment || !challenge.methods.contains(&input.r#type) {
        return Err(Problem::invalid("/type", "is none of those that this challenge takes").into());
    }
    let name = factor::name(input.name, input.r#type)?;
    let mut tx = ctx.begin().await?;
    still_enrols(&signin, &tx, &challenge, input.r#type).await?;
    let user = own_user(&tx, challenge.user).await?;
    let wanted = Wanted { method: input.r#type, name, phone: input.phone };
    let (id, made) = create(&signin, &mut tx, &user, wanted).await?;
    if !challenges::set_factor(tx.as_ref(), challenge.id, id, ctx.system().now()).await? {
        return Err(over().into());
    }
    tx.commit().await?;
    Ok(Json(made))
}
