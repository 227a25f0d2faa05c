//! `POST /api/v1/access/subjects`

use context::{Ctx, Reading};
use kernel::{NodeId, NodeRef, PermissionName, Problem};
use policy::{Found, SubjectKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Json, Op, Page, page};

use crate::{
    ask::{self, Ask, Standing},
    list, search,
    view::Paths,
};

/// Who may do this at this node?
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectsInput {
    /// What.
    #[schema(value_type = String, example = "contract.edit")]
    pub permission: PermissionName,
    /// Where, by id or path; absent: `$global`. Asking needs `access:inspect` there.
    #[schema(value_type = Option<String>, example = "/acme/companyA")]
    pub node: Option<NodeRef>,
    /// How many, 1 to 500; absent: 50.
    #[schema(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// A user or service account for whom it is allowed. Of one that the caller may not see, id and kind alone are told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubjectFound {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// `user` or `service_account`.
    #[schema(value_type = String, example = "user")]
    pub kind: SubjectKind,
    /// The name of its realm, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The users and service accounts who may do something at a node, with no session: exact, in pages, by id, with the
/// number of all.
#[utoipa::path(post, path = "/api/v1/access/subjects", tag = "access", operation_id = "subjects_allowed",
    request_body = SubjectsInput,
    responses((status = 200, body = Page<SubjectFound>, description = "A page of those for whom it is allowed"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<SubjectsInput>,
) -> web::Result<Json<Page<SubjectFound>>> {
    let limit = list::limit(input.limit)?;
    let after: Option<NodeId> = list::cursor(input.cursor.as_deref())?;
    let permission = input.permission;
    let ask = Ask { permission: Some(permission.clone()), node: input.node, ..Ask::default() };
    let read = ctx.read().await?;
    let found = ask.find(&read, &ctx).await?;
    if found.standing_of_inspector(&ctx, read.state(), "/node")? == Standing::Hide {
        return Ok(Json(Page { items: Vec::new(), next_cursor: None, total: Some(0) }));
    }
    let subjects = search::subjects(&read, &found, permission).await?;
    let Found { items, next } = subjects.page(after, limit);
    let items = named(&ctx, &read, items).await?;
    let total = Some(subjects.total() as u64);
    Ok(Json(Page { items, next_cursor: next.as_ref().map(page::to_cursor), total }))
}

async fn named(ctx: &Ctx, read: &Reading, ids: Vec<NodeId>) -> Result<Vec<SubjectFound>, Problem> {
    let subjects: Vec<_> = ids.iter().filter_map(|id| read.engine().subject(*id)).collect();
    let realms = Paths::of(read, subjects.iter().filter_map(|subject| subject.realm).collect());
    let realms = realms.await?;
    let name_of = |realm| realms.name(realm).path.map(|path| path.trim_matches('/').to_owned());
    let view = |subject: &policy::Subject| {
        let seen = sees_subject(ctx, read, subject.id)?;
        Ok(SubjectFound {
            id: subject.id,
            kind: subject.kind,
            realm: subject.realm.filter(|_| seen).and_then(name_of),
            name: seen.then(|| subject.username.clone()),
        })
    };
    subjects.into_iter().map(view).collect()
}

fn sees_subject(ctx: &Ctx, read: &Reading, subject: NodeId) -> Result<bool, Problem> {
    let manage = context::action::parse("user_manage")?;
    let is_caller = ctx.principal().subject() == Some(subject);
    Ok(is_caller || read.may(&manage, subject) || ask::knows(ctx, read.state(), subject)?)
}
