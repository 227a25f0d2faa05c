//! `portcullis backup FILE`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::{
    connection::Connection,
    failure::Failed,
    output::{Output, cell},
    progress,
};

/// Where to copy.
#[derive(Debug, Args)]
pub struct Backup {
    /// A file that is not there yet, on the server's machine.
    pub file: PathBuf,
}

/// Copies the database of the machine.
pub async fn run(
    connection: &Connection,
    arguments: &Backup,
    output: Output,
) -> Result<ExitCode, Failed> {
    // The server has another working directory.
    let file = std::path::absolute(&arguments.file)
        .map_err(|error| Failed::new(format!("{}: {error}", arguments.file.display())))?;
    let input = json!({"file": file});
    let asked = connection.send(Method::POST, "/api/v1/backup", &input);
    let made: Value = progress::watch("copying", asked).await?.json().await?;
    output.show(&made, || {
        let (bytes, form) = (cell(&made, "bytes"), cell(&made, "form"));
        format!("{} ({form}, {bytes} bytes)", file.display())
    })?;
    Ok(ExitCode::SUCCESS)
}
