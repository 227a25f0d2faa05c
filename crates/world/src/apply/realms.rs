//! Realms. They are made here, and never changed or pruned.

use kernel::{NodeKind, Problem};

use super::{Apply, at};
use crate::file::Place;

const SECTION: &str = "realms";

impl Apply<'_> {
    pub(super) async fn realms(&mut self) -> Result<(), Problem> {
        let world = self.world;
        for realm in &world.realms.list {
            let place = Place::root(&realm.says.name);
            match self.places.get(&place) {
                Some(node) if node.kind.as_str() == NodeKind::REALM => {
                    self.plan.compare(SECTION, &realm.says.name, Vec::new());
                }
                Some(node) => {
                    let detail = format!("there is a {} of this name already", node.kind);
                    return Err(realm.refuse(SECTION, "/name", detail));
                }
                None => {
                    let name = realm.says.name.clone();
                    let made = ::realms::create_realm::run(self.tx, name).await;
                    let node = made.map_err(|problem| at(realm, SECTION, problem))?;
                    self.places.insert(place, node);
                    self.plan.create(SECTION, &realm.says.name);
                }
            }
        }
        // The built-in groups of new realms may be named further on.
        self.find_groups_of_new_realms().await
    }

    async fn find_groups_of_new_realms(&mut self) -> Result<(), Problem> {
        let names = self.world.realms.list.iter().map(|realm| Place::root(&realm.says.name));
        for realm in names {
            let name = kernel::Name::parse("authenticated").map_err(Problem::internal)?;
            let place = realm.child(&name).map_err(Problem::internal)?;
            let Some(parent) = self.places.get(&realm).map(|node| node.id) else { continue };
            if self.places.get(&place).is_none()
                && let Some(node) = store::node::find_child(&*self.tx, Some(parent), &name).await?
            {
                self.places.insert(place, node);
            }
        }
        Ok(())
    }
}
