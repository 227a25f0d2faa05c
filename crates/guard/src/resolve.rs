//! A written table as it is stored: checked, nodes found. Errors point into the input.

use std::collections::{BTreeMap, BTreeSet};

use context::Writing;
use kernel::{Name, NodeId, NodeRef, Problem};
use protocol::route::{Access, PathPattern, Place, Route, RouteTable, Step};

use crate::input::{AccessWord, PlaceInput, RouteInput, RoutesInput};

/// Most hosts of an application.
pub const MAX_HOSTS: usize = 32;
/// Most entries of a table.
pub const MAX_ROUTES: usize = 1000;
/// Most methods of an entry.
const MAX_METHODS: usize = 32;
/// Longest address to sign in at, in bytes.
const MAX_ADDRESS: usize = 2000;

/// The table for this application.
pub async fn table(
    tx: &Writing,
    application: NodeId,
    input: RoutesInput,
) -> Result<RouteTable, Problem> {
    check_sizes(&input)?;
    check_sign_in(input.sign_in.as_deref())?;
    let mut routes = Vec::with_capacity(input.routes.len());
    for (index, route) in input.routes.into_iter().enumerate() {
        routes.push(entry(tx, application, route, &format!("/routes/{index}")).await?);
    }
    check_unique(&routes)?;
    // One order for all: two tables that say the same are the same.
    routes.sort_by_cached_key(|route| (route.path.to_string(), route.methods.clone()));
    let mut hosts = input.hosts;
    hosts.sort_unstable();
    if let Some(twice) = hosts.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Problem::invalid("/hosts", format!("has {} twice", twice[0])));
    }
    Ok(RouteTable { hosts, sign_in: input.sign_in, groups: input.groups, routes })
}

fn check_sizes(input: &RoutesInput) -> Result<(), Problem> {
    let too_many = |pointer: String, most: usize| {
        Err(Problem::invalid(pointer, format!("must be at most {most}")))
    };
    if input.hosts.len() > MAX_HOSTS {
        return too_many("/hosts".to_owned(), MAX_HOSTS);
    }
    if input.routes.len() > MAX_ROUTES {
        return too_many("/routes".to_owned(), MAX_ROUTES);
    }
    match input.routes.iter().position(|route| route.methods.len() > MAX_METHODS) {
        Some(index) => too_many(format!("/routes/{index}/methods"), MAX_METHODS),
        None => Ok(()),
    }
}

/// An address of a page: what is added to it must not change where it leads.
fn check_sign_in(address: Option<&str>) -> Result<(), Problem> {
    let Some(address) = address else { return Ok(()) };
    let refuse = || {
        Problem::invalid("/sign_in", "must be an address such as https://id.example.com/sign-in")
    };
    let url = url::Url::parse(address).map_err(|_| refuse())?;
    let is_page = matches!(url.scheme(), "https" | "http")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    // Only what the parser would write itself: no second reading.
    let is_plain = url.as_str() == address && address.len() <= MAX_ADDRESS;
    if is_page && is_plain { Ok(()) } else { Err(refuse()) }
}

/// Two entries for one path and method contradict each other, or say the same twice.
fn check_unique(routes: &[Route]) -> Result<(), Problem> {
    let mut seen = BTreeMap::new();
    for (index, route) in routes.iter().enumerate() {
        let shape = route.path.shape();
        let methods = route.methods.iter().map(|method| method.as_str());
        for method in methods.chain(route.methods.is_empty().then_some("")) {
            if let Some(first) = seen.insert((shape.clone(), method.to_owned()), index) {
                let detail = if method.is_empty() {
                    format!("has all methods, as entry {first} of the same path")
                } else {
                    format!("has {method}, as entry {first} of the same path")
                };
                return Err(Problem::invalid(format!("/routes/{index}/methods"), detail));
            }
        }
    }
    Ok(())
}

async fn entry(
    tx: &Writing,
    application: NodeId,
    input: RouteInput,
    pointer: &str,
) -> Result<Route, Problem> {
    let word = match (input.access, &input.permission) {
        (Some(word), _) => word,
        (None, Some(_)) => AccessWord::Permission,
        (None, None) => {
            let detail = "must be given: permission, signed_in, public or deny";
            return Err(Problem::invalid(format!("{pointer}/access"), detail));
        }
    };
    let access = match (word, input.permission) {
        (AccessWord::Permission, Some(permission)) => {
            let node = place(tx, application, &input.path, input.node, pointer).await?;
            Access::Permission { permission, node }
        }
        (AccessWord::Permission, None) => {
            return Err(Problem::invalid(format!("{pointer}/permission"), "must be given"));
        }
        (_, Some(_)) => {
            let detail = "is for access 'permission' alone";
            return Err(Problem::invalid(format!("{pointer}/permission"), detail));
        }
        _ if input.node.is_some() => {
            let detail = "is for access 'permission' alone";
            return Err(Problem::invalid(format!("{pointer}/node"), detail));
        }
        (AccessWord::SignedIn, None) => Access::SignedIn,
        (AccessWord::Public, None) => Access::Public,
        (AccessWord::Deny, None) => Access::Deny,
    };
    let methods: BTreeSet<_> = input.methods.into_iter().collect();
    Ok(Route { methods: methods.into_iter().collect(), path: input.path, access })
}

async fn place(
    tx: &Writing,
    application: NodeId,
    path: &PathPattern,
    input: Option<PlaceInput>,
    pointer: &str,
) -> Result<Place, Problem> {
    let captured = |name: &str, field: &str| {
        let detail = format!("'{{{name}}}' is no segment of the path");
        if path.captures(name) {
            Ok(())
        } else {
            Err(Problem::invalid(format!("{pointer}{field}"), detail))
        }
    };
    match input {
        None => Ok(Place::Application),
        Some(PlaceInput::Fixed(node)) => {
            fixed(tx, application, &node, &format!("{pointer}/node/fixed")).await
        }
        Some(PlaceInput::ExternalId(id)) => {
            captured(&id.segment, "/node/external_id/segment")?;
            Ok(Place::ExternalId { system: id.system, segment: id.segment })
        }
        Some(PlaceInput::Below(text)) => {
            let pointer = format!("{pointer}/node/below");
            let steps = steps(&text).map_err(|error| Problem::invalid(&pointer, error))?;
            for step in &steps {
                if let Step::Capture(name) = step {
                    captured(name, "/node/below")?;
                }
            }
            Ok(Place::Below(steps))
        }
    }
}

/// The node, if it inherits from the application and the caller may know of it.
async fn fixed(
    tx: &Writing,
    application: NodeId,
    node: &NodeRef,
    pointer: &str,
) -> Result<Place, Problem> {
    let node = tree::find(tx, node, pointer).await?;
    if node.id == application {
        return Ok(Place::Application);
    }
    let inherits = tx.engine().is_ancestor(application, node.id);
    let sees = ["node:read", "read"].into_iter().map(context::action::parse);
    let mut may_see = false;
    for permission in sees {
        may_see |= tx.may(&permission?, node.id);
    }
    match (may_see, inherits) {
        (false, _) => Err(tree::unknown(pointer)),
        (true, false) => Err(Problem::invalid(pointer, "must inherit from the application")),
        (true, true) => Ok(Place::Node(node.id)),
    }
}

fn steps(text: &str) -> Result<Vec<Step>, kernel::name::NameError> {
    let step = |text: &str| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => Ok(Step::Capture(name.to_owned())),
        None => Name::parse(text).map(Step::Name),
    };
    if text.split('/').count() >= kernel::name::MAX_DEPTH {
        return Err(kernel::name::NameError::TooDeep);
    }
    text.split('/').map(step).collect()
}
