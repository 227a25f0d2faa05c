//! Argon2id, version 0x13 (RFC 9106).

use argon2::{Algorithm, Argon2, Version};
use zeroize::Zeroizing;

use super::{
    cost::Argon2Cost,
    memory::Memory,
    phc::{self, Salted},
};
use crate::digest::same;

const OUTPUT: usize = 32;
const SALT: usize = 16;

/// A hash by Argon2id, with a cost that can be borne.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Argon2id {
    cost: Argon2Cost,
    salted: Salted,
}

impl Argon2id {
    pub(super) fn make(
        password: &[u8],
        cost: &Argon2Cost,
        salt: [u8; SALT],
        memory: &mut Memory,
    ) -> Self {
        let output = run(password, &salt, cost, memory, OUTPUT).to_vec();
        Self { cost: *cost, salted: Salted { salt: salt.to_vec(), output } }
    }

    /// Reads what follows `$argon2id$`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (numbers, salted) = text.strip_prefix("v=19$")?.split_once('$')?;
        let [memory, passes, lanes] = phc::numbers(numbers, ["m", "t", "p"])?;
        let cost = Argon2Cost::of_stored(memory, passes, lanes)?;
        Some(Self { cost, salted: Salted::parse(salted)? })
    }

    pub(super) fn to_text(&self) -> String {
        format!("$argon2id$v=19${}${}", self.cost, self.salted.to_text())
    }

    pub(super) fn matches(&self, password: &[u8], memory: &mut Memory) -> bool {
        let Salted { salt, output } = &self.salted;
        same(&run(password, salt, &self.cost, memory, output.len()), output)
    }

    /// Whether a new hash would have the same cost and sizes.
    pub(super) fn is_of(&self, cost: &Argon2Cost) -> bool {
        self.cost == *cost && self.salted.salt.len() == SALT && self.salted.output.len() == OUTPUT
    }
}

/// Hashes and compares as for a stored hash of that cost, and is never true but by a chance of 2^-256.
pub(super) fn work_for_nothing(password: &[u8], cost: &Argon2Cost, memory: &mut Memory) -> bool {
    same(&run(password, &[0; SALT], cost, memory, OUTPUT), &[0; OUTPUT])
}

fn run(
    password: &[u8],
    salt: &[u8],
    cost: &Argon2Cost,
    memory: &mut Memory,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let mut output = Zeroizing::new(vec![0; length]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params());
    let blocks = memory.blocks(cost.params().block_count());
    match argon2.hash_password_into_with_memory(password, salt, &mut output, blocks) {
        Ok(()) => output,
        Err(_) => unreachable!("INVARIANT: lengths and cost are bounded by the constructors"),
    }
}
