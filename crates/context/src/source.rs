//! Where a request comes from, as limits count it.

use std::{fmt, net::IpAddr};

use ipnet::{IpNet, Ipv6Net};

/// How much of an IPv6 address is one source: a customer of a provider has at least a /64 to choose from (RFC 6177).
const PREFIX: u8 = 64;

/// The source of a request: an IPv4 address, or the /64 of an IPv6 address. All that are not known are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(Option<IpNet>);

impl Source {
    /// The source of this address.
    pub fn of(ip: Option<IpAddr>) -> Self {
        let net = ip.map(|ip| match ip.to_canonical() {
            IpAddr::V4(ip) => IpNet::from(IpAddr::V4(ip)),
            IpAddr::V6(ip) => {
                Ipv6Net::new(ip, PREFIX).map_or(IpNet::from(IpAddr::V6(ip)), IpNet::V6).trunc()
            }
        });
        Self(net)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("unknown"),
            Some(IpNet::V4(net)) => net.addr().fmt(f),
            Some(IpNet::V6(net)) => net.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_of_a_customer_is_one_source() {
        let text = |ip: &str| Source::of(ip.parse().ok()).to_string();
        assert_eq!(text("203.0.113.9"), "203.0.113.9");
        assert_eq!(text("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(text("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(text("no address"), "unknown");
        assert_eq!(text("192.0.2.7"), "192.0.2.7");
        assert_eq!(text("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(text("2001:db8:1:2::1"), text("2001:db8:1:2:ffff::9"));
        assert_ne!(text("2001:db8:1:2::1"), text("2001:db8:1:3::1"));
        assert_ne!(
            Source::of("2001:db8:1:2::1".parse().ok()),
            Source::of("2001:db8:1:3::1".parse().ok())
        );
    }
}
