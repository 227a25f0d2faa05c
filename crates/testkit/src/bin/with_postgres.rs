//! `with-postgres [--durable] COMMAND...`: runs the command with a PostgreSQL cluster of its own, for all the test
//! binaries of a run to share, and removes it afterwards. Ends as the command ended. With `--durable` what is committed
//! is on the disk: for tests that end PostgreSQL without warning.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode};

use anyhow::Context;
use testkit::postgres::{Cluster, ClusterOptions, SHARED_CLUSTER};

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let durable = arguments.next_if(|first| first == "--durable").is_some();
    let program =
        arguments.next().context("usage: with-postgres [--durable] COMMAND [ARGUMENT...]")?;
    let cluster = Cluster::start(ClusterOptions { durable })?;
    let status = Command::new(&program)
        .args(arguments)
        .env(SHARED_CLUSTER, cluster.url())
        .status()
        .with_context(|| format!("running {}", program.display()))?;
    drop(cluster);
    // As a shell says it: 128 and the signal.
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
