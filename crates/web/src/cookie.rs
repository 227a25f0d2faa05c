//! Cookies that are safe by their form (RFC 6265bis): host only, not for scripts, not from other sites.

use http::{HeaderMap, HeaderValue, header};
use kernel::Problem;

const HOST: &str = "__Host-";
const SECURE: &str = "__Secure-";

/// A cookie to set. Its name starts with `__Host-` when it is secure.
pub fn set(
    name: &str,
    value: &str,
    max_age: Option<i64>,
    secure: bool,
) -> Result<HeaderValue, Problem> {
    written(&full(HOST, name, secure), value, "/", max_age, secure)
}

/// A cookie that a browser sends to a path and below, and nowhere else. Its name starts with `__Secure-` when it is secure,
/// as `__Host-` demands the path `/`: another host of the same site can set it too, so it must not be enough by itself.
pub fn set_below(
    path: &str,
    name: &str,
    value: &str,
    max_age: Option<i64>,
    secure: bool,
) -> Result<HeaderValue, Problem> {
    written(&full(SECURE, name, secure), value, path, max_age, secure)
}

fn written(
    name: &str,
    value: &str,
    path: &str,
    max_age: Option<i64>,
    secure: bool,
) -> Result<HeaderValue, Problem> {
    let mut text = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax");
    if secure {
        text.push_str("; Secure");
    }
    if let Some(seconds) = max_age {
        text.push_str(&format!("; Max-Age={seconds}"));
    }
    HeaderValue::try_from(text).map_err(Problem::internal)
}

/// Sets these cookies, beside those that an answer sets already.
pub fn append(headers: &mut HeaderMap, cookies: impl IntoIterator<Item = HeaderValue>) {
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// The value of a cookie. Two of one name are none: somebody else may have set one of them.
pub fn get<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    only(headers, full(HOST, name, secure))
}

/// The same of one that was set by [`set_below`].
pub fn get_below<'a>(headers: &'a HeaderMap, name: &str, secure: bool) -> Option<&'a str> {
    only(headers, full(SECURE, name, secure))
}

fn only(headers: &HeaderMap, name: String) -> Option<&str> {
    let mut values = values(headers, name);
    let value = values.next();
    if values.next().is_some() { None } else { value }
}

/// Whether there is a cookie of this name, or several.
pub fn is_there(headers: &HeaderMap, name: &str, secure: bool) -> bool {
    values(headers, full(HOST, name, secure)).next().is_some()
}

/// The same of one that was set by [`set_below`].
pub fn is_there_below(headers: &HeaderMap, name: &str, secure: bool) -> bool {
    values(headers, full(SECURE, name, secure)).next().is_some()
}

fn full(prefix: &str, name: &str, secure: bool) -> String {
    let prefix = if secure { prefix } else { "" };
    format!("{prefix}{name}")
}

fn values(headers: &HeaderMap, wanted: String) -> impl Iterator<Item = &str> {
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
    fn one_below_a_path_has_a_name_of_its_own() {
        let cookie = set_below("/auth", "remember", "x", Some(60), true).unwrap();
        let text = "__Secure-remember=x; Path=/auth; HttpOnly; SameSite=Lax; Secure; Max-Age=60";
        assert_eq!(cookie, text);
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "__Secure-remember=x; remember=z".parse().unwrap());
        assert_eq!(get_below(&headers, "remember", true), Some("x"));
        assert_eq!(get_below(&headers, "remember", false), Some("z"));
        assert_eq!(get(&headers, "remember", true), None);
        headers.append(header::COOKIE, "__Secure-remember=y".parse().unwrap());
        assert_eq!(get_below(&headers, "remember", true), None);
        assert!(is_there_below(&headers, "remember", true));
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
