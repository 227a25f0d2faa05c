//! Which crate may know which: the table of ARCHITECTURE.md.

use toml_edit::{Document, Item, TableLike};

use super::Finding;
use crate::workspace::{Crate, Workspace};

/// Crates below the capabilities.
const PLUMBING: &[&str] = &["kernel", "policy", "protocol", "store", "context", "web"];

/// A crate, whether it may know all the plumbing, and what else it may know. A new line needs its reason in
/// ARCHITECTURE.md.
const TABLE: &[(&str, bool, &[&str])] = &[
    ("kernel", false, &[]),
    ("policy", false, &["kernel"]),
    ("protocol", false, &["kernel"]),
    ("store", false, &["kernel"]),
    ("context", false, &["kernel", "policy", "protocol", "store"]),
    ("web", false, &["kernel", "policy", "protocol", "store", "context"]),
    ("tree", true, &[]),
    ("access", true, &["tree"]),
    ("realms", true, &["tree", "access"]),
    ("mail", false, &["kernel", "policy", "protocol", "store", "context"]),
    ("signin", true, &["realms", "mail"]),
    ("tokens", true, &["realms", "signin", "access"]),
    ("people", true, &["tree", "access", "realms", "mail", "signin"]),
    ("audit", true, &[]),
    ("guard", true, &["realms", "tree", "access"]),
    ("network", true, &[]),
    ("users_file", true, &["access", "realms", "signin"]),
    ("world", true, &["realms", "tree", "access", "signin", "tokens", "audit", "guard", "network"]),
    (
        "portcullis",
        true,
        &[
            "realms",
            "tree",
            "access",
            "mail",
            "signin",
            "tokens",
            "people",
            "audit",
            "guard",
            "network",
            "users_file",
            "world",
        ],
    ),
    ("testkit", true, &[]),
    ("xtask", false, &[]),
];

/// For tests only.
const TEST_ONLY: &str = "testkit";

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let names: Vec<&str> = workspace.crates.iter().map(|c| c.name.as_str()).collect();
    workspace.crates.iter().flat_map(|owner| check_crate(owner, &names)).collect()
}

fn check_crate(owner: &Crate, names: &[&str]) -> Vec<Finding> {
    let path = format!("crates/{}/Cargo.toml", owner.name);
    let Some(row) = TABLE.iter().find(|(name, ..)| *name == owner.name) else {
        let message = "this crate is not in the table of who may know whom";
        return vec![Finding::new(&path, 1, message)];
    };
    let document = match Document::parse(owner.manifest.as_str()) {
        Ok(document) => document,
        Err(error) => return vec![Finding::new(&path, 1, format!("cannot be read: {error}"))],
    };
    let mut found = Vec::new();
    for (section, table) in sections(document.as_table()) {
        for (key, item) in table.iter() {
            let Some(known) = own_crate(key, item, names) else { continue };
            let for_tests =
                section == "dev-dependencies" && known == TEST_ONLY && owner.name != "xtask";
            if for_tests || may_know(row, known) {
                continue;
            }
            let start = table.key(key).and_then(toml_edit::Key::span).map_or(0, |span| span.start);
            let line = 1 + owner.manifest[..start].matches('\n').count();
            let message = if known == TEST_ONLY {
                format!("{} may know {TEST_ONLY} in [dev-dependencies] only", owner.name)
            } else {
                format!("{} may not know {known}", owner.name)
            };
            found.push(Finding::new(&path, line, message));
        }
    }
    found
}

fn may_know((_, plumbing, others): &(&str, bool, &[&str]), known: &str) -> bool {
    others.contains(&known) || (*plumbing && PLUMBING.contains(&known))
}

/// All tables of dependencies, also those under `[target.*]`, with the name of their kind.
fn sections(root: &dyn TableLike) -> Vec<(&'static str, &dyn TableLike)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = root.get("target").and_then(Item::as_table_like);
    let targets = targets.into_iter().flat_map(|table| table.iter());
    let places = targets.filter_map(|(_, item)| item.as_table_like()).chain([root]);
    places
        .flat_map(|place| {
            let section = |kind| Some((kind, place.get(kind)?.as_table_like()?));
            KINDS.into_iter().filter_map(section)
        })
        .collect()
}

/// The crate of ours that a dependency is: by its key, or the package or folder that it names.
fn own_crate<'a>(key: &str, item: &Item, names: &[&'a str]) -> Option<&'a str> {
    let field = |name: &str| item.as_table_like()?.get(name)?.as_str();
    let path = field("path").and_then(|path| path.trim_end_matches('/').rsplit('/').next());
    let candidates = [field("package"), path, Some(key)];
    let found = candidates.into_iter().flatten().find_map(|candidate| {
        let name = candidate.strip_prefix("portcullis-").unwrap_or(candidate);
        names.iter().find(|own| **own == name)
    });
    found.copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::several;

    fn findings(name: &str, manifest: &str) -> Vec<(usize, String)> {
        let others = ["kernel", "store", "web", "tree", "access", "testkit", "portcullis"];
        let mut crates: Vec<_> =
            others.iter().filter(|o| **o != name).map(|o| (*o, "", &[][..])).collect();
        crates.push((name, manifest, &[]));
        check(&several(&crates)).into_iter().map(|f| (f.line, f.message)).collect()
    }

    #[test]
    fn passes_what_the_table_allows() {
        let manifest = "[dependencies]\nkernel.workspace = true\ntree.workspace = true\nserde = \"1\"\n\
                        [dev-dependencies]\ntestkit.workspace = true";
        assert_eq!(findings("access", manifest), []);
    }

    #[test]
    fn finds_what_the_table_does_not_allow() {
        let manifest = "[package]\nname = \"portcullis-tree\"\n[dependencies]\nkernel.workspace = true\n\
                        access.workspace = true";
        assert_eq!(findings("tree", manifest), [(5, "tree may not know access".to_owned())]);
        let upwards = "[dependencies]\nweb = { path = \"../web\" }";
        assert_eq!(findings("store", upwards), [(2, "store may not know web".to_owned())]);
    }

    #[test]
    fn sees_through_other_names_and_places() {
        let no = |line| vec![(line, "kernel may not know access".to_owned())];
        let renamed =
            "[dev-dependencies]\nx = { workspace = true, package = \"portcullis-access\" }";
        assert_eq!(findings("kernel", renamed), no(2));
        let table = "[target.'cfg(unix)'.dependencies.x]\npath = \"../access/\"";
        assert_eq!(findings("kernel", table), no(1));
        let build = "[build-dependencies]\naccess.workspace = true";
        assert_eq!(findings("kernel", build), no(2));
    }

    #[test]
    fn keeps_the_test_kit_out_of_what_is_shipped() {
        let expected = "access may know testkit in [dev-dependencies] only".to_owned();
        assert_eq!(findings("access", "[dependencies]\ntestkit.workspace = true"), [(2, expected)]);
        assert_eq!(
            findings("testkit", "[dependencies]\naccess.workspace = true"),
            [(2, "testkit may not know access".to_owned())]
        );
    }

    #[test]
    fn finds_a_crate_without_a_row() {
        let expected = "this crate is not in the table of who may know whom".to_owned();
        assert_eq!(findings("surprise", ""), [(1, expected)]);
    }
}
