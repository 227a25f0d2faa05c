//! The file that a server reads, and what it last said.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use context::System;
use kernel::{Name, NodeId, Problem, RoleId};
use serde::Serialize;
use signin::Signin;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use crate::{
    apply, disk,
    model::UsersFile,
    parse::parse,
    refused::FileRefused,
    watch::{Looks, operator},
};

/// The file that a server reads.
pub struct UsersOnDisk {
    pub(crate) path: PathBuf,
    pub(crate) realm_name: Name,
    pub(crate) signin: Arc<Signin>,
    pub(crate) known: Arc<Mutex<Option<Known>>>,
    pub(crate) looks: tokio::sync::Mutex<Looks>,
    pub(crate) fault: Mutex<Option<String>>,
}

/// What the file last said, and what the database has of it. The two are of one commit.
#[derive(Clone)]
pub(crate) struct Known {
    /// The realm of its users.
    pub(crate) realm: NodeId,
    /// Its roles.
    pub(crate) roles: BTreeMap<RoleId, Name>,
    /// The text, to the byte.
    pub(crate) text: Arc<str>,
    /// What it says.
    pub(crate) file: Arc<UsersFile>,
}

/// How it is with the file, for `/status`.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsersFileStatus {
    /// The name of the file.
    pub file: String,
    /// The realm that it fills.
    pub realm: String,
    /// How many users it says there are, as far as it was taken.
    pub users: usize,
    /// Whether the file as it is now was taken. If not, what it said before counts.
    pub current: bool,
    /// Why it was not taken, with line or name: for superusers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Why a file was not taken.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// What it says is wrong: so it stays until somebody changes it.
    Refused(FileRefused),
    /// What it says does not go together with the database, or that could not be reached.
    Failed(Problem),
}

impl From<FileRefused> for NotTaken {
    fn from(refused: FileRefused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Problem> for NotTaken {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl std::fmt::Display for NotTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Failed(problem) => f.write_str(problem.detail()),
        }
    }
}

impl std::fmt::Debug for UsersOnDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UsersOnDisk").field("path", &self.path).finish_non_exhaustive()
    }
}

impl UsersOnDisk {
    /// The file at this path, whose users are those of this realm. Nothing is read yet.
    pub fn new(path: PathBuf, realm_name: Name, signin: Arc<Signin>) -> Self {
        let (known, looks, fault) = Default::default();
        Self { path, realm_name, signin, known, looks, fault }
    }

    /// Reads the file and brings the database to what it says; then what is written to the database is written to the
    /// file. The reason if that cannot be: a server does not start with a part of its users.
    pub async fn start(self: &Arc<Self>, system: &Arc<System>) -> Result<(), String> {
        let refuse = |why: &dyn std::fmt::Display| format!("{}: {why}", self.path.display());
        let seen = self.stamp().await;
        self.take(system).await.map_err(|why| refuse(&why))?;
        self.looks.lock().await.took(seen);
        metrics::gauge!("portcullis_users_file_current").set(1.0);
        system.mirror_to(self.clone()).map_err(|problem| refuse(&problem))
    }

    /// How it is with the file; the reason of a refusal names users, and is told if that may be.
    pub fn status(&self, with_reason: bool) -> UsersFileStatus {
        let fault = locked(&self.fault).clone();
        UsersFileStatus {
            file: self.file_name(),
            realm: self.realm_name.as_str().to_owned(),
            users: self.known().map_or(0, |known| known.file.users.len()),
            current: fault.is_none(),
            refused: fault.filter(|_| with_reason),
        }
    }

    /// The name of the file, without its directory.
    pub(crate) fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Reads the file, and applies it if it says something new.
    pub(crate) async fn take(&self, system: &Arc<System>) -> Result<(), NotTaken> {
        let path = self.path.clone();
        let read = spawn_blocking(move || disk::read(&path)).await.map_err(Problem::internal)?;
        let text: Arc<str> = read?.into();
        if self.known().is_some_and(|known| known.text == text) {
            return Ok(());
        }
        let parsing = text.clone();
        let file = spawn_blocking(move || parse(&parsing)).await.map_err(Problem::internal)??;
        Ok(apply::run(self, &operator(system), text, file).await?)
    }

    pub(crate) fn known(&self) -> Option<Known> {
        locked(&self.known).clone()
    }

    /// From now on this is what the file said; tells what it was before.
    pub(crate) fn know(&self, known: Option<Known>) -> Option<Known> {
        std::mem::replace(&mut *locked(&self.known), known)
    }
}

/// What is behind the lock: nothing is left half done by whoever panicked.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
