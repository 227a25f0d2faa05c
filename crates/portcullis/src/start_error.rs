//! Why a start is refused, and what each start needs first: a directory of its own.

use std::{
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
};

use kernel::Problem;
use store::StoreError;

use crate::settings;

/// Why the start is refused: one clear line that says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl StartError {
    /// A refusal with this line.
    pub fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<settings::SettingRefused> for StartError {
    fn from(error: settings::SettingRefused) -> Self {
        Self(error.0)
    }
}

impl From<Problem> for StartError {
    fn from(problem: Problem) -> Self {
        let cause = problem.cause().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self(format!("{problem}{cause}"))
    }
}

/// A directory that nobody else may enter.
pub(crate) fn make_private_directory(directory: &Path) -> Result<(), StartError> {
    let refuse =
        |error: std::io::Error| StartError::new(format!("{}: {error}", directory.display()));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(refuse)?;
    let mode = std::fs::metadata(directory).map_err(refuse)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(StartError::new(format!(
        "{}: others may enter it; run chmod 700 on it",
        directory.display()
    )))
}
