//! `POST /api/v1/groups`

use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, NodeKind, NodeRef, Problem};
use policy::Membership;
use serde::Deserialize;
use tree::NewNode;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    group::{Group, GroupKind},
    realm::kind,
    store,
    view::{GroupView, group_view},
};

/// Making a group under its owner.
#[derive(Debug)]
pub struct CreateGroup;

impl Action for CreateGroup {
    type Resource = NewNode;
    const PERMISSION: &'static str = "group_manage";
}

/// A group to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Its name, unique under the owner.
    #[schema(value_type = String)]
    pub name: Name,
    /// The node that owns it: id or path; absent: `$global`.
    #[schema(value_type = Option<String>)]
    pub owner: Option<NodeRef>,
    /// What sort of group; absent: a plain one.
    #[serde(default)]
    pub kind: GroupKind,
}

/// Makes a group.
#[utoipa::path(post, path = "/api/v1/groups", tag = "groups", operation_id = "create_group", request_body = NewGroup,
    responses((status = 201, body = GroupView), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("group_manage"))))]
pub async fn handle(Op(ctx): Op, Json(input): Json<NewGroup>) -> web::Result<Created<GroupView>> {
    let mut tx = ctx.begin().await?;
    let owner = match &input.owner {
        None => NodeId::GLOBAL,
        Some(owner) => tree::find(&tx, owner, "/owner").await?.id,
    };
    let group = run(&mut tx, owner, input.name, input.kind).await?;
    let view = group_view(&tx, group).await?;
    tx.commit().await?;
    let location = format!("/api/v1/groups/{}", view.id);
    Ok(Created { body: view, location })
}

/// Makes a group whose members are listed.
pub async fn run(
    tx: &mut Writing,
    owner: NodeId,
    name: Name,
    sort: GroupKind,
) -> Result<Group, Problem> {
    let place = NewNode { parent: Some(owner), kind: kind(NodeKind::GROUP)?, name };
    let place = tx.permit::<CreateGroup>(place).map_err(|p| tree::hide(p, "/owner"))?;
    let owner_kind = tx.engine().kind(owner).map_or("", |kind| kind.as_str());
    if [NodeKind::USER, NodeKind::SERVICE_ACCOUNT, NodeKind::GROUP].contains(&owner_kind) {
        return Err(Problem::invalid("/owner", "cannot own a group"));
    }
    let node = tree::insert_node(tx, &place).await?;
    let group = place.map(|_| Ok::<_, Problem>(new(&node, owner, sort, Membership::Listed)))?;
    insert(tx, group).await
}

/// Makes a built-in group; at the first start with a fixed id, and with each realm.
pub(crate) async fn built_in(
    tx: &mut Writing,
    owner: NodeId,
    fixed: Option<NodeId>,
    membership: Membership,
) -> Result<Group, Problem> {
    let name = match membership {
        Membership::Anonymous => "anonymous",
        _ => "authenticated",
    };
    let name = Name::parse(name).map_err(Problem::internal)?;
    let place = NewNode { parent: Some(owner), kind: kind(NodeKind::GROUP)?, name };
    let place = tx.permit::<CreateBuiltIn>(place)?;
    let node = match fixed {
        Some(id) => tree::insert_node_with_id(tx, &place, id).await?,
        None => tree::insert_node(tx, &place).await?,
    };
    let group = place.map(|_| Ok::<_, Problem>(new(&node, owner, GroupKind::Group, membership)))?;
    insert(tx, group).await
}

/// The built-in group of a realm comes with the realm, so whoever may make the one makes the other.
struct CreateBuiltIn;

impl Action for CreateBuiltIn {
    type Resource = NewNode;
    const PERMISSION: &'static str = "realm:manage";
}

async fn insert<A: Action>(
    tx: &mut Writing,
    group: context::Permitted<A, Group>,
) -> Result<Group, Problem> {
    store::insert_group(tx, &group).await?;
    tx.record(group.saved())?;
    tx.audit(
        Event::new(EventKind::DataCreate, "group.create")
            .about("group", group.id, group.id)
            .with("name", group.name.as_str()),
    );
    Ok(group.into_inner())
}

fn new(
    node: &::store::node::Node,
    owner: NodeId,
    kind: GroupKind,
    membership: Membership,
) -> Group {
    Group {
        id: node.id,
        owner,
        name: node.name.clone(),
        kind,
        membership,
        created_at: node.created_at,
        updated_at: node.updated_at,
        version: node.version,
    }
}
