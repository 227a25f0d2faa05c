//! The crates of the repository and their files, as the rules see them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::tokens::{self, Kind};

/// The repository.
pub(crate) struct Workspace {
    /// Where it lies.
    pub(crate) root: PathBuf,
    /// Its crates, in the order of their names.
    pub(crate) crates: Vec<Crate>,
}

/// One crate.
pub(crate) struct Crate {
    /// The name of its folder.
    pub(crate) name: String,
    /// The text of its `Cargo.toml`.
    pub(crate) manifest: String,
    /// Its Rust files.
    pub(crate) files: Vec<File>,
}

/// One Rust file.
pub(crate) struct File {
    /// From the root of the repository, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// Whether it is compiled for tests or benches only.
    pub(crate) test: bool,
}

impl Workspace {
    /// Reads `crates/*` under `root`.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut crates = Vec::new();
        for folder in sorted(&root.join("crates"))? {
            let manifest = folder.join("Cargo.toml");
            if manifest.is_file() {
                crates.push(Crate::read(root, &folder, &manifest)?);
            }
        }
        Ok(Self { root: root.to_owned(), crates })
    }

    /// Every Rust file with its crate.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Crate, &File)> {
        self.crates.iter().flat_map(|owner| owner.files.iter().map(move |file| (owner, file)))
    }
}

impl Crate {
    fn read(root: &Path, folder: &Path, manifest: &Path) -> anyhow::Result<Self> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let manifest = read(manifest)?;
        let mut files = Vec::new();
        for part in ["src", "tests", "benches", "examples"] {
            let part = folder.join(part);
            if part.is_dir() {
                collect(root, &part, &mut files)?;
            }
        }
        Ok(Self::new(&name, &manifest, files))
    }

    /// A crate of these files (path from the root, text).
    pub(crate) fn new(name: &str, manifest: &str, files: Vec<(String, String)>) -> Self {
        let tests: HashSet<String> =
            files.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
        let source = format!("crates/{name}/src/");
        let is_test = |path: &str| {
            let inside = |module: &String| path.starts_with(&format!("{module}/"));
            let file = path.trim_end_matches(".rs").trim_end_matches("/mod");
            !path.starts_with(&source) || tests.contains(file) || tests.iter().any(inside)
        };
        let files = files
            .into_iter()
            .map(|(path, text)| File { test: is_test(&path), path, text })
            .collect();
        Self { name: name.to_owned(), manifest: manifest.to_owned(), files }
    }
}

/// What `#[cfg(test)] mod name;` names: the path of the module without `.rs`.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let base = match file {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => format!("{folder}/{}", file.trim_end_matches(".rs")),
    };
    let tokens = tokens::cut(text);
    let ends = (0..tokens.len()).filter_map(|at| tokens::test_item(&tokens, at));
    let modules = ends.filter_map(|end| match &tokens[..end] {
        [.., keyword, name, end] if keyword.is("mod") && name.kind == Kind::Name && end.is(";") => {
            Some(name.text)
        }
        _ => None,
    });
    modules.map(|name| format!("{base}/{name}")).collect()
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    for path in sorted(folder)? {
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, read(&path)?));
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

#[cfg(test)]
pub(crate) mod samples {
    //! Small repositories to show the rules on.

    use super::*;

    /// Path below the crate's folder, and text.
    pub(crate) type Sample<'a> = (&'a str, &'a str);

    /// A repository of one crate, `name`, with these files.
    pub(crate) fn one(name: &str, files: &[Sample<'_>]) -> Workspace {
        several(&[(name, "", files)])
    }

    /// A repository of these crates: name, manifest, files.
    pub(crate) fn several(crates: &[(&str, &str, &[Sample<'_>])]) -> Workspace {
        let crates = crates.iter().map(|(name, manifest, files)| {
            let files = files
                .iter()
                .map(|(path, text)| (format!("crates/{name}/{path}"), (*text).to_owned()))
                .collect();
            Crate::new(name, manifest, files)
        });
        Workspace { root: PathBuf::from("/nowhere"), crates: crates.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_files_are_tests() {
        let workspace = samples::one(
            "x",
            &[
                ("src/lib.rs", "mod a; #[cfg(test)] mod testing;"),
                ("src/a.rs", "#[cfg(test)] mod tests;"),
                ("src/a/b.rs", ""),
                ("src/a/tests.rs", ""),
                ("src/testing/mod.rs", ""),
                ("src/testing/people.rs", ""),
                ("tests/api.rs", ""),
            ],
        );
        let tests: Vec<_> =
            workspace.files().filter(|(_, f)| f.test).map(|(_, f)| f.path.as_str()).collect();
        assert_eq!(
            tests,
            [
                "crates/x/src/a/tests.rs",
                "crates/x/src/testing/mod.rs",
                "crates/x/src/testing/people.rs",
                "crates/x/tests/api.rs",
            ]
        );
    }
}
