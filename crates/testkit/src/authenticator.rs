//! The codes of an authenticator app, made by oathtool: a second opinion on our own.

use std::process::Command;

use anyhow::{Context, ensure};
use jiff::Timestamp;

/// The code of this key (base 32) at this moment.
///
/// # Panics
/// When there is none; `build/require.sh oathtool oathtool` installs what makes it.
#[must_use]
pub fn totp(key: &str, at: Timestamp) -> String {
    or_fail(make(key, at))
}

fn make(key: &str, at: Timestamp) -> anyhow::Result<String> {
    let now = at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let made = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &now, key])
        .output()
        .context("oathtool (build/require.sh oathtool oathtool installs it)")?;
    ensure!(made.status.success(), "oathtool: {}", String::from_utf8_lossy(&made.stderr));
    Ok(String::from_utf8(made.stdout)?.trim().to_owned())
}

#[expect(clippy::panic, reason = "a test that cannot go on must fail")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}
