//! `POST /api/v1/realms`

use ::store::node::Node;
use context::{Action, Event, EventKind, Writing};
use kernel::{Name, NodeId, NodeKind, Problem};
use policy::Membership;
use serde::Deserialize;
use tree::NewNode;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{create_group, realm::kind, store, view::RealmView};

/// Making a realm.
#[derive(Debug)]
pub struct CreateRealm;

impl Action for CreateRealm {
    type Resource = NewNode;
    const PERMISSION: &'static str = "realm:manage";
}

/// A realm to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRealm {
    /// Its name, unique among the roots.
    #[schema(value_type = String)]
    pub name: Name,
}

/// Makes a realm, and its group of all who are signed in.
#[utoipa::path(post, path = "/api/v1/realms", tag = "realms", operation_id = "create_realm", request_body = NewRealm,
    responses((status = 201, body = RealmView), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("realm:manage"))))]
pub async fn handle(Op(ctx): Op, Json(input): Json<NewRealm>) -> web::Result<Created<RealmView>> {
    let mut tx = ctx.begin().await?;
    let realm = run(&mut tx, input.name).await?;
    tx.commit().await?;
    let location = format!("/api/v1/realms/{}", realm.name);
    Ok(Created { body: realm.into(), location })
}

/// Makes a realm.
pub async fn run(tx: &mut Writing, name: Name) -> Result<Node, Problem> {
    let place = NewNode { parent: None, kind: kind(NodeKind::REALM)?, name };
    let place = tx.permit::<CreateRealm>(place)?;
    let node = tree::insert_node(tx, &place).await?;
    let realm = place.map(|_| Ok::<_, Problem>(node))?;
    store::insert_realm(tx, &realm).await?;
    let id = realm.id;
    create_group::built_in(tx, id, None, Membership::Authenticated { realm: Some(id) }).await?;
    tx.audit(
        Event::new(EventKind::DataCreate, "realm.create")
            .about("realm", id, NodeId::GLOBAL)
            .with("name", realm.name.as_str()),
    );
    Ok(realm.into_inner())
}
