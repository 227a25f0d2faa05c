//! `ETag` on single things, `If-Match` on their changes (RFC 9110, sections 8.8.3 and 13.1.1). The tag is the version
//! that counts a thing's changes.

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header, request::Parts};
use kernel::{Problem, ProblemKind};
use serde::Serialize;

use crate::{failure::Failure, json::Json};

/// A thing with its version.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// The thing.
    pub body: T,
    /// How often it was changed.
    pub version: i64,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// What the client expects the version to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Nothing was said, or `*`.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
}

impl IfMatch {
    /// 412 if the thing has another version than the client saw.
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        match self {
            Self::OneOf(versions) if !versions.contains(&version) => Err(Problem::new(
                ProblemKind::PreconditionFailed,
                "It was changed since you read it; read it again.",
            )),
            _ => Ok(()),
        }
    }

    fn parse(text: &str) -> Self {
        if text.trim() == "*" {
            return Self::Any;
        }
        // A tag that is not ours (a weak one among them) matches nothing.
        let number = |tag: &str| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok();
        Self::OneOf(text.split(',').filter_map(number).collect())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match parts.headers.get(header::IF_MATCH) {
            None => Ok(Self::Any),
            Some(value) => Ok(Self::parse(value.to_str().unwrap_or(""))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_was_seen_matches() {
        assert!(IfMatch::parse("\"3\", \"4\"").check(4).is_ok());
        assert!(IfMatch::parse("*").check(4).is_ok());
        for text in ["\"3\"", "W/\"4\"", "4", ""] {
            assert!(IfMatch::parse(text).check(4).is_err(), "{text}");
        }
    }
}
