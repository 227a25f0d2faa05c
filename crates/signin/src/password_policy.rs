//! What makes a password good enough: its length, what the settings ask for, and that it is not made of the user's own
//! names.

use context::settings::Settings;
use kernel::Problem;
use protocol::password::LONGEST;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use crate::settings::{MAX_LENGTH, MIN_LENGTH, REQUIRE_NUMBER, REQUIRE_SPECIAL, REQUIRE_UPPERCASE};

/// A shorter name says nothing when it is found in a password.
const SHORTEST_NAME: usize = 3;

/// Refuses a password with 422, each reason a field error at `/password`. `names` are the user's own: user name, e-mail
/// address, full name.
pub fn check(settings: &Settings, password: &SecretString, names: &[&str]) -> Result<(), Problem> {
    let typed = password.expose_secret();
    if typed.len() > LONGEST {
        return Err(Problem::invalid("/password", format!("is longer than {LONGEST} bytes")));
    }
    let password: Vec<char> = typed.nfc().collect();
    let length = i64::try_from(password.len()).unwrap_or(i64::MAX);
    let mut wrong = Vec::new();
    let min = settings.number(&MIN_LENGTH)?.max(1);
    let max = settings.number(&MAX_LENGTH)?;
    if length < min {
        wrong.push(format!("must have at least {min} characters"));
    }
    if length > max {
        wrong.push(format!("must have at most {max} characters"));
    }
    let mut require = |setting, fits: fn(&char) -> bool, what: &str| -> Result<(), Problem> {
        if settings.is_on(setting)? && !password.iter().any(fits) {
            wrong.push(format!("must have {what}"));
        }
        Ok(())
    };
    require(&REQUIRE_UPPERCASE, |c| c.is_uppercase(), "an upper-case letter")?;
    require(&REQUIRE_NUMBER, |c| c.is_numeric(), "a digit")?;
    require(&REQUIRE_SPECIAL, |c| !c.is_alphanumeric(), "a special character")?;
    if holds_a_name(&password, names) {
        wrong.push("must not contain the user's own name or address".to_owned());
    }
    let mut reasons = wrong.into_iter();
    match reasons.next() {
        None => Ok(()),
        Some(first) => Err(reasons
            .fold(Problem::invalid("/password", first), |problem, reason| {
                problem.and_field("/password", reason)
            })),
    }
}

fn holds_a_name(password: &[char], names: &[&str]) -> bool {
    let password: String = password.iter().flat_map(|c| c.to_lowercase()).collect();
    // Of an address the part before the host; of a full name each word.
    let parts = names.iter().flat_map(|name| {
        let local = name.split('@').next().unwrap_or(name);
        std::iter::once(local).chain(local.split_whitespace())
    });
    parts
        .map(|part| part.nfc().flat_map(char::to_lowercase).collect::<String>())
        .filter(|part| part.chars().count() >= SHORTEST_NAME)
        .any(|part| password.contains(&part))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn settings(pinned: &[(&str, &str)]) -> Settings {
        let pinned = pinned.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::new(pinned.collect::<BTreeMap<_, _>>())
    }

    fn reasons(pinned: &[(&str, &str)], password: &str, names: &[&str]) -> Vec<String> {
        match check(&settings(pinned), &password.into(), names) {
            Ok(()) => Vec::new(),
            Err(problem) => problem.errors().iter().map(|e| e.detail.clone()).collect(),
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(reasons(&[], "pässwörd", &[]).is_empty());
        assert_eq!(reasons(&[], "pässwör", &[]), ["must have at least 8 characters"]);
        assert!(reasons(&[], &"é".repeat(128), &[]).is_empty());
        assert!(reasons(&[], &"e\u{301}".repeat(128), &[]).is_empty());
        assert_eq!(reasons(&[], &"é".repeat(129), &[]), ["must have at most 128 characters"]);
        assert_eq!(reasons(&[], &"x".repeat(4097), &[]), ["is longer than 4096 bytes"]);
    }

    #[test]
    fn what_is_switched_on_is_asked_for() {
        let all = [
            ("password.require_uppercase", "true"),
            ("password.require_number", "true"),
            ("password.require_special", "true"),
        ];
        assert_eq!(reasons(&all, "abcdefgh", &[]).len(), 3);
        assert!(reasons(&all, "Abcdefg1!", &[]).is_empty());
        assert!(reasons(&[], "abcdefgh", &[]).is_empty());
    }

    #[test]
    fn own_names_are_refused() {
        let names = ["jane", "j.doe@example.com", "Jane Marie Doe"];
        for password in ["xxJANExx1", "j.doe-2026", "maximarie1"] {
            assert_eq!(reasons(&[], password, &names).len(), 1, "{password}");
        }
        assert!(reasons(&[], "correct horse battery", &names).is_empty());
        assert!(reasons(&[], "example-horse", &names).is_empty());
        assert!(reasons(&[], "abcdefgh", &["ab"]).is_empty());
    }

    #[test]
    fn a_broken_setting_is_no_open_door() {
        let broken = [("password.min_length", "eight")];
        assert!(check(&settings(&broken), &"abcdefgh".into(), &[]).is_err());
    }
}
