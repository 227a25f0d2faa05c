//! The server under measurement.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use testkit::Running;

use crate::world::PASSWORD;

/// Longest time that a start may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A server on one data directory and one port.
pub struct Server {
    data: PathBuf,
    port: u16,
    checks_port: u16,
    address: String,
    /// The URL of PostgreSQL; none: SQLite.
    database: Option<String>,
    running: Option<Running>,
}

/// The key of keys: PostgreSQL needs one given.
const APP_KEY: &str = "dHdlbnR5IHJlZCBmb3hlcyBqdW1waW5nIG92ZXIgYSBsb2c=";

impl Server {
    /// Starts it on an empty directory, and an empty database of PostgreSQL if one is given.
    pub fn start(data: &Path, database: Option<&str>) -> Self {
        let listeners = [0, 1].map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let port = |listener: &TcpListener| listener.local_addr().expect("a free port").port();
        let [port, checks_port] = [port(&listeners[0]), port(&listeners[1])];
        let address = format!("http://127.0.0.1:{port}");
        let data = data.join("data");
        let database = database.map(str::to_owned);
        let mut server = Self { data, port, checks_port, address, database, running: None };
        drop(listeners);
        server.restart();
        server
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where Envoy asks.
    pub fn checks_port(&self) -> u16 {
        self.checks_port
    }

    /// Starts it anew; how long it took from the start of the process until it was ready.
    pub fn restart(&mut self) -> Duration {
        self.run(&[])
    }

    /// The same, on the first core alone.
    pub fn restart_on_one_core(&mut self) -> Duration {
        self.run(&["taskset", "-c", "0"])
    }

    /// The memory it holds, in KiB.
    pub fn resident_kib(&self) -> u32 {
        let id = self.running.as_ref().map_or(0, Running::id);
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    fn run(&mut self, before: &[&str]) -> Duration {
        if let Some(mut running) = self.running.take() {
            assert!(running.stop().success(), "the server stops in order: {}", running.errors());
        }
        let data = self.data.display().to_string();
        let bind = format!("127.0.0.1:{}", self.port);
        let serve = [env!("CARGO_BIN_EXE_portcullis"), "serve", "--data", &data, "--bind", &bind];
        let words: Vec<&str> = before.iter().chain(&serve).copied().collect();
        let (program, arguments) = words.split_first().expect("a program");
        let log = format!("{data}-log");
        let checks = format!("127.0.0.1:{}", self.checks_port);
        let mut variables = vec![
            ("APP_KEY", APP_KEY),
            ("INIT_ROOT_USERNAME", "root"),
            ("INIT_ROOT_PASSWORD", PASSWORD),
            // All of the load comes from one address.
            ("PORTCULLIS_THROTTLE_SIGN_INS_PER_MINUTE", "0"),
            // wrk asks as a proxy does.
            ("PORTCULLIS_TRUSTED_PROXIES", "127.0.0.1"),
            ("PORTCULLIS_EXT_AUTHZ_BIND", checks.as_str()),
            // A line for each request, as in operation; not into the memory of this process.
            ("PORTCULLIS_LOG_DIRECTORY", log.as_str()),
        ];
        variables.extend(self.database.iter().map(|url| ("PORTCULLIS_DATABASE", url.as_str())));
        let began = Instant::now();
        let mut running = Running::start(program, arguments, &variables);
        while !self.is_ready() {
            assert!(running.is_running() && began.elapsed() < LIMIT, "{}", running.errors());
            std::thread::sleep(Duration::from_millis(1));
        }
        self.running = Some(running);
        began.elapsed()
    }

    fn is_ready(&self) -> bool {
        let mut answer = [0; 12];
        let mut ask = || {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
            stream.read_exact(&mut answer)
        };
        ask().is_ok() && answer == *b"HTTP/1.1 200"
    }
}
