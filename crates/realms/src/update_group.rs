//! `PATCH /api/v1/groups/{group}`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::{IfMatch, Json, Op, Path, Tagged};

use crate::{
    find::{absent, group_in_path},
    group::{Group, GroupKind},
    refs::GroupRef,
    store,
    view::{GroupView, group_view},
};

/// Changing a group.
#[derive(Debug)]
pub struct UpdateGroup;

impl Action for UpdateGroup {
    type Resource = Group;
    const PERMISSION: &'static str = "group_manage";
}

/// What to change; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupPatch {
    /// Another name.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// Another sort.
    pub kind: Option<GroupKind>,
}

/// Changes a group's name or kind. Its members and what it holds stay.
#[utoipa::path(patch, path = "/api/v1/groups/{group}", tag = "groups", operation_id = "update_group",
    request_body = GroupPatch,
    params(("group" = String, Path, description = "Its id, `name`, or `name@/path/of/owner`, percent-encoded")),
    responses((status = 200, body = GroupView), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 412, body = web::ProblemBody),
        (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("group_manage"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(group): Path<GroupRef>,
    if_match: IfMatch,
    Json(input): Json<GroupPatch>,
) -> web::Result<Tagged<GroupView>> {
    let mut tx = ctx.begin().await?;
    let group = group_in_path(&tx, &group).await?;
    let group = run(&mut tx, group, input, &if_match).await?;
    let version = group.version;
    let body = group_view(&tx, group).await?;
    tx.commit().await?;
    Ok(Tagged { body, version })
}

/// Changes a group.
pub async fn run(
    tx: &mut Writing,
    group: Group,
    input: GroupPatch,
    if_match: &IfMatch,
) -> Result<Group, Problem> {
    let group = tx.permit::<UpdateGroup>(group)?;
    if_match.check(group.version)?;
    group.refuse_built_in()?;
    let former = told(&group);
    let group = group.map(|group| {
        let name = input.name.unwrap_or(group.name);
        Ok::<_, Problem>(Group { name, kind: input.kind.unwrap_or(group.kind), ..group })
    })?;
    store::save_group(tx, &group).await?;
    tx.audit(
        Event::new(EventKind::DataUpdate, "group.update")
            .about("group", group.id, group.id)
            .with("name", group.name.as_str())
            .with("kind", group.kind.as_str())
            .changed(former, told(&group)),
    );
    store::find_group_by_id(tx, group.id).await?.ok_or_else(absent)
}

fn told(group: &Group) -> Map<String, Value> {
    let (name, kind) = (group.name.as_str().into(), group.kind.as_str().into());
    Map::from_iter([("name".to_owned(), name), ("kind".to_owned(), kind)])
}
