//! `portcullis user hash-password`: what a users file keeps of a password.

use std::process::ExitCode;

use clap::Args;
use protocol::password::{self, Memory};
use secrecy::SecretString;
use serde_json::json;

use super::{failure::Failed, output::Output, secret};
use crate::{clock::SystemEntropy, compose::hash_cost, settings::Values};

/// A password to hash.
#[derive(Debug, Args)]
pub struct HashPassword {
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
}

/// Hashes it with the cost of the settings.
pub fn run(values: &Values, arguments: &HashPassword, output: Output) -> Result<ExitCode, Failed> {
    let password = SecretString::from(secret::new_password(arguments.password_stdin)?);
    let cost = hash_cost(values)?;
    let hash = password::hash(&password, &cost, &SystemEntropy, &mut Memory::default())
        .map_err(|error| Failed::new(error.to_string()))?;
    let text = hash.to_text();
    output.show(&json!({"password_hash": text}), || text.clone())?;
    Ok(ExitCode::SUCCESS)
}
