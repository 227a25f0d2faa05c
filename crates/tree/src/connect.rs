//! `POST /api/v1/nodes/{node}/connections`

use context::{Action, Event, EventKind, Permitted, Writing};
use kernel::{NodeKind, NodeRef, Problem};
use policy::Change;
use serde::Deserialize;
use store::node::Node;
use utoipa::ToSchema;
use web::{Created, Json, Op, Path};

use crate::{
    find, granting,
    list_connections::{ConnectionView, view},
    model, store as rows,
};

/// Making or removing a connection; asked at both ends.
#[derive(Debug)]
pub struct ConnectNodes;

impl Action for ConnectNodes {
    type Resource = Node;
    const PERMISSION: &'static str = "node:connect";
}

/// The other end.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectInput {
    /// The node that will inherit, by id or path.
    #[schema(value_type = String, example = "/acme/companyA")]
    pub to: NodeRef,
}

/// Connects a node to another, which then inherits from it beside its parent. It counts as granting `*` at the node that
/// inherits.
#[utoipa::path(post, path = "/api/v1/nodes/{node}/connections", tag = "nodes", operation_id = "connect_nodes",
    params(("node" = String, Path, description = "The node to inherit from: id, or path with `%2F` for each `/`")),
    request_body = ConnectInput,
    responses(
        (status = 201, body = ConnectionView, description = "Connected"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at both ends, or more than one may grant"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen"),
        (status = 409, body = web::ProblemBody, description = "There already, or it would close a cycle"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("node:connect"))))]
pub async fn handle(
    Op(ctx): Op,
    Path(node): Path<NodeRef>,
    Json(input): Json<ConnectInput>,
) -> web::Result<Created<ConnectionView>> {
    let mut tx = ctx.begin().await?;
    let (from, to) = ends(&tx, &node, &input.to, "/to").await?;
    run(&mut tx, &from, &to).await?;
    let body = view(&tx, from.id, to.id).await?;
    tx.commit().await?;
    let location = format!("/api/v1/nodes/{}/connections/{}", from.id, to.id);
    Ok(Created { location, body })
}

/// Both ends, with the permission at each.
pub(crate) async fn ends(
    tx: &Writing,
    from: &NodeRef,
    to: &NodeRef,
    pointer: &str,
) -> Result<(Permitted<ConnectNodes, Node>, Permitted<ConnectNodes, Node>), Problem> {
    let from = tx.permit::<ConnectNodes>(find(tx, from, "").await?)?;
    let to = tx
        .permit::<ConnectNodes>(find(tx, to, pointer).await?)
        .map_err(|p| crate::hide(p, pointer))?;
    Ok((from, to))
}

/// Makes `to` inherit from `from`.
pub async fn run(
    tx: &mut Writing,
    from: &Permitted<ConnectNodes, Node>,
    to: &Permitted<ConnectNodes, Node>,
) -> Result<(), Problem> {
    refuse_others(from, to)?;
    granting::may_change_ancestors(tx, to.id).await?;
    if tx.engine().connections_from(from.id).contains(&to.id) {
        return Err(Problem::conflict("This connection is there already."));
    }
    if tx.engine().would_cycle(from.id, to.id) {
        return Err(Problem::conflict("The node would be above itself: this would close a cycle."));
    }
    rows::insert_connection(tx, from.id, to).await?;
    store::node::touch(tx.as_ref(), to.id, tx.ctx().now()).await?;
    tx.record(Change::Connected { from: from.id, to: to.id })?;
    let event = Event::new(EventKind::RoleChange, "node.connect").about("node", to.id, to.id);
    tx.audit(event.with("from", from.id.to_string()));
    Ok(())
}

/// Connections of `$global` are the system's; between realms they share sign-in, which is another operation.
pub(crate) fn refuse_others(from: &Node, to: &Node) -> Result<(), Problem> {
    model::refuse_global(from.id)?;
    model::refuse_global(to.id)?;
    if [from, to].iter().all(|node| node.kind.as_str() == NodeKind::REALM) {
        let detail = "connections between realms share sign-in and change through /api/v1/realms";
        return Err(Problem::invalid("/to", detail));
    }
    Ok(())
}
