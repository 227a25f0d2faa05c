//! `APP_KEY`: what is accepted as a master key, and the keys that are derived from it.

use std::fmt;

use aws_lc_rs::hkdf;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::Purpose;

/// A shorter text is refused, in bytes.
const SHORTEST: usize = 32;
/// A longer text is refused, in bytes.
const LONGEST: usize = 4096;
/// Fewer different bytes than that are no random key: 32 random hexadecimal digits have about 14.
const VARIETY: usize = 8;

/// Words of documentation and sample files, as they look in lower case without punctuation. None is shorter than seven
/// letters, so that a random key does not meet one by chance.
const PLACEHOLDERS: [&str; 16] = [
    "secretkey",
    "yoursecret",
    "supersecret",
    "jwtsecret",
    "mysecret",
    "changeme",
    "changethis",
    "changeit",
    "replaceme",
    "replacethis",
    "replacewith",
    "placeholder",
    "yourappkey",
    "testkey",
    "password",
    "example",
];

/// Why a text cannot be the master key. It never says what the text was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppKeyRefused {
    /// Under 32 bytes.
    #[error("APP_KEY is shorter than {SHORTEST} bytes")]
    TooShort,
    /// Over 4096 bytes.
    #[error("APP_KEY is longer than {LONGEST} bytes")]
    TooLong,
    /// A known default or a word from documentation is in it.
    #[error("APP_KEY is a known placeholder; make a random one")]
    Placeholder,
    /// Few different bytes, a repeated part, or a run such as `abcdef`.
    #[error("APP_KEY is no random text; make a random one")]
    TooRegular,
}

/// The key from which all others are derived. It is kept extracted (RFC 5869, section 2.2), and wiped when dropped.
#[derive(Clone)]
pub struct MasterKey(hkdf::Prk);

impl MasterKey {
    /// Takes `APP_KEY`: any text of 32 to 4096 bytes, white space at its ends left aside (a file ends with a line
    /// break). The text itself is the key material, so hexadecimal and base64 need no mark.
    pub fn from_app_key(text: &SecretString) -> Result<Self, AppKeyRefused> {
        let text = text.expose_secret();
        if text.len() > LONGEST {
            return Err(AppKeyRefused::TooLong);
        }
        let text = text.trim();
        if text.len() < SHORTEST {
            return Err(AppKeyRefused::TooShort);
        }
        refuse_what_is_known(text.as_bytes())?;
        if let Some(decoded) = decoded(text) {
            refuse_what_is_known(&decoded)?;
        }
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"portcullis app key 1");
        Ok(Self(salt.extract(text.as_bytes())))
    }

    /// The key of a purpose: 32 bytes.
    pub fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let info = [purpose.0.as_bytes()];
        let filled = self.0.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(key.as_mut()));
        match filled {
            Ok(()) => key,
            Err(_) => unreachable!("INVARIANT: HKDF-SHA256 gives up to 8160 bytes"),
        }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

fn refuse_what_is_known(key: &[u8]) -> Result<(), AppKeyRefused> {
    let letters: Zeroizing<Vec<u8>> = Zeroizing::new(
        key.iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect(),
    );
    let holds = |word: &&str| letters.windows(word.len()).any(|part| part == word.as_bytes());
    if PLACEHOLDERS.iter().any(holds) {
        return Err(AppKeyRefused::Placeholder);
    }
    if variety(key) < VARIETY || repeats(key) || runs(key) {
        return Err(AppKeyRefused::TooRegular);
    }
    Ok(())
}

fn variety(key: &[u8]) -> usize {
    let mut seen = [false; 256];
    key.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Whether the text is a part of at most half its length, again and again.
fn repeats(key: &[u8]) -> bool {
    (1..=key.len() / 2)
        .any(|period| key.iter().zip(&key[period..]).all(|(left, right)| left == right))
}

/// Whether half of the bytes or more are one more or one less than the byte before: a walk along the alphabet.
fn runs(key: &[u8]) -> bool {
    let next_to = |pair: &&[u8]| pair[0].abs_diff(pair[1]) == 1;
    key.windows(2).filter(next_to).count() * 2 >= key.len()
}

/// The bytes, if the text is base64 of either alphabet: a placeholder does not get better by encoding it.
fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text = text.strip_prefix("base64:").unwrap_or(text);
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn take(text: &str) -> Result<MasterKey, AppKeyRefused> {
        MasterKey::from_app_key(&SecretString::from(text))
    }

    #[test]
    fn random_texts_are_taken() {
        for text in [
            "q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeA",
            "9f1c3b7a5e2d84066bd19cf0a37e5281",
            "base64:sVf3kq0m1ZyQp9X2u7bT4cR8nWd5hJgE6aLoYxKiM0A=",
            "Nine wet herons quarrel under the tin roof",
        ] {
            assert!(take(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn length_is_counted_without_white_space_around() {
        assert_eq!(take("").unwrap_err(), AppKeyRefused::TooShort);
        assert_eq!(take("secret-key").unwrap_err(), AppKeyRefused::TooShort);
        let short = format!("{}{}", "q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9Te", " ".repeat(9));
        assert_eq!(take(&short).unwrap_err(), AppKeyRefused::TooShort);
        assert_eq!(take(&"x".repeat(5000)).unwrap_err(), AppKeyRefused::TooLong);
    }

    #[test]
    fn placeholders_are_refused() {
        for text in [
            "your-secret-key-your-own-2f81b7c4d9",
            "please-CHANGE_ME-before-production!!",
            "This is a Placeholder for the real one",
            "app-key-for-tests: Test_Key 0918273645",
            "correct password battery staple 12345",
            // The base64 of "please change me, this is no secret key".
            "cGxlYXNlIGNoYW5nZSBtZSwgdGhpcyBpcyBubyBzZWNyZXQga2V5",
            "base64:cGxlYXNlIGNoYW5nZSBtZSwgdGhpcyBpcyBubyBzZWNyZXQga2V5",
        ] {
            assert_eq!(take(text).unwrap_err(), AppKeyRefused::Placeholder, "{text}");
        }
    }

    #[test]
    fn regular_texts_are_refused() {
        for text in [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabcabcabcabcabcabcabcabcabc",
            "9f1c3b7a5e2d84069f1c3b7a5e2d84069f1c3b7a",
            "acegacceagcaegacecgaaecgcaegacgeaccgea",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        ] {
            assert_eq!(take(text).unwrap_err(), AppKeyRefused::TooRegular, "{text}");
        }
    }

    #[test]
    fn each_purpose_and_each_key_has_its_own() {
        let key = take("q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeA").unwrap();
        let again = take("q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeA\n").unwrap();
        let other = take("q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeB").unwrap();
        assert_eq!(key.derive(Purpose::SUCCESSORS), again.derive(Purpose::SUCCESSORS));
        assert_ne!(key.derive(Purpose::SUCCESSORS), key.derive(Purpose::AUDIT_HEAD));
        assert_ne!(key.derive(Purpose::SUCCESSORS), other.derive(Purpose::SUCCESSORS));
    }

    #[test]
    fn debug_shows_nothing() {
        let key = take("q8Zt3VxKb1nWcY5rLd7MfPj2HsGu9TeA").unwrap();
        assert_eq!(format!("{key:?}"), "MasterKey(..)");
    }

    proptest! {
        #[test]
        fn random_keys_are_taken(bytes: [u8; 32]) {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            // Shrinking leads to regular bytes; those are refused, and rightly.
            prop_assume!(variety(&bytes) > 24);
            prop_assert!(take(&hex).is_ok());
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = take(&text);
        }
    }
}
