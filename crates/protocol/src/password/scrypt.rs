//! scrypt (RFC 7914), verified only: `$scrypt$ln=14,r=8,p=1$salt$output`, and NocoBase's form.

use zeroize::Zeroizing;

use super::phc::{self, Salted};
use crate::digest::same;

/// Most memory, 128 * N * r bytes: 256 MiB.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// Most work, N * r * p: four times what OWASP asks for (N=2^17, r=8, p=1).
const MOST_WORK: u64 = 4 << 20;
/// log2 of N: fewer than 1024 rounds are nobody's, and more than 2^20 do not fit into the memory anyway.
const LOG_ROUNDS: std::ops::RangeInclusive<u32> = 10..=20;
/// r and p.
const FACTORS: std::ops::RangeInclusive<u32> = 1..=64;

/// NocoBase: 16 hexadecimal digits of salt, which are hashed as text, and 48 of output.
const NOCOBASE_SALT: usize = 16;
const NOCOBASE_LENGTH: usize = 64;

/// A hash by scrypt, with a cost that can be borne.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Scrypt {
    log_rounds: u8,
    block: u32,
    parallel: u32,
    salted: Salted,
}

impl Scrypt {
    /// Reads what follows `$scrypt$`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (numbers, salted) = text.split_once('$')?;
        let [log_rounds, block, parallel] = phc::numbers(numbers, ["ln", "r", "p"])?;
        Self::bounded(log_rounds, block, parallel, Salted::parse(salted)?)
    }

    /// Reads NocoBase's form. Its cost is the default of Node.js: N=16384, r=8, p=1.
    pub(super) fn parse_nocobase(text: &str) -> Option<Self> {
        if text.len() != NOCOBASE_LENGTH || !text.is_ascii() {
            return None;
        }
        let (salt, output) = text.split_at(NOCOBASE_SALT);
        from_hex(salt)?;
        let salted = Salted { salt: salt.as_bytes().to_vec(), output: from_hex(output)? };
        Self::bounded(14, 8, 1, salted)
    }

    pub(super) fn to_text(&self) -> String {
        let Self { log_rounds, block, parallel, salted } = self;
        format!("$scrypt$ln={log_rounds},r={block},p={parallel}${}", salted.to_text())
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let Ok(params) = scrypt::Params::new(self.log_rounds, self.block, self.parallel) else {
            unreachable!("INVARIANT: the cost is bounded when it is read")
        };
        let Salted { salt, output } = &self.salted;
        let mut computed = Zeroizing::new(vec![0; output.len()]);
        match scrypt::scrypt(password, salt, &params, &mut computed) {
            Ok(()) => same(&computed, output),
            Err(_) => unreachable!("INVARIANT: the length of the output is bounded"),
        }
    }

    /// Bounds first: the library multiplies r and p without looking.
    fn bounded(log_rounds: u32, block: u32, parallel: u32, salted: Salted) -> Option<Self> {
        if !LOG_ROUNDS.contains(&log_rounds)
            || !FACTORS.contains(&block)
            || !FACTORS.contains(&parallel)
        {
            return None;
        }
        let cells = (1_u64 << log_rounds) * u64::from(block);
        let bearable = 128 * cells <= MOST_MEMORY && cells * u64::from(parallel) <= MOST_WORK;
        let log_rounds = u8::try_from(log_rounds).ok()?;
        bearable.then_some(Self { log_rounds, block, parallel, salted })
    }
}

/// Lower case only, as NocoBase writes it.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
