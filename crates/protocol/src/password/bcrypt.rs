//! bcrypt, verified only: `$2a$`, `$2b$` and `$2y$`.

use std::str::FromStr;

use bcrypt::HashParts;

/// bcrypt looks at this many bytes of a password and no further.
const MOST_BYTES: usize = 72;
/// log2 of the rounds. 2^15 rounds take about two seconds.
const COSTS: std::ops::RangeInclusive<u32> = 4..=15;

/// A hash by bcrypt, with a cost that can be borne.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Bcrypt(String);

impl Bcrypt {
    /// Reads the whole text. `$2x$` is refused: it marks hashes of a faulty implementation.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
        if !known || !text.as_bytes().get(4..6)?.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let parts = HashParts::from_str(text).ok()?;
        COSTS.contains(&parts.get_cost()).then(|| Self(text.to_owned()))
    }

    pub(super) fn to_text(&self) -> String {
        self.0.clone()
    }

    /// The password must be one that [`takes`] is true for.
    pub(super) fn matches(&self, password: &[u8]) -> bool {
        takes(password) && bcrypt::verify(password, &self.0).unwrap_or(false)
    }
}

/// Whether bcrypt looks at the whole password. A NUL ends it in some implementations, and in the others `a` and `a NUL a`
/// give one hash, since the key is repeated with a NUL between.
pub(super) fn takes(password: &[u8]) -> bool {
    password.len() <= MOST_BYTES && !password.contains(&0)
}
