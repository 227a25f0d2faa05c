//! Errors of `/auth/token`: the bodies of RFC 6749, section 5.2, with the status codes of NornicDB.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use kernel::{CredentialFault, Problem, ProblemKind};
use serde::Serialize;
use signin::ChallengeView;
use utoipa::ToSchema;

/// An error body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OAuthErrorBody {
    /// The code.
    #[schema(example = "invalid_grant")]
    pub error: &'static str,
    /// For people who build clients.
    pub error_description: String,
    /// What is wrong with the credential, where that is told; as in the body of other errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

/// `mfa_required`: the password is right, and more is asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct MfaRequiredBody {
    /// `mfa_required`.
    #[schema(example = "mfa_required")]
    error: &'static str,
    /// For people who build clients.
    error_description: &'static str,
    /// To be answered at `POST /auth/login`.
    challenge: ChallengeView,
}

/// An error on its way out.
#[derive(Debug)]
pub(crate) enum OAuthError {
    /// One that the client is told in OAuth's form.
    Told { status: StatusCode, body: OAuthErrorBody, retry_after: Option<u64> },
    /// More is asked, in the form of `mfa_required`.
    Challenged(Box<ChallengeView>),
    /// Our own fault: a problem, whose cause the gate logs.
    Ours(Problem),
}

impl OAuthError {
    fn told(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        let body = OAuthErrorBody { error, error_description: description.into(), code: None };
        Self::Told { status, body, retry_after: None }
    }

    /// 400: a parameter is missing, doubled or malformed.
    pub(crate) fn invalid_request(description: &str) -> Self {
        Self::told(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// 400: another grant.
    pub(crate) fn unsupported_grant_type() -> Self {
        Self::told(StatusCode::BAD_REQUEST, "unsupported_grant_type", "There is no such grant.")
    }

    /// 400: the grant is switched off, or not for this client.
    pub(crate) fn unauthorized_client(description: &str) -> Self {
        Self::told(StatusCode::BAD_REQUEST, "unauthorized_client", description)
    }

    /// 401: the client's secret is wrong.
    pub(crate) fn invalid_client() -> Self {
        Self::told(StatusCode::UNAUTHORIZED, "invalid_client", "The client or its secret is wrong.")
    }

    /// 401: the password or refresh token is wrong, used or over.
    pub(crate) fn invalid_grant(description: &str) -> Self {
        Self::told(StatusCode::UNAUTHORIZED, "invalid_grant", description)
    }
}

fn challenged(challenge: ChallengeView) -> Response {
    let body = MfaRequiredBody {
        error: "mfa_required",
        error_description: "A second factor is asked for: answer the challenge at /auth/login.",
        challenge,
    };
    let mut response = (StatusCode::FORBIDDEN, axum::Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl<E: Into<Problem>> From<E> for OAuthError {
    fn from(error: E) -> Self {
        let problem = error.into();
        let (status, error) = match problem.kind() {
            ProblemKind::Unauthenticated => (StatusCode::UNAUTHORIZED, "invalid_grant"),
            ProblemKind::TooMany => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
            ProblemKind::Invalid | ProblemKind::BadRequest => {
                (StatusCode::BAD_REQUEST, "invalid_request")
            }
            _ => return Self::Ours(problem),
        };
        let body = OAuthErrorBody {
            error,
            error_description: problem.detail().to_owned(),
            code: problem.credential_fault().map(CredentialFault::code),
        };
        Self::Told { status, body, retry_after: problem.retry_after_seconds() }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let (status, body, retry_after) = match self {
            Self::Ours(problem) => return web::Failure(problem).into_response(),
            Self::Challenged(challenge) => return challenged(*challenge),
            Self::Told { status, body, retry_after } => (status, body, retry_after),
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
