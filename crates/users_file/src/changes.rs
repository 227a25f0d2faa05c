//! What a commit changes of what the file says: read from its rows, so whichever operation made them is the same.

use std::collections::BTreeSet;

use context::{Change, State, Writing};
use kernel::{Name, NodeId, Problem, RoleId};
use realms::{EmailTrust, User};

use crate::{
    apply::{file_role, held},
    edit::Edit,
    model::FileUser,
    users_on_disk::Known,
};

/// The changes of the file that go with this commit. The reason if the file cannot say what the commit does.
pub(crate) async fn edits(
    tx: &Writing,
    known: &Known,
) -> Result<Result<Vec<Edit>, String>, Problem> {
    if !tx.engine().contains(known.realm) {
        return Ok(Err("its realm stays while a server reads it".to_owned()));
    }
    let before = tx.ctx().system().state();
    let mut edits = Vec::new();
    for user in touched_users(tx, &before, known) {
        match user_edit(tx, &before, known, user).await? {
            Ok(edit) => edits.extend(edit),
            Err(why) => return Ok(Err(why)),
        }
    }
    for role in touched_roles(tx, known) {
        match role_edit(tx, known, role) {
            Ok(edit) => edits.extend(edit),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(edits))
}

/// The users of the realm that something was done to. Some things change nothing for the file, such as a sign-in.
fn touched_users(tx: &Writing, before: &State, known: &Known) -> BTreeSet<NodeId> {
    let mut touched: BTreeSet<NodeId> =
        tx.audited("user").filter_map(|id| id.parse().ok()).collect();
    for change in tx.changes() {
        let Change::Engine(change) = change else { continue };
        match change {
            policy::Change::SubjectSaved(subject) => drop(touched.insert(subject.id)),
            policy::Change::SubjectDeleted { id } => drop(touched.insert(*id)),
            policy::Change::AssignmentSaved(assignment) => drop(touched.insert(assignment.subject)),
            policy::Change::AssignmentDeleted { id } => {
                touched.extend(before.engine.assignment(*id).map(|former| former.subject));
            }
            _ => {}
        }
    }
    let is_of_file = |id: &NodeId| {
        let subject = tx.engine().subject(*id).or_else(|| before.engine.subject(*id));
        subject.is_some_and(|subject| {
            // A service account of the realm may be called like a user.
            subject.kind == policy::SubjectKind::User && subject.realm == Some(known.realm)
        })
    };
    touched.retain(is_of_file);
    touched
}

async fn user_edit(
    tx: &Writing,
    before: &State,
    known: &Known,
    id: NodeId,
) -> Result<Result<Option<Edit>, String>, Problem> {
    let listed = &known.file.users;
    let former = before.engine.subject(id).and_then(|former| Name::parse(&former.username).ok());
    let former = former.filter(|name| listed.contains_key(name));
    let Some(user) = realms::find_user_by_id(tx, id).await? else {
        return Ok(Ok(former.map(Edit::RemoveUser)));
    };
    let off = user.state.is_disabled();
    match former {
        // Of an erased user the id is left, under another name.
        Some(former) if former != user.username && off => {
            return Ok(Ok(Some(Edit::RemoveUser(former))));
        }
        Some(former) if former != user.username => {
            return Ok(Err("users get other names in the file itself".to_owned()));
        }
        // Who is not in the file is switched off, and what is done to him stays in the database until he is switched on.
        None if off => return Ok(Ok(None)),
        _ => {}
    }
    let found = listed.get(&user.username);
    if user.email_trust == EmailTrust::Claimed
        && found.is_none_or(|found| found.email != user.email)
    {
        let why = "an address that nobody has verified is not written to it";
        return Ok(Err(why.to_owned()));
    }
    let hash = signin::password_hashes(tx, &[id]).await?.remove(&id);
    let roles = held(tx.engine(), id, &known.roles).into_keys().collect();
    let User { username, superuser, email, full_name, .. } = user;
    let saved = FileUser { password: hash, roles, active: !off, superuser, email, full_name };
    Ok(Ok((found != Some(&saved)).then_some(Edit::SaveUser(username, saved))))
}

fn touched_roles(tx: &Writing, known: &Known) -> BTreeSet<RoleId> {
    let ids = tx.changes().iter().filter_map(|change| match change {
        Change::Engine(
            policy::Change::RoleSaved { id, .. } | policy::Change::RoleDeleted { id },
        ) => Some(*id),
        _ => None,
    });
    ids.filter(|id| known.roles.contains_key(id)).collect()
}

fn role_edit(tx: &Writing, known: &Known, id: RoleId) -> Result<Option<Edit>, String> {
    let Some(name) = known.roles.get(&id) else { return Ok(None) };
    let Some(role) = tx.engine().role(id) else {
        return Ok(Some(Edit::RemoveRole(name.clone())));
    };
    if role.name != name.as_str() {
        return Err("its roles get other names in the file itself".to_owned());
    }
    let saved = file_role(&role).ok_or_else(|| {
        "its roles have rules without owner, exception, condition, fields and rows".to_owned()
    })?;
    let is_so = known.file.roles.get(name) == Some(&saved);
    Ok((!is_so).then(|| Edit::SaveRole(name.clone(), saved)))
}
