//! From the text as typed to the bytes that are hashed.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The longest password that is looked at, in bytes as typed.
pub const LONGEST: usize = 4096;

/// NFC makes no text longer than three times its UTF-8 bytes (Unicode Standard Annex 15, section 14).
const NFC_GROWTH: usize = 3;

/// The password is over [`LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password is longer than {LONGEST} bytes")]
pub struct PasswordTooLong;

/// The forms of a password in which it may have been hashed.
pub(super) struct Candidates<'a> {
    typed: &'a [u8],
    normal: Zeroizing<String>,
}

impl<'a> Candidates<'a> {
    pub(super) fn of(password: &'a SecretString) -> Result<Self, PasswordTooLong> {
        let typed = password.expose_secret();
        if typed.len() > LONGEST {
            return Err(PasswordTooLong);
        }
        // The full capacity at once, so that no copy of a part stays behind in freed memory.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() * NFC_GROWTH));
        normal.extend(typed.chars().map(plain_space).nfc());
        Ok(Self { typed: typed.as_bytes(), normal })
    }

    /// The form that new hashes are of.
    pub(super) fn normal(&self) -> &[u8] {
        self.normal.as_bytes()
    }

    /// The text as typed, if it differs.
    pub(super) fn typed(&self) -> Option<&[u8]> {
        (self.typed != self.normal.as_bytes()).then_some(self.typed)
    }
}

/// The other characters of Unicode's category Zs (RFC 8265, section 4.2.2, rule 2).
fn plain_space(character: char) -> char {
    match character {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            ' '
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> String {
        let password = SecretString::from(text);
        let candidates = Candidates::of(&password).unwrap();
        String::from_utf8(candidates.normal().to_vec()).unwrap()
    }

    #[test]
    fn spaces_and_accents_become_one_form() {
        assert_eq!(normal("correct horse battery staple"), "correct horse battery staple");
        assert_eq!(normal("foo\u{1680}bar\u{a0}\u{3000}"), "foo bar  ");
        assert_eq!(normal("cafe\u{301}"), "caf\u{e9}");
        assert_eq!(normal("\u{212b}"), "\u{c5}");
        // Case, width and compatibility forms stay (RFC 8265, section 4.2.2).
        assert_eq!(normal("Correct ＨＯＲＳＥ ﬁ"), "Correct ＨＯＲＳＥ ﬁ");
    }

    #[test]
    fn the_typed_text_counts_only_if_it_differs() {
        let plain = SecretString::from("caf\u{e9}");
        assert_eq!(Candidates::of(&plain).unwrap().typed(), None);
        let apart = SecretString::from("cafe\u{301}");
        assert_eq!(Candidates::of(&apart).unwrap().typed(), Some("cafe\u{301}".as_bytes()));
    }

    #[test]
    fn the_longest_is_4_kib() {
        assert!(Candidates::of(&SecretString::from("x".repeat(4096))).is_ok());
        assert!(Candidates::of(&SecretString::from("x".repeat(4097))).is_err());
    }

    proptest! {
        #[test]
        fn the_room_is_enough(text: String) {
            let password = SecretString::from(text.as_str());
            let candidates = Candidates::of(&password).unwrap();
            prop_assert!(candidates.normal.len() <= text.len() * NFC_GROWTH);
        }
    }
}
