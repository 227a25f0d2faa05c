//! Giving a role to a subject at a node: the operation underneath `POST`, and of world files.

use context::{Event, EventKind, Permitted, Writing};
use jiff::Timestamp;
use kernel::{AssignmentId, ConditionText, NodeId, Problem, RoleId};
use policy::{Assignment, Change};

use crate::{granting, model::Assign, resolve, store as rows};

/// An assignment that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssignment {
    /// A user, service account or group.
    pub subject: NodeId,
    /// The role.
    pub role: RoleId,
    /// Where; `$global` is everywhere.
    pub node: NodeId,
    /// From this moment on it does not apply.
    pub expires_at: Option<Timestamp>,
    /// When it applies; absent: always.
    pub when: Option<ConditionText>,
}

/// Makes an assignment; asks `access:assign` at its node, and that the caller holds what it gives.
pub async fn run(tx: &mut Writing, new: NewAssignment) -> Result<AssignmentId, Problem> {
    let node = tx.permit::<Assign>(new.node).map_err(|p| tree::hide(p, "/node"))?;
    check(tx, &new)?;
    let id = AssignmentId::new(tx.ctx().now(), tx.ctx().system().entropy());
    let NewAssignment { subject, role, node: at, expires_at, when } = new;
    let assignment = Assignment { id, subject, role, node: at, expires_at, when };
    granting::assigning(tx, &assignment).await?;
    let assignment = node.map(|_| Ok::<_, Problem>(assignment))?;
    write(tx, &assignment).await?;
    Ok(id)
}

async fn write(
    tx: &mut Writing,
    assignment: &Permitted<Assign, Assignment>,
) -> Result<(), Problem> {
    rows::insert_assignment(tx, assignment).await?;
    tx.record_conditions(Change::AssignmentSaved(Assignment::clone(assignment))).await?;
    let Assignment { id, subject, role, node, expires_at, when } = &**assignment;
    let event = Event::new(EventKind::RoleChange, "assignment.create")
        .about("assignment", id, *node)
        .with("subject", subject.to_string())
        .with("role", role.to_string())
        .with("expires_at", expires_at.map(|at| at.to_string()))
        .with("when", when.as_ref().map(|when| when.as_str().to_owned()));
    tx.audit(event);
    Ok(())
}

fn check(tx: &Writing, new: &NewAssignment) -> Result<(), Problem> {
    let engine = tx.engine();
    if engine.subject(new.subject).is_none() && engine.membership(new.subject).is_none() {
        let detail = "must be a user, a service account or a group";
        return Err(Problem::invalid("/subject", detail));
    }
    if engine.role(new.role).is_none() {
        return Err(Problem::invalid("/role", "there is no such role"));
    }
    if new.expires_at.is_some_and(|at| at <= tx.ctx().now()) {
        return Err(Problem::invalid("/expires_at", "must be in the future"));
    }
    resolve::check_condition(new.when.as_ref(), "/when")?;
    let is_same = |a: &&Assignment| {
        a.role == new.role
            && a.node == new.node
            && a.expires_at == new.expires_at
            && a.when == new.when
    };
    if engine.assignments_of_subject(new.subject).iter().any(is_same) {
        return Err(Problem::conflict("This assignment is there already."));
    }
    Ok(())
}
