//! Who may change a table. A table gives no rights, it says which right a request asks. But whoever takes a guard away
//! lets others do what it held back, as whoever lifts a deny does (model.md, "Granting"): so he must hold, unconditionally
//! and for good, what the guard asks, where it asks it. Requests that got through to nobody had no such guard: to let
//! them through, to everybody even, asks `application:manage` alone.

use context::Writing;
use kernel::{NodeId, Pattern, Problem};
use policy::{Grant, Region};
use protocol::route::{Access, Place, Route, RouteTable};

/// 403 that names what is withheld, unless the caller holds all that the change stops asking.
pub async fn may_replace(
    tx: &Writing,
    application: NodeId,
    former: &RouteTable,
    next: &RouteTable,
) -> Result<(), Problem> {
    let lifted = former.routes.iter().filter(|route| is_lifted(route, former, next));
    let grants: Vec<Grant> = lifted.filter_map(|route| grant(application, route)).collect();
    access::granting::may_grant(tx, grants).await
}

/// Whether some request that this entry guards may be guarded otherwise from now on, other than by nobody at all.
fn is_lifted(route: &Route, former: &RouteTable, next: &RouteTable) -> bool {
    let is_as_strict = |other: &Route| other.access == route.access || other.access == Access::Deny;
    let is_kept = next.routes.iter().any(|other| {
        other.path.shape() == route.path.shape()
            && other.methods == route.methods
            && is_as_strict(other)
    });
    let is_carved = next.routes.iter().any(|other| {
        !former.routes.contains(other)
            && !is_as_strict(other)
            && other.path.overlaps(&route.path)
            && shares_method(other, route)
    });
    !is_kept || is_carved
}

fn shares_method(a: &Route, b: &Route) -> bool {
    let of = |route: &Route, name: &str| {
        route.methods.iter().any(|m| m.as_str() == name || (m.as_str() == "GET" && name == "HEAD"))
    };
    a.methods.is_empty()
        || b.methods.is_empty()
        || a.methods.iter().any(|method| of(b, method.as_str()))
        || b.methods.iter().any(|method| of(a, method.as_str()))
}

/// What an entry asks. A node that the request names can be any below the application.
fn grant(application: NodeId, route: &Route) -> Option<Grant> {
    let Access::Permission { permission, node } = &route.access else { return None };
    let node = match node {
        Place::Node(id) => *id,
        Place::Application | Place::ExternalId { .. } | Place::Below(_) => application,
    };
    Some(Grant {
        pattern: Pattern::from(permission),
        except: Vec::new(),
        region: Region::new([node]),
        until: None,
        when: Vec::new(),
        fields: None,
        rows: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(routes: &[&str]) -> RouteTable {
        let route = |text: &&str| {
            let [methods, path, access] = text.split(' ').collect::<Vec<_>>()[..] else {
                unreachable!("a route of another form: {text}")
            };
            Route {
                methods: methods
                    .split(',')
                    .filter(|m| *m != "-")
                    .map(|m| m.to_owned().try_into().unwrap())
                    .collect(),
                path: path.to_owned().try_into().unwrap(),
                access: match access {
                    "public" => Access::Public,
                    "deny" => Access::Deny,
                    name => Access::Permission {
                        permission: kernel::PermissionName::parse(name).unwrap(),
                        node: Place::Application,
                    },
                },
            }
        };
        RouteTable { routes: routes.iter().map(route).collect(), ..RouteTable::default() }
    }

    #[test]
    fn a_guard_that_stays_is_not_lifted() {
        let former = ["- /orders/** order.read", "GET /a a.read"];
        for next in [
            vec!["GET /a a.read", "- /orders/** order.read"],
            vec!["- /orders/** order.read", "GET /a a.read", "- /new public"],
            vec!["- /orders/** order.read", "GET /a a.read", "POST /a public"],
            vec!["- /orders/** order.read", "GET /a a.read", "- /orders/{x} order.read"],
            vec!["- /orders/** order.read", "GET /a a.read", "- /orders/{x} deny"],
            vec!["- /orders/** deny", "GET /a a.read"],
        ] {
            let (former, next) = (table(&former), table(&next));
            assert!(former.routes.iter().all(|r| !is_lifted(r, &former, &next)), "{next:?}");
        }
    }

    #[test]
    fn what_takes_requests_away_from_a_guard_lifts_it() {
        let former = ["- /orders/** order.read"];
        for next in [
            vec![],
            vec!["- /orders/** public"],
            vec!["- /orders/** order.other"],
            vec!["- /orders order.read"],
            vec!["GET /orders/** order.read"],
            vec!["- /orders/** order.read", "GET /orders/{x}/print public"],
            vec!["- /orders/** order.read", "- /{a}/{b} other"],
        ] {
            let (former, next) = (table(&former), table(&next));
            assert!(is_lifted(&former.routes[0], &former, &next), "{next:?}");
        }
    }
}
