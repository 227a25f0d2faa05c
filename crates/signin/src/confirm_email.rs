//! `POST /auth/email/confirm`: somebody read mail at an address. When no other link is waited for, it is the user's.

use std::sync::Arc;

use axum::extract::State;
use context::{Event, EventKind, Writing};
use kernel::Problem;
use protocol::secret_token::{Kind, SecretToken};
use realms::{
    email_change::{Side, UsedLink},
    store::{save_confirmed_email, use_email_link},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{model::is_active, notices::Notice, own::own_user, signin::Signin};

/// A link that went to an e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmail {
    /// Its secret: what stands behind `#`.
    #[schema(value_type = String, format = Password)]
    token: SecretString,
}

/// What the link has done.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfirmedEmail {
    /// Where the link went: `new`, or `present`, which the address was until now.
    side: Side,
    /// Whether the address is the user's now; else the other link is waited for.
    complete: bool,
}

/// Uses a link that went to an e-mail address: 403 if it was used, is too old, or was ended. Good once.
#[utoipa::path(post, path = "/auth/email/confirm", operation_id = "confirm_email", tag = "sign-in", request_body = ConfirmEmail,
    responses((status = 200, body = ConfirmedEmail), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(
    Public(ctx): Public,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<ConfirmEmail>,
) -> web::Result<Json<ConfirmedEmail>> {
    let token = SecretToken::parse(Kind::OneTimeLink, input.token.expose_secret());
    let token = token.map_err(|_| no_good())?;
    // The one who holds the link acts as nobody else, whatever he showed with the request.
    let ctx = ctx.as_nobody();
    let mut tx = ctx.begin().await?;
    let used = use_email_link(&tx, token.id(), &token.hash()).await?.ok_or_else(no_good)?;
    if !tx.engine().subject(used.user()).is_some_and(|subject| is_active(subject, ctx.now())) {
        return Err(no_good().into());
    }
    complete(&signin, &mut tx, &used).await?;
    let answer = ConfirmedEmail { side: used.side(), complete: used.is_last() };
    tx.commit().await?;
    Ok(Json(answer))
}

async fn complete(signin: &Signin, tx: &mut Writing, used: &UsedLink) -> Result<(), Problem> {
    let id = used.user();
    let former = own_user(tx, id).await?;
    let event = |action| {
        Event::new(EventKind::DataUpdate, action)
            .about("user", id, id)
            .of(id)
            .with("side", used.side().as_str())
            .personal("username", former.username.as_str())
            .personal("address", used.address().as_str())
    };
    if !used.is_last() {
        tx.audit(event("email.confirm"));
        return Ok(());
    }
    save_confirmed_email(tx, used).await?;
    if former.email.as_ref() != Some(used.address()) {
        signin.tell(tx, &former, Notice::AddressChanged).await?;
    }
    tx.audit(event("email.change"));
    Ok(())
}

fn no_good() -> Problem {
    Problem::forbidden("The link is not good any more.")
}
