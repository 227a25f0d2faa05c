//! The way to phones: a gateway that takes texts by HTTP, as most providers have one.

use std::fmt;

use reqwest::{
    Client,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use url::Url;

use crate::{letter::Contents, outbound, smtp::SendError};

/// Where the number and the text stand in the body.
const PLACES: [&str; 2] = ["{to}", "{text}"];

/// What the settings say of the gateway.
#[derive(Clone, Copy)]
pub struct GatewaySettings<'a> {
    /// `sms.url`.
    pub url: &'a str,
    /// `sms.header`.
    pub header: Option<&'a str>,
    /// `sms.secret`.
    pub secret: &'a str,
    /// `sms.form`.
    pub form: &'a str,
    /// `sms.body`.
    pub body: &'a str,
    /// `sms.private`.
    pub private: bool,
}

/// Why there is no way to the gateway: one clear line, that begins with the setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GatewayRefused(String);

/// The gateway.
pub struct Gateway {
    client: Client,
    url: Url,
    header: Option<(HeaderName, HeaderValue)>,
    form: Form,
    body: String,
}

/// What the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    UrlEncoded,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Checks the settings. Nothing is sent, and nobody is called.
    pub fn new(settings: GatewaySettings<'_>) -> Result<Self, GatewayRefused> {
        let refused = |why: &str| GatewayRefused(why.to_owned());
        let url: Url = settings.url.parse().map_err(|_| refused("sms.url: is no address"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused("sms.url: must be http or https"));
        }
        if url.scheme() == "http" && !settings.private {
            return Err(refused(
                "sms.url: codes go by https, but to an address of one's own; see sms.private",
            ));
        }
        if !outbound::may_call(&url, settings.private) {
            return Err(refused("sms.url: is no public address; see sms.private"));
        }
        let form = match settings.form {
            "json" => Form::Json,
            "form" => Form::UrlEncoded,
            other => {
                return Err(GatewayRefused(format!("sms.form: {other:?} is none of its words")));
            }
        };
        if !PLACES.iter().all(|place| settings.body.contains(place)) {
            return Err(refused("sms.body: needs {to} and {text}"));
        }
        let header =
            settings.header.map(|name| secret_header(name, settings.secret)).transpose()?;
        let client = outbound::client(settings.private)
            .map_err(|error| GatewayRefused(format!("sms.url: {error}")))?;
        Ok(Self { client, url, header, form, body: settings.body.to_owned() })
    }

    /// Hands a text over: any answer of 2xx is a yes.
    pub(crate) async fn send(&self, contents: &Contents) -> Result<(), SendError> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, self.form.media())
            .body(self.form.fill(&self.body, &contents.to, &contents.text));
        if let Some((name, value)) = &self.header {
            request = request.header(name, value);
        }
        // The address may hold a secret of its own.
        let answer =
            request.send().await.map_err(|e| SendError::ForNow(e.without_url().to_string()))?;
        let status = answer.status();
        let said = format!("the gateway answered {}", status.as_u16());
        match status.as_u16() {
            200..300 => Ok(()),
            // Refused for what it is; but for 408 and 429, which say later.
            400..500 if !matches!(status.as_u16(), 408 | 429) => Err(SendError::ForGood(said)),
            _ => Err(SendError::ForNow(said)),
        }
    }
}

fn secret_header(name: &str, secret: &str) -> Result<(HeaderName, HeaderValue), GatewayRefused> {
    let wrong = |_| GatewayRefused("sms.header: is no name of a header".to_owned());
    let name = HeaderName::try_from(name).map_err(wrong)?;
    let mut value = HeaderValue::from_str(secret)
        .map_err(|_| GatewayRefused("sms.secret: does not fit into a header".to_owned()))?;
    value.set_sensitive(true);
    Ok((name, value))
}

impl Form {
    fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::UrlEncoded => "application/x-www-form-urlencoded",
        }
    }

    /// The body with number and text in their places, so written that neither breaks out of it.
    fn fill(self, body: &str, to: &str, text: &str) -> String {
        let mut filled = String::with_capacity(body.len() + text.len() * 2);
        let mut rest = body;
        while let Some(start) = rest.find('{') {
            let (before, at) = rest.split_at(start);
            filled.push_str(before);
            let place = PLACES.iter().zip([to, text]).find(|(place, _)| at.starts_with(**place));
            let (written, length) = match place {
                Some((place, value)) => (self.written(value), place.len()),
                None => ("{".to_owned(), 1),
            };
            filled.push_str(&written);
            rest = &at[length..];
        }
        filled + rest
    }

    fn written(self, value: &str) -> String {
        match self {
            Self::UrlEncoded => url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> GatewaySettings<'static> {
        GatewaySettings {
            url: "https://sms.example.com/send",
            header: Some("authorization"),
            secret: "Bearer tell-tale",
            form: "json",
            body: r#"{"to":"{to}","text":"{text}"}"#,
            private: false,
        }
    }

    #[test]
    fn what_cannot_work_is_told_at_the_start() {
        assert!(Gateway::new(settings()).is_ok());
        for (wrong, setting) in [
            (GatewaySettings { url: "sms", ..settings() }, "sms.url"),
            (GatewaySettings { url: "ftp://sms.example.com", ..settings() }, "sms.url"),
            (GatewaySettings { url: "http://sms.example.com", ..settings() }, "sms.url"),
            (GatewaySettings { url: "https://10.0.0.1/", ..settings() }, "sms.url"),
            (GatewaySettings { form: "xml", ..settings() }, "sms.form"),
            (GatewaySettings { body: "{to}", ..settings() }, "sms.body"),
            (GatewaySettings { header: Some("a b"), ..settings() }, "sms.header"),
            (GatewaySettings { secret: "a\nb", ..settings() }, "sms.secret"),
        ] {
            let refused = Gateway::new(wrong).unwrap_err().to_string();
            assert!(refused.starts_with(setting), "{refused}");
            assert!(!refused.contains("tell-tale"));
        }
        assert!(!format!("{:?}", Gateway::new(settings()).unwrap()).contains("tell-tale"));
    }

    #[test]
    fn nothing_breaks_out_of_the_body() {
        let json = Form::Json.fill(settings().body, "+321", "a\"b\\ {to}\n");
        assert_eq!(json, r#"{"to":"+321","text":"a\"b\\ {to}\n"}"#);
        let form = Form::UrlEncoded.fill("x={&to={to}&text={text}&y", "+321", "a&b=c {text}");
        assert_eq!(form, "x={&to=%2B321&text=a%26b%3Dc+%7Btext%7D&y");
    }
}
