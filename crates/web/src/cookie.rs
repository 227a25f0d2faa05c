//! Cookies that are safe by their form (RFC 6265bis): host only, not for scripts, not from other sites.

use http::{HeaderMap, HeaderValue, header};
use kernel::Problem;

/// A cookie to set. Its name starts with `__Host-` when it is secure.
pub fn set(
    name: &str,
    value: &str,
    max_age: Option<i64>,
    secure: bool,
) -> Result<HeaderValue, Problem> {
    let prefix = if secure { "__Host-" } else { "" };
    let mut text = format!("{prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax");
    if secure {
        text.push_str("; Secure");
    }
    if let Some(seconds) = max_age {
        text.push_str(&format!("; Max-Age={seconds}"));
    }
    HeaderValue::try_from(text).map_err(Problem::internal)
}

/// The value of a cookie. Two of one name are none: somebody else may have set one of them.
pub fn get<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    let mut values = values(headers, name, secure);
    let value = values.next();
    if values.next().is_some() { None } else { value }
}

/// Whether there is a cookie of this name, or several.
pub fn is_there(headers: &HeaderMap, name: &str, secure: bool) -> bool {
    values(headers, name, secure).next().is_some()
}

fn values<'a>(
    headers: &'a HeaderMap,
    name: &str,
    secure: bool,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let wanted = if secure { format!("__Host-{name}") } else { name.to_owned() };
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secure_cookie_is_bound_to_its_host() {
        let cookie = set("session", "x", Some(60), true).unwrap();
        assert_eq!(cookie, "__Host-session=x; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60");
    }

    #[test]
    fn a_doubled_cookie_is_none() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; __Host-session=x; b=2".parse().unwrap());
        assert_eq!(get(&headers, "session", true), Some("x"));
        headers.append(header::COOKIE, "__Host-session=y".parse().unwrap());
        assert_eq!(get(&headers, "session", true), None);
        assert!(is_there(&headers, "session", true) && !is_there(&headers, "session", false));
    }
}
