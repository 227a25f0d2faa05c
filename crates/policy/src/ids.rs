//! From public ids to the numbers inside: a hash map that is cheap to copy. A copy shares its shards, and a write
//! copies the one shard it lands in.
//!
//! The hash has no secret key: ids are made by the server (UUIDv7) or fixed in the program, so nobody can choose them
//! to collide.

use std::{array, sync::Arc};

use kernel::NodeId;

const FAN: usize = 64;
const SMALLEST: usize = 8;
/// No number is this high: a table of rows has fewer than 2^32.
const EMPTY: u64 = u64::MAX;

type Shards = [Shard; FAN];

/// Numbers by id. The ids themselves are kept by the caller, with what the number stands for.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    shards: Arc<[Arc<Shards>; FAN]>,
    len: usize,
}

/// A table with open addressing. A slot holds half of the hash, above the number.
#[derive(Debug, Clone, Default)]
struct Shard {
    slots: Arc<[u64]>,
    used: usize,
}

impl Default for Ids {
    fn default() -> Self {
        let shards = Arc::new(array::from_fn(|_| Shard::default()));
        Self { shards: Arc::new(array::from_fn(|_| Arc::clone(&shards))), len: 0 }
    }
}

impl Ids {
    /// How many ids.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The number of the id, of those for which `is` says that the id is theirs.
    pub(crate) fn find(&self, id: NodeId, is: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = hash(id);
        let (outer, inner) = shard_of(hash);
        let slots = &*self.shards[outer][inner].slots;
        let mask = slots.len().checked_sub(1)?;
        let mut at = home(hash, mask);
        loop {
            let slot = slots[at];
            if slot == EMPTY {
                return None;
            }
            if slot >> 32 == hash & HALF && is((slot & HALF) as u32) {
                return Some((slot & HALF) as u32);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds an id that is not there.
    pub(crate) fn insert(&mut self, id: NodeId, number: u32) {
        let hash = hash(id);
        self.shard_mut(hash).insert((hash & HALF) << 32 | u64::from(number));
        self.len += 1;
    }

    /// Takes an id out, if it is there with this number.
    pub(crate) fn remove(&mut self, id: NodeId, number: u32) {
        let hash = hash(id);
        if self.shard_mut(hash).remove((hash & HALF) << 32 | u64::from(number)) {
            self.len -= 1;
        }
    }

    fn shard_mut(&mut self, hash: u64) -> &mut Shard {
        let (outer, inner) = shard_of(hash);
        &mut Arc::make_mut(&mut Arc::make_mut(&mut self.shards)[outer])[inner]
    }
}

impl Shard {
    fn insert(&mut self, slot: u64) {
        // At most three quarters are in use, so that a search ends soon.
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            let mut larger = vec![EMPTY; (self.slots.len() * 2).max(SMALLEST)];
            self.slots
                .iter()
                .filter(|slot| **slot != EMPTY)
                .for_each(|slot| put(&mut larger, *slot));
            self.slots = larger.into();
        }
        put(Arc::make_mut(&mut self.slots), slot);
        self.used += 1;
    }

    /// Whether it was there. What follows it moves up, so that searches need not step over gaps.
    fn remove(&mut self, slot: u64) -> bool {
        let Some(mut gap) = self.position(slot) else { return false };
        let slots = Arc::make_mut(&mut self.slots);
        let mask = slots.len() - 1;
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            if slots[at] == EMPTY {
                break;
            }
            let from_home = at.wrapping_sub(home(slots[at] >> 32, mask)) & mask;
            if from_home >= at.wrapping_sub(gap) & mask {
                slots[gap] = slots[at];
                gap = at;
            }
        }
        slots[gap] = EMPTY;
        self.used -= 1;
        true
    }

    fn position(&self, slot: u64) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = home(slot >> 32, mask);
        while self.slots[at] != slot {
            if self.slots[at] == EMPTY {
                return None;
            }
            at = (at + 1) & mask;
        }
        Some(at)
    }
}

/// The half of a hash that a slot keeps.
const HALF: u64 = 0xFFFF_FFFF;

fn put(slots: &mut [u64], slot: u64) {
    let mask = slots.len() - 1;
    let mut at = home(slot >> 32, mask);
    while slots[at] != EMPTY {
        at = (at + 1) & mask;
    }
    slots[at] = slot;
}

/// Where the search for it starts: the number of slots is a power of two.
fn home(hash: u64, mask: usize) -> usize {
    (hash & HALF) as usize & mask
}

/// From the half of the hash that is not in the slot.
fn shard_of(hash: u64) -> (usize, usize) {
    ((hash >> 58) as usize, (hash >> 52) as usize & (FAN - 1))
}

/// Both halves of the id, multiplied and folded.
fn hash(id: NodeId) -> u64 {
    let (high, low) = id.0.as_u64_pair();
    let (high, low) = (high ^ 0x9E37_79B9_7F4A_7C15, low ^ 0xD1B5_4A32_D192_ED03);
    let product = u128::from(high) * u128::from(low);
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((any::<bool>(), 0..400_u32), 0..1500)) {
            let (mut ids, mut model) = (Ids::default(), BTreeMap::new());
            let mut owner = Vec::new();
            for (insert, key) in steps {
                if insert && !model.contains_key(&key) {
                    let number = u32::try_from(owner.len()).unwrap();
                    owner.push(key);
                    ids.insert(id(key), number);
                    model.insert(key, number);
                } else if let Some(number) = model.remove(&key) {
                    ids.remove(id(key), number);
                }
            }
            prop_assert_eq!(ids.len(), model.len());
            for key in 0..401 {
                let found = ids.find(id(key), |number| owner[number as usize] == key);
                prop_assert_eq!(found, model.get(&key).copied());
            }
        }

        /// One shard alone, with hashes that mostly collide.
        #[test]
        fn a_shard_stands_collisions(steps in prop::collection::vec((any::<bool>(), 0..60_u64), 0..300)) {
            let (mut shard, mut model) = (Shard::default(), BTreeMap::new());
            for (insert, key) in steps {
                let slot = (key % 7) << 32 | key;
                if insert && model.insert(key, slot).is_none() {
                    shard.insert(slot);
                } else if !insert {
                    prop_assert_eq!(shard.remove(slot), model.remove(&key).is_some());
                }
                let mask = shard.slots.len().saturating_sub(1);
                for slot in model.values() {
                    let mut at = home(slot >> 32, mask);
                    while shard.slots[at] != *slot {
                        prop_assert!(shard.slots[at] != EMPTY, "{slot:x} cannot be found");
                        at = (at + 1) & mask;
                    }
                }
                prop_assert_eq!(shard.used, model.len());
            }
        }
    }

    #[test]
    fn a_copy_does_not_see_later_writes() {
        let mut ids = Ids::default();
        (0..20_000).for_each(|i| ids.insert(id(i), i));
        let copy = ids.clone();
        (0..20_000).for_each(|i| ids.remove(id(i), i));
        assert_eq!((ids.len(), copy.len()), (0, 20_000));
        assert!((0..20_000).all(|i| copy.find(id(i), |n| n == i) == Some(i)));
    }
}
