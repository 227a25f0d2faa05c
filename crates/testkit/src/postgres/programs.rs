//! Finds PostgreSQL's programs, and the user they run as: they refuse to run as root.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];
const DEBIAN: &str = "/usr/lib/postgresql";

/// The directory with PostgreSQL's programs: the first on `PATH` that has them all, else Debian's newest version.
pub(super) fn find() -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_in(std::env::split_paths(&path).collect(), Path::new(DEBIAN))
}

/// A command that runs `program` as a user who may run PostgreSQL: this one, or when this one is root, `postgres` or
/// `nobody`.
pub(super) fn unprivileged(program: &str) -> anyhow::Result<Command> {
    if !is_root()? {
        return Ok(Command::new(program));
    }
    let accounts = std::fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
    let Some((uid, gid)) = ["postgres", "nobody"].iter().find_map(|name| ids(&accounts, name))
    else {
        bail!("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody");
    };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", uid, "--regid", gid, "--clear-groups", "--", program]);
    Ok(command)
}

fn find_in(path: Vec<PathBuf>, debian: &Path) -> anyhow::Result<PathBuf> {
    let mut versions: Vec<PathBuf> =
        debian.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(number(version)));
    let candidates = path.into_iter().chain(versions.into_iter().map(|v| v.join("bin")));
    for directory in candidates {
        if NEEDED.iter().all(|program| directory.join(program).is_file()) {
            return Ok(directory);
        }
    }
    bail!(
        "PostgreSQL's programs ({}) are neither on PATH nor under {}: \
         install Debian's package `postgresql` (apt-get install postgresql)",
        NEEDED.join(", "),
        debian.display()
    )
}

fn number(version: &Path) -> u32 {
    version.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}

fn is_root() -> anyhow::Result<bool> {
    // The owner of a new file is the effective user; the standard library has no other way to ask.
    let file = tempfile::tempfile().context("a temporary file")?;
    Ok(file.metadata().context("a temporary file")?.uid() == 0)
}

/// User id and group id of `name` in a passwd file (passwd(5): name:password:uid:gid:...).
fn ids<'a>(accounts: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| Some((fields.nth(1)?, fields.next()?)))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(directory: &Path, programs: &[&str]) {
        std::fs::create_dir_all(directory).unwrap();
        for program in programs {
            std::fs::write(directory.join(program), "").unwrap();
        }
    }

    #[test]
    fn names_the_debian_package_when_missing() {
        let root = tempfile::tempdir().unwrap();
        install(&root.path().join("bin"), &["initdb", "pg_ctl"]);
        let error = find_in(vec![root.path().join("bin")], &root.path().join("no")).unwrap_err();
        assert!(error.to_string().contains("Debian's package `postgresql`"), "{error}");
    }

    #[test]
    fn takes_the_newest_version_of_debian() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15", "17"] {
            install(&root.path().join(version).join("bin"), &NEEDED);
        }
        install(&root.path().join("18").join("bin"), &["psql"]);
        assert_eq!(find_in(vec![], root.path()).unwrap(), root.path().join("17/bin"));
    }

    #[test]
    fn prefers_the_path() {
        let root = tempfile::tempdir().unwrap();
        install(&root.path().join("17/bin"), &NEEDED);
        install(&root.path().join("mine"), &NEEDED);
        let found = find_in(vec![root.path().join("mine")], root.path()).unwrap();
        assert_eq!(found, root.path().join("mine"));
    }

    #[test]
    fn reads_ids() {
        let accounts =
            "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/sh\n";
        assert_eq!(ids(accounts, "postgres"), Some(("101", "104")));
        assert_eq!(ids(accounts, "nobody"), None);
    }
}
