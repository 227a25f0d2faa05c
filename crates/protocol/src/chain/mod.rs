//! The hash chain of the audit log, as pure functions.
//!
//! Each event is written as [`Canonical`] bytes. Its hash is [`link`] of the hash before it and those bytes. Personal
//! fields enter as [`salted`] hashes, so that erasing value and salt leaves the chain whole. The head, that is how many
//! events there are and the last hash, carries [`head_mac`], so that a cut tail shows. [`Walk`] checks a chain.

mod canonical;
mod walk;

pub use canonical::Canonical;
pub use walk::{Broken, Walk};

use crate::digest::{hmac_sha256, same, sha256};

/// What stands before the first event.
pub const GENESIS: [u8; 32] = [0; 32];

/// The hash of an event: SHA-256 over a label, the hash of the event before and the canonical bytes.
pub fn link(previous: &[u8; 32], canonical: &Canonical) -> [u8; 32] {
    sha256(&[b"portcullis audit link 1\0", previous, canonical.as_bytes()])
}

/// The hash that stands for a personal value in the chain: HMAC-SHA256 with the salt as key. The salt is 32 random
/// bytes, its own for each field of each event, kept beside the value and dropped with it; without it the value cannot
/// be found by trying, however few values there are.
pub fn salted(value: &[u8], salt: &[u8; 32]) -> [u8; 32] {
    hmac_sha256(salt, &[b"portcullis audit value 1\0", value])
}

/// The MAC over the head: `sequence` is the number of the last event (0: none), `hash` its hash.
pub fn head_mac(key: &[u8; 32], sequence: u64, hash: &[u8; 32]) -> [u8; 32] {
    hmac_sha256(key, &[b"portcullis audit head 1\0", &sequence.to_be_bytes(), hash])
}

/// Whether `mac` is the MAC of this head, in constant time.
pub fn head_is_genuine(key: &[u8; 32], sequence: u64, hash: &[u8; 32], mac: &[u8; 32]) -> bool {
    same(&head_mac(key, sequence, hash), mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_depends_on_all_before_it() {
        let event = Canonical::new(1).text("type", "LOGIN");
        let other = Canonical::new(1).text("type", "LOGOUT");
        let first = link(&GENESIS, &event);
        assert_ne!(link(&first, &event), first);
        assert_ne!(link(&GENESIS, &other), first);
        assert_eq!(link(&GENESIS, &event), first);
    }

    #[test]
    fn the_chain_is_the_same_for_ever() {
        // A change of these bytes would break every stored chain. Made by hashlib of Python.
        let event = Canonical::new(1).unsigned("seq", 7).text("type", "LOGIN").absent("reason");
        let hex: String = link(&GENESIS, &event).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "6900505ab089f5b438d191b870d7420c38d8fbf9a2f7c2ddd756d440f93386e9");
    }

    #[test]
    fn a_salted_value_needs_its_salt() {
        assert_eq!(salted(b"ann", &[1; 32]), salted(b"ann", &[1; 32]));
        assert_ne!(salted(b"ann", &[1; 32]), salted(b"ann", &[2; 32]));
        assert_ne!(salted(b"ann", &[1; 32]), salted(b"bob", &[1; 32]));
    }

    #[test]
    fn a_head_with_another_number_hash_or_key_is_not_genuine() {
        let mac = head_mac(&[7; 32], 3, &[9; 32]);
        assert!(head_is_genuine(&[7; 32], 3, &[9; 32], &mac));
        assert!(!head_is_genuine(&[7; 32], 2, &[9; 32], &mac));
        assert!(!head_is_genuine(&[7; 32], 3, &[8; 32], &mac));
        assert!(!head_is_genuine(&[6; 32], 3, &[9; 32], &mac));
    }
}
