//! Whether a request may come from a page of somebody else (OWASP: fetch metadata, then `Origin`).

use http::HeaderMap;

/// Whether a browser says, or leaves open, that another site's page made it. `is_own` judges an `Origin`.
pub fn is(headers: &HeaderMap, is_own: impl FnOnce(&str) -> bool) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site != "same-origin",
        (None, Some(origin)) => !is_own(origin),
        // No browser that keeps cookies leaves out both on a write.
        (None, None) => true,
    }
}
