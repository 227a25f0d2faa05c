//! What a browser asks for that opens a page, and the frame around each page.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use kernel::Problem;
use url::form_urlencoded;
use web::cookie;

use super::{
    language::Language,
    next_path::NextPath,
    texts::{Catalogue, Texts},
};

/// Longest name of a realm that is put into the page, in bytes.
const LONGEST_REALM: usize = 255;

/// What the address of a page says beside its path. What is unknown is left alone: links get things added on their way.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) language: Language,
    /// Whether the address said so.
    is_chosen: bool,
    pub(super) next: NextPath,
    /// Where to sign in.
    pub(super) realm: Option<String>,
    /// Whether a fresh sign-in is wanted of whoever is signed in.
    pub(super) is_fresh_wanted: bool,
}

impl Asked {
    /// Of this query and these headers.
    pub(super) fn read(query: Option<&str>, headers: &HeaderMap) -> Self {
        let query = query.unwrap_or_default().as_bytes();
        let value = |name: &str| {
            let mut values = form_urlencoded::parse(query).filter(|(key, _)| key == name);
            // Said twice, nobody knows what was meant.
            values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
        };
        let chosen = value("lang").as_deref().and_then(Language::parse);
        Self {
            language: chosen.unwrap_or_else(|| Language::of(headers)),
            is_chosen: chosen.is_some(),
            next: NextPath::or_console(value("next").as_deref()),
            realm: value("realm").filter(|realm| (1..=LONGEST_REALM).contains(&realm.len())),
            is_fresh_wanted: value("fresh").is_some(),
        }
    }

    /// The address of a page of this kind: the same wishes, in another language if one is given.
    pub(super) fn address(&self, path: &str, language: Option<Language>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(language) = language {
            query.append_pair("lang", language.tag());
        }
        if !self.next.is_console() {
            query.append_pair("next", self.next.as_str());
        }
        if let Some(realm) = &self.realm {
            query.append_pair("realm", realm);
        }
        if self.is_fresh_wanted {
            query.append_pair("fresh", "");
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Where whoever is nobody signs in, for the same aim.
    pub(super) fn sign_in_address(&self) -> String {
        Self { is_fresh_wanted: false, ..self.clone() }.address("/auth/login", None)
    }

    /// What stands around the page at this path.
    pub(super) fn frame<'a>(
        &self,
        catalogue: &'a Catalogue,
        path: &str,
        issuer: &str,
    ) -> Frame<'a> {
        let switch = |language: Language| Switch {
            tag: language.tag(),
            name: language.name(),
            address: self.address(path, Some(language)),
            is_current: language == self.language,
        };
        Frame {
            texts: catalogue.of(self.language),
            issuer: issuer.to_owned(),
            languages: Language::ALL.map(switch).into(),
        }
    }

    /// A page as an answer, which remembers the language if it was chosen.
    pub(super) fn respond(
        &self,
        page: Result<String, askama::Error>,
        secure: bool,
    ) -> Result<Response, Problem> {
        let mut response = Html(page.map_err(Problem::internal)?).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        if self.is_chosen {
            cookie::append(headers, [self.language.cookie(secure)?]);
        }
        Ok(response)
    }
}

/// What stands around each page.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) texts: &'a Texts,
    /// How this server is called.
    pub(super) issuer: String,
    pub(super) languages: Vec<Switch>,
}

/// A link to the same page in a language.
#[derive(Debug)]
pub(super) struct Switch {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    pub(super) address: String,
    pub(super) is_current: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked::read(Some(query), &HeaderMap::new())
    }

    #[test]
    fn the_address_says_what_is_wanted() {
        let asked =
            asked("next=%2Fconsole%2Fusers%3Fq%3Da&lang=de&realm=staff&fresh&utm_source=mail");
        assert_eq!(
            (asked.language, asked.is_chosen, asked.is_fresh_wanted),
            (Language::German, true, true)
        );
        assert_eq!(
            (asked.next.as_str(), asked.realm.as_deref()),
            ("/console/users?q=a", Some("staff"))
        );
        let expected = "/auth/login?lang=en&next=%2Fconsole%2Fusers%3Fq%3Da&realm=staff&fresh=";
        assert_eq!(asked.address("/auth/login", Some(Language::English)), expected);
    }

    #[test]
    fn what_is_said_twice_or_wrongly_is_not_said() {
        for query in [
            "next=/a&next=/b",
            "next=%252F%252Fevil.example",
            "next=%2F%2Fevil.example",
            "",
            "next",
        ] {
            assert!(asked(query).next.is_console(), "{query}");
        }
        assert!(!asked("lang=tlh").is_chosen);
        assert_eq!(asked(&format!("realm={}", "a".repeat(256))).realm, None);
        assert_eq!(asked("").address("/auth/login", None), "/auth/login");
    }
}
