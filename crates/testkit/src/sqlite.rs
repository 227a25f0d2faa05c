//! A place for SQLite.

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

/// A fresh, empty data directory, readable by this user only, removed with all in it when dropped.
///
/// # Panics
/// When the temporary directory cannot be written to.
#[must_use]
#[expect(clippy::panic, reason = "a test that cannot have its directory must fail, with the cause")]
pub fn directory() -> TempDir {
    tempfile::Builder::new()
        .prefix("portcullis-test-")
        .permissions(PermissionsExt::from_mode(0o700))
        .tempdir()
        .unwrap_or_else(|error| panic!("no data directory for this test: {error}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn is_empty_private_and_goes_away() {
        let directory = super::directory();
        let path = directory.path().to_owned();
        assert_eq!(path.read_dir().unwrap().count(), 0);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::write(path.join("file"), "content").unwrap();
        drop(directory);
        assert!(!path.exists());
    }
}
