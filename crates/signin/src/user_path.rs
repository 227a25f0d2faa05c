//! A user in the path of a route.

use kernel::{Name, Problem};
use realms::User;
use serde::Deserialize;
use store::Run;
use utoipa::IntoParams;

/// Which user.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UserPath {
    /// The name of the realm.
    #[param(value_type = String)]
    realm: Name,
    /// The user's name in it.
    #[param(value_type = String)]
    username: Name,
}

impl UserPath {
    /// The user of these names.
    pub fn new(realm: Name, username: Name) -> Self {
        Self { realm, username }
    }

    /// The user; 404 if there is none. Whether the caller may see that is asked next.
    pub async fn find(&self, run: &impl Run) -> Result<User, Problem> {
        let missing = || Problem::not_found("user");
        let realm = realms::find_realm(run, &self.realm).await?.ok_or_else(missing)?;
        realms::find_user(run, realm.id, self.username.as_str()).await?.ok_or_else(missing)
    }
}
