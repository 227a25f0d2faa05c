//! Bodies by the rules of this standard: whatever is wrong with one is 400, a wrong media type too.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderValue, header};
use kernel::{Problem, ProblemKind};
use protocol::authzen::Malformed;
use web::Failure;

/// The body of a request that says it is JSON.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if !is_json(request.headers().get(header::CONTENT_TYPE)) {
            let detail = "The Content-Type must be application/json.";
            return Err(Failure(Problem::new(ProblemKind::BadRequest, detail)));
        }
        web::json::body(request, state).await.map(Self)
    }
}

/// The problem of a request that is malformed as a whole.
pub(super) fn refuse(malformed: Malformed) -> Problem {
    Problem::new(ProblemKind::BadRequest, "The request is malformed.")
        .and_field(malformed.pointer, malformed.detail)
}

fn is_json(value: Option<&HeaderValue>) -> bool {
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    text.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_alone_is_json() {
        for (text, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", false),
            ("text/plain", false),
            ("", false),
        ] {
            assert_eq!(is_json(Some(&HeaderValue::from_static(text))), expected, "{text}");
        }
        assert!(!is_json(None));
    }
}
