//! Registered permissions.

use std::collections::HashSet;

use kernel::{NodeId, PermissionId, PermissionName, Problem};

use super::{Apply, at};
use crate::{file, plan::Difference, world::Placed};

pub(super) const SECTION: &str = "permissions";

impl Apply<'_> {
    pub(super) async fn permissions(&mut self) -> Result<(), Problem> {
        let world = self.world;
        let mut seen = HashSet::new();
        for from in &world.permissions.list {
            let owner = self.owner(from, SECTION, from.says.owner.as_ref())?;
            if !seen.insert((owner, &from.says.name)) {
                return Err(from.refuse(SECTION, "/name", "is in the file twice"));
            }
            match self.registered(owner, &from.says.name) {
                None => {
                    self.register(from, owner).await?;
                    self.plan.create(SECTION, name(&from.says));
                }
                Some(id) => self.describe(from, owner, id).await?,
            }
        }
        Ok(())
    }

    fn registered(&self, owner: NodeId, name: &PermissionName) -> Option<PermissionId> {
        let named = self.tx.engine().permissions_named(name);
        named.into_iter().find(|(_, other)| *other == owner).map(|(id, _)| id)
    }

    async fn register(
        &mut self,
        from: &Placed<file::Permission>,
        owner: NodeId,
    ) -> Result<(), Problem> {
        let description = from.says.description.clone().unwrap_or_default();
        let name = from.says.name.clone();
        let made = access::create_permission::run(self.tx, owner, name, description).await;
        made.map(drop).map_err(|problem| at(from, SECTION, problem))
    }

    /// Another description is another registration: rules name a permission by its text, so nothing is lost.
    async fn describe(
        &mut self,
        from: &Placed<file::Permission>,
        owner: NodeId,
        id: PermissionId,
    ) -> Result<(), Problem> {
        let stored = access::store::find_permission(&*self.tx, id).await?;
        let stored = stored.ok_or_else(|| Problem::internal("a permission without its row"))?;
        let wanted = from.says.description.clone().map(String::from);
        let wanted = wanted.unwrap_or_else(|| stored.description.clone());
        let differences: Vec<_> =
            Difference::of("description", &stored.description, &wanted).into_iter().collect();
        if !differences.is_empty() {
            let gone = access::delete_permission::run(self.tx, id).await;
            gone.map_err(|problem| at(from, SECTION, problem))?;
            self.register(from, owner).await?;
        }
        self.plan.compare(SECTION, name(&from.says), differences);
        Ok(())
    }
}

fn name(permission: &file::Permission) -> String {
    match &permission.owner {
        None => permission.name.to_string(),
        Some(owner) => format!("{}@{owner}", permission.name),
    }
}
