//! Reading credentials. The edge asks its authenticators in order: `Authorization`, `X-API-Key`, the session cookie.

use std::{pin::Pin, sync::Arc};

use context::{Caller, RequestFacts, System};
use http::HeaderMap;
use kernel::Problem;

/// The answer of an authenticator: nobody, if its kind of credential was not shown; a problem, if it is not good.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Option<Caller>, Problem>> + Send + 'a>>;

/// Reads one kind of credential.
pub trait Authenticate: Send + Sync {
    /// Who these headers are from.
    fn authenticate<'a>(
        &'a self,
        system: &'a Arc<System>,
        headers: &'a HeaderMap,
        request: &'a RequestFacts,
    ) -> Answer<'a>;
}
