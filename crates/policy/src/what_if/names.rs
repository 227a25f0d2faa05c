//! The permissions that are compared, and sets of them.

use std::collections::{BTreeSet, HashMap};

use kernel::{Pattern, PermissionName};

/// All permissions that are compared, sorted.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<PermissionName>);

/// Some of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct NameSet(Box<[u64]>);

/// Patterns by number, each once.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    numbers: HashMap<Pattern, u32>,
}

/// More patterns than this are told as the one that covers everything.
const MOST_PATTERNS: usize = 200;

impl Names {
    pub(super) fn new(names: BTreeSet<PermissionName>) -> Self {
        Self(names.into_iter().collect())
    }

    pub(super) fn all(&self) -> NameSet {
        self.choose(|_| true)
    }

    pub(super) fn matching(&self, pattern: &Pattern) -> NameSet {
        self.choose(|name| pattern.matches(name))
    }

    fn choose(&self, wanted: impl Fn(&PermissionName) -> bool) -> NameSet {
        let mut bits = vec![0; self.0.len().div_ceil(64)];
        for (number, _) in self.0.iter().enumerate().filter(|(_, name)| wanted(name)) {
            bits[number / 64] |= 1 << (number % 64);
        }
        NameSet(bits.into())
    }

    /// The names in a set, sorted.
    pub(super) fn of<'a>(
        &'a self,
        set: &'a NameSet,
    ) -> impl Iterator<Item = &'a PermissionName> + 'a {
        self.0.iter().enumerate().filter(|(number, _)| set.has(*number)).map(|(_, name)| name)
    }
}

impl NameSet {
    fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }

    pub(super) fn add(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0 = other.0.clone();
        } else {
            self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }
}

impl Patterns {
    pub(super) fn number(&mut self, pattern: &Pattern) -> u32 {
        if let Some(number) = self.numbers.get(pattern) {
            return *number;
        }
        let Ok(number) = u32::try_from(self.all.len()) else {
            unreachable!("INVARIANT: fewer than 2^32 patterns fit the memory of a process")
        };
        self.all.push(pattern.clone());
        self.numbers.insert(pattern.clone(), number);
        number
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pattern> {
        self.all.iter()
    }

    /// Those that stand for more than one name, without those that another covers.
    pub(super) fn open(&self) -> Vec<Pattern> {
        let mut open: Vec<&Pattern> = self.iter().filter(|pattern| !pattern.is_exact()).collect();
        if open.len() > MOST_PATTERNS {
            return vec![Pattern::everything()];
        }
        open.sort_unstable();
        let covered = |pattern: &&&Pattern| {
            open.iter().any(|other| other != *pattern && other.covers(pattern))
        };
        open.iter().filter(|pattern| !covered(pattern)).map(|pattern| (*pattern).clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Names {
        Names::new(texts.iter().map(|text| PermissionName::parse(text).unwrap()).collect())
    }

    #[test]
    fn a_pattern_chooses_its_names() {
        let texts: Vec<String> = (0..70).map(|number| format!("a:{number:02}")).collect();
        let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        texts.push("b");
        let names = names(&texts);
        let mut set = names.matching(&Pattern::parse("a:65").unwrap());
        set.add(&names.matching(&Pattern::parse("b").unwrap()));
        assert_eq!(names.of(&set).map(PermissionName::as_str).collect::<Vec<_>>(), ["a:65", "b"]);
        assert_eq!(names.of(&names.all()).count(), 71);
        assert!(names.matching(&Pattern::parse("c:*").unwrap()).is_empty());
    }

    #[test]
    fn an_open_pattern_that_another_covers_is_not_told() {
        let mut patterns = Patterns::default();
        for text in ["a:b", "a:b:*", "a:*", "c:*", "a:*"] {
            patterns.number(&Pattern::parse(text).unwrap());
        }
        let open: Vec<String> = patterns.open().iter().map(|p| p.as_str().to_owned()).collect();
        assert_eq!(open, ["a:*", "c:*"]);
    }
}
