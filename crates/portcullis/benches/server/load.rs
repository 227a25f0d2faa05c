//! Load from wrk, and what it measured.

use std::{io::Write, process::Command};

use crate::server::Server;

/// How long each load lasts, in seconds.
const SECONDS: u32 = 8;
/// Sends the lines of a file as bodies, one after the other.
const SCRIPT: &str = include_str!("load.lua");

/// Requests to send again and again over connections that stay open.
pub struct Load<'a> {
    /// The route.
    pub path: &'a str,
    /// The bodies of POST, in turn; none: GET.
    pub bodies: Vec<String>,
    /// The headers of all requests.
    pub headers: Vec<(&'a str, &'a str)>,
    /// How many connections.
    pub connections: u32,
}

/// What came of a load.
pub struct Measured {
    /// Answers in a second.
    pub per_second: f64,
    /// Half of the answers came within this time, as wrk says it.
    pub p50: String,
    /// 99 of 100 did.
    pub p99: String,
}

impl Load<'_> {
    /// Runs it. Every answer must be 200.
    pub fn run(&self, server: &Server) -> Measured {
        let directory = tempfile::tempdir().expect("a directory");
        let script = directory.path().join("load.lua");
        std::fs::write(&script, SCRIPT).expect("the script");
        let bodies = directory.path().join("bodies");
        let mut file = std::fs::File::create(&bodies).expect("the bodies");
        for body in &self.bodies {
            writeln!(file, "{body}").expect("the bodies");
        }
        let output = Command::new("wrk")
            .args(["--threads", "1", "--latency", "--timeout", "10s"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &format!("{SECONDS}s")])
            .args(
                self.headers
                    .iter()
                    .flat_map(|(name, value)| ["--header".to_owned(), format!("{name}: {value}")]),
            )
            .arg("--script")
            .arg(&script)
            .arg(format!("{}{}", server.address(), self.path))
            .arg("--")
            .arg(&bodies)
            .output()
            .expect("wrk: apt-get install wrk");
        read(&String::from_utf8_lossy(&output.stdout))
    }
}

fn read(said: &str) -> Measured {
    assert!(
        !said.contains("Non-2xx") && !said.contains("Socket errors"),
        "not all answers are good:\n{said}"
    );
    let word = |start: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(start));
        line.map(|rest| rest.trim().to_owned()).expect("a line of wrk")
    };
    let per_second = word("Requests/sec:").parse().expect("a number");
    Measured { per_second, p50: word("50%"), p99: word("99%") }
}
