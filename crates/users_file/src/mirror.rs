//! Writing to the file what a commit changes of what it says. The file comes first: it is what counts at the next start,
//! so after a crash in between the database follows it.

use std::{fmt, sync::Arc};

use context::{
    Writing,
    mirror::{Mirror, Writes, Written},
};
use kernel::{NodeId, Problem};
use tokio::task::spawn_blocking;

use crate::{
    changes::edits,
    disk,
    edit::{Edit, edit},
    users_on_disk::{Known, UsersOnDisk, locked},
};

impl Mirror for UsersOnDisk {
    fn covers(&self, realm: NodeId) -> bool {
        locked(&self.known).as_ref().is_some_and(|known| known.realm == realm)
    }

    fn write<'a>(&'a self, tx: &'a Writing) -> Writes<'a> {
        Box::pin(async move {
            let Some(known) = self.known() else { return Ok(None) };
            let edits = edits(tx, &known).await?.map_err(|why| self.refuse(why))?;
            if edits.is_empty() {
                return Ok(None);
            }
            let written = self.replace(known, &edits).await?;
            let place = self.known.clone();
            // When the commit has succeeded; else the file is read again, as if somebody else had changed it.
            let settle: Written = Box::new(move || *locked(&place) = Some(written));
            Ok(Some(settle))
        })
    }
}

impl UsersOnDisk {
    async fn replace(&self, known: Known, edits: &[Edit]) -> Result<Known, Problem> {
        let (text, file) = edit(&known.text, edits).map_err(|why| self.refuse(why))?;
        let text: Arc<str> = text.into();
        let (path, old, new) = (self.path.clone(), known.text.clone(), text.clone());
        let replaced = spawn_blocking(move || disk::replace(&path, &old, &new)).await;
        replaced.map_err(Problem::internal)?.map_err(|why| self.refuse(why))?;
        let mut roles = known.roles;
        roles.retain(|_, name| file.roles.contains_key(name));
        Ok(Known { text, file: Arc::new(file), roles, ..known })
    }

    fn refuse(&self, why: impl fmt::Display) -> Problem {
        let file = self.file_name();
        Problem::conflict(format!(
            "This stands in the users file {file}: {why}. Nothing was changed."
        ))
    }
}
