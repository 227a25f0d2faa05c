//! How long the change log is kept: as long as the slowest reader of the feed may be away.

use std::{sync::Arc, time::Duration};

use context::System;
use jiff::SignedDuration;
use kernel::{Problem, Setting, SettingForm};
use store::change_log;

/// How long entries are kept.
pub const KEEP_HOURS: Setting = Setting::live(
    "changes.keep_hours",
    SettingForm::Number { min: 1, max: 87_600 },
    "168",
    "For how many hours the change log is kept, 1 to 87600; a reader of /api/v1/changes that was away for longer starts anew.",
);

/// The settings of this module.
pub const SETTINGS: &[&Setting] = &[&KEEP_HOURS];

/// The time between two rounds.
const PAUSE: Duration = Duration::from_secs(600);
/// How many entries go in one statement, so that nobody waits long for it.
const AT_ONCE: i64 = 1000;

/// Removes what is too old, for ever.
pub async fn again_and_again(system: Arc<System>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(problem) = run(&system).await {
            tracing::warn!(target: "portcullis::system", %problem, "the change log is not pruned");
        }
    }
}

/// Removes what is too old. Several servers may do it at once.
pub async fn run(system: &System) -> Result<(), Problem> {
    let hours = system.state().settings.number(&KEEP_HOURS)?;
    let before = system.now().checked_sub(SignedDuration::from_hours(hours));
    let before = before.map_err(Problem::internal)?;
    while change_log::prune(&system.database().single(), before, AT_ONCE).await? > 0 {}
    Ok(())
}
