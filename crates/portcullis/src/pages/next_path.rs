//! Where a browser goes after the sign-in. Whoever made the link to the page chose it, so it is a path of this server,
//! plainly written, or it is not followed.

use url::Url;

/// Where nothing else was said.
const CONSOLE: &str = "/console/";
/// Longest path that is followed, in bytes.
const LONGEST: usize = 2048;

/// A path of this server, with query and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextPath(String);

impl NextPath {
    /// The path that was asked for; the console if there is none, or it is not plainly one of this server.
    pub(crate) fn or_console(text: Option<&str>) -> Self {
        let path = text.filter(|text| is_path_of_this_server(text));
        Self(path.unwrap_or(CONSOLE).to_owned())
    }

    /// As it is written in an address.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is where browsers go anyhow.
    pub(crate) fn is_console(&self) -> bool {
        self.0 == CONSOLE
    }
}

/// The first name of the path must begin with a letter or a digit: browsers and proxies read `//`, `/\`, `/%2f`, `/.//` and
/// tabs in between as another host, each in its own way.
fn is_path_of_this_server(text: &str) -> bool {
    let is_plain =
        text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let mut characters = text.chars();
    let begins = characters.next() == Some('/')
        && characters.next().is_none_or(|second| second.is_ascii_alphanumeric());
    is_plain && begins && has_no_hidden_controls(text) && stays(text)
}

/// Percent-encoded control characters and backslashes are in no path of ours.
fn has_no_hidden_controls(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        byte.is_some_and(|byte| !byte.is_ascii_control() && byte != b'\\')
    })
}

/// A browser that stands at this server stays there, and no `..` makes another host of the beginning.
fn stays(text: &str) -> bool {
    let Ok(here) = Url::parse("https://portcullis.invalid/auth/login") else { return false };
    let there = here.join(text);
    there.is_ok_and(|there| there.origin() == here.origin() && !there.path().starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_server_is_followed() {
        for good in [
            "/",
            "/console/",
            "/console/nodes/%2Facme%2FcompanyA?tab=rights#rules",
            "/console/users?q=a%20b&sort=-name",
            "/docs",
            "/console/a/../b",
            "/console/search?q=https://evil.example",
        ] {
            assert_eq!(NextPath::or_console(Some(good)).as_str(), good);
        }
    }

    #[test]
    fn anything_else_leads_to_the_console() {
        let long = format!("/{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/console/\r\nset-cookie: a=b",
            "/console/\0",
            "/console/\u{7f}",
            "/console/\u{202e}",
            "/%2Fevil.example",
            "/%2f%2fevil.example",
            "%2F%2Fevil.example",
            "/%5Cevil.example",
            "/console/%5c..%5cevil",
            "/console/%0d%0aset-cookie:a=b",
            "/console/%00",
            "/console/%",
            "/console/%zz",
            "/.//evil.example",
            "/./evil",
            "/..//evil.example",
            "/a/..//evil.example",
            "/a/%2e%2e//evil.example",
            "/@evil.example",
            "/;//evil.example",
            "https://evil.example",
            "https:evil.example",
            "http:/evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "console",
            "?next=/console/",
            "#top",
            "\u{ff0f}\u{ff0f}evil.example",
            &long,
        ] {
            assert_eq!(NextPath::or_console(Some(bad)).as_str(), CONSOLE, "{bad:?}");
        }
        assert!(NextPath::or_console(None).is_console());
    }
}
