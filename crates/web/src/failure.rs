//! Problems as responses. A handler's error travels as a [`Problem`] in the response's extensions; the gate writes the
//! body, as it knows the request id, and logs the cause.

use std::sync::Arc;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use kernel::{CredentialFault, Problem, problem::FieldError};
use serde::Serialize;
use utoipa::ToSchema;

/// What a handler returns.
pub type Result<T> = std::result::Result<T, Failure>;

/// A problem on its way out.
#[derive(Debug)]
pub struct Failure(pub Problem);

impl<E: Into<Problem>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The problem of a response, for the gate.
#[derive(Clone, Debug)]
pub(crate) struct Pending(pub Arc<Problem>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status(&self.0);
        response.extensions_mut().insert(Pending(Arc::new(self.0)));
        response
    }
}

/// The body of an error: `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// The class of the problem, stable.
    #[schema(example = "/problems/invalid")]
    pub r#type: String,
    /// The class in words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// What is wrong here.
    pub detail: String,
    /// Of a 401: what is wrong with the credential, stable; such as `token-expired`, `session-over`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// To find the request in the log.
    pub request_id: String,
    /// The fields in error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldErrorBody>,
}

/// One field in error.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldErrorBody {
    /// JSON pointer (RFC 6901) to the field; empty for the whole input.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl From<&FieldError> for FieldErrorBody {
    fn from(error: &FieldError) -> Self {
        Self { pointer: error.pointer.clone(), detail: error.detail.clone() }
    }
}

/// The whole response.
pub(crate) fn render(problem: &Problem, request_id: &str) -> Response {
    let kind = problem.kind();
    let body = ProblemBody {
        r#type: format!("/problems/{}", kind.code()),
        title: kind.title().to_owned(),
        status: kind.status(),
        detail: problem.detail().to_owned(),
        code: problem.credential_fault().map(CredentialFault::code),
        request_id: request_id.to_owned(),
        errors: problem.errors().iter().map(FieldErrorBody::from).collect(),
    };
    // A body of plain strings always serializes.
    let bytes = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status(problem);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after_seconds() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if kind.status() == 401 {
        // RFC 9110, section 11.6.1: a 401 names a way in.
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
