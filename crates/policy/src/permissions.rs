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

    /// The name that it had.
    fn unlink(&mut self, number: u32) -> Option<PermissionName> {
        let row = self.rows.row_mut(number).take()?;
        self.by_name.remove(&(row.name.clone(), number));
        self.owned.remove(&(row.owner, number));
        Some(row.name)
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
        let (number, former) = match all.by_id.get(&id).copied() {
            Some(number) => (number, all.unlink(number)),
            None => {
                let number = all.rows.push(None);
                all.by_id.insert(id, number);
                (number, None)
            }
        };
        all.by_name.insert((name.clone(), number), ());
        all.owned.insert((owner, number), ());
        *all.rows.row_mut(number) = Some(PermissionRow { id, name: name.clone(), owner });
        former.iter().chain([name]).for_each(|name| self.refresh_name(name));
        Ok(())
    }

    pub(crate) fn delete_permission(&mut self, id: PermissionId) -> Result<(), ChangeRefused> {
        let number =
            self.permissions.by_id.remove(&id).ok_or(ChangeRefused::UnknownPermission(id))?;
        let former = self.permissions.unlink(number);
        former.iter().for_each(|name| self.refresh_name(name));
        Ok(())
    }
}
