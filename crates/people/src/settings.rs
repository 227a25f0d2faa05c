//! The live settings of this crate.

use kernel::{Setting, SettingForm};

/// How long an invitation is good.
pub const INVITATION_DAYS: Setting = Setting::live(
    "invitation.days",
    SettingForm::Number { min: 1, max: 90 },
    "7",
    "How long an invitation is good, in days, 1 to 90.",
);
/// How long a registration waits.
pub const REGISTRATION_HOURS: Setting = Setting::live(
    "registration.link_hours",
    SettingForm::Number { min: 1, max: 168 },
    "24",
    "How long somebody who has registered may take to confirm the e-mail address, in hours, 1 to 168.",
);
/// How many may register from one source.
pub const REGISTRATIONS_PER_MINUTE: Setting = Setting::live(
    "throttle.registrations_per_minute",
    SettingForm::Number { min: 0, max: 1_000_000 },
    "10",
    "How many registrations a minute each server takes from one address (IPv6: one /64), 0 to 1000000; 0: no limit.",
);

/// Whether users erase themselves.
pub const ERASURE_BY_USERS: Setting = Setting::live(
    "erasure.by_users",
    SettingForm::Truth,
    "true",
    "Whether users may erase themselves; otherwise only whoever manages them may.",
);

/// All of them.
pub const SETTINGS: &[&Setting] =
    &[&INVITATION_DAYS, &REGISTRATION_HOURS, &REGISTRATIONS_PER_MINUTE, &ERASURE_BY_USERS];
