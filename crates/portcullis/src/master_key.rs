//! Where `APP_KEY` comes from: a setting, or on SQLite a file that the first start makes.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use kernel::{Entropy, Revision};
use protocol::wrap::MasterKey;
use secrecy::SecretString;
use store::{Backend, Database, change_log};
use zeroize::Zeroizing;

use crate::{
    settings::{self, Values},
    start_error::StartError,
};

/// The file in the data directory.
const FILE: &str = "app.key";

/// The master key.
pub async fn master_key(
    values: &Values,
    directory: &Path,
    database: &Database,
    entropy: &dyn Entropy,
) -> Result<MasterKey, StartError> {
    let text = match (values.given(&settings::APP_KEY), database.backend()) {
        (Some(text), _) => SecretString::from(text.to_owned()),
        (None, Backend::Sqlite) => {
            let is_new = change_log::head(&database.single()).await? == Revision(0);
            file(&directory.join(FILE), is_new, entropy)?
        }
        (None, Backend::Postgres) => {
            return Err(StartError::new(
                "PostgreSQL needs APP_KEY: every server on the database must have the same one (try `openssl rand -base64 32`)",
            ));
        }
    };
    MasterKey::from_app_key(&text).map_err(|refused| StartError::new(format!("APP_KEY: {refused}")))
}

fn file(path: &Path, is_new: bool, entropy: &dyn Entropy) -> Result<SecretString, StartError> {
    let refuse = |what: String| StartError::new(format!("{}: {what}", path.display()));
    match OpenOptions::new().read(true).open(path) {
        Ok(mut file) => {
            let mode = file.metadata().map_err(|e| refuse(e.to_string()))?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(refuse("others may read the key; run chmod 600 on it".into()));
            }
            let mut text = Zeroizing::new(String::new());
            file.read_to_string(&mut text).map_err(|e| refuse(e.to_string()))?;
            Ok(SecretString::from(text.trim().to_owned()))
        }
        // A new key for old data would look like all is well, and open nothing of what the old one closed.
        Err(error) if error.kind() == ErrorKind::NotFound && !is_new => Err(refuse(
            "the key of these data is missing; put it back, or give APP_KEY, which ends all sessions"
                .into(),
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(path, entropy).map_err(|e| refuse(e.to_string()))
        }
        Err(error) => Err(refuse(error.to_string())),
    }
}

fn make(path: &Path, entropy: &dyn Entropy) -> std::io::Result<SecretString> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(entropy.bytes());
    let text = Zeroizing::new(BASE64_STANDARD.encode(*bytes));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    // Before anything is wrapped under it: a key that a crash loses would take all others with it.
    file.sync_all()?;
    if let Some(directory) = path.parent() {
        std::fs::File::open(directory)?.sync_all()?;
    }
    Ok(SecretString::from(text.as_str().to_owned()))
}
