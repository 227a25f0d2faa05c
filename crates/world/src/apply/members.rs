//! Memberships: the groups that users and groups of the file are in. They are added; only pruning takes them away.

use std::collections::HashSet;

use kernel::{NodeId, Problem};

use super::{Apply, at, groups, users};
use crate::{
    file::{OwnedName, Place},
    world::Placed,
};

/// The heading of memberships in a plan.
pub(super) const SECTION: &str = "memberships";

impl Apply<'_> {
    pub(super) async fn members(&mut self) -> Result<(), Problem> {
        let world = self.world;
        for from in &world.users.list {
            let name = users::name(&from.says);
            let list = from.says.groups.as_deref();
            self.join_all(from, "users", &name, &name.place(), list).await?;
        }
        for from in &world.groups.list {
            let name = groups::name(&from.says);
            let place = name.place().map_err(|error| from.refuse("groups", "/name", error))?;
            let list = from.says.groups.as_deref();
            self.join_all(from, "groups", &name, &place, list).await?;
        }
        Ok(())
    }

    async fn join_all<T>(
        &mut self,
        from: &Placed<T>,
        section: &str,
        name: &(dyn std::fmt::Display + Sync),
        place: &Place,
        list: Option<&[OwnedName]>,
    ) -> Result<(), Problem> {
        let Some(list) = list else { return Ok(()) };
        let member = self.node(from, section, "", place)?.id;
        let mut wanted = HashSet::new();
        for (index, group) in list.iter().enumerate() {
            let field = format!("/groups/{index}");
            let id = self.group(from, section, &field, group)?;
            let line = format!("{name} in {group}");
            if !wanted.insert(id) {
                return Err(from.refuse(section, &field, "is in the list twice"));
            }
            if self.tx.engine().members_of(id).contains(&member) {
                self.plan.compare(SECTION, line, Vec::new());
                continue;
            }
            let stored = self.stored_group(id).await?;
            let joined = ::realms::membership::add(self.tx, stored, member).await;
            joined.map_err(|problem| at(from, section, problem.below(&field)))?;
            self.plan.create(SECTION, line);
        }
        if self.way.prune { self.leave_others(name, member, &wanted).await } else { Ok(()) }
    }

    async fn leave_others(
        &mut self,
        name: &(dyn std::fmt::Display + Sync),
        member: NodeId,
        wanted: &HashSet<NodeId>,
    ) -> Result<(), Problem> {
        let held = ::realms::store::groups_with(&*self.tx, member).await?;
        for id in held.into_iter().filter(|id| !wanted.contains(id)) {
            let group = self.stored_group(id).await?;
            let path = store::node::path(&*self.tx, id).await?.unwrap_or_default();
            ::realms::membership::remove(self.tx, group, member).await?;
            self.plan.delete(SECTION, format!("{name} in {path}"));
        }
        Ok(())
    }
}
