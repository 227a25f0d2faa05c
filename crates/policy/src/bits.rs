//! A set of numbers below a bound.

/// A bit for each number.
#[derive(Debug)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// No number; only those below `end` may come.
    pub(crate) fn new(end: usize) -> Self {
        Self(vec![0; end.div_ceil(64)])
    }

    /// Adds a number.
    pub(crate) fn set(&mut self, number: u32) {
        self.0[number as usize / 64] |= 1 << (number % 64);
    }

    /// Whether the number is in it.
    pub(crate) fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] >> (number % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_added() {
        let mut bits = Bits::new(130);
        [0, 63, 64, 129].into_iter().for_each(|number| bits.set(number));
        let found: Vec<u32> = (0..130).filter(|number| bits.has(*number)).collect();
        assert_eq!(found, [0, 63, 64, 129]);
    }
}
