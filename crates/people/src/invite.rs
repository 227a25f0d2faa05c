//! `POST /api/v1/realms/{realm}/invitations`: a letter with a link by which somebody becomes a user.

use std::sync::Arc;

use access::RoleRef;
use axum::extract::State;
use context::{Ctx, Event, EventKind, Writing};
use jiff::SignedDuration;
use kernel::{Name, NodeId, Problem};
use realms::{
    GroupRef, membership,
    names::{Email, FullName},
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Created, Json, Op, Path};

use crate::{
    invitation::{InRealm, Invitation, InvitationView, Invite, Inviter},
    list_invitations::view,
    people::{People, new_link},
    settings::INVITATION_DAYS,
    store::invitations as rows,
};

/// Most invitations of a realm that are open.
const MOST_OPEN: i64 = 1000;
/// Most roles and groups in one.
const MOST_GIVEN: usize = 50;
/// How long one that nobody accepted is kept after its end.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who is invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteInput {
    /// Where the link goes. It will be the user's address and one of the names to sign in with.
    #[schema(value_type = String)]
    email: Email,
    /// How people call whoever is invited.
    #[schema(value_type = Option<String>)]
    full_name: Option<FullName>,
    /// Roles that are assigned at `$global`: `name`, or `name@/path/of/owner`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    roles: Vec<RoleRef>,
    /// Groups to join: an id, `name`, or `name@/path/of/owner`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    groups: Vec<GroupRef>,
}

/// Invites somebody. The caller must be able to make such a user now, and still when the invitation is accepted. 403
/// where no mail is sent, 409 for an address that is invited already or somebody's name.
#[utoipa::path(post, path = "/api/v1/realms/{realm}/invitations", tag = "users", operation_id = "invite", request_body = InviteInput,
    params(("realm" = String, Path, description = "The realm's name")),
    responses((status = 201, body = InvitationView), (status = 403, body = web::ProblemBody),
        (status = 404, body = web::ProblemBody), (status = 409, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("user_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    State(people): State<Arc<People>>,
    Path(realm): Path<Name>,
    Json(input): Json<InviteInput>,
) -> web::Result<Created<InvitationView>> {
    let invitation = prepare(&ctx, &realm, input).await?;
    if !people.signin.outbox().is_on() {
        return Err(Problem::forbidden("No mail is sent here: make the user instead.").into());
    }
    let mut tx = ctx.begin().await?;
    let id = run(&people, &mut tx, invitation).await?;
    let made = rows::open(&tx, id, ctx.now()).await?;
    let made = made.ok_or_else(|| Problem::internal("an invitation that was just written"))?;
    let body = view(&tx, vec![made]).await?.pop();
    let body = body.ok_or_else(|| Problem::internal("an invitation without a view"))?;
    tx.commit().await?;
    let location = format!("/api/v1/realms/{}/invitations/{id}", body.realm);
    Ok(Created { body, location })
}

/// Finds what is named, and tries whether the caller may make such a user: it is made, and dropped.
async fn prepare(ctx: &Ctx, realm: &Name, input: InviteInput) -> Result<Invitation, Problem> {
    let inviter = Inviter::of(ctx.principal())?;
    let mut tx = ctx.begin().await?;
    let realm = realms::realm_in_path(&tx, realm).await?;
    let _ = tx.permit::<Invite>(InRealm(realm.id))?;
    for (field, count) in [("/roles", input.roles.len()), ("/groups", input.groups.len())] {
        if count > MOST_GIVEN {
            return Err(Problem::invalid(field, format!("are more than {MOST_GIVEN}")));
        }
    }
    let now = ctx.now();
    let days = tx.state().settings.number(&INVITATION_DAYS)?.clamp(1, 90);
    let expires_at = now.checked_add(SignedDuration::from_hours(days * 24));
    let invitation = Invitation {
        id: new_link(ctx).id(),
        realm: realm.id,
        email: input.email,
        full_name: input.full_name,
        roles: membership::find_roles(&tx, &input.roles).await?,
        groups: groups(&tx, &input.groups).await?,
        inviter,
        created_at: now,
        expires_at: expires_at.map_err(Problem::internal)?,
    };
    // A name that nobody has: the user will choose.
    let name = Name::parse(&invitation.id.to_string()).map_err(Problem::internal)?;
    realms::create_user::run(&mut tx, invitation.new_user(name, None)?).await?;
    // Dropped here, so nothing of it was.
    drop(tx.into_draft());
    Ok(invitation)
}

async fn run(people: &People, tx: &mut Writing, invitation: Invitation) -> Result<Uuid, Problem> {
    let place = tx.permit::<Invite>(InRealm(invitation.realm))?;
    let now = tx.ctx().now();
    rows::purge(tx.as_ref(), now.checked_sub(KEPT).map_err(Problem::internal)?).await?;
    if rows::is_invited(tx, invitation.realm, &invitation.email, now).await? {
        return Err(Problem::conflict(
            "There is an open invitation to this address; revoke it first.",
        ));
    }
    if rows::count_open(tx, invitation.realm, now).await? >= MOST_OPEN {
        return Err(Problem::conflict("The realm has too many open invitations; revoke some."));
    }
    let token = new_link(tx.ctx());
    let invitation = Invitation { id: token.id(), ..invitation };
    let letter = people.invitation(tx, &invitation, &token.to_text());
    let id = invitation.id;
    let event = Event::new(EventKind::DataCreate, "invitation.create")
        .about("invitation", id, invitation.realm)
        .with("roles", texts(&invitation.roles))
        .with("groups", texts(&invitation.groups));
    let invitation = place.map(|_| Ok::<_, Problem>(invitation))?;
    rows::insert(tx, &invitation, &token.hash()).await?;
    people.signin.outbox().put(tx, &letter).await?;
    tx.audit(event);
    Ok(id)
}

async fn groups(tx: &Writing, groups: &[GroupRef]) -> Result<Vec<NodeId>, Problem> {
    let mut found = Vec::new();
    for (i, reference) in groups.iter().enumerate() {
        let group = realms::find_group(tx, reference).await?;
        let group = group.ok_or_else(|| Problem::invalid(format!("/groups/{i}"), "is no group"))?;
        if !found.contains(&group.id) {
            found.push(group.id);
        }
    }
    Ok(found)
}

fn texts(ids: &[impl ToString]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
