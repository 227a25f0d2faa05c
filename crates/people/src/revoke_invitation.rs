//! `DELETE /api/v1/realms/{realm}/invitations/{id}`

use context::{Event, EventKind};
use http::StatusCode;
use kernel::{Name, Problem};
use uuid::Uuid;
use web::{Op, Path};

use crate::{
    invitation::{InRealm, Invite},
    store::invitations as rows,
};

/// Takes an open invitation back: its link is dead. 404 if there is none, or it was accepted.
#[utoipa::path(delete, path = "/api/v1/realms/{realm}/invitations/{id}", tag = "users", operation_id = "revoke_invitation",
    params(("realm" = String, Path, description = "The realm's name"),
        ("id" = String, Path, description = "The invitation's id")),
    responses((status = 204, description = "It is good no more"), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(Op(ctx): Op, Path((realm, id)): Path<(Name, Uuid)>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    let realm = realms::realm_in_path(&tx, &realm).await?;
    let place = tx.permit::<Invite>(InRealm(realm.id))?;
    if !rows::revoke(&tx, &place, id, ctx.now()).await? {
        return Err(Problem::not_found("invitation").into());
    }
    let event = Event::new(EventKind::DataDelete, "invitation.revoke");
    tx.audit(event.about("invitation", id, realm.id));
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
