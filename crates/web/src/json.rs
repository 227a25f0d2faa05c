//! Reading input: bodies, queries and paths. A typo is an error, with the pointer to it; nothing is guessed.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header, request::Parts};
use kernel::{Problem, ProblemKind};
use protocol::json_pointer::pointer;
use serde::{Serialize, de::DeserializeOwned};

use crate::failure::Failure;

/// A JSON body, in both directions.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

/// 201 with a JSON body and the place of what was made.
#[derive(Debug, Clone)]
pub struct Created<T> {
    /// What was made.
    pub body: T,
    /// Its `Location`.
    pub location: String,
}

/// Query parameters.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// The variable parts of a path.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if !is_json(request.headers().get(header::CONTENT_TYPE)) {
            let kind = ProblemKind::UnsupportedMediaType;
            return Err(Failure(Problem::new(kind, "The body must be application/json.")));
        }
        let bytes = body(request, state).await?;
        Ok(Self(parse(&bytes)?))
    }
}

/// The whole body, within the limit of the route.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Failure> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let kind = if too_large { ProblemKind::TooLarge } else { ProblemKind::BadRequest };
        Failure(Problem::new(kind, "The body is too large, or did not arrive whole."))
    })
}

/// Parses JSON; wrong syntax is 400, a wrong field 422 with its pointer.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            Problem::invalid(pointer(error.path()), plain(&inner.to_string()))
        } else {
            syntax(inner)
        }
    })?;
    deserializer.end().map_err(|error| syntax(&error))?;
    Ok(value)
}

fn syntax(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is no JSON: line {}, column {}.", error.line(), error.column());
    Problem::new(ProblemKind::BadRequest, detail)
}

/// serde's message without the place in the text, which the pointer tells.
fn plain(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

fn is_json(value: Option<&HeaderValue>) -> bool {
    let text = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = text.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, axum::Json(self.body)).into_response();
        if let Ok(location) = HeaderValue::try_from(self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let detail = rejection.body_text();
                let detail =
                    detail.strip_prefix("Failed to deserialize query string: ").unwrap_or(&detail);
                Err(Failure(Problem::new(ProblemKind::BadRequest, format!("Query: {detail}."))))
            }
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            // What cannot be the name of a thing names no thing.
            Err(_) => Err(Failure(Problem::not_found("thing"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        #[expect(dead_code, reason = "only read by serde")]
        rules: Vec<kernel::Name>,
    }

    #[test]
    fn the_pointer_names_the_field() {
        let problem = parse::<Input>(br#"{"rules": ["a", "b/c"]}"#).unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/rules/1");
        assert_eq!(problem.errors()[0].detail, "must not contain '/'");
    }

    #[test]
    fn unknown_fields_are_refused() {
        let problem = parse::<Input>(br#"{"rules": [], "rulez": 1}"#).unwrap_err();
        assert_eq!(problem.errors()[0].pointer, "/rulez");
    }

    #[test]
    fn wrong_syntax_is_another_status() {
        for text in ["", "{", r#"{"rules": []} x"#] {
            assert_eq!(
                parse::<Input>(text.as_bytes()).unwrap_err().kind(),
                ProblemKind::BadRequest
            );
        }
    }
}
