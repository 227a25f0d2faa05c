//! What goes with a node: assignments at it and of it, the roles, rules and permissions it owns.

use context::{Event, EventKind, Writing, cascade::Step};
use kernel::{Effect, NodeId, Problem};
use policy::{Assignment, Change, Rule};
use store::node::Node;

use crate::{granting, model::Role, save_role, store as rows, unassign};

/// Removes what refers to a node. Where a deny goes with it, that counts as granting.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(remove(tx, node.id))
}

async fn remove(tx: &mut Writing, node: NodeId) -> Result<(), Problem> {
    let at = owned(tx.engine().assignments_at(node));
    let of = owned(tx.engine().assignments_of_subject(node));
    let is_group = tx.engine().membership(node).is_some();
    for assignment in at.iter().chain(of.iter().filter(|a| a.node != node)) {
        // A user's denies go with the user; a group's are lifted from its members.
        if assignment.subject != node || is_group {
            granting::lifting(tx, assignment).await?;
        }
        rows::delete_assignment(tx, assignment.id).await?;
        unassign::forget(tx, assignment)?;
    }
    for role in tx.engine().roles_owned(node) {
        for assignment in owned(tx.engine().assignments_of_role(role)) {
            granting::lifting(tx, &assignment).await?;
            rows::delete_assignment(tx, assignment.id).await?;
            unassign::forget(tx, &assignment)?;
        }
        rows::delete_role(tx, role).await?;
        tx.record(Change::RoleDeleted { id: role })?;
        tx.audit(Event::new(EventKind::RoleChange, "role.delete").about("role", role, node));
    }
    remove_rules(tx, node).await?;
    for id in tx.engine().permissions_owned(node) {
        rows::delete_permission(tx, id).await?;
        tx.record(Change::PermissionDeleted { id })?;
    }
    Ok(())
}

/// Takes the rules that the node owns out of the roles of others.
async fn remove_rules(tx: &mut Writing, node: NodeId) -> Result<(), Problem> {
    for id in tx.engine().roles_with_rules_owned(node) {
        let Some(role) = rows::find_role(tx, id).await? else { continue };
        let (gone, rules): (Vec<Rule>, Vec<Rule>) =
            role.rules.iter().cloned().partition(|rule| rule.owner == node);
        let denies: Vec<Rule> =
            gone.into_iter().filter(|rule| rule.effect == Effect::Deny).collect();
        if !denies.is_empty() {
            for assignment in owned(tx.engine().assignments_of_role(id)) {
                granting::lifting_rules(tx, &assignment, denies.clone()).await?;
            }
        }
        let now = tx.ctx().now();
        let former = role.clone();
        let role = Role { rules, updated_at: now, version: role.version + 1, ..role };
        rows::write_rules(tx, &role).await?;
        save_role::record(tx, Some(&former), &role).await?;
    }
    Ok(())
}

fn owned(assignments: Vec<&Assignment>) -> Vec<Assignment> {
    assignments.into_iter().cloned().collect()
}
