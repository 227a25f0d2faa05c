//! The file on the disk: read with care, replaced as a whole.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{parse::MAX_BYTES, refused::FileRefused};

/// How long a writer waits for another one, in steps.
const PATIENCE: u32 = 100;
const STEP: Duration = Duration::from_millis(20);

/// What tells one state of a file from another, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    mode: u32,
    written: (i64, i64),
    changed: (i64, i64),
}

/// The stamp of the file behind the path; none: there is no file.
pub fn stamp(path: &Path) -> Result<Option<Stamp>, FileRefused> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(Stamp {
            device: found.dev(),
            inode: found.ino(),
            size: found.size(),
            mode: found.mode(),
            written: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileRefused::new(error)),
    }
}

/// The text of the file, through symbolic links; a file that is not there is empty. Refused if others than its owner may
/// read or change it: whoever changes it is superuser.
pub fn read(path: &Path) -> Result<String, FileRefused> {
    match fs::metadata(path) {
        // A pipe would be waited for.
        Ok(found) if !found.is_file() => return Err(FileRefused::new("is no plain file")),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(String::new()),
        _ => {}
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(String::new()),
        opened => opened.map_err(FileRefused::new)?,
    };
    let found = file.metadata().map_err(FileRefused::new)?;
    if found.mode() & 0o077 != 0 {
        return Err(FileRefused::new("others may read or change it; run chmod 600 on it"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(FileRefused::new)?;
    String::from_utf8(bytes).map_err(|_| FileRefused::new("is no text in UTF-8"))
}

/// Why a file was not replaced; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum NotReplaced {
    /// Kubernetes and others lay files out by links; a file in the place of one would no longer be theirs.
    #[error("it is a symbolic link, so it is changed where it comes from")]
    Link,
    /// Somebody else changed it.
    #[error("it was changed by somebody else and is not read yet; try again in a few seconds")]
    Changed,
    /// Somebody holds the lock.
    #[error("somebody else is changing it; try again in a few seconds")]
    Locked,
    /// It cannot be read.
    #[error("{0}")]
    Refused(#[from] FileRefused),
    /// It cannot be written.
    #[error("it cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// Puts a text in the place of another, if that is still what the file says. Whoever reads sees the one or the other, and
/// after a crash too.
pub fn replace(path: &Path, known: &str, text: &str) -> Result<(), NotReplaced> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(NotReplaced::Link);
    }
    let _lock = lock(path)?;
    let before = stamp(path)?;
    if read(path)? != known {
        return Err(NotReplaced::Changed);
    }
    let new = beside(path, ".new");
    let written = write_new(&new, text).and_then(|()| match stamp(path) {
        // An editor knows nothing of the lock: looked at once more, right before.
        Ok(now) if now == before => Ok(fs::rename(&new, path)?),
        _ => Err(NotReplaced::Changed),
    });
    if written.is_err() {
        // What is left is no harm; the next writer removes it.
        let _ = fs::remove_file(&new);
    }
    written?;
    Ok(File::open(directory_of(path))?.sync_all()?)
}

fn write_new(new: &Path, text: &str) -> Result<(), NotReplaced> {
    match fs::remove_file(new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(new)?;
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}

/// Held by who changes the file, beside it: the file itself is another one after each change.
fn lock(path: &Path) -> Result<File, NotReplaced> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(beside(path, ".lock"))?;
    for _ in 0..PATIENCE {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(STEP),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(NotReplaced::Locked)
}

/// A file of ours in the same directory: `.auth.toml.lock`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    directory_of(path).join(format!(".{name}{ending}"))
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("auth.toml");
        write_new(&path, text).unwrap();
        (directory, path)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_that_is_not_there_is_empty_and_is_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("auth.toml");
        assert_eq!((stamp(&path).unwrap(), read(&path).unwrap()), (None, String::new()));
        replace(&path, "", "new").unwrap();
        assert_eq!((read(&path).unwrap().as_str(), mode(&path)), ("new", 0o600));
        assert_eq!(mode(&directory.path().join(".auth.toml.lock")), 0o600);
    }

    #[test]
    fn it_is_replaced_as_a_whole_and_leaves_nothing_beside_it() {
        let (directory, path) = written("old");
        // Left by a process that died.
        fs::write(directory.path().join(".auth.toml.new"), "half").unwrap();
        let before = stamp(&path).unwrap();
        replace(&path, "old", "new").unwrap();
        assert_eq!((read(&path).unwrap().as_str(), mode(&path)), ("new", 0o600));
        assert_ne!(stamp(&path).unwrap(), before);
        assert!(!directory.path().join(".auth.toml.new").exists());
    }

    #[test]
    fn what_somebody_else_wrote_is_not_lost() {
        let (_directory, path) = written("theirs");
        assert!(matches!(replace(&path, "old", "new"), Err(NotReplaced::Changed)));
        assert_eq!(read(&path).unwrap(), "theirs");
        fs::remove_file(&path).unwrap();
        assert!(matches!(replace(&path, "theirs", "new"), Err(NotReplaced::Changed)));
        assert!(!path.exists());
    }

    #[test]
    fn a_link_is_read_and_never_replaced() {
        let (directory, path) = written("there");
        let link = directory.path().join("link.toml");
        symlink(&path, &link).unwrap();
        assert_eq!(read(&link).unwrap(), "there");
        assert!(matches!(replace(&link, "there", "new"), Err(NotReplaced::Link)));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&path).unwrap(), "there");
    }

    #[test]
    fn who_holds_the_lock_is_waited_for_and_not_for_ever() {
        let (_directory, path) = written("old");
        let held = lock(&path).unwrap();
        assert!(matches!(replace(&path, "old", "new"), Err(NotReplaced::Locked)));
        drop(held);
        replace(&path, "old", "new").unwrap();
    }

    #[test]
    fn what_others_may_read_is_refused() {
        let (directory, path) = written("x");
        for bits in [0o604, 0o640, 0o620, 0o602] {
            fs::set_permissions(&path, fs::Permissions::from_mode(bits)).unwrap();
            assert!(read(&path).unwrap_err().to_string().contains("chmod 600"), "{bits:o}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert_eq!(read(&path).unwrap(), "x");
        assert_eq!(read(directory.path()).unwrap_err().to_string(), "is no plain file");
    }

    #[test]
    fn what_is_no_text_or_too_long_is_refused() {
        let (_directory, path) = written("");
        fs::write(&path, [0xff, 0xfe]).unwrap();
        assert_eq!(read(&path).unwrap_err().to_string(), "is no text in UTF-8");
        fs::write(&path, "#".repeat(5 * 1024 * 1024)).unwrap();
        assert_eq!(read(&path).unwrap().len(), 4 * 1024 * 1024 + 1);
    }
}
