//! The demonstration world: `demo/world.yaml`, written by hand, and some two thousand nodes that are made up, always the
//! same ones.

use serde_json::{Value, json};

/// People and roles.
pub const BY_HAND: &str = include_str!("../../../../demo/world.yaml");

/// Somebody one can sign in as.
pub struct Person {
    /// The user name.
    pub username: &'static str,
    /// The realm.
    pub realm: &'static str,
    /// The password.
    pub password: &'static str,
    /// What the person may do.
    pub may: &'static str,
}

/// Who is in `demo/world.yaml`.
pub const PEOPLE: [Person; 4] = [
    Person {
        username: "alice",
        realm: "staff",
        password: "lantern-harbour-17",
        may: "everything: the administrator",
    },
    Person {
        username: "bob",
        realm: "staff",
        password: "copper-meadow-42",
        may: "view and edit the contracts of /acme/northwind",
    },
    Person {
        username: "carol",
        realm: "staff",
        password: "violet-anchor-88",
        may: "view the companies of /acme/belgium and their contracts",
    },
    Person {
        username: "dave",
        realm: "clients",
        password: "silent-orchard-63",
        may: "view the contract /acme/northwind/contract-0001",
    },
];

/// How many companies are made up.
const COMPANIES: u64 = 40;
/// Least and most contracts of one.
const CONTRACTS: (u64, u64) = (30, 70);
const REGIONS: [&str; 3] = ["belgium", "france", "germany"];
const FIRST: [&str; 8] =
    ["amber", "birch", "cobalt", "delta", "ember", "fjord", "granite", "harvest"];
const SECOND: [&str; 5] = ["works", "trading", "logistics", "foods", "energy"];

/// Companies, their regions and their contracts, as a document of a world file.
pub fn made_up() -> Value {
    let mut numbers = Numbers(2026);
    let (mut nodes, mut connections) = (Vec::new(), Vec::new());
    for company in 0..COMPANIES {
        let name = format!("{}-{}", FIRST[(company % 8) as usize], SECOND[(company / 8) as usize]);
        let path = format!("/acme/{name}");
        let region = REGIONS[numbers.below(3) as usize];
        let vat = format!("BE02{:08}", company + 1);
        nodes.push(json!({"path": path, "kind": "company", "external_ids": {"vat": vat}}));
        connections.push(json!({"from": format!("/acme/{region}"), "to": path}));
        let count = CONTRACTS.0 + numbers.below(CONTRACTS.1 - CONTRACTS.0);
        for contract in 1..=count {
            let status = ["open", "open", "signed", "archived"][numbers.below(4) as usize];
            let value = 100 * (1 + numbers.below(500));
            nodes.push(json!({
                "path": format!("{path}/contract-{contract:04}"), "kind": "contract",
                "properties": {"status": status, "value": value},
            }));
        }
    }
    json!({"nodes": nodes, "connections": connections})
}

/// Numbers that look random and are the same each time (splitmix64, Steele and others 2014).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[cfg(test)]
mod tests {
    use world::parse::{Form, parse};

    use super::*;

    #[test]
    fn it_is_a_world_of_some_two_thousand_nodes() {
        let text = made_up().to_string();
        let world = parse(text.as_bytes(), Form::Json).unwrap();
        let count = world.nodes.list.len();
        assert!((1500..3000).contains(&count), "{count}");
        assert_eq!(text, made_up().to_string());
    }

    #[test]
    fn everybody_who_is_printed_is_in_the_file() {
        let world = parse(BY_HAND.as_bytes(), Form::Yaml).unwrap();
        for person in &PEOPLE {
            let password = world::file::Password::Plain(person.password.to_owned());
            let is_there = world.users.list.iter().any(|user| {
                user.says.username.as_str() == person.username
                    && user.says.realm.as_str() == person.realm
                    && user.says.password.as_ref() == Some(&password)
            });
            assert!(is_there, "{}", person.username);
        }
        assert_eq!(world.users.list.len(), PEOPLE.len());
    }
}
