//! Bringing the database to what a file says, in one transaction, as the operator of the machine: whoever writes the file
//! may do everything. What is so already is left alone, and where all is, there is no commit.

mod roles;
mod users;

pub(crate) use roles::file_role;

use std::{collections::BTreeMap, sync::Arc};

use context::{Action, Ctx, Event, EventKind, Permitted, Writing};
use kernel::{
    AssignmentId, Name, NodeId, Problem, ProblemKind, RoleId, permission::SETTINGS_ACCESS,
};
use signin::Signin;

use crate::{
    model::UsersFile,
    store,
    users_on_disk::{Known, UsersOnDisk},
};

/// Making users and roles as a file says: what superusers alone may, and the operator.
#[derive(Debug)]
pub struct ApplyUsersFile;

impl Action for ApplyUsersFile {
    type Resource = NodeId;
    const PERMISSION: &'static str = SETTINGS_ACCESS;
}

/// What all parts work on.
struct Apply<'a> {
    tx: &'a mut Writing,
    proof: Permitted<ApplyUsersFile, NodeId>,
    signin: &'a Signin,
    realm: NodeId,
    file: &'a UsersFile,
    /// The roles of the file, as they are found and made.
    roles: BTreeMap<RoleId, Name>,
    counts: Counts,
}

/// How many users and roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    created: u64,
    changed: u64,
    gone: u64,
}

/// Applies a file. 409 with the place in the file if it does not go together with what is in the database; then nothing
/// is changed.
pub(crate) async fn run(
    disk: &UsersOnDisk,
    ctx: &Ctx,
    text: Arc<str>,
    file: UsersFile,
) -> Result<(), Problem> {
    let mut tx = ctx.begin().await?;
    let proof = tx.permit::<ApplyUsersFile>(NodeId::GLOBAL)?;
    let (realm, is_new) = realm(&mut tx, &proof, &disk.realm_name).await?;
    let (signin, counts, roles) = (&*disk.signin, Counts::default(), BTreeMap::new());
    let mut apply = Apply { tx: &mut tx, proof, signin, realm, file: &file, roles, counts };
    apply.roles().await?;
    apply.users().await?;
    apply.roles_that_are_gone().await?;
    let Apply { roles, counts, .. } = apply;
    let known = Known { realm, roles, text, file: Arc::new(file) };
    if counts == Counts::default() && !is_new {
        disk.know(Some(known));
        return Ok(());
    }
    let event = Event::new(EventKind::ConfigChange, "users_file.apply")
        .about("realm", realm, realm)
        .with("created", counts.created)
        .with("changed", counts.changed)
        .with("gone", counts.gone);
    tx.audit(event);
    // Before the commit: what it is compared with there is what it applies.
    let former = disk.know(Some(known));
    match tx.commit().await {
        Ok(_) => Ok(()),
        Err(problem) => {
            disk.know(former);
            Err(problem)
        }
    }
}

/// The realm that the file fills, and whether it was made just now. A realm that has users of its own is not taken: those
/// are not in the file, and would be switched off.
async fn realm(
    tx: &mut Writing,
    proof: &Permitted<ApplyUsersFile, NodeId>,
    name: &Name,
) -> Result<(NodeId, bool), Problem> {
    let filled = store::realms(&*tx).await?;
    let found = realms::find_realm(&*tx, name).await?.map(|node| node.id);
    match found {
        Some(realm) if filled == [realm] => return Ok((realm, false)),
        _ if !filled.is_empty() => {
            let detail = format!(
                "users_file_realm is {name}, and a users file fills another realm already; name that one, or delete it"
            );
            return Err(Problem::conflict(detail));
        }
        _ => {}
    }
    let realm = match found {
        None => realms::create_realm::run(tx, name.clone()).await?.id,
        Some(realm) => {
            let values = vec![realm.0.into()];
            if realms::store::count_users(&*tx, "u.realm = $1", values).await? > 0 {
                let detail = format!(
                    "users_file_realm is {name}, which has users that are not from a file; name another realm"
                );
                return Err(Problem::conflict(detail));
            }
            realm
        }
    };
    store::save_realm(&*tx, proof, realm).await?;
    Ok((realm, true))
}

/// The roles of the file, and built-in ones, that a user has in the way that a file can say: at `$global`, for good and
/// always. Others that it has are the database's.
pub(crate) fn held(
    engine: &policy::Snapshot,
    user: NodeId,
    roles: &BTreeMap<RoleId, Name>,
) -> BTreeMap<Name, AssignmentId> {
    let assignments = engine.assignments_of_subject(user).into_iter().filter(|assignment| {
        assignment.node == NodeId::GLOBAL
            && assignment.expires_at.is_none()
            && assignment.when.is_none()
    });
    let named = assignments.filter_map(|assignment| {
        let name = match roles.get(&assignment.role) {
            Some(name) => name.clone(),
            None if assignment.role.is_built_in() => {
                Name::parse(engine.role(assignment.role)?.name).ok()?
            }
            None => return None,
        };
        Some((name, assignment.id))
    });
    named.collect()
}

/// A refusal of an operation, at its place in the file. What is no refusal stays as it is.
fn at(called: &str) -> impl FnOnce(Problem) -> Problem {
    move |problem| {
        if matches!(problem.kind(), ProblemKind::Internal | ProblemKind::Unavailable) {
            return problem;
        }
        let fields = problem.errors().iter().map(|error| format!(" {}", error.detail));
        let fields: String = fields.collect();
        Problem::conflict(format!("{called}: {}{fields}", problem.detail()))
    }
}
