//! How hard a password is to guess, as zxcvbn estimates it (Wheeler, "zxcvbn: Low-Budget Password Strength Estimation",
//! USENIX Security 2016). Its dictionaries hold the 30,000 most common passwords, names and words, and it knows them in
//! capitals, backwards, with digits for letters and as parts; so no list of our own stands beside it.

use realms::passwords::PasswordFacts;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

/// So many characters of a password are looked at. The work grows faster than the length; more characters could only
/// make a password better.
const MOST_CHARACTERS: usize = 72;
/// So many of the user's own words are looked for, each cut to as many characters.
const MOST_WORDS: usize = 48;

/// What was found.
pub(crate) struct Strength {
    /// 0 (guessed at once) to 4 (more than 10^10 guesses).
    pub score: u8,
    /// What is wrong with it, in words that hold nothing of it.
    pub warning: Option<String>,
}

/// Estimates a password of a user with these names. It takes some milliseconds.
pub(crate) fn estimate(password: &SecretString, about: &PasswordFacts) -> Strength {
    let cut = |text: &str| text.nfc().take(MOST_CHARACTERS).collect::<String>();
    let typed = SecretString::from(cut(password.expose_secret()));
    let words: Vec<String> = std::iter::once(&about.username)
        .chain(&about.words)
        // The whole, what stands before the host of an address, and each part.
        .flat_map(|word| {
            let whole = std::iter::once(word.as_str());
            whole.chain(word.split('@')).chain(word.split(['@', ' ', '.']))
        })
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(cut)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = zxcvbn::zxcvbn(typed.expose_secret(), &words);
    let warning = found.feedback().and_then(|feedback| feedback.warning());
    Strength { score: u8::from(found.score()), warning: warning.map(|warning| warning.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(password: &str, words: &[&str]) -> u8 {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        estimate(&password.into(), &PasswordFacts { words, ..PasswordFacts::default() }).score
    }

    #[test]
    fn common_passwords_score_low_in_every_dress() {
        for password in
            ["password", "P@ssw0rd", "drowssap", "qwertyuiop", "123456789", "letmein!", "iloveyou1"]
        {
            assert!(score(password, &[]) < 3, "{password}");
        }
        for password in ["correct horse battery", "lantern-harbour-17", "pQ9#vTx2LmZ!"] {
            assert!(score(password, &[]) >= 3, "{password}");
        }
    }

    #[test]
    fn own_words_count_as_known() {
        let password = "zanfredo.quillbury";
        assert!(score(password, &[]) >= 3);
        assert!(score(password, &["zanfredo.quillbury@example.com"]) < 3);
    }

    #[test]
    fn the_longest_password_is_bounded_work() {
        assert!(score(&"x".repeat(4096), &[]) < 3);
        assert!(score(&"q9#V x2L".repeat(512), &["y".repeat(4096).as_str()]) >= 3);
    }
}
