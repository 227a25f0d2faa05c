//! In which language a page speaks: as its address says, else as was chosen before, else as the browser asks.

use http::{HeaderMap, HeaderValue, header};
use kernel::Problem;
use web::cookie;

use crate::weighted::weighted;

/// The cookie with the language that was chosen. It is no secret: the scripts of the console read and write it too.
const COOKIE: &str = "portcullis-language";
/// How long a choice is kept, in seconds: a year.
const KEPT: u32 = 31_536_000;

/// A language that there are texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// All of them; the first one is for whoever asks for none of these.
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag (BCP 47).
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What those who speak it call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language of a tag, whatever its region: `de-AT` is German.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// That of a request whose address asks for none.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let chosen = cookie::get(headers, COOKIE, false).and_then(Self::parse);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        chosen.or_else(|| accepted.and_then(accepted_first)).unwrap_or(Self::ALL[0])
    }

    /// The header by which a browser keeps the choice.
    pub(crate) fn cookie(self, secure: bool) -> Result<HeaderValue, Problem> {
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{COOKIE}={}; Path=/; SameSite=Lax; Max-Age={KEPT}{secure}", self.tag());
        HeaderValue::try_from(text).map_err(Problem::internal)
    }
}

/// The one that is wanted most (RFC 9110, section 12.5.4), of those that there are.
fn accepted_first(header: &str) -> Option<Language> {
    let wanted = weighted(header)
        .filter(|(_, weight)| *weight > 0.0)
        .filter_map(|(tag, weight)| Some((Language::parse(tag)?, weight)));
    // Of two that are wanted alike the first one counts.
    wanted.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accepted: Option<&str>, cookie: Option<&str>) -> Language {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::ACCEPT_LANGUAGE, accepted), (header::COOKIE, cookie)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        Language::of(&headers)
    }

    #[test]
    fn the_browser_says_what_it_wants_most() {
        for (accepted, expected) in [
            ("de", Language::German),
            ("de-AT,en;q=0.8", Language::German),
            ("fr, en;q=0.5, de;q=0.9", Language::German),
            ("en;q=0.9,de;q=0.9", Language::English),
            ("de;q=0, en;q=0.1", Language::English),
            ("de;q=x", Language::English),
            ("fr", Language::English),
            ("*", Language::English),
            (";;,,q=1", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(of(Some(accepted), None), expected, "{accepted}");
        }
        assert_eq!(of(None, None), Language::English);
    }

    #[test]
    fn a_choice_counts_before_that() {
        assert_eq!(of(Some("en"), Some("portcullis-language=de")), Language::German);
        assert_eq!(of(Some("de"), Some("a=b; portcullis-language=en")), Language::English);
        assert_eq!(of(Some("de"), Some("portcullis-language=<script>")), Language::German);
    }

    #[test]
    fn scripts_may_read_the_choice() {
        let cookie = Language::German.cookie(true).unwrap();
        let text = "portcullis-language=de; Path=/; SameSite=Lax; Max-Age=31536000; Secure";
        assert_eq!(cookie, text);
    }
}
