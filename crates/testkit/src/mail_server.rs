//! A mail server (aiosmtpd) on a free port, which keeps what it is given where tests read it.

use std::{net::TcpListener, path::PathBuf, time::Duration};

use anyhow::Context;
use tempfile::TempDir;

use crate::Running;

/// How often it is asked whether it listens.
const PAUSE: Duration = Duration::from_millis(20);
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail server that takes everything. It ends with the test.
pub struct MailServer {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    letters: PathBuf,
    arguments: Vec<String>,
    process: Option<Running>,
    _directory: TempDir,
}

impl MailServer {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start; `build/require.sh python3-aiosmtpd aiosmtpd` installs it.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, with more arguments, such as those for TLS.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(arguments: &[&str]) -> Self {
        let directory = or_fail(tempfile::tempdir().context("a directory for mail"));
        let free = or_fail(TcpListener::bind("127.0.0.1:0").context("a free port"));
        let port = or_fail(free.local_addr().context("a free port")).port();
        drop(free);
        let mut server = Self {
            port,
            letters: directory.path().join("mail"),
            arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
            process: None,
            _directory: directory,
        };
        server.resume().await;
        server
    }

    /// Ends it; what was sent stays.
    pub fn pause(&mut self) {
        self.process = None;
    }

    /// Starts it again, on the same port.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn resume(&mut self) {
        let (address, letters) = (format!("127.0.0.1:{}", self.port), self.letters.display());
        let letters = letters.to_string();
        let mut arguments: Vec<&str> = vec!["-n", "-l", &address];
        arguments.extend(self.arguments.iter().map(String::as_str));
        arguments.extend(["-c", "aiosmtpd.handlers.Mailbox", &letters]);
        let mut process = Running::start("aiosmtpd", &arguments, &[]);
        let listens = async {
            while tokio::net::TcpStream::connect(&address).await.is_err() && process.is_running() {
                tokio::time::sleep(PAUSE).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, listens).await.is_ok();
        let listens = (in_time && process.is_running()).then_some(());
        or_fail(listens.with_context(|| format!("aiosmtpd: {}", process.errors())));
        self.process = Some(process);
    }

    /// The letters that came, oldest first: headers and text, with the lines as they were before they were wrapped.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn letters(&self) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(self.letters.join("new"))
            .map(|files| files.filter_map(|file| Some(file.ok()?.path())).collect())
            .unwrap_or_default();
        files.sort_by_key(|file| std::fs::metadata(file).and_then(|facts| facts.modified()).ok());
        files
            .iter()
            .map(|file| unwrapped(&or_fail(std::fs::read_to_string(file).context("a letter"))))
            .collect()
    }
}

/// Of quoted-printable (RFC 2045, section 6.7) what plain ASCII needs.
fn unwrapped(letter: &str) -> String {
    let letter = letter.replace("\r\n", "\n");
    match letter.contains("quoted-printable") {
        true => letter.replace("=\n", "").replace("=3D", "="),
        false => letter,
    }
}

#[expect(clippy::panic, reason = "a test that cannot go on must fail")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}
