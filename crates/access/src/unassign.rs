//! `DELETE /api/v1/assignments/{assignment}`

use context::{Event, EventKind, Permitted, Writing};
use http::StatusCode;
use kernel::{AssignmentId, Problem};
use policy::{Assignment, Change};
use web::{Op, Path};

use crate::{granting, model::Assign, store as rows};

/// Removes an assignment. Asks `access:assign` at its node, or at a proper ancestor of it; where it denies something and
/// is not removed from above, that counts as granting it.
#[utoipa::path(delete, path = "/api/v1/assignments/{assignment}", tag = "assignments", operation_id = "delete_assignment",
    params(("assignment" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 403, body = web::ProblemBody, description = "Not permitted, or it lifts more than one may grant"),
        (status = 404, body = web::ProblemBody, description = "Not there, or not to be seen")),
    extensions(("x-permission" = json!("access:assign"))))]
pub async fn handle(Op(ctx): Op, Path(id): Path<AssignmentId>) -> web::Result<StatusCode> {
    let mut tx = ctx.begin().await?;
    run(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes an assignment.
pub async fn run(tx: &mut Writing, id: AssignmentId) -> Result<(), Problem> {
    let assignment = tx.engine().assignment(id).cloned().ok_or_else(tree::gone)?;
    let above = granting::assigns_above(tx, assignment.node)?;
    let permitted = tx.permit::<Assign>(above.unwrap_or(assignment.node))?;
    granting::lifting(tx, &assignment).await?;
    remove(tx, &permitted.map(|_| Ok::<_, Problem>(assignment))?).await
}

/// Removes an assignment whose removal was permitted, by itself or together with its subject, role or node.
pub(crate) async fn remove<A>(
    tx: &mut Writing,
    assignment: &Permitted<A, Assignment>,
) -> Result<(), Problem> {
    rows::delete_assignment(tx, assignment.id).await?;
    forget(tx, assignment)
}

/// Tells engine and audit that an assignment is gone.
pub(crate) fn forget(tx: &mut Writing, assignment: &Assignment) -> Result<(), Problem> {
    tx.record(Change::AssignmentDeleted { id: assignment.id })?;
    let event = Event::new(EventKind::RoleChange, "assignment.delete")
        .about("assignment", assignment.id, assignment.node)
        .with("subject", assignment.subject.to_string())
        .with("role", assignment.role.to_string());
    tx.audit(event);
    Ok(())
}
