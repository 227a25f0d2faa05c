//! ARCHITECTURE.md is a map: every path that it names is there.

use std::path::Path;

use super::Finding;
use crate::workspace::Workspace;

const MAP: &str = "ARCHITECTURE.md";

/// Endings of files that are named without their folder.
const ENDINGS: [&str; 10] =
    [".rs", ".toml", ".md", ".sh", ".json", ".yaml", ".yml", ".sql", ".html", ".tsx"];

/// Beginnings of what has a slash and is no path.
const MEDIA: [&str; 4] = ["application/", "text/", "image/", "multipart/"];

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Ok(text) = std::fs::read_to_string(workspace.root.join(MAP)) else { return Vec::new() };
    let named = named_paths(&text);
    let missing = named.into_iter().filter(|(_, path)| !is_there(&workspace.root, path));
    missing.map(|(line, path)| Finding::new(MAP, line, format!("`{path}` is not there"))).collect()
}

/// What stands in backticks and looks like a path, with its line. Fenced blocks are left out.
fn named_paths(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let quoted = line.split('`').skip(1).step_by(2);
            found
                .extend(quoted.filter(|text| looks_like_path(text)).map(|path| (number + 1, path)));
        }
    }
    found
}

fn looks_like_path(text: &str) -> bool {
    let character = |c: char| c.is_ascii_alphanumeric() || "._-/*".contains(c);
    let file = ENDINGS.iter().any(|ending| text.len() > ending.len() && text.ends_with(ending));
    // A leading slash is a route or a node.
    !text.starts_with('/')
        && text.chars().all(character)
        && (file || text.trim_end_matches('*').contains('/'))
        && !MEDIA.iter().any(|media| text.starts_with(media))
}

/// From the root; as `crate/file.rs` for `crates/crate/src/file.rs`; or a file's name alone, of any file in a crate.
fn is_there(root: &Path, path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let crates = root.join("crates");
    if matches(root, &segments) || matches(&crates, &segments) {
        return true;
    }
    match segments[..] {
        [file] => {
            crates.read_dir().into_iter().flatten().flatten().any(|c| contains(&c.path(), file))
        }
        [name, ref rest @ ..] => matches(&crates.join(name).join("src"), rest),
        [] => false,
    }
}

/// Whether something under `folder` has these names; `*` is any.
fn matches(folder: &Path, segments: &[&str]) -> bool {
    match segments {
        [] => folder.exists(),
        [first, rest @ ..] if first.contains('*') => {
            let entries = folder.read_dir().into_iter().flatten().flatten();
            let (start, end) = first.split_once('*').unwrap_or((first, ""));
            entries
                .filter(|entry| {
                    let name = entry.file_name();
                    let name = name.to_string_lossy();
                    name.starts_with(start) && name.ends_with(end)
                })
                .any(|entry| matches(&entry.path(), rest))
        }
        [first, rest @ ..] => matches(&folder.join(first), rest),
    }
}

fn contains(folder: &Path, file: &str) -> bool {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        path.file_name().is_some_and(|name| name == file)
            || (path.is_dir() && contains(&path, file))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_paths_from_other_words() {
        let text = "`crates/kernel/` and `a/b.rs`, `store.rs`, `crates/*/src`, `docs/adr`\n\
                    `POST /x`, `/acme/x`, `application/json`, `kernel::Clock`, `user.lock`, `portcullis`, `a/<b>`\n\
                    ```\n`in/a/fence.rs`\n```\n`Cargo.toml`";
        let paths: Vec<_> = named_paths(text);
        assert_eq!(
            paths,
            [
                (1, "crates/kernel/"),
                (1, "a/b.rs"),
                (1, "store.rs"),
                (1, "crates/*/src"),
                (1, "docs/adr"),
                (6, "Cargo.toml"),
            ]
        );
    }

    #[test]
    fn finds_what_is_not_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let there = [
            "Cargo.toml",
            "crates/xtask/src/tidy/map.rs",
            "xtask/tidy/map.rs",
            "xtask/src",
            "tokens.rs",
        ];
        for path in there.into_iter().chain(["crates/*/src/lib.rs", "crates/"]) {
            assert!(is_there(&root, path), "{path}");
        }
        for path in ["crates/xtask/src/tidy/no.rs", "xtask/no.rs", "no.rs", "crates/*/no", "no/"] {
            assert!(!is_there(&root, path), "{path}");
        }
    }

    #[test]
    fn reports_the_line() {
        let root = std::env::temp_dir().join(format!("xtask-map-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join(MAP), "# Map\n`ARCHITECTURE.md`\n`gone/away.rs`\n").unwrap();
        let found = check(&Workspace { root: root.clone(), crates: Vec::new() });
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, [Finding::new(MAP, 3, "`gone/away.rs` is not there")]);
    }
}
