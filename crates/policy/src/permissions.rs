//! Registered permissions.

use kernel::{NodeId, PermissionId, PermissionName};

use crate::{chunks::Chunks, refused::ChangeRefused, snapshot::Snapshot, sorted::Sorted};

/// A registered permission.
#[derive(Debug, Clone)]
pub(crate) struct PermissionRow {
    pub(crate) id: PermissionId,
    pub(crate) name: PermissionName,
    pub(crate) owner: u32,
}

/// All registered permissions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Permissions {
    rows: Chunks<Option<PermissionRow>>,
    by_id: Sorted<PermissionId, u32>,
    by_name: Sorted<(PermissionName, u32), ()>,
    /// Node, permission it owns.
    pub(crate) owned: Sorted<(u32, u32), ()>,
}

impl Permissions {
    pub(crate) fn get(&self, id: PermissionId) -> Option<&PermissionRow> {
        self.row(*self.by_id.get(&id)?)
    }

    pub(crate) fn row(&self, number: u32) -> Option<&PermissionRow> {
        self.rows[number].as_ref()
    }

    /// The registrations of the name.
    pub(crate) fn named(&self, name: &PermissionName) -> impl Iterator<Item = &PermissionRow> {
        self.by_name.of(name.clone()).filter_map(|number| self.row(number))
    }

    /// Every name, once, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &PermissionName> {
        let mut last = None;
        self.by_name
            .iter()
            .map(|((name, _), ())| name)
            .filter(move |name| last.replace(*name) != Some(*name))
    }

    fn unlink(&mut self, number: u32) {
        if let Some(row) = self.rows.row_mut(number).take() {
            self.by_name.remove(&(row.name, number));
            self.owned.remove(&(row.owner, number));
        }
    }
}

impl Snapshot {
    pub(crate) fn save_permission(
        &mut self,
        id: PermissionId,
        name: &PermissionName,
        owner: NodeId,
    ) -> Result<(), ChangeRefused> {
        let owner = self.forest.need(owner)?;
        let all = &mut self.permissions;
        let number = match all.by_id.get(&id).copied() {
            Some(number) => {
                all.unlink(number);
                number
            }
            None => {
                let number = all.rows.push(None);
                all.by_id.insert(id, number);
                number
            }
        };
        all.by_name.insert((name.clone(), number), ());
        all.owned.insert((owner, number), ());
        *all.rows.row_mut(number) = Some(PermissionRow { id, name: name.clone(), owner });
        Ok(())
    }

    pub(crate) fn delete_permission(&mut self, id: PermissionId) -> Result<(), ChangeRefused> {
        let number =
            self.permissions.by_id.remove(&id).ok_or(ChangeRefused::UnknownPermission(id))?;
        self.permissions.unlink(number);
        Ok(())
    }
}
