//! Where users come from beside the database: a file, if the settings name one.

use std::{path::PathBuf, sync::Arc};

use context::System;
use kernel::Name;
use signin::Signin;
use store::lock::ServerLock;
use users_file::{
    UsersOnDisk,
    settings::{FILE, REALM},
};

use crate::{settings::Values, start_error::StartError};

/// A file belongs to one server: another one on the same database would change users without it.
pub(crate) async fn have_alone(values: &Values, lock: &ServerLock) -> Result<(), StartError> {
    if values.given(&FILE).is_none() {
        return Ok(());
    }
    let what = "users_file: a server with a users file has the database alone, and another one uses it: stop that first, or keep the users in the database";
    Ok(lock.stay_alone(what).await?)
}

/// Reads the file and brings the database to what it says.
pub(crate) async fn open(
    values: &Values,
    signin: &Arc<Signin>,
    system: &Arc<System>,
) -> Result<Option<Arc<UsersOnDisk>>, StartError> {
    let Some(path) = values.given(&FILE) else { return Ok(None) };
    let realm = Name::parse(values.text(&REALM))
        .map_err(|error| StartError::new(format!("users_file_realm: {error}")))?;
    let disk = Arc::new(UsersOnDisk::new(PathBuf::from(path), realm, signin.clone()));
    disk.start(system).await.map_err(|why| StartError::new(format!("users_file: {why}")))?;
    Ok(Some(disk))
}
