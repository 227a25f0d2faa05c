//! The live settings of this crate.

use context::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use kernel::{Problem, Setting, SettingForm};

use crate::password_policy::Complexity;

/// The realm of a sign-in that names none.
pub const DEFAULT_REALM: Setting = Setting::live(
    "signin.default_realm",
    SettingForm::Text,
    "main",
    "The realm of a sign-in that names none.",
);
/// Failures until a user is locked.
pub const MAX_ATTEMPTS: Setting = Setting::live(
    "lockout.max_attempts",
    number(1, 1000),
    "5",
    "How many wrong passwords in a row lock a user out, 1 to 1000.",
);
/// For how long failures count together.
pub const WINDOW_MINUTES: Setting = Setting::live(
    "lockout.window_minutes",
    number(0, 525_600),
    "0",
    "Within how many minutes from the first on wrong passwords count together, 0 to 525600; 0: until a right one.",
);
/// Failures until a source is locked.
pub const SOURCE_ATTEMPTS: Setting = Setting::live(
    "lockout.source_attempts",
    number(0, 1_000_000),
    "100",
    "How many wrong names and passwords from one address (IPv6: one /64) lock it out, 0 to 1000000; 0: never.",
);
/// For how long they count together, and a source is locked.
pub const SOURCE_MINUTES: Setting = Setting::live(
    "lockout.source_minutes",
    number(1, 525_600),
    "15",
    "Within how many minutes they count together, and for how many it is locked out, 1 to 525600.",
);
/// How long a user is locked.
pub const LOCK_MINUTES: Setting = Setting::live(
    "lockout.minutes",
    number(0, 525_600),
    "15",
    "How long a user is locked out, in minutes, 0 to 525600; 0: until the window is over, a minute without one.",
);
/// How many sign-ins a source may try.
pub const SIGN_INS_PER_MINUTE: Setting = Setting::live(
    "throttle.sign_ins_per_minute",
    number(0, 1_000_000),
    "300",
    "How many passwords a minute each server tries from one address (IPv6: one /64), 0 to 1000000; 0: no limit.",
);
/// The idle limit of a session.
pub const IDLE_MINUTES: Setting = Setting::live(
    "session.idle_minutes",
    number(1, 525_600),
    "30",
    "After how many minutes without use a session ends, 1 to 525600.",
);
/// The absolute limit of a session.
pub const ABSOLUTE_HOURS: Setting = Setting::live(
    "session.absolute_hours",
    number(1, 8760),
    "24",
    "After how many hours a session ends, used or not, 1 to 8760.",
);
/// What a session is fixed to.
pub const FIXED_TO: Setting = Setting::live(
    "session.fixed_to",
    SettingForm::Choice(&["device", NOTHING]),
    "device",
    "What the session of a browser is fixed to: device (it is good with the cookie of the device that it began on), nothing.",
);
/// How old a sign-in may be where more is at stake.
pub const FRESH_MINUTES: Setting = Setting::live(
    "signin.fresh_minutes",
    number(1, 1440),
    "10",
    "How many minutes old a sign-in may be, 1 to 1440, where more is at stake: factors, addresses, personal data, acting in somebody's place.",
);
/// How long a device is remembered unused.
pub const REMEMBER_DAYS: Setting = Setting::live(
    "remember.days",
    number(0, 365),
    "30",
    "For how many days without use a sign-in is remembered on a device, 0 to 365; 0: never.",
);
/// How long a device is remembered at most.
pub const REMEMBER_ABSOLUTE_DAYS: Setting = Setting::live(
    "remember.absolute_days",
    number(1, 365),
    "90",
    "For how many days after the sign-in it is remembered on a device at most, used or not, 1 to 365.",
);
/// How long somebody may act in another's place.
pub const IMPERSONATION_MINUTES: Setting = Setting::live(
    "session.impersonation_minutes",
    number(1, 1440),
    "60",
    "After how many minutes a session in somebody else's place ends, used or not, 1 to 1440; it never outlives the session it was begun from.",
);
/// The shortest password.
pub const MIN_LENGTH: Setting = Setting::live(
    "password.min_length",
    number(1, 1024),
    "8",
    "The shortest password, in characters, 1 to 1024.",
);
/// The longest password.
pub const MAX_LENGTH: Setting = Setting::live(
    "password.max_length",
    number(1, 1024),
    "128",
    "The longest password, in characters, 1 to 1024.",
);
/// Whether an upper-case letter is asked for.
pub const REQUIRE_UPPERCASE: Setting = Setting::live(
    "password.require_uppercase",
    SettingForm::Truth,
    "false",
    "Whether a password needs an upper-case letter.",
);
/// Whether a digit is asked for.
pub const REQUIRE_NUMBER: Setting = Setting::live(
    "password.require_number",
    SettingForm::Truth,
    "false",
    "Whether a password needs a digit.",
);
/// Whether a special character is asked for.
pub const REQUIRE_SPECIAL: Setting = Setting::live(
    "password.require_special",
    SettingForm::Truth,
    "false",
    "Whether a password needs a character that is neither letter nor digit.",
);

/// What kinds of characters a password must have.
pub const COMPLEXITY: Setting = Setting::live(
    "password.complexity",
    SettingForm::Choice(Complexity::WORDS),
    "none",
    "What a password must have: none; letters_and_digits; letters_digits_and_symbols; digits_upper_and_lower; all_four (upper and lower case, digits, symbols); or three_of_four.",
);
/// How hard a password must be to guess.
pub const MIN_SCORE: Setting = Setting::live(
    "password.min_score",
    number(0, 4),
    "3",
    "How hard a password must be to guess, 0 (anything, common passwords too) to 4, as zxcvbn estimates: 3 is about 10^8 guesses.",
);
/// Whether own names are refused.
pub const REFUSE_NAMES: Setting = Setting::live(
    "password.refuse_names",
    SettingForm::Truth,
    "true",
    "Whether a password must not contain the user's own user name, aliases, e-mail address or full name.",
);
/// How many former passwords are refused.
pub const HISTORY: Setting = Setting::live(
    "password.history",
    number(0, MOST_HISTORY),
    "0",
    "How many of a user's last passwords, the present one included, are not taken again, 0 to 24. Their hashes are kept.",
);
/// How long a password is good.
pub const VALID_DAYS: Setting = Setting::live(
    "password.valid_days",
    number(0, 3650),
    "0",
    "After how many days a password expires, so that its user can do nothing but change it, 0 (never) to 3650.",
);
/// How long before its end a user is told.
pub const WARN_DAYS: Setting = Setting::live(
    "password.warn_days",
    number(0, 365),
    "10",
    "How many days before its password expires a user is told, 0 to 365.",
);

/// Whether a forgotten password can be replaced by mail.
pub const RECOVERY: Setting = Setting::live(
    "password.recovery_by_mail",
    SettingForm::Truth,
    "true",
    "Whether users who forgot their password get a link to a new one by mail; needs mail.host.",
);
/// How long a link to a new password is good.
pub const LINK_MINUTES: Setting = Setting::live(
    "password.link_minutes",
    number(5, 1440),
    "120",
    "How long a link to a new password is good, in minutes, 5 to 1440.",
);

/// Who needs a second factor, whatever the rules say.
pub const REQUIRED_OF: Setting = Setting::live(
    "second_factor.required_of",
    SettingForm::Choice(&["nobody", "superusers", "everybody"]),
    "nobody",
    "Who needs a second factor to sign in, beside those for whom there are rules: nobody, superusers, everybody. Who has none makes one at the next sign-in.",
);
/// Whether codes by mail count.
pub const ACCEPT_EMAIL: Setting = Setting::live(
    "second_factor.accept_email",
    SettingForm::Truth,
    "false",
    "Whether codes by mail count as a second factor; who reads somebody's mail can also get a new password, see password.recovery_by_mail.",
);
/// Whether codes to a phone count.
pub const ACCEPT_SMS: Setting = Setting::live(
    "second_factor.accept_sms",
    SettingForm::Truth,
    "false",
    "Whether codes by SMS count as a second factor; numbers can be taken over, and texts read on their way. Needs sms.url.",
);
/// The name in authenticator apps.
pub const ISSUER: Setting = Setting::live(
    "second_factor.issuer",
    SettingForm::Text,
    "Portcullis",
    "How this server is called in authenticator apps, and where a passkey is made.",
);
/// Whether a passkey alone opens a session.
pub const PASSWORDLESS: Setting = Setting::live(
    "signin.passwordless",
    SettingForm::Truth,
    "true",
    "Whether a passkey whose device verifies its user (by finger, face or PIN) is enough to sign in, without name and password.",
);
/// How long a link to an e-mail address is good.
pub const EMAIL_LINK_HOURS: Setting = Setting::live(
    "email.link_hours",
    number(1, 168),
    "24",
    "How long a link that confirms an e-mail address is good, in hours, 1 to 168.",
);

/// The word of [`FIXED_TO`] for a session that is good anywhere.
pub(crate) const NOTHING: &str = "nothing";

/// Most passwords that are remembered.
pub const MOST_HISTORY: i64 = 24;

/// All of them.
pub const SETTINGS: &[&Setting] = &[
    &DEFAULT_REALM,
    &MAX_ATTEMPTS,
    &LOCK_MINUTES,
    &WINDOW_MINUTES,
    &SOURCE_ATTEMPTS,
    &SOURCE_MINUTES,
    &SIGN_INS_PER_MINUTE,
    &IDLE_MINUTES,
    &ABSOLUTE_HOURS,
    &FIXED_TO,
    &FRESH_MINUTES,
    &REMEMBER_DAYS,
    &REMEMBER_ABSOLUTE_DAYS,
    &IMPERSONATION_MINUTES,
    &MIN_LENGTH,
    &MAX_LENGTH,
    &REQUIRE_UPPERCASE,
    &REQUIRE_NUMBER,
    &REQUIRE_SPECIAL,
    &COMPLEXITY,
    &MIN_SCORE,
    &REFUSE_NAMES,
    &HISTORY,
    &VALID_DAYS,
    &WARN_DAYS,
    &RECOVERY,
    &LINK_MINUTES,
    &REQUIRED_OF,
    &ACCEPT_EMAIL,
    &ACCEPT_SMS,
    &ISSUER,
    &PASSWORDLESS,
    &EMAIL_LINK_HOURS,
];

const fn number(min: i64, max: i64) -> SettingForm {
    SettingForm::Number { min, max }
}

/// A length of time: the number of the setting, in units of `unit` seconds.
pub(crate) fn duration(
    settings: &Settings,
    setting: &Setting,
    unit: i64,
) -> Result<SignedDuration, Problem> {
    let number = settings.number(setting)?.clamp(1, 525_600);
    Ok(SignedDuration::from_secs(number * unit))
}

/// `now` and a length of time; the end of time if it is beyond.
pub(crate) fn after(now: Timestamp, duration: SignedDuration) -> Timestamp {
    now.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// How many seconds it is until then, a part of one counted as one: who waits so long is not too early.
pub(crate) fn seconds_until(then: Timestamp, now: Timestamp) -> u64 {
    let micros = then.as_microsecond().saturating_sub(now.as_microsecond());
    u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_as_long_as_was_said_is_not_too_early() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        assert_eq!(seconds_until(at(60_900), at(10_100)), 51);
        assert_eq!(seconds_until(at(60_900), at(10_900)), 50);
        assert_eq!(seconds_until(at(60_001), at(60_000)), 1);
        assert_eq!(seconds_until(at(60_000), at(60_000)), 0);
        assert_eq!(seconds_until(at(1_000), at(60_000)), 0);
    }
}
