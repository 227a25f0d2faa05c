//! `portcullis audit verify`

use std::{path::Path, process::ExitCode};

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    connection::{Connection, segment},
    failure::Failed,
    output::{Output, cell},
    progress,
};

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no event was changed, removed or added behind the server's back.
    Verify(Verify),
}

/// What to compare with.
#[derive(Debug, Args)]
pub struct Verify {
    /// A head that an earlier check printed, or a file with it.
    #[arg(long, value_name = "HEAD")]
    pub head: Option<String>,
}

/// Checks the chain. A broken one is a failure: 1.
pub async fn run(
    connection: &Connection,
    command: &Audit,
    output: Output,
) -> Result<ExitCode, Failed> {
    let Audit::Verify(arguments) = command;
    let head = arguments.head.as_deref().map(head).transpose()?;
    let query = head.map(|head| format!("?head={}", segment(&head))).unwrap_or_default();
    let path = format!("/api/v1/audit/verify{query}");
    let answer = progress::watch("walking the audit log", connection.get(&path)).await?;
    let verified: Value = answer.json().await?;
    let is_valid = verified["valid"] == true;
    output.show(&verified, || {
        let (events, head) = (cell(&verified, "events"), cell(&verified, "head"));
        if is_valid {
            format!("{events} events, unbroken.\nhead {head}")
        } else {
            format!("BROKEN: {}", cell(&verified, "problem"))
        }
    })?;
    Ok(if is_valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The head itself, or what a file of that name holds: the line that an earlier check printed.
fn head(text: &str) -> Result<String, Failed> {
    let path = Path::new(text);
    if !path.is_file() {
        return Ok(text.to_owned());
    }
    let content = std::fs::read_to_string(path)
        .map_err(|error| Failed::new(format!("{}: {error}", path.display())))?;
    let line = content.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    Ok(line.strip_prefix("head ").unwrap_or(line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_text_or_a_file() {
        assert_eq!(head("12:ab").unwrap(), "12:ab");
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("head");
        std::fs::write(&file, "12 events, unbroken.\nhead 12:ab\n").unwrap();
        assert_eq!(head(file.to_str().unwrap()).unwrap(), "12:ab");
    }
}
