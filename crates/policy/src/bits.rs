//! A set of small numbers.

/// A bit for each number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    /// No number, with room for those below `end`.
    pub(crate) fn new(end: usize) -> Self {
        Self(vec![0; end.div_ceil(64)])
    }

    /// Adds a number.
    pub(crate) fn set(&mut self, number: u32) {
        let at = number as usize / 64;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (number % 64);
    }

    /// Takes a number out.
    pub(crate) fn clear(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// Whether the number is in it.
    pub(crate) fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Adds all numbers of another set.
    pub(crate) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bits: &Bits) -> Vec<u32> {
        (0..400).filter(|number| bits.has(*number)).collect()
    }

    #[test]
    fn a_set_has_what_was_added() {
        let mut bits = Bits::new(130);
        [0, 63, 64, 129].into_iter().for_each(|number| bits.set(number));
        assert_eq!(found(&bits), [0, 63, 64, 129]);
        [63, 64, 65, 300].into_iter().for_each(|number| bits.clear(number));
        assert_eq!(found(&bits), [0, 129]);
        bits.set(300);
        assert_eq!(found(&bits), [0, 129, 300]);
    }

    #[test]
    fn sets_of_any_size_are_added() {
        let (mut small, mut large) = (Bits::default(), Bits::default());
        small.set(1);
        large.set(2);
        large.set(200);
        let mut both = small.clone();
        both.add(&large);
        assert_eq!(found(&both), [1, 2, 200]);
        large.add(&small);
        assert_eq!(large, both);
    }
}
