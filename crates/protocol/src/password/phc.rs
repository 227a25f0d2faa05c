//! The PHC string format: `$id$v=19$name=number,...$salt$output`, salt and output in base64 without padding.
//!
//! Read by hand, since the parameters must be bounded before a library sees them, and each name may come once only.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// Shorter outputs could be met by trying, in bytes.
const LEAST_OUTPUT: usize = 16;
const MOST_OUTPUT: usize = 64;
const LEAST_SALT: usize = 8;
const MOST_SALT: usize = 64;

/// What the algorithms have in common: salt and output.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Salted {
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

impl Salted {
    /// Reads `salt$output`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (salt, output) = text.split_once('$')?;
        let salt = STANDARD_NO_PAD.decode(salt).ok()?;
        let output = STANDARD_NO_PAD.decode(output).ok()?;
        let fits = (LEAST_SALT..=MOST_SALT).contains(&salt.len())
            && (LEAST_OUTPUT..=MOST_OUTPUT).contains(&output.len());
        fits.then_some(Self { salt, output })
    }

    /// Writes `salt$output`.
    pub(super) fn to_text(&self) -> String {
        format!("{}${}", STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(&self.output))
    }
}

/// Reads exactly these names, in this order, each with a decimal number without sign or leading zeros.
pub(super) fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(',');
    for (number, name) in numbers.iter_mut().zip(names) {
        let digits = parts.next()?.strip_prefix(name)?.strip_prefix('=')?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || (digits.len() > 1 && digits.starts_with('0')) {
            return None;
        }
        *number = digits.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}
