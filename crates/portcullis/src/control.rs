//! The control socket: whoever may open `control.sock` in the data directory is the operator of the machine. The same
//! routes, another way to say who one is.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::Router;
use context::{Caller, RequestFacts, System};
use http::HeaderMap;
use tokio::net::UnixListener;
use web::{Authenticate, authenticate::Answer};

use crate::start_error::StartError;

/// Everybody who comes this way is the operator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OperatorAuthenticator;

impl Authenticate for OperatorAuthenticator {
    fn authenticate<'a>(
        &'a self,
        _: &'a Arc<System>,
        _: &'a HeaderMap,
        _: &'a RequestFacts,
    ) -> Answer<'a> {
        Box::pin(async { Ok(Some(Caller::operator())) })
    }
}

/// The path of the socket.
pub fn path(directory: &Path) -> PathBuf {
    directory.join("control.sock")
}

/// Opens the socket. The caller holds the lock of the directory, so a socket that is there is a dead server's.
pub fn open(directory: &Path) -> Result<UnixListener, StartError> {
    let path = path(directory);
    let refuse = |error: std::io::Error| StartError::new(format!("{}: {error}", path.display()));
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refuse(error)),
        _ => {}
    }
    // The directory has mode 0700, so nobody comes in between the two steps.
    let listener = UnixListener::bind(&path).map_err(refuse)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(refuse)?;
    Ok(listener)
}

/// Serves until `stop` ends.
pub async fn serve(
    listener: UnixListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}
