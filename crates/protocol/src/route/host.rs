//! Host names. One spelling for each, so that two of them are the same host exactly if they are the same text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a host is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a host name such as shop.example.com, without port")]
pub struct HostRefused;

/// A host name in lower case, or an address; without port, user, and final dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

impl Host {
    /// A configured host: no port.
    pub fn parse(text: &str) -> Result<Self, HostRefused> {
        let host = text.to_ascii_lowercase();
        let good = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => is_name(&host),
        };
        if good { Ok(Self(host)) } else { Err(HostRefused) }
    }

    /// The host of a request, as `Host` and `:authority` say it: its port is cut off. What else is said (a user, a second
    /// host, a final dot) refuses it.
    pub fn of_request(authority: &str) -> Result<Self, HostRefused> {
        let end = authority.rfind(']').map_or(0, |at| at + 1);
        match authority[end..].split_once(':') {
            None => Self::parse(authority),
            Some((name, port)) => {
                let good =
                    (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
                if good { Self::parse(&authority[..end + name.len()]) } else { Err(HostRefused) }
            }
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Labels of letters, digits, `-` and `_` (RFC 1123, section 2.1; `_` is seen in the wild).
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Host {
    type Error = HostRefused;

    fn try_from(text: String) -> Result<Self, HostRefused> {
        Self::parse(&text)
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_has_one_spelling() {
        for text in
            ["shop.example.com", "SHOP.Example.com", "shop.example.com:8443", "Shop.example.com:80"]
        {
            assert_eq!(Host::of_request(text).unwrap().as_str(), "shop.example.com", "{text}");
        }
        assert_eq!(Host::of_request("[::1]:80").unwrap().as_str(), "[::1]");
        assert_eq!(Host::of_request("127.0.0.1").unwrap().as_str(), "127.0.0.1");
    }

    #[test]
    fn what_could_be_two_hosts_is_none() {
        for text in [
            "",
            ".",
            "shop.example.com.",
            "user@shop.example.com",
            "a:b@shop.example.com",
            "a, b",
            "a b",
            "a,b",
            "shop.example.com:",
            "shop.example.com:x",
            "shop.example.com:1:2",
            "shop.example.com:123456",
            "a/b",
            "a\\b",
            "a#b",
            "a?b",
            "a%2eb",
            "[::1",
            "::1",
            "[x]",
            "[::1]x",
            "a..b",
            "-a",
            "a-",
            "caf\u{e9}",
        ] {
            assert_eq!(Host::of_request(text), Err(HostRefused), "{text}");
        }
        assert_eq!(Host::parse("shop.example.com:80"), Err(HostRefused));
    }
}
