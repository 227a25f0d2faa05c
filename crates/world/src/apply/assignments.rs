//! Assignments, and the `roles` of users, which are assignments at `$global`.

use std::collections::HashMap;

use access::NewAssignment;
use jiff::Timestamp;
use kernel::{AssignmentId, ConditionText, NodeId, NodeKind, Problem, RoleId};
use policy::Assignment;

use super::{Apply, at, users};
use crate::{
    file::{self, OwnedName},
    plan::Difference,
    world::Placed,
};

pub(super) const SECTION: &str = "assignments";

/// What an assignment is known by: the rest of it can change.
pub(super) type Key = (NodeId, RoleId, NodeId);

impl Apply<'_> {
    pub(super) async fn assignments(&mut self) -> Result<(), Problem> {
        let mut seen = HashMap::new();
        let world = self.world;
        for from in &world.users.list {
            let name = users::name(&from.says);
            for (index, role) in from.says.roles.iter().flatten().enumerate() {
                let field = format!("/roles/{index}");
                let subject = self.node(from, "users", "", &name.place())?.id;
                let role_id = self.role(from, "users", &field, role)?;
                let key = (subject, role_id, NodeId::GLOBAL);
                if seen.insert(key, ()).is_some() {
                    return Err(from.refuse("users", &field, "is in the file twice"));
                }
                let line = format!("{name}: {role} at /$global");
                let saved = self.assign(key, None, None, line).await;
                saved.map_err(|problem| at(from, "users", problem))?;
            }
        }
        for from in &world.assignments.list {
            let key = self.key(from)?;
            if seen.insert(key, ()).is_some() {
                return Err(from.refuse(SECTION, "", "is in the file twice"));
            }
            let (expires_at, when) = (from.says.expires_at, from.says.when.clone());
            let saved = self.assign(key, expires_at, when, line(&from.says)).await;
            saved.map_err(|problem| at(from, SECTION, problem))?;
        }
        Ok(())
    }

    /// What the file means by an assignment.
    pub(super) fn key(&self, from: &Placed<file::Assignment>) -> Result<Key, Problem> {
        let says = &from.says;
        let subject = match (&says.user, &says.group, &says.service_account) {
            (Some(user), None, None) => self.node(from, SECTION, "/user", &user.place())?.id,
            (None, Some(group), None) => self.group(from, SECTION, "/group", group)?,
            (None, None, Some(account)) => self.account(from, account)?,
            _ => {
                let detail = "an assignment has one of 'user', 'group' and 'service_account'";
                return Err(from.refuse(SECTION, "", detail));
            }
        };
        let role = self.role(from, SECTION, "/role", &says.role)?;
        let node = match &says.node {
            None => NodeId::GLOBAL,
            Some(place) => self.node(from, SECTION, "/node", place)?.id,
        };
        Ok((subject, role, node))
    }

    fn account(
        &self,
        from: &Placed<file::Assignment>,
        account: &OwnedName,
    ) -> Result<NodeId, Problem> {
        let refuse = |what: String| from.refuse(SECTION, "/service_account", what);
        let place = account.place().map_err(|error| refuse(error.to_string()))?;
        let node = self.places.get(&place);
        node.filter(|node| node.kind.as_str() == NodeKind::SERVICE_ACCOUNT)
            .map(|node| node.id)
            .ok_or_else(|| refuse(format!("there is no service account {account}")))
    }

    /// Makes the assignment, or another in its place where its end or condition differs.
    async fn assign(
        &mut self,
        key: Key,
        expires_at: Option<Timestamp>,
        when: Option<ConditionText>,
        line: String,
    ) -> Result<(), Problem> {
        let (subject, role, node) = key;
        let known = self.known(key);
        if known.iter().any(|known| known.expires_at == expires_at && known.when == when) {
            self.plan.compare(SECTION, line, Vec::new());
            return Ok(());
        }
        let former = known.first().cloned();
        for assignment in known {
            access::unassign::run(self.tx, assignment.id).await?;
        }
        let new = NewAssignment { subject, role, node, expires_at, when: when.clone() };
        access::assign::run(self.tx, new).await?;
        match former {
            None => self.plan.create(SECTION, line),
            Some(former) => {
                let differences = [
                    Difference::of("expires_at", &former.expires_at, &expires_at),
                    Difference::of("when", &former.when, &when),
                ];
                self.plan.compare(SECTION, line, differences.into_iter().flatten().collect());
            }
        }
        Ok(())
    }

    fn known(&self, (subject, role, node): Key) -> Vec<Assignment> {
        let held = self.tx.engine().assignments_of_subject(subject).into_iter();
        held.filter(|held| held.role == role && held.node == node).cloned().collect()
    }

    /// The assignments that the file has, for pruning.
    pub(super) fn wanted_assignments(&self) -> Result<HashMap<Key, ()>, Problem> {
        let mut wanted = HashMap::new();
        for from in &self.world.assignments.list {
            wanted.insert(self.key(from)?, ());
        }
        for from in &self.world.users.list {
            let place = users::name(&from.says).place();
            for role in from.says.roles.iter().flatten() {
                let subject = self.node(from, "users", "", &place)?.id;
                let role = self.role(from, "users", "/roles", role)?;
                wanted.insert((subject, role, NodeId::GLOBAL), ());
            }
        }
        Ok(wanted)
    }

    /// Removes an assignment that the file does not have.
    pub(super) async fn unassign(&mut self, id: AssignmentId, line: String) -> Result<(), Problem> {
        access::unassign::run(self.tx, id).await?;
        self.plan.delete(SECTION, line);
        Ok(())
    }
}

fn line(assignment: &file::Assignment) -> String {
    let subject = [
        assignment.user.as_ref().map(ToString::to_string),
        assignment.group.as_ref().map(ToString::to_string),
        assignment.service_account.as_ref().map(ToString::to_string),
    ];
    let subject = subject.into_iter().flatten().next().unwrap_or_default();
    let node = assignment.node.as_ref().map_or("/$global".to_owned(), ToString::to_string);
    format!("{subject}: {} at {node}", assignment.role)
}
