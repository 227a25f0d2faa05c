//! What hashing may cost.

use std::{fmt, str::FromStr};

use argon2::Params;

/// The least memory, in KiB, and the least product of memory and passes: the weakest of the settings that OWASP calls
/// equal (m=7168 t=5, m=9216 t=4, m=12288 t=3, m=19456 t=2, m=47104 t=1).
const LEAST_MEMORY: u32 = 7168;
const LEAST_WORK: u64 = 7168 * 5;
/// The most memory, in KiB: 256 MiB.
const MOST_MEMORY: u32 = 256 * 1024;
/// The most passes over the memory.
const MOST_PASSES: u32 = 32;
/// The most product of memory and passes: 1 GiB in all, about two seconds.
const MOST_WORK: u64 = 1024 * 1024;
/// The most lanes.
const MOST_LANES: u32 = 16;

/// The cost of Argon2id (RFC 9106, section 3.1), written `m=19456,t=2,p=1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// A cost that is malformed, too little to protect or too much to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CostRefused {
    /// Not of the form `m=19456,t=2,p=1`.
    #[error("the cost must be written like m=19456,t=2,p=1")]
    Malformed,
    /// Under what is held to be safe.
    #[error("the cost is too small: m at least {LEAST_MEMORY}, m times t at least {LEAST_WORK}")]
    TooSmall,
    /// Over what a server can bear.
    #[error(
        "the cost is too large: m at most {MOST_MEMORY}, t at most {MOST_PASSES}, p at most {MOST_LANES}, m times t at most {MOST_WORK}"
    )]
    TooLarge,
}

impl Argon2Cost {
    /// `memory` in KiB (m), `passes` over it (t), and `lanes` (p).
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Result<Self, CostRefused> {
        let cost = Self { memory, passes, lanes };
        if memory < LEAST_MEMORY || lanes == 0 || cost.work() < LEAST_WORK {
            return Err(CostRefused::TooSmall);
        }
        if !cost.is_bearable() {
            return Err(CostRefused::TooLarge);
        }
        Ok(cost)
    }

    /// The cost that a stored hash states, if Argon2 allows it and a server can bear it. It may be weak: that is no
    /// reason to lock its owner out.
    pub(super) fn of_stored(memory: u32, passes: u32, lanes: u32) -> Option<Self> {
        let cost = Self { memory, passes, lanes };
        let allowed = passes >= 1 && lanes >= 1 && cost.is_bearable() && memory >= lanes * 8;
        allowed.then_some(cost)
    }

    /// Memory in KiB.
    pub fn memory(&self) -> u32 {
        self.memory
    }

    /// Passes over the memory.
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub fn lanes(&self) -> u32 {
        self.lanes
    }

    pub(super) fn params(&self) -> Params {
        match Params::new(self.memory, self.passes, self.lanes, None) {
            Ok(params) => params,
            Err(_) => unreachable!("INVARIANT: both constructors ask for more than Argon2 does"),
        }
    }

    fn is_bearable(&self) -> bool {
        self.memory <= MOST_MEMORY
            && self.passes <= MOST_PASSES
            && self.lanes <= MOST_LANES
            && self.work() <= MOST_WORK
    }

    fn work(&self) -> u64 {
        u64::from(self.memory) * u64::from(self.passes)
    }
}

/// 19 MiB, two passes, one lane.
impl Default for Argon2Cost {
    fn default() -> Self {
        Self { memory: 19_456, passes: 2, lanes: 1 }
    }
}

impl fmt::Display for Argon2Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory, self.passes, self.lanes)
    }
}

impl FromStr for Argon2Cost {
    type Err = CostRefused;

    fn from_str(text: &str) -> Result<Self, CostRefused> {
        let [memory, passes, lanes] =
            super::phc::numbers(text, ["m", "t", "p"]).ok_or(CostRefused::Malformed)?;
        Self::new(memory, passes, lanes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_allowed_and_survives_text() {
        let cost = Argon2Cost::default();
        assert_eq!(cost.to_string(), "m=19456,t=2,p=1");
        assert_eq!(cost.to_string().parse(), Ok(cost));
        assert_eq!(Argon2Cost::new(19_456, 2, 1), Ok(cost));
    }

    #[test]
    fn weak_and_unbearable_costs_are_refused() {
        for text in ["m=7167,t=32,p=1", "m=19456,t=1,p=1", "m=8,t=1,p=1", "m=19456,t=2,p=0"] {
            assert_eq!(text.parse::<Argon2Cost>(), Err(CostRefused::TooSmall), "{text}");
        }
        for text in [
            "m=4194304,t=1,p=1",
            "m=262144,t=5,p=1",
            "m=19456,t=33,p=1",
            "m=19456,t=2,p=17",
            "m=4294967295,t=4294967295,p=4294967295",
        ] {
            assert_eq!(text.parse::<Argon2Cost>(), Err(CostRefused::TooLarge), "{text}");
        }
    }

    #[test]
    fn malformed_costs_are_refused() {
        for text in [
            "",
            "m=19456,t=2",
            "m=19456,t=2,p=1,x=1",
            "t=2,m=19456,p=1",
            "m=19456,m=19456,t=2",
            "m=+19456,t=2,p=1",
            "m=019456,t=2,p=1",
            "m=19456, t=2, p=1",
            "m=42949672960,t=2,p=1",
            "m=,t=2,p=1",
        ] {
            assert_eq!(text.parse::<Argon2Cost>(), Err(CostRefused::Malformed), "{text}");
        }
    }
}
