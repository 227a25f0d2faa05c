//! What is posted to `/auth/token`: a form (RFC 6749, section 3.2) or JSON; fields that are not known are passed over.

use http::{HeaderMap, header};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::oauth_error::OAuthError;

/// A request for a token.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `password`, `refresh_token` or `client_credentials`; in JSON absent for `password`.
    pub(crate) grant_type: Option<String>,
    /// For `password`: any alias of the user.
    pub(crate) username: Option<String>,
    /// For `password`.
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) password: Option<SecretString>,
    /// For `password`: where; absent: the setting `signin.default_realm`.
    pub(crate) realm: Option<String>,
    /// For `refresh_token`.
    #[schema(value_type = Option<String>)]
    pub(crate) refresh_token: Option<SecretString>,
    /// For `client_credentials`: the name of the service account; the key alone tells it too.
    pub(crate) client_id: Option<String>,
    /// For `client_credentials`: an API key of the service account.
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) client_secret: Option<SecretString>,
}

impl TokenRequest {
    /// Reads a body.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, OAuthError> {
        let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.unwrap_or("").split(';').next().unwrap_or("").trim();
        let mut request = if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Self::from_form(body)?
        } else if media.eq_ignore_ascii_case("application/json") {
            let request: Self = serde_json::from_slice(body)
                .map_err(|_| OAuthError::invalid_request("The body is no JSON of this form."))?;
            let grant = request.grant_type.or_else(|| Some("password".to_owned()));
            Self { grant_type: grant, ..request }
        } else {
            return Err(OAuthError::invalid_request("The body must be a form or JSON."));
        };
        request.take_basic(headers)?;
        Ok(request)
    }

    fn from_form(body: &[u8]) -> Result<Self, OAuthError> {
        let mut request = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            // A parameter without a value counts as left out (RFC 6749, section 3.2).
            if value.is_empty() {
                continue;
            }
            let value = value.into_owned();
            let is_first = match &*name {
                "grant_type" => request.grant_type.replace(value).is_none(),
                "username" => request.username.replace(value).is_none(),
                "password" => request.password.replace(value.into()).is_none(),
                "realm" => request.realm.replace(value).is_none(),
                "refresh_token" => request.refresh_token.replace(value.into()).is_none(),
                "client_id" => request.client_id.replace(value).is_none(),
                "client_secret" => request.client_secret.replace(value.into()).is_none(),
                _ => true,
            };
            if !is_first {
                return Err(OAuthError::invalid_request("A parameter comes twice."));
            }
        }
        Ok(request)
    }

    /// A client may show its id and secret in the header instead (RFC 6749, section 2.3.1); both ways at once are
    /// refused.
    fn take_basic(&mut self, headers: &HeaderMap) -> Result<(), OAuthError> {
        let Some(header) = headers.get(header::AUTHORIZATION) else { return Ok(()) };
        if self.grant_type.as_deref() != Some("client_credentials") {
            return Ok(());
        }
        let shown = header.to_str().ok().and_then(crate::basic::credentials);
        let (id, secret) = shown.ok_or_else(OAuthError::invalid_client)?;
        if self.client_secret.is_some() {
            return Err(OAuthError::invalid_request("The client is named twice."));
        }
        self.client_id = Some(id);
        self.client_secret = Some(secret);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(media: &str, body: &str) -> Result<TokenRequest, OAuthError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, media.parse().unwrap());
        TokenRequest::read(&headers, body.as_bytes())
    }

    #[test]
    fn forms_and_json_are_read_alike() {
        let form = read(
            "application/x-www-form-urlencoded; charset=utf-8",
            "grant_type=password&username=jane&password=a%2Bb+c&scope=x",
        )
        .unwrap();
        let json = r#"{"username": "jane", "password": "a+b c", "scope": "x"}"#;
        let json = read("application/json", json).unwrap();
        for request in [form, json] {
            assert_eq!(request.grant_type.as_deref(), Some("password"));
            assert_eq!(request.username.as_deref(), Some("jane"));
            assert_eq!(request.password.unwrap().expose_secret(), "a+b c");
        }
    }

    #[test]
    fn a_form_must_name_its_grant_and_each_parameter_once() {
        let form = "application/x-www-form-urlencoded";
        assert_eq!(read(form, "username=jane&grant_type=").unwrap().grant_type, None);
        assert!(read(form, "username=jane&username=bob").is_err());
        assert!(read("application/json", r#"{"username": "a", "username": "b"}"#).is_err());
        for body in ["", "{", "[]", r#"{"username": 1}"#, "{} x"] {
            assert!(read("application/json", body).is_err(), "{body}");
        }
        assert!(read("text/plain", "grant_type=password").is_err());
    }

    #[test]
    fn a_client_is_named_once() {
        let mut headers = HeaderMap::new();
        let media = "application/x-www-form-urlencoded";
        headers.insert(header::CONTENT_TYPE, media.parse().unwrap());
        headers.insert(header::AUTHORIZATION, "Basic Ym90OnNlY3JldA==".parse().unwrap());
        let request = TokenRequest::read(&headers, b"grant_type=client_credentials").unwrap();
        assert_eq!(request.client_id.as_deref(), Some("bot"));
        assert_eq!(request.client_secret.unwrap().expose_secret(), "secret");
        let twice = b"grant_type=client_credentials&client_secret=x";
        assert!(TokenRequest::read(&headers, twice).is_err());
    }
}
