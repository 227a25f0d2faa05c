//! Groups. Who is in them comes later, when users are there.

use ::realms::{Group, GroupKind};
use kernel::{NodeId, NodeKind, Problem};
use web::IfMatch;

use super::{Apply, at};
use crate::{
    file::{self, Place},
    plan::Difference,
    world::Placed,
};

const SECTION: &str = "groups";

impl Apply<'_> {
    pub(super) async fn groups(&mut self) -> Result<(), Problem> {
        let mut seen = std::collections::HashSet::new();
        // Shorter places first, as a group may own another.
        let mut sorted: Vec<_> = self.world.groups.list.iter().collect();
        sorted.sort_by_key(|group| group.says.owner.as_ref().map_or(1, Place::depth));
        for group in sorted {
            let place = place(group)?;
            if !seen.insert(place.clone()) {
                return Err(group.refuse(SECTION, "/name", "is in the file twice"));
            }
            match self.places.get(&place).cloned() {
                None => self.make_group(group, place).await?,
                Some(node) if node.kind.as_str() == NodeKind::GROUP => {
                    self.change_group(group, node.id).await?;
                }
                Some(node) => {
                    let detail = format!("there is a {} of this name already", node.kind);
                    return Err(group.refuse(SECTION, "/name", detail));
                }
            }
        }
        Ok(())
    }

    async fn make_group(
        &mut self,
        from: &Placed<file::Group>,
        place: Place,
    ) -> Result<(), Problem> {
        let owner = self.owner(from, SECTION, from.says.owner.as_ref())?;
        let kind = from.says.kind.unwrap_or_default();
        let made = ::realms::create_group::run(self.tx, owner, from.says.name.clone(), kind).await;
        let made = made.map_err(|problem| at(from, SECTION, problem))?;
        let node = store::node::find(&*self.tx, made.id).await?;
        let node = node.ok_or_else(|| Problem::internal("a new group without a node"))?;
        self.plan.create(SECTION, name(&from.says));
        self.places.insert(place, node);
        Ok(())
    }

    async fn change_group(
        &mut self,
        from: &Placed<file::Group>,
        id: NodeId,
    ) -> Result<(), Problem> {
        let group = self.stored_group(id).await?;
        let wanted: GroupKind = from.says.kind.unwrap_or(group.kind);
        let differences: Vec<_> =
            Difference::of("kind", &group.kind, &wanted).into_iter().collect();
        if !differences.is_empty() {
            let patch = ::realms::update_group::GroupPatch { name: None, kind: Some(wanted) };
            let changed = ::realms::update_group::run(self.tx, group, patch, &IfMatch::Any).await;
            changed.map_err(|problem| at(from, SECTION, problem))?;
        }
        self.plan.compare(SECTION, name(&from.says), differences);
        Ok(())
    }

    /// The group as it is stored.
    pub(super) async fn stored_group(&self, id: NodeId) -> Result<Group, Problem> {
        let group = ::realms::store::find_group_by_id(&*self.tx, id).await?;
        group.ok_or_else(|| Problem::internal("a group without its row"))
    }
}

/// The group as others name it.
pub(super) fn name(group: &file::Group) -> file::OwnedName {
    let owner = group.owner.clone().unwrap_or_else(Place::global);
    file::OwnedName { name: group.name.clone(), owner }
}

fn place(group: &Placed<file::Group>) -> Result<Place, Problem> {
    name(&group.says).place().map_err(|error| group.refuse(SECTION, "/name", error))
}
