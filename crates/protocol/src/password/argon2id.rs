//! Argon2id, version 0x13 (RFC 9106).

use std::alloc::{Layout, handle_alloc_error};

use argon2::{Algorithm, Argon2, Version};
use zeroize::Zeroizing;

use super::{
    cost::Argon2Cost,
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
    pub(super) fn make(password: &[u8], cost: &Argon2Cost, salt: [u8; SALT]) -> Self {
        let output = run(password, &salt, cost, OUTPUT).to_vec();
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

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let Salted { salt, output } = &self.salted;
        same(&run(password, salt, &self.cost, output.len()), output)
    }

    /// Whether a new hash would have the same cost and sizes.
    pub(super) fn is_of(&self, cost: &Argon2Cost) -> bool {
        self.cost == *cost && self.salted.salt.len() == SALT && self.salted.output.len() == OUTPUT
    }
}

/// Hashes and compares as for a stored hash of that cost, and is never true but by a chance of 2^-256.
pub(super) fn work_for_nothing(password: &[u8], cost: &Argon2Cost) -> bool {
    same(&run(password, &[0; SALT], cost, OUTPUT), &[0; OUTPUT])
}

fn run(password: &[u8], salt: &[u8], cost: &Argon2Cost, length: usize) -> Zeroizing<Vec<u8>> {
    let mut output = Zeroizing::new(vec![0; length]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params());
    match argon2.hash_password_into(password, salt, &mut output) {
        Ok(()) => output,
        // To go on would mean to answer without having looked.
        Err(argon2::Error::OutOfMemory) => handle_alloc_error(memory(cost)),
        Err(_) => unreachable!("INVARIANT: lengths and cost are bounded by the constructors"),
    }
}

fn memory(cost: &Argon2Cost) -> Layout {
    const KIB: usize = 1024;
    let blocks = usize::try_from(cost.memory()).unwrap_or(0);
    Layout::array::<[u8; KIB]>(blocks).unwrap_or(Layout::new::<[u8; KIB]>())
}
