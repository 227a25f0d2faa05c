//! Nodes and applications.

use std::collections::{BTreeMap, HashSet};

use ::store::node::Node;
use context::{Event, EventKind};
use kernel::{NodeId, NodeKind, Problem};
use tree::{store::Carried, update_node::UpdateNode};

use super::{Apply, at};
use crate::{
    file::{self, Place},
    plan::Difference,
    world::Placed,
};

const SECTION: &str = "nodes";

impl Apply<'_> {
    pub(super) async fn nodes(&mut self) -> Result<(), Problem> {
        let world = self.world;
        // Sorted by path: parents come before their children.
        let mut wanted: BTreeMap<&Place, &Placed<file::Node>> = BTreeMap::new();
        for node in &world.nodes.list {
            if wanted.insert(&node.says.path, node).is_some() {
                return Err(node.refuse(SECTION, "/path", "is in the file twice"));
            }
        }
        let mut new = Vec::new();
        let mut known = Vec::new();
        for (place, node) in wanted {
            match self.places.get(place) {
                Some(found) => known.push((node, found.clone())),
                None => new.push(node),
            }
        }
        self.change_nodes(known).await?;
        let (applications, plain): (Vec<_>, Vec<_>) =
            new.into_iter().partition(|node| is_application(&node.says));
        for node in applications {
            self.application(node).await?;
        }
        self.make_nodes(plain).await
    }

    async fn application(&mut self, from: &Placed<file::Node>) -> Result<(), Problem> {
        let place = &from.says.path;
        if place.depth() != 1 {
            return Err(from.refuse(SECTION, "/path", "an application is a root"));
        }
        let realm = match &from.says.realm {
            Some(name) => name.clone(),
            None => kernel::Name::parse(::realms::MAIN).map_err(Problem::internal)?,
        };
        let realm = self.node(from, SECTION, "/realm", &Place::root(&realm))?.id;
        let made = ::realms::create_application::run(self.tx, place.name(), realm).await;
        let made = made.map_err(|problem| at(from, SECTION, problem))?;
        let node = store::node::find(&*self.tx, made.id).await?;
        let node = node.ok_or_else(|| Problem::internal("a new application without a node"))?;
        self.places.insert(place.clone(), node.clone());
        self.plan.create(SECTION, place);
        self.carry(from, node, &Carried::default()).await.map(drop)
    }

    async fn make_nodes(&mut self, new: Vec<&Placed<file::Node>>) -> Result<(), Problem> {
        self.check_new(&new)?;
        self.make_all(&new).await?;
        new.iter().for_each(|from| self.plan.create(SECTION, &from.says.path));
        Ok(())
    }

    /// Before the first is made: each has a kind of its own, and a parent that is there or comes before.
    fn check_new(&self, new: &[&Placed<file::Node>]) -> Result<(), Problem> {
        let mut coming: HashSet<&Place> = HashSet::new();
        for from in new {
            match &from.says.kind {
                None => return Err(from.refuse(SECTION, "/kind", "is needed for a new node")),
                Some(kind) => tree::model::refuse_managed(kind, "/kind")
                    .map_err(|problem| at(from, SECTION, problem))?,
            }
            let place = &from.says.path;
            if let Some(parent) = place.parent()
                && self.places.get(&parent).is_none()
                && !coming.contains(&parent)
            {
                let detail = format!("there is no {parent}, here or in the file");
                return Err(from.refuse(SECTION, "/path", detail));
            }
            coming.insert(place);
        }
        Ok(())
    }

    async fn change_nodes(
        &mut self,
        known: Vec<(&Placed<file::Node>, Node)>,
    ) -> Result<(), Problem> {
        let ids: Vec<NodeId> =
            known.iter().filter(|(from, _)| carries(&from.says)).map(|(_, node)| node.id).collect();
        let carried = tree::store::carried(&*self.tx, &ids).await?;
        let nothing = Carried::default();
        for (from, node) in known {
            if let Some(kind) = from.says.kind.as_ref().filter(|kind| **kind != node.kind) {
                let detail = format!("it is a {}, and no {kind} can be made of it", node.kind);
                return Err(from.refuse(SECTION, "/kind", detail));
            }
            let before = carried.get(&node.id).unwrap_or(&nothing);
            let differences = self.carry(from, node, before).await?;
            self.plan.compare(SECTION, &from.says.path, differences);
        }
        Ok(())
    }

    /// Writes what a node carries where it differs.
    async fn carry(
        &mut self,
        from: &Placed<file::Node>,
        node: Node,
        before: &Carried,
    ) -> Result<Vec<Difference>, Problem> {
        let says = &from.says;
        let tags = says.tags.clone().map(sorted);
        let differences: Vec<Difference> = [
            says.properties
                .as_ref()
                .and_then(|after| Difference::of("properties", &before.properties, after)),
            tags.as_ref().and_then(|after| Difference::of("tags", &before.tags, after)),
            says.external_ids
                .as_ref()
                .and_then(|after| Difference::of("external_ids", &before.external_ids, after)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !differences.is_empty() {
            let written = self.write_carried(says, node, &differences).await;
            written.map_err(|problem| at(from, SECTION, problem))?;
        }
        Ok(differences)
    }

    async fn write_carried(
        &mut self,
        says: &file::Node,
        node: Node,
        differences: &[Difference],
    ) -> Result<(), Problem> {
        tree::model::refuse_global(node.id)?;
        if let Some(name) = tree::model::own_permission(&node.kind) {
            let permission = context::action::parse(name)?;
            if !self.tx.may(&permission, node.id) {
                return Err(Problem::forbidden(format!("This needs the permission {name}.")));
            }
        }
        let node = self.tx.permit::<UpdateNode>(node)?;
        for difference in differences {
            match difference.field.as_str() {
                "properties" => {
                    let properties = says.properties.clone().unwrap_or_default();
                    tree::properties::write_all(self.tx, &node, &properties, "/properties").await?;
                }
                "tags" => {
                    let tags = says.tags.clone().unwrap_or_default();
                    tree::tags::write(self.tx, &node, tags, "/tags").await?;
                }
                _ => {
                    let ids = says.external_ids.clone().unwrap_or_default();
                    tree::external_ids::write(self.tx, &node, &ids, "/external_ids").await?;
                }
            }
        }
        store::node::touch(self.tx.as_ref(), node.id, self.tx.ctx().now()).await?;
        let event =
            Event::new(EventKind::DataUpdate, "node.update").about("node", node.id, node.id);
        let side = |of: fn(&Difference) -> &Option<String>| {
            let field =
                |difference: &Difference| (difference.field.clone(), of(difference).clone().into());
            differences.iter().map(field).collect()
        };
        let (before, after) = (side(|d| &d.before), side(|d| &d.after));
        self.tx.audit(tree::model::changed(event, &node.kind, before, after));
        Ok(())
    }
}

fn is_application(node: &file::Node) -> bool {
    node.kind.as_ref().is_some_and(|kind| kind.as_str() == NodeKind::APPLICATION)
}

fn carries(node: &file::Node) -> bool {
    node.properties.is_some() || node.tags.is_some() || node.external_ids.is_some()
}

fn sorted(mut tags: Vec<String>) -> Vec<String> {
    tags.sort_unstable();
    tags.dedup();
    tags
}
