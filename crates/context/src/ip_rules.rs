//! Which addresses may come in at all: a list of networks that may, and a list of those that may not. They are judged
//! before anything else of a request, so they are kept in memory.

use std::{
    collections::{BTreeMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// The two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IpList {
    /// Once something is on it, only what is on it may come in.
    Allow,
    /// What is on it may not come in, whatever the other list says.
    Block,
}

/// Why a text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoNetwork {
    /// It cannot be read.
    #[error("must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32")]
    Unreadable,
    /// Bits beyond the prefix are set: it may be a slip.
    #[error("has bits beyond its prefix; the network is {0}")]
    HostBits(IpNet),
}

/// Both lists; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct IpRules {
    allow: Arc<Networks>,
    block: Arc<Networks>,
}

/// Networks by the length of their prefix: an address is looked for once for each length that there is.
#[derive(Debug, Clone, Default)]
struct Networks(BTreeMap<u8, HashSet<IpNet>>);

impl Networks {
    fn have(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|(length, networks)| {
            // A length that is none of this kind of address has no network of it.
            IpNet::new(ip, *length).is_ok_and(|around| networks.contains(&around.trunc()))
        })
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&self) -> usize {
        self.0.values().map(HashSet::len).sum()
    }

    fn insert(&mut self, network: IpNet) {
        self.0.entry(network.prefix_len()).or_default().insert(network);
    }

    fn remove(&mut self, network: IpNet) {
        let Some(networks) = self.0.get_mut(&network.prefix_len()) else { return };
        networks.remove(&network);
        if networks.is_empty() {
            self.0.remove(&network.prefix_len());
        }
    }
}

impl IpRules {
    /// Whether this address may come in. With empty lists all may; with others an address that is not known may not.
    pub fn admit(&self, ip: Option<IpAddr>) -> bool {
        if self.allow.is_empty() && self.block.is_empty() {
            return true;
        }
        let Some(ip) = ip else { return false };
        let ip = ip.to_canonical();
        !self.block.have(ip) && (self.allow.is_empty() || self.allow.have(ip))
    }

    /// How many networks there are on both.
    pub fn count(&self) -> usize {
        self.allow.count() + self.block.count()
    }

    pub(crate) fn save(&mut self, list: IpList, network: IpNet) {
        self.of(list).insert(network);
    }

    pub(crate) fn delete(&mut self, list: IpList, network: IpNet) {
        self.of(list).remove(network);
    }

    fn of(&mut self, list: IpList) -> &mut Networks {
        Arc::make_mut(match list {
            IpList::Allow => &mut self.allow,
            IpList::Block => &mut self.block,
        })
    }
}

/// A network in its one spelling. An IPv4 network that is written as IPv6 (`::ffff:0:0/96`) is the IPv4 network, as
/// addresses are.
pub fn parse_network(text: &str) -> Result<IpNet, NoNetwork> {
    let text = text.trim();
    let single = text.parse::<IpAddr>().map(IpNet::from);
    let net = single.or_else(|_| text.parse::<IpNet>()).map_err(|_| NoNetwork::Unreadable)?;
    let net = unmapped(net);
    if net == net.trunc() { Ok(net) } else { Err(NoNetwork::HostBits(net.trunc())) }
}

fn unmapped(net: IpNet) -> IpNet {
    /// The length of the prefix that all mapped addresses share.
    const MAPPED: u8 = 96;
    let IpNet::V6(six) = net else { return net };
    let four = six.addr().to_ipv4_mapped().zip(six.prefix_len().checked_sub(MAPPED));
    four.and_then(|(addr, prefix)| IpNet::new(IpAddr::V4(addr), prefix).ok()).unwrap_or(net)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow: &[&str], block: &[&str]) -> IpRules {
        let mut rules = IpRules::default();
        allow.iter().for_each(|net| rules.save(IpList::Allow, parse_network(net).unwrap()));
        block.iter().for_each(|net| rules.save(IpList::Block, parse_network(net).unwrap()));
        rules
    }

    fn admit(rules: &IpRules, ip: &str) -> bool {
        rules.admit(Some(ip.parse().unwrap()))
    }

    #[test]
    fn empty_lists_admit_everybody() {
        assert!(admit(&rules(&[], &[]), "203.0.113.9") && rules(&[], &[]).admit(None));
    }

    #[test]
    fn the_allow_list_admits_what_is_on_it_alone() {
        let rules = rules(&["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"], &[]);
        for ip in ["10.255.255.255", "2001:db8:ffff::1", "192.0.2.7", "::ffff:10.1.2.3"] {
            assert!(admit(&rules, ip), "{ip}");
        }
        for ip in ["11.0.0.0", "9.255.255.255", "2001:db9::1", "192.0.2.6", "::10.1.2.3", "::1"] {
            assert!(!admit(&rules, ip), "{ip}");
        }
        assert!(!rules.admit(None));
    }

    #[test]
    fn the_block_list_wins() {
        let rules = rules(&["10.0.0.0/8", "10.1.2.3"], &["10.1.0.0/16"]);
        assert!(admit(&rules, "10.2.0.1"));
        assert!(!admit(&rules, "10.1.2.3") && !admit(&rules, "::ffff:10.1.2.3"));
        let all_of_four = self::rules(&[], &["0.0.0.0/0"]);
        assert!(!admit(&all_of_four, "::ffff:8.8.8.8") && admit(&all_of_four, "2001:db8::1"));
        assert!(!all_of_four.admit(None));
    }

    #[test]
    fn what_is_deleted_counts_no_more_and_others_do() {
        let mut changed = rules(&["10.0.0.0/8"], &["10.0.0.0/8", "10.0.0.0/16"]);
        let before = changed.clone();
        changed.delete(IpList::Block, parse_network("10.0.0.0/8").unwrap());
        assert!(admit(&changed, "10.1.0.1") && !admit(&changed, "10.0.0.1"));
        assert!(!admit(&before, "10.1.0.1"), "who reads keeps what he has");
        assert_eq!((changed.count(), before.count()), (2, 3));
    }

    #[test]
    fn a_network_has_one_spelling() {
        let text = |text: &str| parse_network(text).unwrap().to_string();
        assert_eq!(text("192.0.2.7"), "192.0.2.7/32");
        assert_eq!(text("::ffff:10.0.0.0/104"), "10.0.0.0/8");
        assert_eq!(text("::FFFF:10.1.2.3"), "10.1.2.3/32");
        assert_eq!(text("2001:0DB8::/32"), "2001:db8::/32");
        assert_eq!(text("::/0"), "::/0");
        assert_eq!(
            parse_network("10.1.2.3/8"),
            Err(NoNetwork::HostBits("10.0.0.0/8".parse().unwrap()))
        );
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "fe80::1%eth0", "010.0.0.1", "x", "10.0.0.1:80"]
        {
            assert_eq!(parse_network(bad), Err(NoNetwork::Unreadable), "{bad}");
        }
    }
}
