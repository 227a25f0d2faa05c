//! `portcullis serve`

use std::process::ExitCode;

use secrecy::ExposeSecret;
use signin::FirstStart;

use super::{failure::Failed, output};
use crate::{serve, settings::Values};

/// Runs the server until it is told to stop.
pub async fn run(values: Values) -> Result<ExitCode, Failed> {
    serve::run(values, |first_start, address| {
        // A closed standard output is no reason to stop.
        let _ = output::print(&greeting(first_start, address));
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

fn greeting(first_start: &FirstStart, address: &str) -> String {
    let ready = format!("Portcullis answers at {address}");
    match first_start {
        FirstStart::Ready => ready,
        FirstStart::Made { username } => {
            format!("{ready}\nThe superuser {username} of the realm main was made.")
        }
        FirstStart::SetUp { token } => format!(
            "{ready}\nNobody can sign in yet. Within an hour, make the first user at\n{address}/auth/setup#{}",
            token.expose_secret()
        ),
    }
}
