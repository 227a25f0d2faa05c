//! The clock of a process of its own, moved by libfaketime: it stands still, and moves only when told. What waits (timers,
//! pools) goes on by the real one.

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// Where Debian keeps it, below `/usr/lib`, in a folder for each machine.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The clock that a process sees.
pub struct MovedClock {
    now: Mutex<Timestamp>,
    file: PathBuf,
    directory: TempDir,
}

impl MovedClock {
    /// A clock that stands still at this moment, a whole second.
    ///
    /// # Panics
    /// When libfaketime is missing; `build/require.sh faketime faketime` installs it.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let directory = or_fail(tempfile::tempdir().context("a directory for the clock"));
        let file = directory.path().join("now");
        let clock = Self { now: Mutex::new(now), file, directory };
        clock.set(now);
        clock
    }

    /// The variables that give a process this clock.
    ///
    /// # Panics
    /// When libfaketime is missing.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let missing = "libfaketime (build/require.sh faketime faketime installs it)";
        let library = or_fail(library().context(missing));
        vec![
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]
    }

    /// The moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.lock()
    }

    /// Another moment, from the next look on. Nobody reads half of it.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn set(&self, now: Timestamp) {
        let text = now.strftime("%Y-%m-%d %H:%M:%S\n").to_string();
        let new = self.directory.path().join("next");
        or_fail(std::fs::write(&new, text).context("the clock"));
        or_fail(std::fs::rename(&new, &self.file).context("the clock"));
        *self.lock() = now;
    }

    /// Time passes.
    ///
    /// # Panics
    /// When it cannot be written, or time ends.
    pub fn advance(&self, by: SignedDuration) {
        let later = self.now().checked_add(by).context("the end of time");
        self.set(or_fail(later));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir(Path::new("/usr/lib")).ok()?;
    let paths = folders.filter_map(|folder| Some(folder.ok()?.path().join(LIBRARY)));
    paths.into_iter().find(|path| path.exists())
}

#[expect(clippy::panic, reason = "a test that cannot go on must fail")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Running;

    #[test]
    fn a_process_sees_it() {
        let clock = MovedClock::at("2030-01-02T03:04:05Z".parse().unwrap());
        clock.advance(SignedDuration::from_mins(1));
        let variables = clock.variables();
        let variables: Vec<_> =
            variables.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let mut process = Running::start("date", &["+%F %T"], &variables);
        process.wait();
        assert_eq!(process.output(), "2030-01-02 03:05:05\n");
    }
}
