//! What guards the requests of applications.

use std::collections::HashSet;

use ::realms::Application;
use guard::RoutesInput;
use kernel::{NodeId, Problem};

use super::{Apply, at};
use crate::{file, plan::Difference, world::Placed};

pub(super) const SECTION: &str = "routes";

impl Apply<'_> {
    pub(super) async fn routes(&mut self) -> Result<(), Problem> {
        let world = self.world;
        let mut seen = HashSet::new();
        for from in &world.routes.list {
            let place = &from.says.application;
            self.node(from, SECTION, "/application", place)?;
            let found = self.application_at(place).await?;
            let application = found.ok_or_else(|| {
                from.refuse(SECTION, "/application", format!("{place} is no application"))
            })?;
            if !seen.insert(application.id) {
                return Err(from.refuse(SECTION, "/application", "is in the file twice"));
            }
            self.save_routes(from, application).await.map_err(|p| at(from, SECTION, p))?;
        }
        Ok(())
    }

    async fn save_routes(
        &mut self,
        from: &Placed<file::Routes>,
        application: Application,
    ) -> Result<(), Problem> {
        let id = application.id;
        let (stored, version) = guard::store::find(&*self.tx, id).await?;
        let before = guard::view::written(&*self.tx, &stored).await?;
        let wanted = merged(&from.says, before.clone());
        let place = &from.says.application;
        if guard::resolve::table(self.tx, id, wanted.clone()).await? == stored && version > 0 {
            self.plan.compare(SECTION, place, Vec::new());
            return Ok(());
        }
        guard::replace_routes::run(self.tx, application, wanted).await?;
        if version == 0 {
            self.plan.create(SECTION, place);
            return Ok(());
        }
        let (stored, _) = guard::store::find(&*self.tx, id).await?;
        let after = guard::view::written(&*self.tx, &stored).await?;
        let differences = [
            Difference::of("hosts", &before.hosts, &after.hosts),
            Difference::of("sign_in", &before.sign_in, &after.sign_in),
            Difference::of("groups", &before.groups, &after.groups),
            Difference::of("routes", &before.routes, &after.routes),
        ];
        self.plan.compare(SECTION, place, differences.into_iter().flatten().collect());
        Ok(())
    }

    /// Empties the tables of the applications that the file names elsewhere, and not in this section.
    pub(super) async fn prune_routes(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.routes.is_named {
            return Ok(());
        }
        let places = world.routes.list.iter().map(|from| &from.says.application);
        let wanted: HashSet<NodeId> =
            places.clone().filter_map(|place| self.places.get(place)).map(|node| node.id).collect();
        let roots = self.named_roots(places.cloned());
        let routed = self.tx.state().roots.routed();
        let others: Vec<NodeId> = routed
            .filter(|(id, matcher)| {
                roots.contains(id) && !wanted.contains(id) && *matcher.table() != Default::default()
            })
            .map(|(id, _)| id)
            .collect();
        for id in others {
            let line = self.path(id).await?;
            let place = line.parse().map_err(Problem::internal)?;
            let application = self.application_at(&place).await?;
            let application =
                application.ok_or_else(|| Problem::internal("routes of no application"))?;
            guard::replace_routes::run(self.tx, application, RoutesInput::default()).await?;
            self.plan.delete(SECTION, line);
        }
        Ok(())
    }

    async fn application_at(&self, place: &file::Place) -> Result<Option<Application>, Problem> {
        if place.depth() != 1 {
            return Ok(None);
        }
        Ok(::realms::find_application(&*self.tx, place.name().as_str()).await?)
    }
}

/// What the file says, and where it says nothing what is there.
fn merged(says: &file::Routes, before: RoutesInput) -> RoutesInput {
    RoutesInput {
        hosts: says.hosts.clone().unwrap_or(before.hosts),
        sign_in: match &says.sign_in {
            None => before.sign_in,
            Some(address) => Some(address.clone()).filter(|address| !address.is_empty()),
        },
        groups: says.groups.unwrap_or(before.groups),
        routes: says.routes.clone().unwrap_or(before.routes),
    }
}
