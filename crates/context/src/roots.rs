//! Realms and applications by name and host, with the routes of the applications: what a request at an application's
//! edge needs before the engine is asked. Neither is ever renamed.

use std::{collections::HashMap, sync::Arc};

use kernel::NodeId;
use protocol::route::{Host, Matcher, RouteTable};

/// An application at its edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFacts {
    /// Its name, unique among the roots.
    pub name: String,
    /// Its primary realm.
    pub realm: NodeId,
    /// What guards its requests; none: nothing gets through.
    pub routes: Option<Arc<Matcher>>,
}

/// Realms and applications; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    realms: Arc<HashMap<NodeId, String>>,
    applications: Arc<HashMap<NodeId, ApplicationFacts>>,
    names: Arc<HashMap<String, NodeId>>,
    hosts: Arc<HashMap<Host, NodeId>>,
}

impl Roots {
    /// The name of a realm.
    pub fn realm(&self, id: NodeId) -> Option<&str> {
        self.realms.get(&id).map(String::as_str)
    }

    /// Whether there is more than one realm.
    pub fn has_several_realms(&self) -> bool {
        self.realms.len() > 1
    }

    /// An application.
    pub fn application(&self, id: NodeId) -> Option<&ApplicationFacts> {
        self.applications.get(&id)
    }

    /// All applications that have routes.
    pub fn routed(&self) -> impl Iterator<Item = (NodeId, &Arc<Matcher>)> {
        self.applications.iter().filter_map(|(id, facts)| Some((*id, facts.routes.as_ref()?)))
    }

    /// The application of this name.
    pub fn named(&self, name: &str) -> Option<NodeId> {
        self.names.get(name).copied()
    }

    /// The application whose host this is.
    pub fn at_host(&self, host: &Host) -> Option<NodeId> {
        self.hosts.get(host).copied()
    }

    pub(crate) fn save_realm(&mut self, id: NodeId, name: &str) {
        Arc::make_mut(&mut self.realms).insert(id, name.to_owned());
    }

    pub(crate) fn delete_realm(&mut self, id: NodeId) {
        Arc::make_mut(&mut self.realms).remove(&id);
    }

    pub(crate) fn save_application(&mut self, id: NodeId, name: &str, realm: NodeId) {
        let routes = self.application(id).and_then(|former| former.routes.clone());
        let facts = ApplicationFacts { name: name.to_owned(), realm, routes };
        Arc::make_mut(&mut self.applications).insert(id, facts);
        Arc::make_mut(&mut self.names).insert(name.to_owned(), id);
    }

    pub(crate) fn delete_application(&mut self, id: NodeId) {
        self.release_hosts(id);
        if let Some(facts) = Arc::make_mut(&mut self.applications).remove(&id) {
            Arc::make_mut(&mut self.names).remove(&facts.name);
        }
    }

    /// Nothing for an application that is not there.
    pub(crate) fn save_routes(&mut self, id: NodeId, table: &RouteTable) {
        if !self.applications.contains_key(&id) {
            return;
        }
        self.release_hosts(id);
        Arc::make_mut(&mut self.hosts).extend(table.hosts.iter().map(|host| (host.clone(), id)));
        if let Some(facts) = Arc::make_mut(&mut self.applications).get_mut(&id) {
            facts.routes = Some(Arc::new(Matcher::new(table.clone())));
        }
    }

    fn release_hosts(&mut self, id: NodeId) {
        if self.hosts.values().any(|owner| *owner == id) {
            Arc::make_mut(&mut self.hosts).retain(|_, owner| *owner != id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> NodeId {
        NodeId(uuid::Uuid::from_u128(number))
    }

    fn table(hosts: &[&str]) -> RouteTable {
        let hosts = hosts.iter().map(|host| Host::parse(host).unwrap()).collect();
        RouteTable { hosts, ..RouteTable::default() }
    }

    #[test]
    fn hosts_go_with_the_table_and_the_application() {
        let mut roots = Roots::default();
        let at = |roots: &Roots, host: &str| roots.at_host(&Host::parse(host).unwrap());
        roots.save_application(id(1), "shop", id(9));
        roots.save_routes(id(1), &table(&["a.example", "b.example"]));
        roots.save_routes(id(2), &table(&["c.example"]));
        assert_eq!((at(&roots, "a.example"), at(&roots, "c.example")), (Some(id(1)), None));
        let before = roots.clone();
        roots.save_routes(id(1), &table(&["b.example"]));
        assert_eq!((at(&roots, "a.example"), at(&roots, "b.example")), (None, Some(id(1))));
        roots.save_application(id(1), "shop", id(8));
        assert!(
            roots
                .application(id(1))
                .is_some_and(|facts| facts.realm == id(8) && facts.routes.is_some())
        );
        roots.delete_application(id(1));
        assert_eq!((roots.named("shop"), at(&roots, "b.example")), (None, None));
        assert_eq!(at(&before, "a.example"), Some(id(1)), "who reads keeps what he has");
    }
}
