//! A pattern, prepared once. Agrees with [`Pattern::matches`], which is the definition.

use kernel::{Pattern, PermissionName, permission::SETTINGS_ACCESS};

use crate::index::hash_of_text;

/// A pattern, sorted by what has to be compared.
#[derive(Debug, Clone)]
pub(crate) enum Matcher {
    /// `*`.
    Everything,
    /// No `*`: one name.
    Name(Box<str>),
    /// No `*` but a final one: what starts with this, of which the last character is `:`.
    Below(Box<str>),
    /// Others: the segments before a final `*`, `None` standing for any one segment, and whether there is a final `*`:
    /// one or more of anything.
    Segments(Box<[Option<Box<str>>]>, bool),
}

/// The names of the thing asked, and what tells quickly that a rule is about none of them.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    names: &'a [PermissionName],
    /// The hash of the one name; [`Probe::ANY`] if there are more, or none.
    probe: Probe,
}

impl<'a> Names<'a> {
    pub(crate) fn new(names: &'a [PermissionName]) -> Self {
        let probe = match names {
            [only] => Probe::of(only.as_str()),
            _ => Probe::ANY,
        };
        Self { names, probe }
    }

    /// Whether what has this probe may stand for one of the names; if not, it does not.
    pub(crate) fn may_fit(&self, probe: Probe) -> bool {
        probe == self.probe || probe == Probe::ANY || self.probe == Probe::ANY
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Asked<'a>> + use<'a> {
        self.names.iter().map(Asked::new)
    }
}

/// A hash of one name, or that there is no one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Probe(u32);

impl Probe {
    /// Stands for what is not one name.
    pub(crate) const ANY: Self = Self(0);

    fn of(name: &str) -> Self {
        let hash = hash_of_text(name);
        Self((hash >> 32) as u32 | 1)
    }
}

/// The name of a permission.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    name: &'a str,
    /// Superusers only: no pattern matches.
    reserved: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(name: &'a PermissionName) -> Self {
        Self { name: name.as_str(), reserved: name.as_str() == SETTINGS_ACCESS }
    }

    pub(crate) fn is_reserved(&self) -> bool {
        self.reserved
    }
}

impl Matcher {
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let text = pattern.as_str();
        if text == "*" {
            return Self::Everything;
        }
        if pattern.is_exact() {
            return Self::Name(text.into());
        }
        match text.strip_suffix('*') {
            Some(start) if !start.contains('*') => Self::Below(start.into()),
            open => {
                let start = open.and_then(|start| start.strip_suffix(':')).unwrap_or(text);
                let segment = |part: &str| (part != "*").then(|| part.into());
                Self::Segments(start.split(':').map(segment).collect(), open.is_some())
            }
        }
    }

    /// To be compared with that of what is asked, before anything else.
    pub(crate) fn probe(&self) -> Probe {
        match self {
            Self::Name(name) => Probe::of(name),
            _ => Probe::ANY,
        }
    }

    /// Whether the permission is one of those the pattern stands for.
    pub(crate) fn matches(&self, asked: &Asked<'_>) -> bool {
        let fits = match self {
            Self::Everything => true,
            Self::Name(name) => **name == *asked.name,
            // A name ends in no ':', so something follows.
            Self::Below(start) => asked.name.starts_with(&**start),
            Self::Segments(segments, open) => fits(segments, *open, asked.name),
        };
        fits && !asked.reserved
    }
}

fn fits(segments: &[Option<Box<str>>], open: bool, name: &str) -> bool {
    let mut rest = name.split(':');
    let start = segments.iter().all(|mine| {
        rest.next().is_some_and(|asked| mine.as_deref().is_none_or(|mine| mine == asked))
    });
    start && rest.next().is_some() == open
}

/// The pattern of what both stand for; `None` if there is nothing.
pub(crate) fn meet(a: &Pattern, b: &Pattern) -> Option<Pattern> {
    if !a.overlaps(b) {
        return None;
    }
    let (a, b) = (parts(a), parts(b));
    let length = a.0.len().max(b.0.len());
    let mut segments: Vec<&str> = (0..length)
        .map(|i| match (a.0.get(i).copied(), b.0.get(i).copied()) {
            (Some("*") | None, Some(other)) | (Some(other), _) => other,
            (None, None) => "*",
        })
        .collect();
    // Open on both sides: at least one more. Otherwise the closed side, which is the longer one, sets the length.
    if a.1 && b.1 {
        segments.push("*");
    }
    let text = segments.join(":");
    // A closed pattern that ends in '*' cannot be: a final '*' always opens.
    Pattern::parse(&text).ok()
}

fn parts(pattern: &Pattern) -> (Vec<&str>, bool) {
    let mut parts: Vec<&str> = pattern.as_str().split(':').collect();
    let open = parts.last() == Some(&"*");
    if open {
        parts.pop();
    }
    (parts, open)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(max: usize, words: &'static [&'static str]) -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(words), 1..=max).prop_map(|s| s.join(":"))
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_definition(
            pattern in text(4, &["a", "b", "*", "settings", "access"]),
            name in text(4, &["a", "b", "settings", "access"]),
        ) {
            let pattern = Pattern::parse(&pattern).unwrap();
            let name = PermissionName::parse(&name).unwrap();
            let matcher = Matcher::new(&pattern);
            let found = matcher.matches(&Asked::new(&name));
            prop_assert_eq!(found, pattern.matches(&name), "{} {}", pattern, name);
            let names = [name];
            prop_assert!(!found || Names::new(&names).may_fit(matcher.probe()));
        }

        #[test]
        fn of_several_names_none_is_passed_over(
            names in prop::collection::vec(text(2, &["a", "b"]), 0..3),
            pattern in text(2, &["a", "b", "*"]),
        ) {
            let matcher = Matcher::new(&Pattern::parse(&pattern).unwrap());
            let names: Vec<_> = names.iter().map(|name| PermissionName::parse(name).unwrap()).collect();
            let names = Names::new(&names);
            let fits = names.iter().any(|asked| matcher.matches(&asked));
            prop_assert!(!fits || names.may_fit(matcher.probe()));
        }

        #[test]
        fn what_both_stand_for(
            a in text(3, &["a", "b", "*"]),
            b in text(3, &["a", "b", "*"]),
            name in text(4, &["a", "b", "c"]),
        ) {
            let (a, b) = (Pattern::parse(&a).unwrap(), Pattern::parse(&b).unwrap());
            let name = PermissionName::parse(&name).unwrap();
            let both = a.matches(&name) && b.matches(&name);
            let met = meet(&a, &b);
            prop_assert_eq!(met.is_some_and(|m| m.matches(&name)), both, "{} {} {}", a, b, name);
        }
    }
}
