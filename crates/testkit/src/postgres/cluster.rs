//! One PostgreSQL cluster: made, started, and removed with its directory when the value is dropped or the process that
//! holds it ends, however it ends. `guard.sh` does the work; see there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, bail};

use super::programs;

/// How a cluster is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClusterOptions {
    /// Whether what is committed is on the disk, as in production. Off, the default, is faster; a test that stops
    /// PostgreSQL without warning needs it on.
    pub durable: bool,
}

/// A running PostgreSQL cluster on 127.0.0.1, with a port, a superuser `portcullis` and a password of its own.
pub struct Cluster {
    url: String,
    guard: Child,
    /// `None` only while dropping: closing it tells the guard to end.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Cluster {
    /// Makes and starts a cluster in a directory of its own under the temporary directory. Takes seconds.
    ///
    /// # Errors
    /// PostgreSQL's programs are missing (the message names the package), or it does not start (the message has its
    /// log).
    pub fn start(options: ClusterOptions) -> anyhow::Result<Self> {
        const ATTEMPTS: u32 = 3; // another process may take the port between the choice and the start
        let mut attempt = 1;
        loop {
            match Self::start_once(options) {
                Err(error) if attempt < ATTEMPTS && format!("{error}").contains("in use") => {}
                result => return result,
            }
            attempt += 1;
        }
    }

    /// The URL of the cluster's database `postgres`, with the password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops PostgreSQL without warning, as a power cut would, and starts it again on the same port. All connections
    /// break.
    ///
    /// # Errors
    /// It does not start again (the message has its log).
    pub fn crash(&mut self) -> anyhow::Result<()> {
        if let Some(input) = &mut self.input {
            writeln!(input, "crash").context("telling the guard of PostgreSQL")?;
        }
        self.wait_until_ready()
    }

    fn start_once(options: ClusterOptions) -> anyhow::Result<Self> {
        let programs = programs::find()?;
        let port = free_port()?;
        let password = format!("{:032x}", rand::random::<u128>());
        let mut guard = programs::unprivileged("sh")?
            .args(["-c", include_str!("guard.sh"), "guard"])
            .arg(programs)
            .arg(std::env::temp_dir())
            .arg(port.to_string())
            .arg(if options.durable { "durable" } else { "fast" })
            .current_dir("/") // the unprivileged user may not enter this one
            .process_group(0) // an interrupt from the terminal is for the tests, not for their clean-up
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the guard of PostgreSQL (sh; setpriv of util-linux when root)")?;
        let (Some(mut input), Some(output)) = (guard.stdin.take(), guard.stdout.take()) else {
            bail!("the guard of PostgreSQL has no pipes");
        };
        writeln!(input, "{password}").context("telling the guard of PostgreSQL")?;
        let url = format!("postgres://portcullis:{password}@127.0.0.1:{port}/postgres");
        let output = BufReader::new(output);
        let mut cluster = Self { url, guard, input: Some(input), output };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let mut said = String::new();
        self.output.read_line(&mut said).context("reading from the guard of PostgreSQL")?;
        if said == "ready\n" {
            return Ok(());
        }
        self.output.read_to_string(&mut said).context("reading from the guard of PostgreSQL")?;
        bail!("PostgreSQL does not start:\n{said}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.guard.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    Ok(listener.local_addr().context("looking for a free port")?.port())
}
