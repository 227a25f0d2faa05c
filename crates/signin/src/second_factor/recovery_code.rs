//! Recovery codes: ten of them, each good once, for the day on which the factor is lost. They are shown once, and kept
//! as hashes.

use std::fmt::Write;

use aws_lc_rs::digest;
use context::Writing;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use kernel::{Entropy, NodeId, Problem};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{
    challenge::{Asked, Beginning, ChallengeType, Made, Making, Sent, Work},
    store::{UseUp, recovery_codes},
};

/// How many there are.
pub(super) const COUNT: usize = 10;
/// From so few left on, users are told.
pub(super) const FEW: i64 = 3;
/// 80 bits: nobody tries them all, not even with the hashes at hand.
const LENGTH: usize = 10;
/// Characters of a code.
const CHARACTERS: usize = 16;

/// The type `recovery`.
pub(super) struct RecoveryCode;

impl ChallengeType for RecoveryCode {
    fn make(&self, _: Making<'_>) -> Result<Made, Problem> {
        Err(Problem::invalid("/type", "is no factor: recovery codes come with the first one"))
    }

    fn begin<'a>(&'a self, _: Beginning<'a>) -> Work<'a, Sent> {
        Box::pin(async { Ok(Sent::default()) })
    }

    fn judge<'a>(&'a self, asked: Asked<'a>) -> Work<'a, Option<UseUp>> {
        Box::pin(async move {
            let hash = plain(asked.code).map(|plain| hash(asked.user, &plain));
            Ok(hash.map(|hash| recovery_codes::use_up(asked.user, &hash, asked.ctx.now())))
        })
    }
}

/// Gives a user ten new codes; those before are good no more.
pub(super) async fn renew(tx: &Writing, user: NodeId) -> Result<Vec<SecretString>, Problem> {
    let (now, entropy): (Timestamp, _) = (tx.ctx().now(), tx.ctx().system().entropy());
    let codes: Vec<SecretString> = (0..COUNT).map(|_| generate(entropy)).collect();
    let hashes: Vec<[u8; 32]> =
        codes.iter().filter_map(plain).map(|plain| hash(user, &plain)).collect();
    recovery_codes::replace(tx.as_ref(), user, &hashes, now).await?;
    Ok(codes)
}

/// `abcd-efgh-ijkl-mnop`
fn generate(entropy: &dyn Entropy) -> SecretString {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    entropy.fill(bytes.as_mut());
    let text = Zeroizing::new(BASE32_NOPAD.encode(bytes.as_ref()).to_ascii_lowercase());
    let mut code = String::with_capacity(CHARACTERS + 3);
    for (position, character) in text.chars().enumerate() {
        let divider = if position > 0 && position % 4 == 0 { "-" } else { "" };
        // Writing to a string does not fail.
        let _ = write!(code, "{divider}{character}");
    }
    code.into()
}

/// A code as it is hashed, however people type it.
fn plain(code: &SecretString) -> Option<Zeroizing<String>> {
    let code = code.expose_secret();
    if code.len() > 64 {
        return None;
    }
    let is_divider = |character: &char| *character == '-' || character.is_whitespace();
    let plain: String = code.chars().filter(|character| !is_divider(character)).collect();
    let plain = Zeroizing::new(plain.to_ascii_lowercase());
    let is_code = plain.len() == CHARACTERS
        && plain.bytes().all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte));
    is_code.then_some(plain)
}

/// What is kept: bound to its user, so that a row that is moved to another opens nothing.
fn hash(user: NodeId, plain: &str) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"portcullis recovery code 1\0");
    context.update(user.0.as_bytes());
    context.update(plain.as_bytes());
    let mut hash = [0; 32];
    hash.iter_mut().zip(context.finish().as_ref()).for_each(|(byte, hashed)| *byte = *hashed);
    hash
}

#[cfg(test)]
mod tests {
    use testkit::SeededEntropy;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = generate(&SeededEntropy::new(1));
        let text = code.expose_secret();
        assert_eq!((text.len(), text.matches('-').count()), (19, 3));
        let read = |text: String| plain(&text.into()).map(|plain| plain.to_string());
        let expected = read(text.to_owned());
        assert!(expected.is_some());
        for typed in [text.to_uppercase(), text.replace('-', " "), text.replace('-', "")] {
            assert_eq!(read(typed), expected);
        }
        for wrong in ["", "123456", &text[1..], &format!("{text}a"), &text.replace('-', "1")] {
            assert_eq!(read(wrong.to_owned()), None, "{wrong}");
        }
        assert_eq!(read("-".repeat(100)), None);
    }

    #[test]
    fn a_hash_is_bound_to_its_user() {
        let code = plain(&generate(&SeededEntropy::new(1))).unwrap();
        let other = plain(&generate(&SeededEntropy::new(2))).unwrap();
        let user = NodeId(uuid::Uuid::from_u128(7));
        assert_eq!(hash(user, &code), hash(user, &code));
        assert_ne!(hash(user, &code), hash(NodeId::GLOBAL, &code));
        assert_ne!(hash(user, &code), hash(user, &other));
    }
}
