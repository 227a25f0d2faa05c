//! The declaration of a setting: once, in the crate that uses it; parser, help, documents and console derive from it.

/// When a setting can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// At the start: from file, environment or flag.
    Start,
    /// While running: from the database, unless file, environment or flag pin it.
    Live,
}

/// What a value must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingForm {
    /// Any text.
    Text,
    /// `true` or `false`.
    Truth,
    /// A whole number within these bounds, both included.
    Number {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// Why a value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Neither `true` nor `false`.
    #[error("must be true or false")]
    NoTruth,
    /// No number, or out of bounds.
    #[error("must be a whole number from {min} to {max}")]
    NoNumber {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// None of the words.
    #[error("must be one of {}", .0.join(", "))]
    NoChoice(&'static [&'static str]),
    /// Longer than any setting, or with control characters.
    #[error("must be at most 4096 characters without control characters")]
    NoText,
}

/// What a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// `section.name`, in snake case: `session.idle_minutes`.
    pub key: &'static str,
    /// When it can change.
    pub kind: SettingKind,
    /// What its value must look like.
    pub form: SettingForm,
    /// The value in force when nobody says otherwise, as text.
    pub default: &'static str,
    /// One sentence for `--help`, documents and console, with unit and range.
    pub help: &'static str,
    /// Whether its value must never be shown.
    pub secret: bool,
}

impl Setting {
    /// A live setting, whose value is no secret.
    pub const fn live(
        key: &'static str,
        form: SettingForm,
        default: &'static str,
        help: &'static str,
    ) -> Self {
        Self { key, kind: SettingKind::Live, form, default, help, secret: false }
    }

    /// The part of the key before the first dot; settings of the start may have none.
    pub fn section(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(section, _)| section)
    }

    /// Refuses a value that this setting cannot have.
    pub fn check(&self, value: &str) -> Result<(), SettingError> {
        let (good, error) = match self.form {
            SettingForm::Text => {
                (value.len() <= 4096 && !value.chars().any(char::is_control), SettingError::NoText)
            }
            SettingForm::Truth => (matches!(value, "true" | "false"), SettingError::NoTruth),
            SettingForm::Number { min, max } => {
                let within = value.parse().is_ok_and(|number: i64| (min..=max).contains(&number));
                (within, SettingError::NoNumber { min, max })
            }
            SettingForm::Choice(words) => (words.contains(&value), SettingError::NoChoice(words)),
        };
        if good { Ok(()) } else { Err(error) }
    }

    /// The environment variable of this setting: `PORTCULLIS_SESSION_IDLE_MINUTES`.
    pub fn variable(&self) -> String {
        format!("PORTCULLIS_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// The flag of this setting: `--session-idle-minutes`.
    pub fn flag(&self) -> String {
        self.key.replace(['.', '_'], "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_checked_by_its_form() {
        let number =
            Setting::live("session.idle_minutes", SettingForm::Number { min: 1, max: 9 }, "3", "");
        assert_eq!(number.check("9"), Ok(()));
        for value in ["0", "10", "", "3.5", "x", "99999999999999999999"] {
            assert_eq!(
                number.check(value),
                Err(SettingError::NoNumber { min: 1, max: 9 }),
                "{value}"
            );
        }
        let truth = Setting::live("a.b", SettingForm::Truth, "true", "");
        assert_eq!(truth.check("yes"), Err(SettingError::NoTruth));
        let choice = Setting::live("a.b", SettingForm::Choice(&["none", "some"]), "none", "");
        assert_eq!(choice.check("some"), Ok(()));
        let refused = choice.check("Some").unwrap_err();
        assert_eq!(refused.to_string(), "must be one of none, some");
        let text = Setting::live("a.b", SettingForm::Text, "", "");
        assert_eq!(text.check("a\nb"), Err(SettingError::NoText));
    }

    #[test]
    fn one_key_gives_variable_flag_and_section() {
        let setting = Setting::live("session.idle_minutes", SettingForm::Text, "", "");
        assert_eq!(setting.variable(), "PORTCULLIS_SESSION_IDLE_MINUTES");
        assert_eq!(
            (setting.flag().as_str(), setting.section()),
            ("session-idle-minutes", "session")
        );
    }
}
