//! What users write about themselves.

use context::Writing;
use kernel::Problem;
use policy::Who;
use store::{Run, Value};

use super::users::verified_at;
use crate::model::{EmailTrust, User};

/// Writes e-mail, full name and metadata of the caller himself, and nothing else of him; they give nothing. 403 for
/// anybody else's, and for whoever acts in the user's place or with a key of the user: mail is a way to sign in.
pub async fn save_own_profile(tx: &Writing, user: &User) -> Result<(), Problem> {
    need_own(tx, user)?;
    let sql =
        "UPDATE app_user SET email = $2, full_name = $3, metadata = $4, email_verified_at = $5,
        email_claimed = $6 WHERE id = $1";
    let metadata = serde_json::to_string(&user.metadata).map_err(Problem::internal)?;
    let values: [Value; 6] = [
        user.id.0.into(),
        user.email.as_ref().map(|email| email.as_str().to_owned()).into(),
        user.full_name.as_ref().map(|name| name.as_str().to_owned()).into(),
        metadata.into(),
        verified_at(user.email_trust).into(),
        (user.email_trust == EmailTrust::Claimed).into(),
    ];
    tx.execute(sql, values).await?;
    Ok(store::node::touch(tx.as_ref(), user.id, tx.ctx().now()).await?)
}

/// 403 unless the caller is that user, himself and not by a key.
pub(super) fn need_own(tx: &Writing, user: &User) -> Result<(), Problem> {
    let principal = tx.ctx().principal();
    if principal.who != Who::User(user.id) || principal.impersonator.is_some() {
        return Err(Problem::forbidden("Only users themselves change their profiles."));
    }
    Ok(())
}
