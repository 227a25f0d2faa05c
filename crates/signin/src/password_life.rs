//! How long a password is good, and what becomes of a session that began with one that is not.

use context::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use kernel::Problem;

use crate::settings::{VALID_DAYS, WARN_DAYS};

/// Of a password: since when it is the user's, and whether the user must change it before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordLife {
    /// When it was set.
    pub changed_at: Timestamp,
    /// Whether an administrator asked for another one at the next sign-in.
    pub must_change: bool,
}

impl PasswordLife {
    /// When it expires, as the setting says at this moment; none: never.
    pub fn expires_at(&self, settings: &Settings) -> Result<Option<Timestamp>, Problem> {
        let days = settings.number(&VALID_DAYS)?;
        let life = SignedDuration::from_hours(days.clamp(0, 3650) * 24);
        Ok((days > 0).then(|| crate::settings::after(self.changed_at, life)))
    }

    /// Whether it is good for nothing but to be changed.
    pub fn is_over(&self, settings: &Settings, now: Timestamp) -> Result<bool, Problem> {
        Ok(self.must_change || self.expires_at(settings)?.is_some_and(|end| now >= end))
    }

    /// When it expires, if that is so near that the user should be told.
    pub fn warning(
        &self,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Problem> {
        let days = settings.number(&WARN_DAYS)?.clamp(0, 365);
        let soon = crate::settings::after(now, SignedDuration::from_hours(days * 24));
        Ok(self.expires_at(settings)?.filter(|end| *end <= soon))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn settings(days: &str) -> Settings {
        Settings::new(BTreeMap::from([("password.valid_days".to_owned(), days.to_owned())]))
    }

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    #[test]
    fn without_a_validity_it_is_good_for_ever() {
        let life = PasswordLife { changed_at: day(0), must_change: false };
        let far = day(100_000);
        assert!(!life.is_over(&settings("0"), far).unwrap());
        assert_eq!(life.warning(&settings("0"), far).unwrap(), None);
    }

    #[test]
    fn it_ends_to_the_moment_and_warns_ten_days_before() {
        let life = PasswordLife { changed_at: day(0), must_change: false };
        let settings = settings("90");
        let second = SignedDuration::from_secs(1);
        assert!(!life.is_over(&settings, day(90) - second).unwrap());
        assert!(life.is_over(&settings, day(90)).unwrap());
        assert_eq!(life.warning(&settings, day(80) - second).unwrap(), None);
        assert_eq!(life.warning(&settings, day(80)).unwrap(), Some(day(90)));
        assert_eq!(life.warning(&settings, day(91)).unwrap(), Some(day(90)));
    }

    #[test]
    fn one_that_must_be_changed_is_over_at_once() {
        let life = PasswordLife { changed_at: day(0), must_change: true };
        assert!(life.is_over(&settings("0"), day(0)).unwrap());
    }

    #[test]
    fn a_broken_setting_is_no_open_door() {
        let life = PasswordLife { changed_at: day(0), must_change: false };
        assert!(life.is_over(&settings("never"), day(0)).is_err());
    }
}
