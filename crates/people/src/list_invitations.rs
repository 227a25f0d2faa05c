//! `GET /api/v1/realms/{realm}/invitations`

use context::Ask;
use kernel::{Name, NodeId, Problem};
use uuid::Uuid;
use web::{Json, Op, Page, PageQuery, Path, Query, page};

use crate::{
    invitation::{InRealm, Invitation, InvitationView, Invite},
    store::invitations as rows,
};

/// The open invitations of a realm, oldest first: those that nobody has accepted and that have not ended. `q` looks in the
/// address.
#[utoipa::path(get, path = "/api/v1/realms/{realm}/invitations", tag = "users", operation_id = "list_invitations",
    params(("realm" = String, Path, description = "The realm's name"), PageQuery),
    responses((status = 200, body = Page<InvitationView>), (status = 400, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(realm): Path<Name>,
    Query(query): Query<PageQuery>,
) -> web::Result<Json<Page<InvitationView>>> {
    let read = ctx.read().await?;
    let realm = realms::realm_in_path(&read, &realm).await?;
    let place = read.permit::<Invite>(InRealm(realm.id))?;
    let limit = page::limit(query.limit)?;
    let after: Option<Uuid> = page::from_cursor(query.cursor.as_deref())?;
    let like = query.q.as_deref().map_or("%".to_owned(), |q| page::like(&q.to_lowercase()));
    let after = after.unwrap_or_default();
    let found = rows::list(&read, &place, (&like, after, limit + 1), ctx.now()).await?;
    let page = Page::cut(found, limit, |invitation: &Invitation| invitation.id);
    let next_cursor = page.next_cursor;
    Ok(Json(Page { items: view(&read, page.items).await?, next_cursor, total: None }))
}

/// Invitations as they are answered.
pub(crate) async fn view(
    run: &impl Ask,
    invitations: Vec<Invitation>,
) -> Result<Vec<InvitationView>, Problem> {
    let mut nodes: Vec<NodeId> = invitations.iter().map(|i| i.realm).collect();
    nodes.extend(invitations.iter().flat_map(|invitation| invitation.groups.iter().copied()));
    nodes.sort_unstable();
    nodes.dedup();
    let paths = ::store::node::paths(run, &nodes).await?;
    let engine = run.engine();
    let name = |id: NodeId| engine.subject(id).map(|subject| subject.username.clone());
    let view = |invitation: Invitation| {
        let realm = paths.get(&invitation.realm).map(|path| path.trim_start_matches('/'));
        let roles = invitation.roles.iter().filter_map(|role| engine.role(*role));
        InvitationView {
            id: invitation.id,
            realm: realm.unwrap_or_default().to_owned(),
            roles: roles.map(|role| role.name.to_owned()).collect(),
            groups: invitation.groups.iter().filter_map(|id| paths.get(id).cloned()).collect(),
            invited_by: invitation.inviter.subject().and_then(name),
            email: invitation.email.into(),
            full_name: invitation.full_name.map(String::from),
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
        }
    };
    Ok(invitations.into_iter().map(view).collect())
}
