//! Sizes, in lines without tests: of files and of crates. The length of functions is clippy's.

use super::Finding;
use crate::tokens;
use crate::workspace::{File, Workspace};

const FILE_WARNS: usize = 400;
const FILE_FAILS: usize = 600;
const CRATE_WARNS: usize = 6_000;

pub(super) struct Sizes {
    pub(super) violations: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
    pub(super) figures: String,
}

pub(super) fn check(workspace: &Workspace) -> Sizes {
    let (mut violations, mut warnings) = (Vec::new(), Vec::new());
    let mut all = Vec::new();
    for owner in &workspace.crates {
        let mut total = 0;
        for file in owner.files.iter().filter(|file| !file.test) {
            let lines = lines_without_tests(file);
            total += lines;
            all.push((lines, file.path.as_str()));
            let message = |limit| format!("{lines} lines without tests, over {limit}");
            if lines > FILE_FAILS {
                violations.push(Finding::new(&file.path, 1, message(FILE_FAILS)));
            } else if lines > FILE_WARNS {
                warnings.push(Finding::new(&file.path, 1, message(FILE_WARNS)));
            }
        }
        if total > CRATE_WARNS {
            let message = format!("the crate has {total} lines without tests, over {CRATE_WARNS}");
            warnings.push(Finding::new(&format!("crates/{}/Cargo.toml", owner.name), 1, message));
        }
    }
    all.sort_unstable();
    Sizes { violations, warnings, figures: figures(&all) }
}

fn figures(sorted: &[(usize, &str)]) -> String {
    let (Some((longest, path)), Some((median, _))) = (sorted.last(), sorted.get(sorted.len() / 2))
    else {
        return "no files".to_owned();
    };
    format!(
        "{} files, median {median} lines without tests, longest {longest} ({path})",
        sorted.len()
    )
}

fn lines_without_tests(file: &File) -> usize {
    let tokens = tokens::cut(&file.text);
    let mut tests = 0;
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = tokens::test_item(&tokens, at) {
            tests += tokens[end - 1].line + 1 - tokens[at].line;
            at = end;
        } else {
            at += 1;
        }
    }
    file.text.lines().count().saturating_sub(tests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::{one, several};

    #[test]
    fn fails_and_warns_by_length() {
        let lines = |count| "x;\n".repeat(count);
        let sizes = check(&one(
            "x",
            &[("src/a.rs", &lines(601)), ("src/b.rs", &lines(600)), ("src/c.rs", &lines(400))],
        ));
        let said = |found: &[Finding]| found.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            said(&sizes.violations),
            ["crates/x/src/a.rs:1: 601 lines without tests, over 600"]
        );
        assert_eq!(
            said(&sizes.warnings),
            ["crates/x/src/b.rs:1: 600 lines without tests, over 400"]
        );
        let figures = "3 files, median 600 lines without tests, longest 601 (crates/x/src/a.rs)";
        assert_eq!(sizes.figures, figures);
    }

    #[test]
    fn does_not_count_tests() {
        let tests = format!("x;\n#[cfg(test)]\nmod tests {{\n{}}}\n", "y;\n".repeat(700));
        let sizes = check(&one("x", &[("src/a.rs", &tests), ("tests/b.rs", &"z;\n".repeat(700))]));
        assert_eq!((sizes.violations, sizes.warnings), (vec![], vec![]));
        assert!(sizes.figures.contains("longest 1 "), "{}", sizes.figures);
    }

    #[test]
    fn warns_of_a_large_crate() {
        let text = "x;\n".repeat(400);
        let paths: Vec<_> = (0..16).map(|i| format!("src/{i}.rs")).collect();
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), text.as_str())).collect();
        let sizes = check(&several(&[("x", "", &files)]));
        assert_eq!(sizes.violations, vec![]);
        assert_eq!(sizes.warnings[0].message, "the crate has 6400 lines without tests, over 6000");
    }
}
