//! The command line, as the real program.

mod asking;
mod people;
mod what_if;
mod world;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A data directory of its own, and the program on it.
pub struct Program {
    directory: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub struct Done {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub errors: String,
}

impl Program {
    /// Nothing is there yet.
    pub fn new() -> Self {
        Self { directory: testkit::directory() }
    }

    /// Runs a command.
    pub fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, "", &[])
    }

    /// Runs a command with this on standard input, and variables.
    pub fn run_with(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Done {
        let mut child = self
            .command(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input has closed it already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Done::from(child.wait_with_output().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        // Of a developer's environment nothing: his settings are not the test's.
        command.env_clear().current_dir(self.directory.path());
        command.args(arguments).arg("--data").arg(self.data());
        command
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A file beside it.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// The path of a file beside it.
    pub fn path(&self, name: &str) -> PathBuf {
        Path::new(self.directory.path()).join(name)
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Done {
    /// It did it.
    pub fn ok(self) -> Self {
        self.expect(0)
    }

    /// It ended with this code.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// It failed with one line that has this in it.
    pub fn fails(self, code: i32, part: &str) {
        let done = self.expect(code);
        assert_eq!(done.errors.trim_end().lines().count(), 1, "{done:?}");
        assert!(done.errors.contains(part), "{done:?}");
    }
}
