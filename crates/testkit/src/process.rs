//! A server (or any program) as a process of its own: its output is captured, and it is ended with the test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;

/// Variables of the environment with these beginnings are not passed on: a developer's settings are not the test's.
const SETTINGS: [&str; 3] = ["PORTCULLIS_", "INIT_ROOT_", "APP_KEY"];

/// How often a server is asked whether it answers.
const PAUSE: Duration = Duration::from_millis(20);

/// A running process. Dropping it ends it at once.
pub struct Running {
    child: Child,
    captured: Arc<Captured>,
}

impl Running {
    /// Starts `program` with these arguments and variables. Of the environment it gets what is not a setting of
    /// Portcullis.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if SETTINGS.iter().any(|setting| name.to_string_lossy().starts_with(setting)) {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = or_fail(command.spawn().with_context(|| format!("starting {program}")));
        let captured = Arc::new(Captured::default());
        captured.read(child.stdout.take(), |text| &mut text.output);
        captured.read(child.stderr.take(), |text| &mut text.errors);
        Self { child, captured }
    }

    /// Waits for a line on standard output or standard error that contains `part`, and gives it back.
    ///
    /// # Panics
    /// With what was printed so far, when the process ends or `limit` passes before.
    pub fn wait_for_line(&mut self, part: &str, limit: Duration) -> String {
        let text = self.captured.lock();
        let (text, _) = self
            .captured
            .more
            .wait_timeout_while(text, limit, |text| text.open > 0 && text.find(part).is_none())
            .unwrap_or_else(PoisonError::into_inner);
        let found = text.find(part);
        drop(text);
        or_fail(found.with_context(|| format!("no line with {part:?} from {}", self.report())))
    }

    /// Waits until the URL answers, with any status and any certificate.
    ///
    /// # Panics
    /// With what was printed so far, when the process ends or about `limit` passes before.
    pub async fn wait_for_url(&mut self, url: &str, limit: Duration) {
        let client = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true);
        let client = or_fail(client.build().context("HTTP client"));
        let answers = async {
            while client.get(url).send().await.is_err() && self.is_running() {
                tokio::time::sleep(PAUSE).await;
            }
        };
        let in_time = tokio::time::timeout(limit, answers).await.is_ok();
        let reached = (in_time && self.is_running()).then_some(());
        or_fail(reached.with_context(|| format!("{url} does not answer: {}", self.report())));
    }

    /// Whether the process has not ended.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed on standard output so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.captured.lock().output.clone()
    }

    /// What it has printed on standard error so far.
    #[must_use]
    pub fn errors(&self) -> String {
        self.captured.lock().errors.clone()
    }

    /// Ends it with SIGKILL: it can clean up nothing. Returns when it is gone.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill_hard(&mut self) -> ExitStatus {
        let _ = self.child.kill(); // refused only when it has ended already
        self.wait()
    }

    /// Asks it to end, with SIGTERM, and waits until it has.
    ///
    /// # Panics
    /// When it cannot be asked.
    pub fn stop(&mut self) -> ExitStatus {
        if self.is_running() {
            let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
            or_fail(asked.context("kill"));
        }
        self.wait()
    }

    /// Waits until it ends by itself, and all its output is captured.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn wait(&mut self) -> ExitStatus {
        let status = or_fail(self.child.wait().context("waiting for the process"));
        let text = self.captured.lock();
        // Its own children may hold the pipes longer than it lives: do not wait for them forever.
        let limit = Duration::from_secs(1);
        let _text = self.captured.more.wait_timeout_while(text, limit, |text| text.open > 0);
        status
    }

    fn report(&mut self) -> String {
        let state = match self.child.try_wait() {
            Ok(Some(status)) => format!("it ended with {status}"),
            _ => "it is still running".to_owned(),
        };
        let text = self.captured.lock();
        format!("{state}\n-- output --\n{}\n-- errors --\n{}", text.output, text.errors)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process has printed.
#[derive(Default)]
struct Captured {
    text: Mutex<Text>,
    /// Told at each line and at the end of each pipe.
    more: Condvar,
}

#[derive(Default)]
struct Text {
    output: String,
    errors: String,
    /// How many of the two pipes have not ended.
    open: u8,
}

impl Text {
    fn find(&self, part: &str) -> Option<String> {
        let mut lines = self.output.lines().chain(self.errors.lines());
        lines.find(|line| line.contains(part)).map(str::to_owned)
    }
}

impl Captured {
    fn lock(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the pipe in a thread, to its end.
    fn read(
        self: &Arc<Self>,
        pipe: Option<impl Read + Send + 'static>,
        place: fn(&mut Text) -> &mut String,
    ) {
        let Some(pipe) = pipe else { return };
        let captured = Arc::clone(self);
        captured.lock().open += 1;
        std::thread::spawn(move || {
            let mut reader = BufReader::new(pipe);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                place(&mut captured.lock()).push_str(&String::from_utf8_lossy(&line));
                captured.more.notify_all();
                line.clear();
            }
            captured.lock().open -= 1;
            captured.more.notify_all();
        });
    }
}

#[expect(clippy::panic, reason = "a test without its server must fail, with the cause")]
fn or_fail<T>(result: anyhow::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    const LIMIT: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Running {
        Running::start("sh", &["-c", script], &[("GREETING", "hello")])
    }

    #[test]
    fn waits_for_a_line_and_keeps_the_rest() {
        let mut process = shell("echo one; echo $GREETING there >&2; echo three");
        assert_eq!(process.wait_for_line("hello", LIMIT), "hello there");
        assert_eq!(process.wait().code(), Some(0));
        assert_eq!(
            (process.output().as_str(), process.errors().as_str()),
            ("one\nthree\n", "hello there\n")
        );
    }

    #[test]
    #[should_panic(expected = "no line with \"ready\" from it ended with exit status: 3")]
    fn says_why_there_is_no_line() {
        let mut process = shell("exec 2>&-; echo broken; exit 3");
        process.child.wait().unwrap();
        process.wait_for_line("ready", LIMIT);
    }

    #[test]
    #[should_panic(expected = "it is still running")]
    fn gives_up_after_the_limit() {
        shell("exec sleep 60").wait_for_line("ready", Duration::from_millis(10));
    }

    #[test]
    fn kills_hard_and_stops_softly() {
        let script = "trap 'echo bye; exit 4' TERM; echo up; while :; do sleep 0.05; done";
        let mut process = shell(script);
        process.wait_for_line("up", LIMIT);
        assert_eq!(process.stop().code(), Some(4));
        assert_eq!(process.output(), "up\nbye\n");

        let mut process = shell(script);
        process.wait_for_line("up", LIMIT);
        assert_eq!(process.kill_hard().signal(), Some(9));
        assert_eq!(process.output(), "up\n");
    }

    #[test]
    fn ends_with_the_value() {
        let process = shell("exec sleep 60");
        let folder = format!("/proc/{}", process.id());
        assert!(std::path::Path::new(&folder).exists());
        drop(process);
        assert!(!std::path::Path::new(&folder).exists());
    }

    #[test]
    fn hides_the_settings_of_the_developer() {
        // `cargo test` sets none of them, so a process that does is put between.
        let me = std::env::current_exe().unwrap();
        let inner = ["process::tests::prints_its_settings", "--exact", "--nocapture"];
        let mut process = Running::start(
            me.to_str().unwrap(),
            &inner,
            &[("PORTCULLIS_DATABASE", "sqlite"), ("SHOWS_SETTINGS", "1")],
        );
        assert_eq!(process.wait().code(), Some(0), "{}", process.errors());
        assert!(process.output().contains("[none]"), "{}", process.output());
    }

    #[test]
    fn prints_its_settings() {
        if std::env::var_os("SHOWS_SETTINGS").is_some() {
            assert_eq!(std::env::var("PORTCULLIS_DATABASE").as_deref(), Ok("sqlite"));
        }
        let mut process = Running::start("sh", &["-c", "echo [${PORTCULLIS_DATABASE-none}]"], &[]);
        process.wait();
        println!("{}", process.output());
        assert_eq!(process.output(), "[none]\n");
    }

    #[tokio::test]
    async fn waits_for_a_url() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            use std::io::Write;
            let (mut stream, _) = listener.accept().unwrap();
            let mut start = [0; 16];
            stream.read_exact(&mut start).unwrap();
            stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").unwrap();
        });
        shell("exec sleep 60").wait_for_url(&url, LIMIT).await;
    }

    #[tokio::test]
    #[should_panic(expected = "does not answer: it ended with exit status: 5")]
    async fn says_why_a_url_does_not_answer() {
        shell("exit 5").wait_for_url("http://127.0.0.1:1/", LIMIT).await;
    }
}
