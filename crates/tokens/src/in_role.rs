//! `X-Role`: the one role in which a request acts, beside whatever shows who makes it.

use std::{fmt, sync::Arc};

use access::RoleRef;
use context::{
    Caller, RequestFacts, State, System,
    active_role::{Wanted, not_held},
};
use http::HeaderMap;
use kernel::{NodeId, Problem, RoleId};
use policy::Who;
use web::authenticate::{Answer, Authenticate};

const HEADER: &str = "x-role";
/// The word for all roles together; a role of this name is meant by its id, or with its owner.
const UNION: &str = "union";

/// Reads a credential as another authenticator does, and the role to act in from `X-Role`.
pub struct InRole(pub Arc<dyn Authenticate>);

impl fmt::Debug for InRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InRole").finish_non_exhaustive()
    }
}

impl Authenticate for InRole {
    fn authenticate<'a>(
        &'a self,
        system: &'a Arc<System>,
        headers: &'a HeaderMap,
        request: &'a RequestFacts,
    ) -> Answer<'a> {
        Box::pin(async move {
            let found = self.0.authenticate(system, headers, request).await?;
            let Some(mut caller) = found else { return Ok(None) };
            caller.principal.active_role = active_role(system, headers, &caller).await?;
            Ok(Some(caller))
        })
    }
}

async fn active_role(
    system: &Arc<System>,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Option<RoleId>, Problem> {
    let (state, now) = (system.state(), system.now());
    let wanted = wanted(system, &state, headers, caller).await?;
    match caller.principal.who {
        Who::User(user) => state.active_role(user, wanted, now),
        // A key acts in its one role, whatever the mode.
        Who::ApiKey { role, .. } => match wanted {
            Wanted::Role(other) if other != role => Err(not_held()),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What the header says, in the mode that reads it.
async fn wanted(
    system: &Arc<System>,
    state: &State,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Wanted, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let (Some(value), Some(subject)) = (values.next(), caller.principal.subject()) else {
        return Ok(Wanted::Nothing);
    };
    if !state.roles_are_chosen() {
        return Ok(Wanted::Nothing);
    }
    let text = value.to_str().map_err(|_| not_held())?.trim();
    match text {
        _ if values.next().is_some() => Err(not_held()),
        UNION => Ok(Wanted::Union),
        _ => {
            let role = text.parse().map_err(|_| not_held())?;
            let held = state.roles_held(subject, system.now());
            Ok(Wanted::Role(meant(system, state, &held, role).await?))
        }
    }
}

/// Which of the held roles is meant. What is not held is not looked for: nobody learns from it what is there.
async fn meant(
    system: &Arc<System>,
    state: &State,
    held: &[RoleId],
    role: RoleRef,
) -> Result<RoleId, Problem> {
    let (name, owner) = match role {
        RoleRef::Id(id) => return Ok(id),
        RoleRef::Named { name, owner: None } => (name, NodeId::GLOBAL),
        RoleRef::Named { name, owner: Some(owner) } => {
            let read = system.database().read().await?;
            let owner = ::store::node::resolve(&read, &owner).await?;
            (name, owner.ok_or_else(not_held)?.id)
        }
    };
    let is_meant = |id: &&RoleId| {
        let role = state.engine.role(**id);
        role.is_some_and(|role| role.name == name.as_str() && role.owner == owner)
    };
    held.iter().find(is_meant).copied().ok_or_else(not_held)
}
