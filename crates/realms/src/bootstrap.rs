//! What is there from the first start on: the realm `main`, and the built-in groups.

use context::Writing;
use kernel::{Name, NodeId, Problem};
use policy::Membership;

use crate::{create_group, create_realm};

/// The realm that every installation has.
pub const MAIN: &str = "main";

/// Makes the realm `main` and the groups `authenticated` and `anonymous` of `$global`. The caller is the operator, and
/// `$global` and the built-in roles are there.
pub async fn bootstrap(tx: &mut Writing) -> Result<(), Problem> {
    let everybody = Membership::Authenticated { realm: None };
    let global = NodeId::GLOBAL;
    create_group::built_in(tx, global, Some(NodeId::AUTHENTICATED), everybody).await?;
    create_group::built_in(tx, global, Some(NodeId::ANONYMOUS), Membership::Anonymous).await?;
    create_realm::run(tx, Name::parse(MAIN).map_err(Problem::internal)?).await?;
    Ok(())
}
