//! A request that a proxy has in hand and asks about. Each part must be there once and have one reading; anything else
//! is refused.

use http::HeaderMap;
use kernel::Problem;
use protocol::route::{Host, MethodName, RequestPath};

/// Headers by which a client can make a server take another method or path than the request has. Some frameworks believe
/// them, so a request that has one is not judged by its method and path alone: it is refused.
const OVERRIDES: [&str; 4] =
    ["x-http-method-override", "x-http-method", "x-method-override", "x-rewrite-url"];
/// The headers of the two ways to ask over HTTP. In a request that Envoy describes they are overrides too.
pub(crate) const ORIGINAL: [&str; 3] = ["x-original-method", "x-original-uri", "x-original-url"];

/// The request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its method.
    pub method: MethodName,
    /// Its path.
    pub path: RequestPath,
    /// Path and query, as they were sent.
    pub target: String,
    /// Its host, if the proxy told it.
    pub host: Option<Host>,
    /// The application, if the proxy's configuration names it.
    pub application: Option<String>,
    /// Whether it came to the proxy by TLS.
    pub by_tls: bool,
    /// Whether the proxy passes a redirect on to the client.
    pub may_redirect: bool,
}

impl Asked {
    /// Reads method and target.
    pub(crate) fn read(method: &str, target: &str) -> Result<Self, Problem> {
        Ok(Self {
            method: MethodName::parse(method).map_err(refuse)?,
            path: RequestPath::parse(target).map_err(refuse)?,
            target: target.to_owned(),
            host: None,
            application: None,
            by_tls: true,
            may_redirect: false,
        })
    }

    /// Whether the request changes something, or opens a connection over which that can be done.
    pub(crate) fn is_write(&self, headers: &HeaderMap) -> bool {
        !self.method.is_safe()
            || headers.contains_key(http::header::SEC_WEBSOCKET_KEY)
            || headers.contains_key(http::header::UPGRADE)
    }
}

/// Refuses what would make the application see another request than the one that is judged.
pub(crate) fn refuse_overrides(headers: &HeaderMap, more: &[&str]) -> Result<(), Problem> {
    if let Some(name) = OVERRIDES.iter().chain(more).find(|name| headers.contains_key(**name)) {
        return Err(Problem::forbidden(format!("The header {name} is not allowed.")));
    }
    let upgrades = headers.get_all(http::header::UPGRADE).iter();
    let mut others = upgrades.filter(|value| !value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    // Over another protocol (h2c) further requests would follow that nobody asks about.
    if others.next().is_some() || headers.contains_key("http2-settings") {
        return Err(Problem::forbidden("Only websockets are upgraded to."));
    }
    Ok(())
}

/// What cannot be read safely does not get through; the client may know why.
pub(crate) fn refuse(error: impl std::fmt::Display) -> Problem {
    Problem::forbidden(format!("The request is not let through: {error}."))
}
