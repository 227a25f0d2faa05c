//! World files: what there shall be, in one file that can be read, compared and applied again.
//!
//! | module | holds |
//! |---|---|
//! | [`file`](mod@file) | what a file says, section by section |
//! | [`parse`](mod@parse) | reading YAML and JSON |
//! | [`variables`] | passwords from the environment of whoever calls |
//! | [`world`](mod@world) | all documents of a file together |
//! | [`plan`] | what would change, for people |
//! | [`apply_world`] | `POST /api/v1/world` |
//! | [`export_world`] | `GET /api/v1/world` |
//! | [`what_if`] | `POST /api/v1/access/what-if`: who would gain and lose what |
//!
//! A first password in a file is set when its user is made, and never after: users change their passwords, and a file
//! that is applied again must not undo that. What pruning deletes, and what it never does, stands in `apply/prune.rs`.

mod apply;
pub mod apply_world;
mod export;
pub mod export_world;
pub mod file;
mod first_passwords;
pub mod parse;
mod places;
pub mod plan;
mod spread;
pub mod variables;
pub mod what_if;
pub mod world;

use kernel::{Setting, SettingForm};

/// Largest world file that is taken over HTTP.
pub const MAX_MEBIBYTES: Setting = Setting::live(
    "world.max_mebibytes",
    SettingForm::Number { min: 1, max: 4096 },
    "64",
    "The largest world file that POST /api/v1/world takes, in MiB, 1 to 4096.",
);

/// The settings of this crate.
pub const SETTINGS: &[&Setting] = &[&MAX_MEBIBYTES];
