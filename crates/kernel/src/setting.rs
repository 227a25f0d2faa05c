//! The declaration of a setting: once, in the crate that uses it; parser, help, documents and console derive from it.

/// When a setting can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// At the start: from file, environment or flag.
    Start,
    /// While running: from the database, unless file, environment or flag pin it.
    Live,
}

/// What a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// `section.name`, in snake case: `session.idle_minutes`.
    pub key: &'static str,
    /// When it can change.
    pub kind: SettingKind,
    /// The value in force when nobody says otherwise, as text.
    pub default: &'static str,
    /// One sentence for `--help`, documents and console, with unit and range.
    pub help: &'static str,
    /// Whether its value must never be shown.
    pub secret: bool,
}

impl Setting {
    /// The environment variable of this setting: `PORTCULLIS_SESSION_IDLE_MINUTES`.
    pub fn variable(&self) -> String {
        format!("PORTCULLIS_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// The flag of this setting: `--session-idle-minutes`.
    pub fn flag(&self) -> String {
        self.key.replace(['.', '_'], "-")
    }
}
