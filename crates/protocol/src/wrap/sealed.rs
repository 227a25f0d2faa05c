//! Seal and open: version byte, 12 bytes of nonce, ciphertext, 16 bytes of tag.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use kernel::Entropy;
use zeroize::Zeroizing;

use super::{MasterKey, Purpose};

const VERSION: u8 = 1;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The largest secret that can be sealed, in bytes.
pub const MAX_PLAIN: usize = 64 * 1024;

/// The secret is over [`MAX_PLAIN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret is larger than {MAX_PLAIN} bytes")]
pub struct TooLarge;

/// Not sealed by this key, for this purpose and place, or changed since. Which of them cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed secret cannot be opened: another key, another place, or changed bytes")]
pub struct CannotOpen;

impl MasterKey {
    /// Seals a secret for a purpose. `associated` names the place where it is kept; the parts have lengths, so moving a
    /// border between two of them is another place.
    pub fn seal(
        &self,
        purpose: Purpose,
        associated: &[&[u8]],
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, TooLarge> {
        if plain.len() > MAX_PLAIN {
            return Err(TooLarge);
        }
        let nonce = entropy.bytes::<NONCE>();
        // The full capacity at once, so that no copy of the plain text stays behind in freed memory.
        let mut sealed = Vec::with_capacity(1 + NONCE + plain.len() + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self.cipher(purpose).seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place(associated)),
            &mut sealed[1 + NONCE..],
        );
        match tag {
            Ok(tag) => sealed.extend_from_slice(tag.as_ref()),
            Err(_) => unreachable!("INVARIANT: AES-GCM seals up to 64 GiB"),
        }
        Ok(sealed)
    }

    /// Opens what [`MasterKey::seal`] made, with the same purpose and place.
    pub fn open(
        &self,
        purpose: Purpose,
        associated: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        if sealed.len() > 1 + NONCE + MAX_PLAIN + TAG {
            return Err(CannotOpen);
        }
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(CannotOpen) };
        let Some((nonce, ciphertext)) = rest.split_first_chunk::<NONCE>() else {
            return Err(CannotOpen);
        };
        let mut plain = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self
            .cipher(purpose)
            .open_in_place(nonce, Aad::from(place(associated)), &mut plain)
            .map_err(|_| CannotOpen)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    fn cipher(&self, purpose: Purpose) -> LessSafeKey {
        match UnboundKey::new(&AES_256_GCM, self.derive(purpose).as_ref()) {
            Ok(key) => LessSafeKey::new(key),
            Err(_) => unreachable!("INVARIANT: a derived key has the 32 bytes of AES-256"),
        }
    }
}

/// The version and the parts, each behind its length.
fn place(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::*;
    use crate::testing::Seeded;

    fn master(text: &str) -> MasterKey {
        MasterKey::from_app_key(&SecretString::from(text)).unwrap()
    }

    fn ours() -> MasterKey {
        master("q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeA")
    }

    const PLACE: [&[u8]; 2] = [b"signing_key", b"7"];

    fn seal(plain: &[u8]) -> Vec<u8> {
        ours().seal(Purpose::SIGNING_KEYS, &PLACE, plain, &Seeded::new(1)).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_again() {
        for plain in [&b""[..], b"x", &[7; 4096]] {
            let sealed = seal(plain);
            assert_eq!(sealed.len(), 1 + NONCE + plain.len() + TAG);
            assert_eq!(**ours().open(Purpose::SIGNING_KEYS, &PLACE, &sealed).unwrap(), *plain);
        }
    }

    #[test]
    fn the_sealed_form_is_the_same_for_ever() {
        // A change of key derivation, associated data or layout would lose every stored secret. Made by Python.
        let hex: String = seal(b"secret").iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "01c15c0289ec2d0a9167ec8e657e7837f14c2ea4acb7d5e957c1d7663b71309f606887");
    }

    #[test]
    fn elsewhere_it_stays_shut() {
        let sealed = seal(b"secret");
        let opens =
            |key: &MasterKey, purpose, place: &[&[u8]]| key.open(purpose, place, &sealed).is_ok();
        assert!(opens(&ours(), Purpose::SIGNING_KEYS, &PLACE));
        assert!(!opens(&ours(), Purpose::AUDIT_HEAD, &PLACE));
        assert!(!opens(&ours(), Purpose::SIGNING_KEYS, &[b"signing_key", b"8"]));
        assert!(!opens(&ours(), Purpose::SIGNING_KEYS, &[b"signing_key7"]));
        assert!(!opens(&ours(), Purpose::SIGNING_KEYS, &[b"signing_ke", b"y7"]));
        let other = master("q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeB");
        assert!(!opens(&other, Purpose::SIGNING_KEYS, &PLACE));
    }

    #[test]
    fn every_changed_and_missing_byte_is_noticed() {
        let sealed = seal(b"secret");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ours().open(Purpose::SIGNING_KEYS, &PLACE, &changed).is_err());
            assert!(ours().open(Purpose::SIGNING_KEYS, &PLACE, &sealed[..at]).is_err());
        }
    }

    #[test]
    fn too_much_is_refused() {
        let plain = vec![0; MAX_PLAIN + 1];
        let seal = |plain| ours().seal(Purpose::SIGNING_KEYS, &PLACE, plain, &Seeded::new(1));
        assert_eq!(seal(&plain).unwrap_err(), TooLarge);
        let sealed = seal(&plain[1..]).unwrap();
        assert!(ours().open(Purpose::SIGNING_KEYS, &PLACE, &sealed).is_ok());
        let longer = [&sealed[..], b"x"].concat();
        assert!(ours().open(Purpose::SIGNING_KEYS, &PLACE, &longer).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_open_or_panic(bytes: Vec<u8>) {
            let versioned = [&[VERSION], &bytes[..]].concat();
            prop_assert!(ours().open(Purpose::SIGNING_KEYS, &PLACE, &bytes).is_err());
            prop_assert!(ours().open(Purpose::SIGNING_KEYS, &PLACE, &versioned).is_err());
        }
    }
}
