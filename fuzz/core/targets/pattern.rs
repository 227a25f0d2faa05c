//! Permission names, patterns and short rules: what is printed is what was read, and `matches`, `covers` and
//! `overlaps` never disagree. Input: two patterns, a name and a rule, a line each.

#![no_main]

use kernel::{Pattern, PermissionName, RuleText, permission::SETTINGS_ACCESS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let (left, right, name) = (Pattern::parse(line()), Pattern::parse(line()), line());
    if let Ok(rule) = line().parse::<RuleText>() {
        assert_eq!(rule.to_string().parse::<RuleText>().as_ref(), Ok(&rule), "a rule reads back");
    }
    let name = PermissionName::parse(name);
    for pattern in [&left, &right].into_iter().flatten() {
        alone(pattern);
    }
    if let Ok(name) = &name {
        named(name);
        for pattern in [&left, &right].into_iter().flatten() {
            let covers = pattern.covers(&Pattern::from(name));
            let expected = covers && name.as_str() != SETTINGS_ACCESS;
            assert_eq!(pattern.matches(name), expected, "to match is to cover the name");
        }
    }
    let (Ok(left), Ok(right)) = (left, right) else { return };
    assert_eq!(left.overlaps(&right), right.overlaps(&left), "overlapping has no direction");
    if left.covers(&right) {
        assert!(left.overlaps(&right), "what is covered overlaps");
        assert!(left == right || !right.covers(&left), "two that cover each other are one");
    }
    let Ok(name) = name else { return };
    if left.matches(&name) && right.matches(&name) {
        assert!(left.overlaps(&right), "a name of both is an overlap");
    }
    if left.covers(&right) && right.matches(&name) {
        assert!(left.matches(&name), "what covers matches no less");
    }
});

fn alone(pattern: &Pattern) {
    assert_eq!(Pattern::parse(pattern.as_str()).as_ref(), Ok(pattern), "a pattern reads back");
    assert!(pattern.covers(pattern) && pattern.overlaps(pattern));
    assert!(Pattern::everything().covers(pattern));
    let as_name = PermissionName::parse(pattern.as_str());
    assert_eq!(pattern.is_exact(), as_name.is_ok(), "an exact pattern is a name");
    // Some name of its own, unless it has no room for one.
    if let Ok(some) = PermissionName::parse(&pattern.as_str().replace('*', "x")) {
        assert_eq!(pattern.matches(&some), some.as_str() != SETTINGS_ACCESS);
    }
}

fn named(name: &PermissionName) {
    let pattern = Pattern::parse(name.as_str()).expect("a name is a pattern");
    assert_eq!(pattern, Pattern::from(name));
    assert!(name.segments().all(|segment| !segment.is_empty()));
    assert_eq!(Pattern::everything().matches(name), name.as_str() != SETTINGS_ACCESS);
}
