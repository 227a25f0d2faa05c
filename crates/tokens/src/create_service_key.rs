//! The command `apikey create --name backend-service --role editor`: the key of a service account of `$global`, which is
//! made with the role if it is not there.

use ::store::node;
use access::{NewAssignment, RoleRef};
use context::Writing;
use jiff::Timestamp;
use kernel::{Name, NodeId, NodeKind, Problem};
use secrecy::SecretString;

use crate::{
    api_key::ApiKey,
    create_api_key::{self, NewApiKey, holds},
};

/// Makes the key, and tells its secret. Asks what its steps ask: making the account, assigning the role, making the key.
pub async fn run(
    tx: &mut Writing,
    name: &Name,
    role: &RoleRef,
    expires_at: Option<Timestamp>,
) -> Result<(ApiKey, SecretString), Problem> {
    let role = access::find_role(tx, role).await.map_err(|p| p.below("/role"))?.id;
    let found = node::find_child(tx, Some(NodeId::GLOBAL), name).await?;
    let owner = match found {
        Some(node) if node.kind.as_str() == NodeKind::SERVICE_ACCOUNT => node.id,
        Some(_) => return Err(Problem::conflict("Something else has that name already.")),
        None => {
            let global = NodeId::GLOBAL;
            realms::create_service_account::run(tx, global, name.clone(), None).await?.id
        }
    };
    if !holds(tx, owner, role) {
        let node = NodeId::GLOBAL;
        let new = NewAssignment { subject: owner, role, node, expires_at: None, when: None };
        access::assign::run(tx, new).await?;
    }
    create_api_key::run(tx, NewApiKey { name: name.as_str().to_owned(), owner, role, expires_at })
        .await
}
