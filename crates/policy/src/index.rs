//! From hashes to numbers, cheap to copy: a copy shares its shards, and a write copies the one shard it lands in. What
//! the hash is of is kept by the caller, with what the number stands for; the caller compares.
//!
//! A search reads one line of the processor's cache and compares a byte of the hash with those of all its twelve numbers
//! at once, so that no branch hangs on what memory has not delivered yet.

use std::{array, sync::Arc};

use kernel::NodeId;

const FAN: usize = 64;
const LINE: usize = 12;
/// A one in each byte, and the high bit of each.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// As long as a line of the processor's cache, and placed like one.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
struct Line {
    /// The low byte of the hash of each number.
    tags: [u64; 2],
    numbers: [u32; LINE],
}

type Shards = [Shard; FAN];

/// Numbers by hash.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    shards: Arc<[Arc<Shards>; FAN]>,
    len: usize,
}

/// Lines with open addressing. What does not fit in a line is in the next that is not full.
#[derive(Debug, Clone, Default)]
struct Shard {
    lines: Arc<[Line]>,
    used: u32,
}

impl Default for Index {
    fn default() -> Self {
        let shards = Arc::new(array::from_fn(|_| Shard::default()));
        Self { shards: Arc::new(array::from_fn(|_| Arc::clone(&shards))), len: 0 }
    }
}

impl Index {
    /// How many numbers.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Of the numbers with this hash, the one that is meant.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let lines = &self.shard(hash).lines;
        if lines.is_empty() {
            return None;
        }
        let mut at = home(hash, lines.len());
        loop {
            let line = &lines[at];
            for slot in line.fitting(hash) {
                let number = line.numbers[slot];
                if is(number) {
                    return Some(number);
                }
            }
            if !line.is_full() {
                return None;
            }
            at = after(at, lines.len());
        }
    }

    /// Reads the line where a search for the hash starts.
    pub(crate) fn touch(&self, hash: u64) -> u32 {
        let lines = &self.shard(hash).lines;
        lines.get(home(hash, lines.len())).map_or(0, |line| line.numbers[0])
    }

    /// The number that [`find`](Self::find) looks at first, mostly the one that is meant.
    pub(crate) fn likely(&self, hash: u64) -> Option<u32> {
        let lines = &self.shard(hash).lines;
        let line = lines.get(home(hash, lines.len()))?;
        line.fitting(hash).next().map(|slot| line.numbers[slot])
    }

    /// Adds a number that is not there. `hash_of` tells the hash of any number.
    pub(crate) fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        self.shard_mut(hash).insert(hash, number, hash_of);
        self.len += 1;
    }

    /// Takes a number out, if it is there.
    pub(crate) fn remove(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        if self.shard_mut(hash).remove(hash, number, hash_of) {
            self.len -= 1;
        }
    }

    /// An index with room for so many numbers.
    pub(crate) fn with_room(count: usize) -> Self {
        let shard = count / (FAN * FAN);
        // A tenth more, as no shard gets exactly its part.
        let lines = (shard + shard / 10 + 4) * 5 / 4 / LINE + 1;
        let shard = || Shard { lines: vec![Line::default(); lines].into(), used: 0 };
        let shards = || Arc::new(array::from_fn(|_| shard()));
        Self { shards: Arc::new(array::from_fn(|_| shards())), len: 0 }
    }

    fn shard(&self, hash: u64) -> &Shard {
        let (outer, inner) = shard_of(hash);
        &self.shards[outer][inner]
    }

    fn shard_mut(&mut self, hash: u64) -> &mut Shard {
        let (outer, inner) = shard_of(hash);
        &mut Arc::make_mut(&mut Arc::make_mut(&mut self.shards)[outer])[inner]
    }
}

impl Line {
    /// How many numbers are in it; they stand at its start.
    fn used(&self) -> usize {
        (self.tags[1] >> 56) as usize
    }

    fn is_full(&self) -> bool {
        self.used() == LINE
    }

    /// Where numbers with such a hash are in it.
    fn fitting(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let tag = ONES * (hash & 0xFF);
        let [low, high] = self.tags.map(|tags| zero_bytes(tags ^ tag));
        let used = (1_u128 << (8 * self.used())) - 1;
        let mut found = (u128::from(high) << 64 | u128::from(low)) & used;
        std::iter::from_fn(move || {
            let slot = (found != 0).then(|| found.trailing_zeros() as usize / 8);
            found &= found.wrapping_sub(1);
            slot
        })
    }

    /// The tag and number of a slot.
    fn get(&self, slot: usize) -> (u64, u32) {
        (self.tags[slot / 8] >> (slot % 8 * 8) & 0xFF, self.numbers[slot])
    }

    fn set(&mut self, slot: usize, (tag, number): (u64, u32)) {
        let (tags, shift) = (&mut self.tags[slot / 8], slot % 8 * 8);
        *tags = *tags & !(0xFF << shift) | tag << shift;
        self.numbers[slot] = number;
    }

    fn set_used(&mut self, used: usize) {
        self.tags[1] = self.tags[1] & (u64::MAX >> 8) | (used as u64) << 56;
    }

    /// All that is in it.
    fn all(&self) -> impl Iterator<Item = u32> + '_ {
        self.numbers[..self.used()].iter().copied()
    }
}

/// The high bit of each byte that is zero.
fn zero_bytes(word: u64) -> u64 {
    // The sum sets the high bit of each byte with a low bit set, and carries into no other byte.
    !(((word & !HIGHS) + !HIGHS) | word | !HIGHS)
}

impl Shard {
    fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        if self.used as usize == room(self.lines.len()) {
            self.grow(hash_of);
        }
        put(Arc::make_mut(&mut self.lines), hash, number);
        self.used += 1;
    }

    /// Whether it was there. What is in a later line for want of room moves up: a line that is not full has sent nothing
    /// on.
    fn remove(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) -> bool {
        let Some((mut gap, mut hole)) = self.position(hash, number) else { return false };
        let lines = Arc::make_mut(&mut self.lines);
        let count = lines.len();
        let distance = |from: usize, to: usize| (to + count - from) % count;
        let mut at = gap;
        while lines[at].is_full() {
            at = after(at, count);
            if at == gap {
                break;
            }
            let came_by = |number: u32| {
                let from = home(hash_of(number), count);
                distance(from, at) >= distance(gap, at)
            };
            let found = lines[at].all().position(came_by);
            if let Some(found) = found {
                let moved = lines[at].get(found);
                lines[gap].set(hole, moved);
                (gap, hole) = (at, found);
            }
        }
        let line = &mut lines[gap];
        let last = line.used() - 1;
        let moved = line.get(last);
        line.set(hole, moved);
        line.set_used(last);
        self.used -= 1;
        true
    }

    /// The line and slot of the number.
    fn position(&self, hash: u64, number: u32) -> Option<(usize, usize)> {
        let count = self.lines.len();
        if count == 0 {
            return None;
        }
        let mut at = home(hash, count);
        loop {
            let line = &self.lines[at];
            if let Some(slot) = line.all().position(|other| other == number) {
                return Some((at, slot));
            }
            if !line.is_full() {
                return None;
            }
            at = after(at, count);
        }
    }

    /// A quarter more lines.
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let count = self.lines.len();
        let mut lines = vec![Line::default(); count + count / 4 + 1];
        for number in self.lines.iter().flat_map(Line::all) {
            put(&mut lines, hash_of(number), number);
        }
        self.lines = lines.into();
    }
}

fn put(lines: &mut [Line], hash: u64, number: u32) {
    let mut at = home(hash, lines.len());
    while lines[at].is_full() {
        at = after(at, lines.len());
    }
    let line = &mut lines[at];
    let used = line.used();
    line.set(used, (hash & 0xFF, number));
    line.set_used(used + 1);
}

/// The line where the search for a hash starts: the twenty bits below those that choose the shard, scaled.
fn home(hash: u64, lines: usize) -> usize {
    ((((hash >> 32) & 0xF_FFFF) * lines as u64) >> 20) as usize
}

fn after(line: usize, lines: usize) -> usize {
    if line + 1 == lines { 0 } else { line + 1 }
}

/// So many numbers are at most in so many lines: four fifths, so that few lines are full.
fn room(lines: usize) -> usize {
    lines * LINE * 4 / 5
}

fn shard_of(hash: u64) -> (usize, usize) {
    ((hash >> 58) as usize, (hash >> 52) as usize & (FAN - 1))
}

/// The hash of an id: both halves, multiplied and folded. It has no secret key: ids are made by the server (UUIDv7) or
/// fixed in the program, so nobody can choose them to collide.
pub(crate) fn hash_of_id(id: NodeId) -> u64 {
    let (high, low) = id.0.as_u64_pair();
    fold(high ^ 0x9E37_79B9_7F4A_7C15, low ^ 0xD1B5_4A32_D192_ED03)
}

/// The hash of a list of numbers.
pub(crate) fn hash_of_numbers(numbers: &[u32]) -> u64 {
    numbers.iter().fold(numbers.len() as u64, |hash, number| {
        fold(hash ^ 0x9E37_79B9_7F4A_7C15, u64::from(*number) ^ 0xD1B5_4A32_D192_ED03)
    })
}

/// The hash of a text.
pub(crate) fn hash_of_text(text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    words.iter().chain([&last]).fold(text.len() as u64, |hash, word| {
        fold(hash ^ 0x9E37_79B9_7F4A_7C15, u64::from_le_bytes(*word) ^ 0xD1B5_4A32_D192_ED03)
    })
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn id(number: u32) -> NodeId {
        format!("00000000-0000-7000-8000-{number:012x}").parse().unwrap()
    }

    fn hash_of(number: u32) -> u64 {
        hash_of_id(id(number))
    }

    fn find(index: &Index, number: u32) -> Option<u32> {
        index.find(hash_of(number), |found| found == number)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Few ids, so that they come and go often; later ones are found all the same.
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((any::<bool>(), 0..400_u32), 0..2000)) {
            let mut index = Index::default();
            let mut model = BTreeMap::new();
            for (insert, number) in steps {
                if insert && model.insert(number, ()).is_none() {
                    index.insert(hash_of(number), number, hash_of);
                } else if !insert && model.remove(&number).is_some() {
                    index.remove(hash_of(number), number, hash_of);
                }
                prop_assert_eq!(index.len(), model.len());
            }
            for number in 0..400 {
                prop_assert_eq!(find(&index, number).is_some(), model.contains_key(&number));
            }
        }

        /// One shard, and homes in few of its lines: many lines are full, and the last goes on in the first.
        #[test]
        fn crowded_lines_lose_nothing(
            steps in prop::collection::vec((0..10_u32, 0..120_u32), 0..600),
        ) {
            let hash_of = |number: u32| {
                let home = [0xF_FFFF_u64, 0xF_FF00, 3, 0x8_0000][number as usize % 4];
                home << 32 | u64::from(number % 3)
            };
            let mut index = Index::default();
            let mut model = BTreeMap::new();
            for (kind, number) in steps {
                if kind < 6 && model.insert(number, ()).is_none() {
                    index.insert(hash_of(number), number, hash_of);
                } else if kind >= 6 && model.remove(&number).is_some() {
                    index.remove(hash_of(number), number, hash_of);
                }
                for number in 0..120 {
                    let found = index.find(hash_of(number), |n| n == number);
                    prop_assert_eq!(found.is_some(), model.contains_key(&number), "{}", number);
                }
            }
        }
    }

    #[test]
    fn a_line_is_one_of_the_cache() {
        assert_eq!((size_of::<Line>(), align_of::<Line>()), (64, 64));
    }

    #[test]
    fn numbers_may_be_of_any_size() {
        let numbers = [0, 1, 126, 127, 128, 65_535, 1 << 24, (1 << 31) - 1, 1 << 31, u32::MAX - 1];
        let mut index = Index::default();
        for number in numbers {
            // All with one hash: they go on in the next lines.
            index.insert(7 << 29, number, |_| 7 << 29);
        }
        for number in numbers {
            assert_eq!(index.find(7 << 29, |found| found == number), Some(number));
        }
    }

    #[test]
    fn a_copy_does_not_see_later_writes() {
        let mut index = Index::default();
        (0..20_000).for_each(|i| index.insert(hash_of(i), i, hash_of));
        let copy = index.clone();
        (0..20_000).for_each(|i| index.remove(hash_of(i), i, hash_of));
        assert_eq!((index.len(), copy.len()), (0, 20_000));
        assert!((0..20_000).all(|i| find(&copy, i) == Some(i)));
    }

    #[test]
    fn room_made_before_changes_nothing() {
        let mut index = Index::with_room(20_000);
        (0..20_000).for_each(|i| index.insert(hash_of(i), i, hash_of));
        assert!((0..20_000).all(|i| find(&index, i) == Some(i)));
        assert_eq!(find(&index, 20_000), None);
    }
}
