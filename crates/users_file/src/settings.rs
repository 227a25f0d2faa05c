//! The settings of this crate.

use kernel::{Setting, SettingForm, SettingKind};

/// Where the file is.
pub const FILE: Setting = Setting {
    key: "users_file",
    kind: SettingKind::Start,
    form: SettingForm::Text,
    default: "",
    help: "A TOML file with users and roles (auth.toml of Liberty), mode 0600; empty: none. It is read at the start and when it changes, and what is changed over HTTP is written to it. The server has the database alone then.",
    secret: false,
};

/// Whose users they are.
pub const REALM: Setting = Setting {
    key: "users_file_realm",
    kind: SettingKind::Start,
    form: SettingForm::Text,
    default: "file",
    help: "The realm of the users in users_file; it is made if it is not there, and has no other users.",
    secret: false,
};

/// All of them.
pub const SETTINGS: &[&Setting] = &[&FILE, &REALM];
