//! The live settings of this crate.

use kernel::{Setting, SettingForm};

/// How long an access token lives.
pub const ACCESS_MINUTES: Setting = Setting::live(
    "token.access_minutes",
    SettingForm::Number { min: 1, max: 1440 },
    "10",
    "How many minutes an access token lives, 1 to 1440; never longer than its session.",
);

/// Whether the password grant is offered.
pub const PASSWORD_GRANT: Setting = Setting::live(
    "token.password_grant",
    SettingForm::Truth,
    "true",
    "Whether POST /auth/token takes a user name and password.",
);

/// All of them.
pub const SETTINGS: &[&Setting] = &[&ACCESS_MINUTES, &PASSWORD_GRANT];
