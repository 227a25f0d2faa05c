//! What a caller is told when something is refused: RFC 9457, with the private cause beside it for the log alone.

use std::{error::Error, fmt};

use serde::{Deserialize, Serialize};

use crate::credential_fault::CredentialFault;

type Cause = Box<dyn Error + Send + Sync>;

/// The classes of refusal; each has one status and one `type` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// 400: not what the route reads (syntax, unknown parameter).
    BadRequest,
    /// 401: nobody, or no longer who one was.
    Unauthenticated,
    /// 403: known, seen, and refused.
    Forbidden,
    /// 403: permitted, but not by a sign-in as old, or by as little, as this one.
    SignInTooOld,
    /// 404: not there, or not to be known.
    NotFound,
    /// 405: another method.
    MethodNotAllowed,
    /// 409: it contradicts what is there.
    Conflict,
    /// 410: it was there once.
    Gone,
    /// 412: the thing has changed since it was read.
    PreconditionFailed,
    /// 413: over a limit of size.
    TooLarge,
    /// 415: another media type.
    UnsupportedMediaType,
    /// 422: understood, and wrong in a field.
    Invalid,
    /// 429: too many tries; see `retry_after`.
    TooMany,
    /// 500: our fault; nothing is told.
    Internal,
    /// 503: not now; see `retry_after`.
    Unavailable,
}

impl ProblemKind {
    /// The status code (RFC 9110, section 15).
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::SignInTooOld => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The stable name, the last part of `type`.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::SignInTooOld => "sign-in-too-old",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::PreconditionFailed => "precondition-failed",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Invalid => "invalid",
            Self::TooMany => "too-many",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// The title: the same for every problem of the kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request cannot be read",
            Self::Unauthenticated => "Sign in first",
            Self::Forbidden => "Not permitted",
            Self::SignInTooOld => "Sign in again first",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "In conflict with what is there",
            Self::Gone => "No longer there",
            Self::PreconditionFailed => "Changed in the meantime",
            Self::TooLarge => "Too large",
            Self::UnsupportedMediaType => "Media type not supported",
            Self::Invalid => "Invalid input",
            Self::TooMany => "Too many requests",
            Self::Internal => "Internal error",
            Self::Unavailable => "Not available now",
        }
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field; empty for the whole input.
    pub pointer: String,
    /// What is wrong, in plain words.
    pub detail: String,
}

/// A refusal. Small to return, as the rest is on the heap.
pub struct Problem(Box<Parts>);

/// The parts of a [`Problem`].
#[derive(Debug)]
struct Parts {
    kind: ProblemKind,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
    fault: Option<CredentialFault>,
    cause: Option<Cause>,
}

impl Problem {
    /// A refusal of this kind; `detail` is public.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            fault: None,
            cause: None,
        }))
    }

    /// 422 with one field in error; `pointer` as in RFC 6901.
    pub fn invalid(pointer: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::new(ProblemKind::Invalid, "The input has an error.").and_field(pointer, detail)
    }

    /// 404: `what` is the kind of thing, never its id.
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemKind::NotFound, format!("There is no such {what}."))
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Conflict, detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Forbidden, detail)
    }

    /// 401.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::Unauthenticated, detail)
    }

    /// 401, with its reason.
    pub fn credential(fault: CredentialFault) -> Self {
        let mut problem = Self::unauthenticated(fault.detail());
        problem.0.fault = Some(fault);
        problem
    }

    /// 500: the cause goes to the log, the caller learns only the request id.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(
            ProblemKind::Internal,
            "The server could not do this; the request id helps to find out why.",
        )
        .with_cause(cause)
    }

    /// One more field in error.
    #[must_use]
    pub fn and_field(mut self, pointer: impl Into<String>, detail: impl fmt::Display) -> Self {
        self.0.errors.push(FieldError { pointer: pointer.into(), detail: detail.to_string() });
        self
    }

    /// After how many seconds it is worth another try.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The private cause, for the log alone.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// All pointers moved below `prefix`: for a thing that is part of a larger input.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        for error in &mut self.0.errors {
            error.pointer = format!("{prefix}{}", error.pointer);
        }
        self
    }

    /// The class of the refusal.
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// The public explanation.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The fields in error.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Seconds until another try is worth it.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after
    }

    /// What is wrong with the credential, of a 401.
    pub fn credential_fault(&self) -> Option<CredentialFault> {
        self.0.fault
    }

    /// The private cause.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.0.cause.as_deref()
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind().title(), self.detail())?;
        self.errors()
            .iter()
            .try_for_each(|error| write!(f, " [{}] {}", error.pointer, error.detail))
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_not_in_the_public_text() {
        let problem = Problem::internal("password=hunter2");
        assert!(!problem.to_string().contains("hunter2"));
        assert_eq!(problem.cause().unwrap().to_string(), "password=hunter2");
    }

    #[test]
    fn pointers_move_below_a_prefix() {
        let problem = Problem::invalid("/name", "is empty").below("/nodes/3");
        assert_eq!(problem.errors()[0].pointer, "/nodes/3/name");
    }
}
