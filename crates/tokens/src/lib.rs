//! What a signed-in user or a program shows with each request: made, renewed, judged, revoked.
//!
//! | module | holds |
//! |---|---|
//! | [`tokens`](mod@tokens) | [`Tokens`]: what the operations share |
//! | [`key_ring`] | the keys that sign, wrapped under `APP_KEY` |
//! | [`login`], [`token`], [`logout`], [`change_password`] | `/auth/login`, `/auth/token`, `/auth/logout`, `/auth/password`: they call `signin` to find out who it is, and answer tokens |
//! | [`impersonate`], [`end_impersonation`] | a session in somebody else's place |
//! | [`challenge`] | a sign-in in several steps |
//! | [`reauthenticate`] | who is signed in shows again who he is |
//! | [`remember`], [`forget`] | a session for what a browser remembers; its end |
//! | `mint`, `refresh` | access tokens; refresh tokens and their rotation |
//! | [`jwks`] | the public keys |
//! | [`authorization`], `basic`, [`api_key_header`], `in_role` | reading credentials: `Bearer`, `Basic`, `X-API-Key`; and `X-Role` beside them |
//! | [`create_api_key`], [`list_api_keys`], [`revoke_api_key`] | API keys |
//! | [`settings`] | live settings |
//! | [`personal`] | what is kept here about a user |
//!
//! `/auth/login` is here and not in `signin`, as this crate knows that one and not the other way round.

pub mod api_key;
pub mod api_key_header;
pub mod authorization;
pub mod challenge;
pub mod change_password;
pub mod create_api_key;
pub mod end_impersonation;
pub mod forget;
pub mod impersonate;
pub mod jwks;
pub mod key_ring;
pub mod list_api_keys;
pub mod login;
pub mod logout;
pub mod oauth_error;
pub mod personal;
pub mod reauthenticate;
pub mod remember;
pub mod revoke_api_key;
pub mod settings;
pub mod token;
pub mod token_request;
pub mod tokens;

mod basic;
mod in_role;
mod key_life;
mod mint;
mod refresh;
mod store;

pub use api_key::{ApiKey, ApiKeyView};
pub use api_key_header::ApiKeyHeader;
pub use authorization::Authorization;
pub use create_api_key::NewApiKey;
pub use in_role::InRole;
pub use key_ring::open_ring;
pub use settings::SETTINGS;
pub use tokens::Tokens;

use ::store::{Migration, Run, StoreError, node::Node};
use context::{Change, Loading, Writing, cascade::Step};
use uuid::Uuid;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[store::MIGRATION];

/// How many rows are read at once when the server starts.
const PAGE: i64 = 1000;

/// Streams the API keys.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = Uuid::nil();
    loop {
        let condition = "WHERE k.id > $1 ORDER BY k.id LIMIT $2";
        let page = store::api_keys(run, condition, vec![after.into(), PAGE.into()]).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id.0;
        for key in page {
            loading.apply(Change::ApiKeySaved { key: key.id, facts: key.facts })?;
        }
    }
}

/// Removes the keys of a user or service account that goes.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> Step<'a> {
    Box::pin(async move {
        let keys = store::api_keys(tx, "WHERE k.owner = $1", vec![node.id.0.into()]).await?;
        for key in keys {
            store::delete_api_key(tx.as_ref(), key.id).await?;
            tx.record(Change::ApiKeyRevoked { key: key.id })?;
        }
        Ok(())
    })
}
