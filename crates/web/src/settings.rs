//! The live settings of this crate.

use kernel::{Setting, SettingForm};

/// How many requests a source may make.
pub const REQUESTS_PER_MINUTE: Setting = Setting::live(
    "throttle.requests_per_minute",
    SettingForm::Number { min: 0, max: 10_000_000 },
    "0",
    "How many requests a minute each server takes from one address (IPv6: one /64), 0 to 10000000; 0: no limit.",
);

/// All of them.
pub const SETTINGS: &[&Setting] = &[&REQUESTS_PER_MINUTE];
