//! The live settings of this crate.

use context::settings::Settings;
use jiff::SignedDuration;
use kernel::{Problem, Setting, SettingForm};

/// How long an access token lives.
pub const ACCESS_MINUTES: Setting = Setting::live(
    "token.access_minutes",
    SettingForm::Number { min: 1, max: 1440 },
    "10",
    "How many minutes an access token lives, 1 to 1440; never longer than its session. Tokens that are older are dead at once.",
);

/// How long after its end an access token can be renewed.
pub const RENEWAL_MINUTES: Setting = Setting::live(
    "token.renewal_minutes",
    SettingForm::Number { min: 0, max: 525_600 },
    "1440",
    "How many minutes after an access token has expired its refresh token is still good, 0 (only before) to 525600; the limits of the session hold besides.",
);

/// Whether the password grant is offered.
pub const PASSWORD_GRANT: Setting = Setting::live(
    "token.password_grant",
    SettingForm::Truth,
    "true",
    "Whether POST /auth/token takes a user name and password.",
);

/// All of them.
pub const SETTINGS: &[&Setting] = &[&ACCESS_MINUTES, &RENEWAL_MINUTES, &PASSWORD_GRANT];

/// How long an access token lives.
pub(crate) fn access_life(settings: &Settings) -> Result<SignedDuration, Problem> {
    Ok(SignedDuration::from_mins(settings.number(&ACCESS_MINUTES)?.clamp(1, 1440)))
}

/// How long the refresh token that came with an access token is good.
pub(crate) fn refresh_life(settings: &Settings) -> Result<SignedDuration, Problem> {
    let after = SignedDuration::from_mins(settings.number(&RENEWAL_MINUTES)?.clamp(0, 525_600));
    Ok(access_life(settings)? + after)
}
