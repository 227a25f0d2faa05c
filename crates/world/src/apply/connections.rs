//! Connections: inheritance between nodes, shared sign-in between realms.

use std::collections::HashSet;

use ::store::node::Node;
use kernel::{NodeKind, Problem};
use tree::connect::ConnectNodes;

use super::{Apply, at};
use crate::{file, world::Placed};

pub(super) const SECTION: &str = "connections";

impl Apply<'_> {
    pub(super) async fn connections(&mut self) -> Result<(), Problem> {
        let world = self.world;
        let mut seen = HashSet::new();
        for from in &world.connections.list {
            let giving = self.node(from, SECTION, "/from", &from.says.from)?.clone();
            let inheriting = self.node(from, SECTION, "/to", &from.says.to)?.clone();
            if !seen.insert((giving.id, inheriting.id)) {
                return Err(from.refuse(SECTION, "", "is in the file twice"));
            }
            let name = name(&from.says);
            if self.tx.engine().connections_from(giving.id).contains(&inheriting.id) {
                self.plan.compare(SECTION, name, Vec::new());
                continue;
            }
            let made = self.connect(giving, inheriting).await;
            made.map_err(|problem| at(from, SECTION, problem))?;
            self.plan.create(SECTION, name);
        }
        Ok(())
    }

    async fn connect(&mut self, from: Node, to: Node) -> Result<(), Problem> {
        if is_sharing(&from, &to) {
            return ::realms::connect_realms::run(self.tx, from.id, to.id).await;
        }
        let from = self.tx.permit::<ConnectNodes>(from).map_err(|p| tree::hide(p, "/from"))?;
        let to = self.tx.permit::<ConnectNodes>(to).map_err(|p| tree::hide(p, "/to"))?;
        tree::connect::run(self.tx, &from, &to).await
    }

    pub(super) async fn disconnect(&mut self, from: Node, to: Node) -> Result<(), Problem> {
        if is_sharing(&from, &to) {
            return ::realms::disconnect_realms::run(self.tx, from.id, to.id).await;
        }
        let from = self.tx.permit::<ConnectNodes>(from)?;
        let to = self.tx.permit::<ConnectNodes>(to)?;
        tree::disconnect::run(self.tx, &from, &to).await
    }
}

fn is_sharing(from: &Node, to: &Node) -> bool {
    [from, to].iter().all(|node| node.kind.as_str() == NodeKind::REALM)
}

fn name(connection: &file::Connection) -> String {
    format!("{} -> {}", connection.from, connection.to)
}

/// Two ends that a file names, for pruning.
pub(super) fn ends(from: &Placed<file::Connection>) -> (&file::Place, &file::Place) {
    (&from.says.from, &from.says.to)
}
