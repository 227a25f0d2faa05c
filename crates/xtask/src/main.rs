//! Chores of this repository: `cargo run -p xtask -- tidy`.
//!
//! | module | holds |
//! |---|---|
//! | [`tidy`] | the rules of the code that no compiler checks, a file for each |
//! | [`workspace`] | the crates and their files, as the rules see them |
//! | [`tokens`] | Rust source cut into tokens |

mod tidy;
mod tokens;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use workspace::Workspace;

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("tidy"), None) => {
            let report = tidy::run(&Workspace::read(root()?)?);
            print!("{report}");
            Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        _ => {
            eprintln!("usage: cargo run -p xtask -- tidy");
            Ok(ExitCode::from(2))
        }
    }
}

/// The root of the repository: two folders above this crate.
fn root() -> anyhow::Result<&'static Path> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).context("this crate lies two folders deep")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() {
        let report = tidy::run(&Workspace::read(root().unwrap()).unwrap());
        assert!(report.violations.is_empty(), "\n{report}");
    }
}
