//! What makes a password good enough: its length, what the settings ask for, that it is not made of the user's own names,
//! that it is hard to guess, and that the user had another one before.

use std::str::FromStr;

use context::{State, System, settings::Settings};
use kernel::Problem;
use protocol::password::{LONGEST, Verdict};
use realms::passwords::PasswordFacts;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use crate::{
    password_strength::{self, Strength},
    settings::{
        COMPLEXITY, HISTORY, MAX_LENGTH, MIN_LENGTH, MIN_SCORE, MOST_HISTORY, REFUSE_NAMES,
        REQUIRE_NUMBER, REQUIRE_SPECIAL, REQUIRE_UPPERCASE,
    },
    signin::Signin,
    store,
};

/// A shorter name says nothing when it is found in a password.
const SHORTEST_NAME: usize = 3;

/// Where the password stands in the input that it came with.
const FIELD: &str = "/password";

/// The kinds of characters that a password must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complexity {
    /// Any.
    None,
    /// A letter and a digit.
    LettersAndDigits,
    /// A letter, a digit and a symbol.
    LettersDigitsAndSymbols,
    /// A digit, an upper-case and a lower-case letter.
    DigitsUpperAndLower,
    /// A digit, an upper-case and a lower-case letter, and a symbol.
    AllFour,
    /// Three of those four.
    ThreeOfFour,
}

impl Signin {
    /// Refuses a new password with 422, each reason a field error at `/password`. At least `remembered` former passwords
    /// are refused, whatever the setting says. What costs work runs on the hashing threads, and only for a password that
    /// the plain rules let through: 503 if too much waits.
    pub(crate) async fn check_password(
        &self,
        system: &System,
        state: &State,
        password: &SecretString,
        about: &PasswordFacts,
        remembered: i64,
    ) -> Result<(), Problem> {
        check(&state.settings, password, about)?;
        self.check_strength(&state.settings, password, about).await?;
        self.check_history(system, &state.settings, password, about, remembered).await
    }

    async fn check_strength(
        &self,
        settings: &Settings,
        password: &SecretString,
        about: &PasswordFacts,
    ) -> Result<(), Problem> {
        let least = least_score(settings)?;
        if least == 0 {
            return Ok(());
        }
        let (typed, about) = (password.clone(), about.clone());
        let Strength { score, warning } =
            self.hasher.run(move |_| password_strength::estimate(&typed, &about)).await?;
        if i64::from(score) >= least {
            return Ok(());
        }
        let why = warning.map(|warning| format!(": {warning}")).unwrap_or_default();
        Err(Problem::invalid(
            FIELD,
            format!("is too easy to guess (score {score} of 4, at least {least}){why}"),
        ))
    }

    async fn check_history(
        &self,
        system: &System,
        settings: &Settings,
        password: &SecretString,
        about: &PasswordFacts,
        remembered: i64,
    ) -> Result<(), Problem> {
        let Some(user) = about.user else { return Ok(()) };
        let count = settings.number(&HISTORY)?.max(remembered).clamp(0, MOST_HISTORY);
        if count == 0 {
            return Ok(());
        }
        let former = store::last_passwords(&system.database().read().await?, user, count).await?;
        // One after the other: each waits for its turn among the sign-ins of others.
        for hash in former {
            if let Verdict::Match { .. } = self.hasher.verify(password.clone(), Some(hash)).await? {
                let detail = match count {
                    1 => "is the present password".to_owned(),
                    _ => format!("is one of the user's last {count} passwords"),
                };
                return Err(Problem::invalid(FIELD, detail));
            }
        }
        Ok(())
    }
}

/// The rules that cost nothing to check.
fn check(
    settings: &Settings,
    password: &SecretString,
    about: &PasswordFacts,
) -> Result<(), Problem> {
    let typed = password.expose_secret();
    if typed.len() > LONGEST {
        return Err(Problem::invalid(FIELD, format!("is longer than {LONGEST} bytes")));
    }
    let password: Vec<char> = typed.nfc().collect();
    let mut wrong = Vec::new();
    wrong.extend(wrong_length(settings, password.len())?);
    let mut require = |setting, fits: fn(&char) -> bool, what: &str| -> Result<(), Problem> {
        if settings.is_on(setting)? && !password.iter().any(fits) {
            wrong.push(format!("must have {what}"));
        }
        Ok(())
    };
    require(&REQUIRE_UPPERCASE, |c| c.is_uppercase(), "an upper-case letter")?;
    require(&REQUIRE_NUMBER, |c| c.is_numeric(), "a digit")?;
    require(&REQUIRE_SPECIAL, |c| !c.is_alphanumeric(), "a special character")?;
    let complexity: Complexity = settings
        .text(&COMPLEXITY)
        .parse()
        .map_err(|()| Problem::internal("password.complexity"))?;
    if !complexity.is_met(&password) {
        wrong.push(complexity.rule().to_owned());
    }
    if settings.is_on(&REFUSE_NAMES)? && holds_a_name(&password, about) {
        wrong.push("must not contain the user's own name or address".to_owned());
    }
    let mut reasons = wrong.into_iter();
    match reasons.next() {
        None => Ok(()),
        Some(first) => Err(reasons.fold(Problem::invalid(FIELD, first), |problem, reason| {
            problem.and_field(FIELD, reason)
        })),
    }
}

/// The fewest and the most characters.
pub(crate) fn lengths(settings: &Settings) -> Result<(i64, i64), Problem> {
    let min = settings.number(&MIN_LENGTH)?.max(1);
    // A longest below the shortest would let nobody have a password.
    Ok((min, settings.number(&MAX_LENGTH)?.max(min)))
}

/// How hard a password must be to guess, 0 (anything is taken) to 4.
pub(crate) fn least_score(settings: &Settings) -> Result<i64, Problem> {
    Ok(settings.number(&MIN_SCORE)?.clamp(0, 4))
}

fn wrong_length(settings: &Settings, length: usize) -> Result<Option<String>, Problem> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let (min, max) = lengths(settings)?;
    Ok(if length < min {
        Some(format!("must have at least {min} characters"))
    } else if length > max {
        Some(format!("must have at most {max} characters"))
    } else {
        None
    })
}

impl Complexity {
    /// As the setting names them.
    pub const WORDS: &[&str] = &[
        "none",
        "letters_and_digits",
        "letters_digits_and_symbols",
        "digits_upper_and_lower",
        "all_four",
        "three_of_four",
    ];

    /// Whether a password has what is asked for. A letter without case, as in Chinese, is a letter and of neither case.
    fn is_met(self, password: &[char]) -> bool {
        let any = |fits: fn(&char) -> bool| password.iter().any(fits);
        let (letter, digit) = (any(|c| c.is_alphabetic()), any(|c| c.is_numeric()));
        let (upper, lower) = (any(|c| c.is_uppercase()), any(|c| c.is_lowercase()));
        let symbol = any(|c| !c.is_alphanumeric());
        match self {
            Self::None => true,
            Self::LettersAndDigits => letter && digit,
            Self::LettersDigitsAndSymbols => letter && digit && symbol,
            Self::DigitsUpperAndLower => digit && upper && lower,
            Self::AllFour => digit && upper && lower && symbol,
            Self::ThreeOfFour => {
                [digit, upper, lower, symbol].into_iter().filter(|has| *has).count() >= 3
            }
        }
    }

    fn rule(self) -> &'static str {
        match self {
            Self::None => "may have any characters",
            Self::LettersAndDigits => "must have letters and digits",
            Self::LettersDigitsAndSymbols => "must have letters, digits and symbols",
            Self::DigitsUpperAndLower => "must have digits, upper-case and lower-case letters",
            Self::AllFour => "must have digits, upper-case and lower-case letters, and symbols",
            Self::ThreeOfFour => {
                "must have three of: digits, upper-case letters, lower-case letters, symbols"
            }
        }
    }
}

impl FromStr for Complexity {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "none" => Ok(Self::None),
            "letters_and_digits" => Ok(Self::LettersAndDigits),
            "letters_digits_and_symbols" => Ok(Self::LettersDigitsAndSymbols),
            "digits_upper_and_lower" => Ok(Self::DigitsUpperAndLower),
            "all_four" => Ok(Self::AllFour),
            "three_of_four" => Ok(Self::ThreeOfFour),
            _ => Err(()),
        }
    }
}

fn holds_a_name(password: &[char], about: &PasswordFacts) -> bool {
    let password: String = password.iter().flat_map(|c| c.to_lowercase()).collect();
    // Of an address the part before the host; of a full name each word.
    let names = std::iter::once(&about.username).chain(&about.words);
    let parts = names.flat_map(|name| {
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
        let words = names.iter().map(|name| (*name).to_owned()).collect();
        let about = PasswordFacts { words, ..PasswordFacts::default() };
        match check(&settings(pinned), &password.into(), &about) {
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
    fn a_longest_below_the_shortest_shuts_nobody_out() {
        let crossed = [("password.min_length", "20"), ("password.max_length", "10")];
        assert!(reasons(&crossed, &"x".repeat(20), &[]).is_empty());
        assert_eq!(reasons(&crossed, &"x".repeat(21), &[]).len(), 1);
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
    fn each_complexity_asks_for_its_kinds() {
        // Lower, upper, digit, symbol: which of the sixteen sets is enough?
        let parts = ["abcdefgh", "ABCDEFGH", "12345678", "!?%&+-*#"];
        let enough = |word: &str| -> Vec<usize> {
            (1..16_usize)
                .filter(|set| {
                    let chosen = (0..4).filter(|bit| set & 1 << bit != 0).map(|bit| parts[bit]);
                    reasons(&[("password.complexity", word)], &chosen.collect::<String>(), &[])
                        .is_empty()
                })
                .collect()
        };
        assert_eq!(enough("none").len(), 15);
        assert_eq!(enough("letters_and_digits"), [5, 6, 7, 13, 14, 15]);
        assert_eq!(enough("letters_digits_and_symbols"), [13, 14, 15]);
        assert_eq!(enough("digits_upper_and_lower"), [7, 15]);
        assert_eq!(enough("all_four"), [15]);
        assert_eq!(enough("three_of_four"), [7, 11, 13, 14, 15]);
    }

    #[test]
    fn each_word_of_the_setting_is_a_complexity() {
        for word in Complexity::WORDS {
            assert!(word.parse::<Complexity>().is_ok(), "{word}");
        }
        assert!("anything".parse::<Complexity>().is_err());
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
        assert!(reasons(&[("password.refuse_names", "false")], "xxJANExx1", &names).is_empty());
    }

    #[test]
    fn a_broken_setting_is_no_open_door() {
        for key in ["password.min_length", "password.complexity", "password.refuse_names"] {
            let about = PasswordFacts::default();
            assert!(check(&settings(&[(key, "eight")]), &"abcdefgh".into(), &about).is_err());
        }
    }
}
