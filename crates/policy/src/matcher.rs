//! A pattern, taken apart once. Agrees with [`Pattern::matches`], which is the definition.

use kernel::{
    Pattern, PermissionName,
    permission::{MAX_SEGMENTS, SETTINGS_ACCESS},
};

/// A pattern, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    /// The segments before a final `*`; `None` stands for any one segment.
    segments: Box<[Option<Box<str>>]>,
    /// Whether a final `*` was there: one or more of anything.
    open: bool,
}

/// The name of a permission, taken apart.
pub(crate) struct Asked<'a> {
    segments: [&'a str; MAX_SEGMENTS],
    count: usize,
    /// Superusers only: no pattern matches.
    reserved: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(name: &'a PermissionName) -> Self {
        let mut segments = [""; MAX_SEGMENTS];
        let mut count = 0;
        for (slot, segment) in segments.iter_mut().zip(name.segments()) {
            *slot = segment;
            count += 1;
        }
        Self { segments, count, reserved: name.as_str() == SETTINGS_ACCESS }
    }

    pub(crate) fn is_reserved(&self) -> bool {
        self.reserved
    }
}

impl Matcher {
    pub(crate) fn new(pattern: &Pattern) -> Self {
        let mut parts: Vec<&str> = pattern.as_str().split(':').collect();
        let open = parts.last() == Some(&"*");
        if open {
            parts.pop();
        }
        let segments = parts.into_iter().map(|part| (part != "*").then(|| part.into())).collect();
        Self { segments, open }
    }

    /// Whether the permission is one of those the pattern stands for.
    pub(crate) fn matches(&self, asked: &Asked<'_>) -> bool {
        let fits = if self.open {
            asked.count > self.segments.len()
        } else {
            asked.count == self.segments.len()
        };
        fits && !asked.reserved
            && self
                .segments
                .iter()
                .zip(&asked.segments)
                .all(|(mine, asked)| mine.as_deref().is_none_or(|mine| mine == *asked))
    }
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
            let found = Matcher::new(&pattern).matches(&Asked::new(&name));
            prop_assert_eq!(found, pattern.matches(&name), "{} {}", pattern, name);
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
