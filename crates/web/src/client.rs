//! The client's address. A forwarded one counts only from a proxy that is trusted.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

/// The address of the client: that of the connection, unless it is a trusted proxy's; then the last address in
/// `X-Forwarded-For` that is no trusted proxy. None if the proxy names something that cannot be read: then nobody knows
/// who it is. `Forwarded` (RFC 7239) never counts: a proxy that does not write it passes on the client's.
pub fn address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let trusts = |ip: &IpAddr| is_trusted(*ip, trusted);
    let peer = peer.map(|ip| ip.to_canonical())?;
    if !trusts(&peer) {
        return Some(peer);
    }
    let values = headers.get_all("x-forwarded-for");
    let lines: Vec<&[u8]> = values.iter().map(HeaderValue::as_bytes).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    let mut client = peer;
    for hop in hops {
        client = hop_address(hop)?.to_canonical();
        if !trusts(&client) {
            break;
        }
    }
    Some(client)
}

/// The address that a proxy has written; some add the port.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let with_port = || text.parse::<SocketAddr>().map(|socket| socket.ip());
    text.parse().or_else(|_| with_port()).ok()
}

/// Whether this address is a trusted proxy's.
pub fn is_trusted(peer: IpAddr, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|net| net.contains(&peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", value.parse().unwrap());
        headers
    }

    #[test]
    fn strangers_cannot_say_who_they_are() {
        let peer = "203.0.113.9".parse().ok();
        assert_eq!(address(peer, &headers("10.0.0.1"), &[]), peer);
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_counts() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let peer = "10.0.0.1".parse().ok();
        let client = address(peer, &headers("1.1.1.1, 203.0.113.9, 10.0.0.2"), &trusted);
        assert_eq!(client, "203.0.113.9".parse().ok());
        assert_eq!(
            address(peer, &headers("10.0.0.3, 10.0.0.2"), &trusted),
            "10.0.0.3".parse().ok()
        );
        assert_eq!(address(peer, &HeaderMap::new(), &trusted), peer, "the proxy itself");
    }

    #[test]
    fn what_cannot_be_read_is_not_passed_over() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
            address("10.0.0.1".parse().ok(), &headers, &trusted)
        };
        for value in ["x, 10.0.0.2", "unknown", "", "10.0.0.2,", "203.0.113.9, , 10.0.0.2"] {
            assert_eq!(client(value.as_bytes()), None, "{value}");
        }
        assert_eq!(client(b"1.1.1.1, 203.0.113.9\xff"), None);
        // What comes before the client is the client's own and may be anything.
        let known = "203.0.113.9".parse().ok();
        for value in
            [&b"\xff\xfe, 203.0.113.9"[..], b"x,203.0.113.9:4711 , 10.0.0.2", b", 203.0.113.9"]
        {
            assert_eq!(client(value), known, "{value:?}");
        }
    }

    #[test]
    fn lines_are_read_from_the_last_one() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let mut headers = headers("203.0.113.1");
        headers.append("x-forwarded-for", "203.0.113.9, 10.0.0.2".parse().unwrap());
        headers.append("forwarded", "for=203.0.113.7".parse().unwrap());
        let peer = "10.0.0.1".parse().ok();
        assert_eq!(address(peer, &headers, &trusted), "203.0.113.9".parse().ok());
    }

    #[test]
    fn a_mapped_address_is_the_same_address() {
        assert_eq!(
            address("::ffff:127.0.0.1".parse().ok(), &HeaderMap::new(), &[]),
            "127.0.0.1".parse().ok()
        );
    }
}
