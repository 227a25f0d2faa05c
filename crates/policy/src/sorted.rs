//! A sorted map that is cheap to copy: a tree of shared blocks, of which a write copies one path. Counts of the
//! entries below each branch make positions cheap.

use std::{borrow::Borrow, mem, sync::Arc};

const MAX: usize = 64;
/// A leaf grows by so many places at a time.
const STEP: usize = 4;

/// A sorted map.
#[derive(Debug)]
pub(crate) struct Sorted<K, V> {
    root: Arc<Block<K, V>>,
}

#[derive(Debug, Clone)]
enum Block<K, V> {
    Leaf(Vec<(K, V)>),
    Branch(Vec<Child<K, V>>),
}

#[derive(Debug)]
struct Child<K, V> {
    first: K,
    count: usize,
    block: Arc<Block<K, V>>,
}

impl<K: Clone, V> Clone for Child<K, V> {
    fn clone(&self) -> Self {
        Self { first: self.first.clone(), count: self.count, block: Arc::clone(&self.block) }
    }
}

impl<K, V> Clone for Sorted<K, V> {
    fn clone(&self) -> Self {
        Self { root: Arc::clone(&self.root) }
    }
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self { root: Arc::new(Block::Leaf(Vec::new())) }
    }
}

impl<K: Ord + Clone> Sorted<K, ()> {
    /// A set of what comes in order, each once.
    pub(crate) fn of_keys(keys: impl Iterator<Item = K>) -> Self {
        Self::of_sorted(&keys.map(|key| (key, ())).collect::<Vec<_>>())
    }
}

impl<K: Ord + Clone, V: Clone> Sorted<K, V> {
    /// Of entries that are sorted, each key once.
    pub(crate) fn of_sorted(entries: &[(K, V)]) -> Self {
        let leaves = entries.chunks(MAX).map(|entries| Block::Leaf(entries.to_vec()).into_child());
        let mut level: Vec<Child<K, V>> = leaves.collect();
        while level.len() > 1 {
            let branches = level.chunks(MAX).map(|all| Block::Branch(all.to_vec()).into_child());
            level = branches.collect();
        }
        level.pop().map_or_else(Self::default, |child| Self { root: child.block })
    }

    /// How many entries.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.root.count()
    }

    /// The value of the key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut block = &*self.root;
        loop {
            match block {
                Block::Leaf(entries) => {
                    let at = entries.binary_search_by(|(k, _)| k.borrow().cmp(key)).ok()?;
                    return Some(&entries[at].1);
                }
                Block::Branch(children) => block = &children[position(children, key)].block,
            }
        }
    }

    /// The value of the key, to write to; the path to it is copied if it is shared.
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.get(key)?;
        let mut block = Arc::make_mut(&mut self.root);
        loop {
            match block {
                Block::Leaf(entries) => {
                    let at = entries.binary_search_by(|(k, _)| k.borrow().cmp(key)).ok()?;
                    return Some(&mut entries[at].1);
                }
                Block::Branch(children) => {
                    let at = position(children, key);
                    block = Arc::make_mut(&mut children[at].block);
                }
            }
        }
    }

    /// Whether the key is there.
    pub(crate) fn has<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Sets the value of the key; gives the former one.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let root = Arc::make_mut(&mut self.root);
        let (former, split) = root.insert(key, value);
        if let Some(right) = split {
            let left = mem::replace(root, Block::Branch(Vec::new()));
            *root = Block::Branch(vec![left.into_child(), right.into_child()]);
        }
        former
    }

    /// Removes the key; gives its value.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.get(key)?;
        let former = Arc::make_mut(&mut self.root).remove(key);
        while let Block::Branch(children) = &*self.root {
            match children.as_slice() {
                [] => self.root = Arc::new(Block::Leaf(Vec::new())),
                [only] => self.root = Arc::clone(&only.block),
                _ => break,
            }
        }
        former
    }

    /// All entries from this key on, ascending.
    pub(crate) fn from(&self, key: &K) -> Iter<'_, K, V> {
        let (leaf, next) = self.leaf(key);
        let from = leaf.partition_point(|(k, _)| k < key);
        Iter { map: self, leaf: &leaf[from..], next }
    }

    /// All entries, ascending.
    pub(crate) fn iter(&self) -> Iter<'_, K, V> {
        Iter { map: self, leaf: &[], next: Some(&self.root) }
    }

    /// The leaf in which the key belongs, and the block that starts with what comes after the leaf.
    fn leaf(&self, key: &K) -> Leaf<'_, K, V> {
        let (mut block, mut next) = (&*self.root, None);
        loop {
            match block {
                Block::Leaf(entries) => return (entries, next),
                Block::Branch(children) => {
                    let at = position(children, key);
                    next = children.get(at + 1).map(|child| &*child.block).or(next);
                    block = &children[at].block;
                }
            }
        }
    }

    /// How many entries are before this key.
    pub(crate) fn rank(&self, key: &K) -> usize {
        let (mut block, mut rank) = (&*self.root, 0);
        loop {
            match block {
                Block::Leaf(entries) => return rank + entries.partition_point(|(k, _)| k < key),
                Block::Branch(children) => {
                    let at = position(children, key);
                    rank += children[..at].iter().map(|child| child.count).sum::<usize>();
                    block = &children[at].block;
                }
            }
        }
    }
}

impl<A: Ord + Clone> Sorted<(A, u32), ()> {
    /// For a relation: the right sides of `left`, ascending.
    pub(crate) fn of(&self, left: A) -> impl Iterator<Item = u32> + use<'_, A> {
        let entries = self.from(&(left.clone(), 0));
        entries.take_while(move |((l, _), ())| *l == left).map(|((_, right), ())| *right)
    }

    /// Whether `left` has any right side.
    pub(crate) fn any_of(&self, left: A) -> bool {
        self.of(left).next().is_some()
    }

    /// How many right sides `left` has.
    pub(crate) fn count_of(&self, left: A) -> usize {
        self.rank(&(left.clone(), u32::MAX)) - self.rank(&(left, 0))
    }
}

/// The entries of a leaf, and the block that starts with what comes after it.
type Leaf<'a, K, V> = (&'a [(K, V)], Option<&'a Block<K, V>>);

/// The child in which the key belongs.
fn position<K: Borrow<Q>, Q: Ord + ?Sized, V>(children: &[Child<K, V>], key: &Q) -> usize {
    children.partition_point(|child| child.first.borrow() <= key).saturating_sub(1)
}

impl<K: Ord + Clone, V: Clone> Block<K, V> {
    fn count(&self) -> usize {
        match self {
            Self::Leaf(entries) => entries.len(),
            Self::Branch(children) => children.iter().map(|child| child.count).sum(),
        }
    }

    fn first(&self) -> Option<&K> {
        match self {
            Self::Leaf(entries) => entries.first().map(|(key, _)| key),
            Self::Branch(children) => children.first().map(|child| &child.first),
        }
    }

    fn into_child(self) -> Child<K, V> {
        let Some(first) = self.first().cloned() else {
            unreachable!("INVARIANT: only full blocks are split")
        };
        Child { first, count: self.count(), block: Arc::new(self) }
    }

    /// The former value, and the right half if the block had to be split.
    fn insert(&mut self, key: K, value: V) -> (Option<V>, Option<Self>) {
        match self {
            Self::Leaf(entries) => match entries.binary_search_by(|(k, _)| k.cmp(&key)) {
                Ok(at) => (Some(mem::replace(&mut entries[at].1, value)), None),
                Err(at) => {
                    if entries.len() == entries.capacity() {
                        entries.reserve_exact(STEP);
                    }
                    entries.insert(at, (key, value));
                    (None, split(entries, at).map(Self::Leaf))
                }
            },
            Self::Branch(children) => {
                let at = position(children, &key);
                let child = &mut children[at];
                let (former, right) = Arc::make_mut(&mut child.block).insert(key, value);
                refresh(child);
                if let Some(right) = right {
                    children.insert(at + 1, right.into_child());
                }
                (former, split(children, at + 1).map(Self::Branch))
            }
        }
    }

    fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        match self {
            Self::Leaf(entries) => {
                let at = entries.binary_search_by(|(k, _)| k.borrow().cmp(key)).ok()?;
                Some(entries.remove(at).1)
            }
            Self::Branch(children) => {
                let at = position(children, key);
                let child = &mut children[at];
                let former = Arc::make_mut(&mut child.block).remove(key);
                refresh(child);
                if child.count == 0 {
                    children.remove(at);
                }
                former
            }
        }
    }
}

fn refresh<K: Ord + Clone, V: Clone>(child: &mut Child<K, V>) {
    child.count = child.block.count();
    if let Some(first) = child.block.first() {
        child.first = first.clone();
    }
}

/// The right part of a block that grew too large by what came to `at`. Appending leaves full blocks behind.
fn split<T>(entries: &mut Vec<T>, at: usize) -> Option<Vec<T>> {
    if entries.len() <= MAX {
        return None;
    }
    let right = entries.split_off(if at == MAX { MAX } else { MAX / 2 });
    entries.shrink_to_fit();
    Some(right)
}

/// Entries in ascending order.
pub(crate) struct Iter<'a, K, V> {
    map: &'a Sorted<K, V>,
    leaf: &'a [(K, V)],
    /// The block that starts with what comes after the leaf.
    next: Option<&'a Block<K, V>>,
}

impl<'a, K: Ord + Clone, V: Clone> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        if self.leaf.is_empty() {
            let first = self.next?.first()?;
            (self.leaf, self.next) = self.map.leaf(first);
        }
        let ((key, value), rest) = self.leaf.split_first()?;
        self.leaf = rest;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn it_is_a_map(
            start in prop::collection::btree_map(0..400_u32, 0..9_usize, 0..400),
            steps in prop::collection::vec((any::<bool>(), 0..400_u32), 0..1500),
        ) {
            let sorted: Vec<_> = start.clone().into_iter().collect();
            let (mut map, mut model) = (Sorted::of_sorted(&sorted), start);
            for (i, (insert, key)) in steps.into_iter().enumerate() {
                if insert {
                    prop_assert_eq!(map.insert(key, i), model.insert(key, i));
                } else {
                    prop_assert_eq!(map.remove(&key), model.remove(&key));
                }
            }
            prop_assert!(map.iter().eq(model.iter()));
            prop_assert_eq!(map.len(), model.len());
            for key in 0..401 {
                prop_assert_eq!(map.get(&key), model.get(&key));
                prop_assert!(map.from(&key).eq(model.range(key..)));
                prop_assert_eq!(map.rank(&key), model.range(..key).count());
            }
        }
    }

    #[test]
    fn a_copy_does_not_see_later_writes() {
        let mut map = Sorted::default();
        for i in 0..10_000 {
            map.insert(i, i);
        }
        let copy = map.clone();
        (0..10_000).for_each(|i| {
            map.remove(&i);
        });
        assert_eq!((map.len(), copy.len()), (0, 10_000));
        assert!(copy.iter().all(|(k, v)| k == v) && copy.iter().count() == 10_000);
    }

    #[test]
    fn a_relation_knows_its_right_sides() {
        let mut relation: Sorted<(u32, u32), ()> = Sorted::default();
        for pair in [(1, 5), (2, 1), (2, 9), (3, 0)] {
            relation.insert(pair, ());
        }
        assert_eq!(relation.of(2).collect::<Vec<_>>(), [1, 9]);
        assert_eq!((relation.count_of(2), relation.any_of(4)), (2, false));
    }
}
