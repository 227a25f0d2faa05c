//! The world at one revision.

use kernel::{NodeId, NodeKind};

use crate::{
    assignments::Assignments,
    change::{Change, Labelled},
    entries::Lists,
    forest::Forest,
    givers::Givers,
    holders::Holders,
    links::Links,
    people::People,
    permissions::Permissions,
    properties::Properties,
    registered::Registered,
    roles::Roles,
    sorted::Sorted,
    when::Condition,
};

pub use crate::refused::ChangeRefused;

/// The world at one revision. A clone is cheap, shares memory, and is the start of a draft: applying changes to it
/// copies the few blocks they touch and leaves the original as it was.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) forest: Forest,
    pub(crate) links: Links,
    pub(crate) givers: Givers,
    pub(crate) lists: Lists,
    pub(crate) people: People,
    pub(crate) holders: Holders,
    pub(crate) permissions: Permissions,
    pub(crate) roles: Roles,
    pub(crate) registered: Registered,
    pub(crate) assignments: Assignments,
    pub(crate) properties: Properties,
    pub(crate) attributes_read: Sorted<String, usize>,
}

impl Snapshot {
    /// An empty world, without even `$global`: that comes first, as [`Change::NodeSaved`] of [`NodeId::GLOBAL`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies one change. A change that does not fit is refused and alters nothing.
    pub fn apply(&mut self, change: &Change) -> Result<(), ChangeRefused> {
        match change {
            Change::NodeSaved { id, parent, kind, label, label_end } => {
                self.save_node(*id, *parent, kind, (*label, *label_end))
            }
            Change::NodeMoved { id, parent, labels } => self.move_node(*id, *parent, labels),
            Change::NodesLabelled { labels } => self.label_nodes(labels),
            Change::NodeDeleted { id } => self.delete_node(*id),
            Change::Connected { from, to } => self.connect(*from, *to),
            Change::Disconnected { from, to } => self.disconnect(*from, *to),
            Change::PropertySet { node, name, value } => self.set_property(*node, name, value),
            Change::PropertyRemoved { node, name } => self.remove_property(*node, name),
            Change::PermissionSaved { id, name, owner } => self.save_permission(*id, name, *owner),
            Change::PermissionDeleted { id } => self.delete_permission(*id),
            Change::RoleSaved { id, name, owner, rules } => {
                self.save_role(*id, name, *owner, rules)
            }
            Change::RoleDeleted { id } => self.delete_role(*id),
            Change::SubjectSaved(subject) => self.save_subject(subject),
            Change::SubjectDeleted { id } => self.delete_subject(*id),
            Change::GroupSaved { id, membership } => self.save_group(*id, *membership),
            Change::GroupDeleted { id } => self.delete_group(*id),
            Change::MemberAdded { group, member } => self.add_member(*group, *member),
            Change::MemberRemoved { group, member } => self.remove_member(*group, *member),
            Change::AssignmentSaved(assignment) => self.save_assignment(assignment),
            Change::AssignmentDeleted { id } => self.delete_assignment(*id),
        }
    }

    fn save_node(
        &mut self,
        id: NodeId,
        parent: Option<NodeId>,
        kind: &NodeKind,
        labels: (i64, i64),
    ) -> Result<(), ChangeRefused> {
        if self.forest.find(id).is_some() {
            return Err(ChangeRefused::Exists);
        }
        let is_global = id == NodeId::GLOBAL;
        if is_global != (kind.as_str() == NodeKind::GLOBAL) || (is_global && parent.is_some()) {
            return Err(ChangeRefused::Global);
        }
        let parent = parent.map(|parent| self.forest.need(parent)).transpose()?;
        let node = self.forest.insert(id, parent, kind, labels)?;
        self.lists.keep(self.forest.row(node).entries, 1);
        Ok(())
    }

    fn label_nodes(&mut self, labels: &[Labelled]) -> Result<(), ChangeRefused> {
        let forest = self.forest.relabelled(labels, None)?;
        let former = std::mem::replace(&mut self.forest, forest);
        self.refresh_givers(&former, labels);
        self.refresh_labels(labels);
        Ok(())
    }

    /// A stored condition comes, whose properties are kept.
    pub(crate) fn count_reader(&mut self, condition: &Condition) {
        self.properties.count_reader(condition);
        for name in condition.reads_subject() {
            let former = self.attributes_read.get(name).copied().unwrap_or(0);
            self.attributes_read.insert(name.to_owned(), former + 1);
        }
    }

    /// A stored condition goes.
    pub(crate) fn discount_reader(&mut self, condition: &Condition) {
        self.properties.discount_reader(condition);
        for name in condition.reads_subject() {
            match self.attributes_read.get_mut(name) {
                Some(readers) if *readers > 1 => *readers -= 1,
                _ => drop(self.attributes_read.remove(name)),
            }
        }
    }

    fn delete_node(&mut self, id: NodeId) -> Result<(), ChangeRefused> {
        let node = self.forest.need(id)?;
        if self.forest.is_global(node) {
            return Err(ChangeRefused::Global);
        }
        if !self.usage_of(node).is_unused() {
            return Err(ChangeRefused::InUse);
        }
        self.properties.forget(node);
        self.lists.release(self.forest.row(node).entries);
        self.forest.remove(node);
        Ok(())
    }
}
