//! The client's address. A forwarded one counts only from a proxy that is trusted.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// The address of the client: that of the connection, unless it is a trusted proxy's; then the last address in
/// `X-Forwarded-For` that is no trusted proxy.
pub fn address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let trusts = |ip: &IpAddr| is_trusted(*ip, trusted);
    let peer = peer.map(|ip| ip.to_canonical())?;
    if !trusts(&peer) {
        return Some(peer);
    }
    let values = headers.get_all("x-forwarded-for");
    let hops: Vec<&str> = values
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        // Past something that is no address, nothing can be believed.
        let Ok(ip) = hop.parse::<IpAddr>() else { break };
        client = ip.to_canonical();
        if !trusts(&client) {
            break;
        }
    }
    Some(client)
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
        assert_eq!(address(peer, &headers("x, 10.0.0.2"), &trusted), "10.0.0.2".parse().ok());
    }

    #[test]
    fn a_mapped_address_is_the_same_address() {
        assert_eq!(
            address("::ffff:127.0.0.1".parse().ok(), &HeaderMap::new(), &[]),
            "127.0.0.1".parse().ok()
        );
    }
}
