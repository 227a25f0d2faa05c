//! A stored table as people write it.

use std::collections::BTreeMap;

use kernel::{NodeId, NodeRef, Problem};
use protocol::route::{Access, Place, Route, RouteTable, Step};
use store::Run;

use crate::input::{AccessWord, ExternalIdInput, PlaceInput, RouteInput, RoutesInput};

/// The table, with its nodes by path.
pub async fn written(run: &impl Run, table: &RouteTable) -> Result<RoutesInput, Problem> {
    let ids: Vec<NodeId> = table.routes.iter().filter_map(fixed).collect();
    let paths = store::node::paths(run, &ids).await?;
    Ok(RoutesInput {
        hosts: table.hosts.clone(),
        sign_in: table.sign_in.clone(),
        groups: table.groups,
        routes: table.routes.iter().map(|route| entry(route, &paths)).collect(),
    })
}

/// The one node of an entry, if it names one.
pub(crate) fn fixed(route: &Route) -> Option<NodeId> {
    match &route.access {
        Access::Permission { node: Place::Node(id), .. } => Some(*id),
        _ => None,
    }
}

fn entry(route: &Route, paths: &BTreeMap<NodeId, String>) -> RouteInput {
    let (access, permission, node) = match &route.access {
        Access::Deny => (Some(AccessWord::Deny), None, None),
        Access::Public => (Some(AccessWord::Public), None, None),
        Access::SignedIn => (Some(AccessWord::SignedIn), None, None),
        Access::Permission { permission, node } => {
            (None, Some(permission.clone()), place(node, paths))
        }
    };
    RouteInput {
        methods: route.methods.clone(),
        path: route.path.clone(),
        access,
        permission,
        node,
    }
}

fn place(place: &Place, paths: &BTreeMap<NodeId, String>) -> Option<PlaceInput> {
    match place {
        Place::Application => None,
        Place::Node(id) => {
            let path = paths.get(id).and_then(|path| path.parse::<NodeRef>().ok());
            Some(PlaceInput::Fixed(path.unwrap_or(NodeRef::Id(*id))))
        }
        Place::ExternalId { system, segment } => Some(PlaceInput::ExternalId(ExternalIdInput {
            system: system.clone(),
            segment: segment.clone(),
        })),
        Place::Below(steps) => {
            let step = |step: &Step| match step {
                Step::Name(name) => name.to_string(),
                Step::Capture(name) => format!("{{{name}}}"),
            };
            Some(PlaceInput::Below(steps.iter().map(step).collect::<Vec<_>>().join("/")))
        }
    }
}
