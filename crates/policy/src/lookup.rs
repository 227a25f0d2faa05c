//! What others look up: the tree, subjects, roles, assignments, permissions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{AssignmentId, NodeId, NodeKind, PermissionId, PermissionName, RoleId};

use crate::{
    change::{Assignment, Labelled, Membership, Rule, Subject},
    people::inactive,
    snapshot::Snapshot,
};

/// A role, as it is stored.
#[derive(Debug, Clone)]
pub struct RoleView<'a> {
    /// The role.
    pub id: RoleId,
    /// Its name.
    pub name: &'a str,
    /// The node that owns it.
    pub owner: NodeId,
    /// Its rules, in the order they were saved.
    pub rules: Vec<&'a Rule>,
}

/// The tree.
impl Snapshot {
    /// Whether there is such a node.
    pub fn contains(&self, node: NodeId) -> bool {
        self.forest.find(node).is_some()
    }

    /// How many nodes there are.
    pub fn count_nodes(&self) -> usize {
        self.forest.len()
    }

    /// The parent; `None` for a root and for an unknown node.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.forest.row(self.forest.find(node)?).parent().map(|parent| self.forest.id(parent))
    }

    /// What the node is.
    pub fn kind(&self, node: NodeId) -> Option<&NodeKind> {
        Some(self.forest.kind(self.forest.find(node)?))
    }

    /// Its place in the numbering.
    pub fn labels(&self, node: NodeId) -> Option<Labelled> {
        let row = self.forest.row(self.forest.find(node)?);
        Some(Labelled { id: row.id, label: row.label, label_end: row.end })
    }

    /// The children of a node, or the roots, in the order of labels; none of an unknown node.
    pub fn children(&self, parent: Option<NodeId>) -> Vec<NodeId> {
        match parent.map(|parent| self.forest.find(parent)) {
            Some(None) => Vec::new(),
            parent => self.ids(self.forest.children(parent.flatten())),
        }
    }

    /// A node and all below it by parents, connections aside, in the order of labels: parents first.
    pub fn subtree(&self, node: NodeId) -> Vec<NodeId> {
        self.forest.find(node).map_or_else(Vec::new, |node| self.ids(self.forest.subtree(node)))
    }

    /// The nodes from which it inherits: itself, by parents and connections all above, and `$global`. Sorted.
    pub fn ancestors(&self, node: NodeId) -> Vec<NodeId> {
        let Some(node) = self.forest.find(node) else { return Vec::new() };
        let mut found = BTreeSet::from([node]);
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let above = self.links.inherited.lefts(node).chain(self.forest.row(node).parent());
            open.extend(above.filter(|above| found.insert(*above)));
        }
        found.extend(self.forest.find(NodeId::GLOBAL));
        let mut ids = self.ids(found.into_iter());
        ids.sort_unstable();
        ids
    }

    /// Whether `above` is in the ancestors of `node`; a node is in its own.
    pub fn is_ancestor(&self, above: NodeId, node: NodeId) -> bool {
        match (self.forest.find(above), self.forest.find(node)) {
            (Some(above), Some(node)) => self.reaches(above, node),
            _ => false,
        }
    }

    /// Whether a connection `from -> to` would close a cycle. Between realms it never does.
    pub fn would_cycle(&self, from: NodeId, to: NodeId) -> bool {
        match (self.forest.find(from), self.forest.find(to)) {
            (Some(a), Some(b)) if self.is_sharing(a, b) => a == b,
            _ => self.is_ancestor(to, from),
        }
    }

    /// Whether moving the node under `parent` would close a cycle.
    pub fn would_cycle_by_move(&self, node: NodeId, parent: NodeId) -> bool {
        self.is_ancestor(node, parent)
    }

    /// The nodes connected from this one, realms that share its sign-in included.
    pub fn connections_from(&self, node: NodeId) -> Vec<NodeId> {
        self.forest.find(node).map_or_else(Vec::new, |node| {
            self.ids(self.links.inherited.rights(node).chain(self.links.sharing.rights(node)))
        })
    }

    /// The nodes connected to this one, realms whose sign-in it shares included.
    pub fn connections_to(&self, node: NodeId) -> Vec<NodeId> {
        self.forest.find(node).map_or_else(Vec::new, |node| {
            self.ids(self.links.inherited.lefts(node).chain(self.links.sharing.lefts(node)))
        })
    }

    /// The realms whose users may sign in where this realm's may: itself, and those connected to it, transitively.
    pub fn realms_sharing_with(&self, realm: NodeId) -> Vec<NodeId> {
        let Some(realm) = self.forest.find(realm) else { return Vec::new() };
        let mut found = vec![realm];
        let mut done = 0;
        while let Some(realm) = found.get(done).copied() {
            for from in self.links.sharing.lefts(realm) {
                if !found.contains(&from) {
                    found.push(from);
                }
            }
            done += 1;
        }
        self.ids(found.into_iter())
    }

    fn ids(&self, nodes: impl Iterator<Item = u32>) -> Vec<NodeId> {
        nodes.map(|node| self.forest.id(node)).collect()
    }
}

/// Subjects and groups.
impl Snapshot {
    /// A user or service account.
    pub fn subject(&self, id: NodeId) -> Option<&Subject> {
        Some(self.known_subject(id)?.1)
    }

    /// Who is in a group; `None` if it is no group.
    pub fn membership(&self, group: NodeId) -> Option<Membership> {
        self.people.groups.get(&self.forest.find(group)?).copied()
    }

    /// The groups of a user, service account or group, nested and computed ones included, itself not.
    pub fn groups_of(&self, subject: NodeId) -> Vec<NodeId> {
        let Some(node) = self.forest.find(subject) else { return Vec::new() };
        let holders = self.holders_of(node);
        self.ids(holders.into_iter().filter(|holder| *holder != node))
    }

    /// The listed members of a group, direct ones alone.
    pub fn members_of(&self, group: NodeId) -> Vec<NodeId> {
        let group = self.forest.find(group);
        group.map_or_else(Vec::new, |group| self.ids(self.people.members.rights(group)))
    }

    /// Whether adding the member to the group would close a cycle.
    pub fn would_nest_in_itself(&self, group: NodeId, member: NodeId) -> bool {
        group == member || self.groups_of(group).contains(&member)
    }

    /// How many superusers are active at this moment.
    pub fn active_superusers(&self, now: Timestamp) -> usize {
        let all = self.people.superusers.iter().filter_map(|(node, ())| self.people.subject(*node));
        all.filter(|subject| inactive(subject, now).is_none()).count()
    }

    /// Whether this is the one superuser who is active at this moment: he must stay.
    pub fn is_last_active_superuser(&self, id: NodeId, now: Timestamp) -> bool {
        let active = |s: &Subject| s.superuser && inactive(s, now).is_none();
        self.subject(id).is_some_and(active) && self.active_superusers(now) == 1
    }

    /// The subject or group and all its groups.
    pub(crate) fn holders_of(&self, node: u32) -> Vec<u32> {
        match self.people.subject(node) {
            Some(_) => self.people.holders(Some(node)),
            None => self.people.upwards([node].into_iter()),
        }
    }
}

/// Roles, assignments, permissions.
impl Snapshot {
    /// A role.
    pub fn role(&self, id: RoleId) -> Option<RoleView<'_>> {
        let row = self.roles.row(self.roles.find(id)?)?;
        Some(RoleView {
            id: row.id,
            name: &row.name,
            owner: self.forest.id(row.owner),
            rules: row.rules.iter().map(|rule| &rule.rule).collect(),
        })
    }

    /// The ids of all roles, sorted.
    pub fn roles(&self) -> impl Iterator<Item = RoleId> + '_ {
        self.roles.ids()
    }

    /// The roles that the node owns.
    pub fn roles_owned(&self, node: NodeId) -> Vec<RoleId> {
        self.role_ids(node, &self.roles.owned)
    }

    /// The roles that have a rule that the node owns.
    pub fn roles_with_rules_owned(&self, node: NodeId) -> Vec<RoleId> {
        self.role_ids(node, &self.roles.rules_owned)
    }

    /// An assignment.
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        let number = self.assignments.find(id)?;
        self.assignments.row(number).map(|row| &row.assignment)
    }

    /// The assignments to a user, service account or group itself.
    pub fn assignments_of_subject(&self, subject: NodeId) -> Vec<&Assignment> {
        let subject = self.forest.find(subject);
        let numbers = subject.map_or(&[][..], |subject| self.assignments.by_subject.of(subject));
        numbers
            .iter()
            .filter_map(|number| self.assignments.row(*number))
            .map(|row| &row.assignment)
            .collect()
    }

    /// The assignments of a role.
    pub fn assignments_of_role(&self, role: RoleId) -> Vec<&Assignment> {
        self.assignments_in(self.roles.find(role), &self.assignments.by_role)
    }

    /// The assignments at a node itself.
    pub fn assignments_at(&self, node: NodeId) -> Vec<&Assignment> {
        self.assignments_in(self.forest.find(node), &self.assignments.by_node)
    }

    /// A registered permission: its name and owner.
    pub fn permission(&self, id: PermissionId) -> Option<(&PermissionName, NodeId)> {
        let row = self.permissions.get(id)?;
        Some((&row.name, self.forest.id(row.owner)))
    }

    /// The registrations of a name, with their owners.
    pub fn permissions_named(&self, name: &PermissionName) -> Vec<(PermissionId, NodeId)> {
        let rows = self.permissions.named(name);
        rows.map(|row| (row.id, self.forest.id(row.owner))).collect()
    }

    /// The names of the registered permissions, each once, sorted.
    pub fn permission_names(&self) -> impl Iterator<Item = &PermissionName> {
        self.permissions.names()
    }

    /// The permissions that a node owns.
    pub fn permissions_owned(&self, node: NodeId) -> Vec<PermissionId> {
        let numbers = self.forest.find(node).into_iter().flat_map(|n| self.permissions.owned.of(n));
        numbers.filter_map(|number| self.permissions.row(number)).map(|row| row.id).collect()
    }

    /// Whether a stored condition reads `resource.<name>`.
    pub fn conditions_read_property(&self, name: &str) -> bool {
        self.properties.is_read(name)
    }

    /// Whether a stored condition reads `subject.<name>`.
    pub fn conditions_read_attribute(&self, name: &str) -> bool {
        self.attributes_read.has(name)
    }

    fn role_ids(&self, node: NodeId, owned: &crate::sorted::Sorted<(u32, u32), ()>) -> Vec<RoleId> {
        let numbers = self.forest.find(node).into_iter().flat_map(|node| owned.of(node));
        numbers.filter_map(|role| self.roles.row(role)).map(|row| row.id).collect()
    }

    fn assignments_in(
        &self,
        left: Option<u32>,
        index: &crate::sorted::Sorted<(u32, u32), ()>,
    ) -> Vec<&Assignment> {
        let numbers = left.into_iter().flat_map(|left| index.of(left));
        numbers.filter_map(|n| self.assignments.row(n)).map(|row| &row.assignment).collect()
    }
}
