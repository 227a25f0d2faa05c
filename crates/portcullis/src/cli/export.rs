//! `portcullis export`

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use futures::TryStreamExt;

use super::{connection::Connection, failure::Failed, progress};

/// Where to write the world.
#[derive(Debug, Args)]
pub struct Export {
    /// The file; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Writes all that is there as a world file, as it comes.
pub async fn run(connection: &Connection, arguments: &Export) -> Result<ExitCode, Failed> {
    let body = connection.get("/api/v1/world").await?.stream().await?;
    match &arguments.output {
        None => write(body, io::stdout().lock()).await?,
        Some(path) => {
            // Names and addresses of people: for nobody else to read.
            let mut options = OpenOptions::new();
            let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
            let file = file.map_err(|error| Failed::new(format!("{}: {error}", path.display())))?;
            progress::watch("exporting", write(body, file)).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn write(body: axum::body::Body, to: impl Write) -> Result<(), Failed> {
    let mut to = BufWriter::new(to);
    let mut parts = body.into_data_stream();
    let written = |error: io::Error| Failed::new(format!("writing: {error}"));
    let read = |error| Failed::new(format!("the answer broke off, the file is not whole: {error}"));
    while let Some(part) = parts.try_next().await.map_err(read)? {
        to.write_all(&part).map_err(written)?;
    }
    to.flush().map_err(written)
}
