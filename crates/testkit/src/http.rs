//! Requests to a running server, and answers that fail readably.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, StatusCode};
use serde_json::Value;

/// A caller of one server. Follows no redirects and waits at most 30 seconds. Every failure to get an answer panics.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    headers: HeaderMap,
    /// The cookies of this caller, shared by its clones; `None`: cookies are not kept.
    cookies: Option<Arc<Mutex<BTreeMap<String, String>>>>,
}

impl Client {
    /// A caller of the server at `base`, such as `http://127.0.0.1:8080`, without a credential.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self::with_tls(base, Ok)
    }

    /// A caller that trusts this certificate (PEM) and no other, for `https`.
    #[must_use]
    pub fn trusting(base: &str, pem: &str) -> Self {
        Self::with_tls(base, |builder| {
            let certificate = Certificate::from_pem(pem.as_bytes()).context("certificate")?;
            Ok(builder.tls_certs_only([certificate]))
        })
    }

    /// The same caller of another server, or of the same one at another address.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), ..self.clone() }
    }

    /// The same caller with `Authorization: Bearer`.
    #[must_use]
    pub fn with_bearer(&self, token: &str) -> Self {
        self.with_header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// The same caller with `X-API-Key`.
    #[must_use]
    pub fn with_api_key(&self, key: &str) -> Self {
        self.with_header("x-api-key", key)
    }

    /// The same caller with this header in every request.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        let name = or_fail(name.parse::<HeaderName>().context("header name"));
        let value = or_fail(value.parse::<HeaderValue>().context("header value"));
        client.headers.insert(name, value);
        client
    }

    /// The same caller as a browser that starts without cookies: it keeps what the server sets and sends it back.
    /// Paths and the `Secure` attribute are not looked at.
    #[must_use]
    pub fn with_cookies(&self) -> Self {
        Self { cookies: Some(Arc::default()), ..self.clone() }
    }

    /// The value of the cookie, if it was set and not taken back.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// `GET` of a path with its query.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send(Method::POST, path, Some(body.into())).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send(Method::PUT, path, Some(body.into())).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send(Method::PATCH, path, Some(body.into())).await
    }

    /// `DELETE` without a body.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// `POST` of a form (`application/x-www-form-urlencoded`).
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(&Method::POST, path).form(fields);
        self.answer(Method::POST, path, request).await
    }

    /// Any other request, with a JSON body or none.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(&method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.answer(method, path, request).await
    }

    fn with_tls(
        base: &str,
        tls: impl FnOnce(reqwest::ClientBuilder) -> anyhow::Result<reqwest::ClientBuilder>,
    ) -> Self {
        let builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(30));
        let http = or_fail(tls(builder).and_then(|b| b.build().context("HTTP client")));
        let base = base.trim_end_matches('/').to_owned();
        Self { base, http, headers: HeaderMap::new(), cookies: None }
    }

    fn request(&self, method: &Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.base);
        let mut request = self.http.request(method.clone(), url).headers(self.headers.clone());
        if let Some(cookies) = &self.cookies {
            let cookies = cookies.lock().unwrap_or_else(PoisonError::into_inner);
            let pairs: Vec<_> =
                cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            if !pairs.is_empty() {
                request = request.header(COOKIE, pairs.join("; "));
            }
        }
        request
    }

    async fn answer(&self, method: Method, path: &str, request: reqwest::RequestBuilder) -> Answer {
        let asked = format!("{method} {path}");
        let sent = request.send().await.with_context(|| asked.clone());
        let response = or_fail(sent);
        let (status, headers) = (response.status(), response.headers().clone());
        let text = or_fail(response.text().await.with_context(|| asked.clone()));
        self.keep_cookies(&headers);
        let json = is_json(&headers).then(|| serde_json::from_str(&text).ok()).flatten();
        let body = json.unwrap_or_else(|| if text.is_empty() { Value::Null } else { text.into() });
        Answer { status, headers, body, asked }
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let Some(cookies) = &self.cookies else { return };
        let mut cookies = cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for set in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.to_lowercase().contains("max-age=0") {
                cookies.remove(name.trim());
            } else {
                cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// JSON if the server called it so and it is; else the text as a string; `null` if empty.
    pub body: Value,
    asked: String,
}

impl Answer {
    /// The answer itself, if it has this status.
    ///
    /// # Panics
    /// With method, path, status and body, if it has another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(
            self.status.as_u16() == status,
            "{}: expected {status}, got {}\n{}",
            self.asked,
            self.status,
            self.body_text()
        );
        self
    }

    /// The header's value, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The JSON pointer (RFC 6901) of the first field in error of a problem answer (RFC 9457).
    #[must_use]
    pub fn problem_pointer(&self) -> Option<&str> {
        self.body.pointer("/errors/0/pointer")?.as_str()
    }

    /// The string at this JSON pointer in the body.
    ///
    /// # Panics
    /// With method, path and body, when there is none.
    #[track_caller]
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "a test whose answer lacks what it needs must fail, with the answer"
    )]
    pub fn text_at(&self, pointer: &str) -> &str {
        match self.body.pointer(pointer).and_then(Value::as_str) {
            Some(text) => text,
            None => panic!("{}: no text at {pointer}\n{}", self.asked, self.body_text()),
        }
    }

    /// The body as it is read by people.
    #[must_use]
    pub fn body_text(&self) -> String {
        match &self.body {
            Value::Null => "(no body)".to_owned(),
            Value::String(text) => text.clone(),
            json => format!("{json:#}"),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get("content-type").and_then(|value| value.to_str().ok());
    let essence = media.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

#[expect(clippy::panic, reason = "a test that cannot reach its server must fail, with the cause")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}
