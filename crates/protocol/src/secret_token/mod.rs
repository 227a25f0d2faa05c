//! Opaque credentials: API keys, refresh tokens, cookies, one-time links.
//!
//! The text is `prefix_` + 22 characters of id + `_` + 43 characters of a 256-bit secret + 6 characters of CRC-32, all
//! in base 62, so a double click takes all of it and scanners for leaked secrets find it by prefix and checksum. The id
//! finds the row; the row holds [`SecretToken::hash`], never the secret. A text with a slip of the pen, or in a second
//! spelling, is refused by [`SecretToken::parse`] before anything is looked up.

mod base62;
mod checksum;
mod kind;
mod rotation;

use std::fmt;

use kernel::Entropy;
use secrecy::SecretString;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

pub use kind::Kind;
pub use rotation::{Rotation, Verdict};

use crate::digest::{hmac_sha256, same, sha256};
use checksum::crc32;

const ID_WIDTH: usize = 22;
const SECRET_WIDTH: usize = 43;
const CHECKSUM_WIDTH: usize = 6;
/// Three letters and two separators belong to every token.
const LENGTH: usize = 3 + 1 + ID_WIDTH + 1 + SECRET_WIDTH + CHECKSUM_WIDTH;

/// Text that is not a secret token of the kind that was asked for. Says no more: the text may be nearly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a credential of this kind")]
pub struct NotASecretToken;

/// An opaque credential, in the clear. It lives only while it is made, shown or checked.
pub struct SecretToken {
    kind: Kind,
    id: Uuid,
    secret: Zeroizing<[u8; 32]>,
}

impl SecretToken {
    /// A new one with a fresh secret, for the row of that id.
    pub fn generate(kind: Kind, id: Uuid, entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(secret.as_mut());
        Self { kind, id, secret }
    }

    /// Reads one of that kind: length, prefix, separators, alphabet, canonical form and checksum.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, NotASecretToken> {
        if text.len() != LENGTH || Kind::of(text) != Some(kind) {
            return Err(NotASecretToken);
        }
        // Bytes, since the text may have a multi-byte character where a border should be.
        let (body, checksum) = text.as_bytes().split_at(LENGTH - CHECKSUM_WIDTH);
        let (head, secret) = body.split_at(body.len() - SECRET_WIDTH);
        let Some(id) = head.get(4..).and_then(|rest| rest.strip_suffix(b"_")) else {
            return Err(NotASecretToken);
        };
        let checksum = base62::decode::<4>(checksum).ok_or(NotASecretToken)?;
        if u32::from_be_bytes(*checksum) != crc32(body) {
            return Err(NotASecretToken);
        }
        let id = Uuid::from_bytes(*base62::decode::<16>(id).ok_or(NotASecretToken)?);
        let secret = base62::decode::<32>(secret).ok_or(NotASecretToken)?;
        Ok(Self { kind, id, secret })
    }

    /// The text to hand to its holder, once.
    pub fn to_text(&self) -> SecretString {
        // The full capacity at once, so that no copy of a part stays behind in freed memory.
        let mut text = String::with_capacity(LENGTH);
        text.push_str(self.kind.prefix());
        text.push('_');
        base62::encode(self.id.as_bytes(), ID_WIDTH, &mut text);
        text.push('_');
        base62::encode(self.secret.as_ref(), SECRET_WIDTH, &mut text);
        let checksum = crc32(text.as_bytes());
        base62::encode(&checksum.to_be_bytes(), CHECKSUM_WIDTH, &mut text);
        let secret = SecretString::from(text.as_str());
        text.zeroize();
        secret
    }

    /// What it is for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The id of its row.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What the row keeps: SHA-256 over a label, kind, id and secret. Without salt or cost, since 256 random bits
    /// cannot be found by trying; kind and id are in it, so that a hash moved to another row opens nothing.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&[
            b"portcullis secret token 1\0",
            self.kind.prefix().as_bytes(),
            self.id.as_bytes(),
            self.secret.as_ref(),
        ])
    }

    /// Whether this is the token whose hash the row keeps, in constant time.
    pub fn matches(&self, stored: &[u8; 32]) -> bool {
        same(&self.hash(), stored)
    }

    /// The token that follows this one, for the row `next` (which may be the same). It is derived, by HMAC-SHA256 with
    /// the pepper as key over a label, kind, both ids and this secret; so whoever repeats this token within the grace
    /// period gets the same successor again, though nothing was kept in the clear. The pepper is the server's own: who
    /// holds a token but not the pepper cannot tell the next one.
    #[must_use]
    pub fn successor(&self, pepper: &[u8; 32], next: Uuid) -> Self {
        let secret = hmac_sha256(
            pepper,
            &[
                b"portcullis successor 1\0",
                self.kind.prefix().as_bytes(),
                self.id.as_bytes(),
                next.as_bytes(),
                self.secret.as_ref(),
            ],
        );
        Self { kind: self.kind, id: next, secret: Zeroizing::new(secret) }
    }

    /// A token of another kind that this one is good for, for the row `id`: derived as a successor is, under a label of its
    /// own, so that who repeats this token gets the same one again.
    #[must_use]
    pub fn opens(&self, kind: Kind, pepper: &[u8; 32], id: Uuid) -> Self {
        let secret = hmac_sha256(
            pepper,
            &[
                b"portcullis opened 1\0",
                self.kind.prefix().as_bytes(),
                kind.prefix().as_bytes(),
                self.id.as_bytes(),
                id.as_bytes(),
                self.secret.as_ref(),
            ],
        );
        Self { kind, id, secret: Zeroizing::new(secret) }
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretToken")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::testing::Seeded;

    const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

    fn token(kind: Kind) -> SecretToken {
        SecretToken::generate(kind, ID, &Seeded::new(1))
    }

    #[test]
    fn it_survives_text() {
        for kind in Kind::ALL {
            let text = token(kind).to_text();
            assert_eq!(text.expose_secret().len(), LENGTH);
            let read = SecretToken::parse(kind, text.expose_secret()).unwrap();
            assert_eq!((read.kind(), read.id()), (kind, ID));
            assert!(read.matches(&token(kind).hash()));
        }
    }

    #[test]
    fn the_forms_are_the_same_for_ever() {
        // A change of these would end every token. Made by hashlib and zlib of Python.
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let token = token(Kind::ApiKey);
        assert_eq!(
            token.to_text().expose_secret(),
            "pck_02wndAAHBC95f4Al8rNFlB_jqn3i8W019QpjpAEowqL9NUk0tTUSX6HBbj3oMKTsX33BlfRT"
        );
        assert_eq!(
            hex(&token.hash()),
            "c133ca981949af84d7e4b95e67bc56f856d21d84215df80618947ea7028edc94"
        );
        assert_eq!(
            hex(token.successor(&[1; 32], Uuid::from_u128(7)).secret.as_ref()),
            "3ab54f7f4c9fccb8894e405667a3fbdddd37603c5613ef927d8172c2c5b8c0fe"
        );
    }

    #[test]
    fn one_kind_is_never_another() {
        for made in Kind::ALL {
            for read in Kind::ALL.into_iter().filter(|kind| *kind != made) {
                let text = token(made).to_text();
                assert!(SecretToken::parse(read, text.expose_secret()).is_err());
                assert!(!token(made).matches(&token(read).hash()));
            }
        }
    }

    #[test]
    fn a_hash_moved_to_another_row_does_not_match() {
        let token = token(Kind::ApiKey);
        let elsewhere =
            SecretToken { kind: Kind::ApiKey, id: Uuid::nil(), secret: token.secret.clone() };
        assert!(!elsewhere.matches(&token.hash()));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let text = token(Kind::Refresh).to_text().expose_secret().to_owned();
        for at in 0..text.len() {
            for other in ['0', 'z', 'A', '_', '-', ' ', '\0'] {
                let mut changed: Vec<char> = text.chars().collect();
                if changed[at] == other {
                    continue;
                }
                changed[at] = other;
                let changed: String = changed.into_iter().collect();
                assert!(SecretToken::parse(Kind::Refresh, &changed).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn second_spellings_and_slips_are_refused() {
        let text = token(Kind::ApiKey).to_text().expose_secret().to_owned();
        // The checksum fits, but the number is over 256 bits: it would be a second name for another secret.
        let mut over = format!("{}{}", &text[..27], "z".repeat(SECRET_WIDTH));
        let checksum = crc32(over.as_bytes());
        base62::encode(&checksum.to_be_bytes(), CHECKSUM_WIDTH, &mut over);
        for wrong in [
            over,
            String::new(),
            text[..text.len() - 1].to_owned(),
            format!("{text}="),
            format!(" {text}"),
            format!("{text}\n"),
            text.to_uppercase(),
            "é".repeat(LENGTH / 2),
            text.repeat(1000),
        ] {
            assert!(SecretToken::parse(Kind::ApiKey, &wrong).is_err());
        }
    }

    #[test]
    fn a_successor_is_the_same_each_time_and_told_by_all_it_comes_from() {
        let old = token(Kind::Refresh);
        let next = Uuid::from_u128(7);
        let successor = old.successor(&[1; 32], next);
        assert_eq!((successor.kind(), successor.id()), (Kind::Refresh, next));
        assert!(old.successor(&[1; 32], next).matches(&successor.hash()));
        assert!(*old.successor(&[2; 32], next).secret != *successor.secret);
        assert!(*old.successor(&[1; 32], ID).secret != *successor.secret);
        assert!(*token(Kind::Remember).successor(&[1; 32], next).secret != *successor.secret);
        assert!(*successor.successor(&[1; 32], next).secret != *successor.secret);
    }

    #[test]
    fn what_a_token_opens_is_the_same_each_time_and_told_by_all_it_comes_from() {
        let (old, id) = (token(Kind::Remember), Uuid::from_u128(7));
        let opened = old.opens(Kind::Refresh, &[1; 32], id);
        assert_eq!((opened.kind(), opened.id()), (Kind::Refresh, id));
        assert!(old.opens(Kind::Refresh, &[1; 32], id).matches(&opened.hash()));
        for other in [
            old.opens(Kind::SessionCookie, &[1; 32], id),
            old.opens(Kind::Refresh, &[2; 32], id),
            old.opens(Kind::Refresh, &[1; 32], ID),
            token(Kind::Refresh).opens(Kind::Refresh, &[1; 32], id),
            old.successor(&[1; 32], ID).opens(Kind::Refresh, &[1; 32], id),
            old.successor(&[1; 32], id),
        ] {
            assert!(*other.secret != *opened.secret);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let token = token(Kind::ApiKey);
        let shown = format!("{token:?}");
        assert!(shown.contains("ApiKey") && shown.contains(&ID.to_string()));
        assert!(!shown.contains("secret"));
        assert!(!format!("{:?}", token.to_text()).contains("pck_"));
    }

    proptest! {
        #[test]
        fn any_token_survives_text(id: u128, secret: [u8; 32]) {
            let id = Uuid::from_u128(id);
            let token = SecretToken { kind: Kind::ApiKey, id, secret: Zeroizing::new(secret) };
            let read = SecretToken::parse(Kind::ApiKey, token.to_text().expose_secret()).unwrap();
            prop_assert_eq!((read.id, *read.secret), (id, secret));
        }

        #[test]
        fn no_text_panics(text: String, tail in "[0-9A-Za-z_é]{60,80}") {
            for kind in Kind::ALL {
                let _ = SecretToken::parse(kind, &text);
                let nearly = format!("{}_{tail}", kind.prefix());
                prop_assert!(SecretToken::parse(kind, &nearly).is_err());
            }
        }
    }
}
