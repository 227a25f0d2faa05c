//! `/auth/users`: the users of the caller's realm, in the form and with the status codes of NornicDB. Underneath are the
//! operations of `/api/v1/realms/{realm}/users`.

use ::store::Run;
use context::Ask;
use jiff::Timestamp;
use kernel::{Name, NodeId, Problem, ProblemKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{bootstrap::MAIN, find::absent, model::User, store, view::role_names};

pub mod create;
pub mod delete;
pub mod list;
pub mod read;
pub mod update;

/// A user without anything internal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuthUserView {
    /// Its name.
    pub username: String,
    /// Where it gets mail.
    pub email: Option<String>,
    /// The roles of `$global` that are assigned to it at `$global`.
    pub roles: Vec<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Whether it is switched off.
    pub disabled: bool,
}

/// A user as it is answered.
pub(crate) fn view(run: &impl Ask, user: User) -> AuthUserView {
    AuthUserView {
        roles: role_names(run, user.id),
        disabled: user.state.is_disabled(),
        username: user.username.into(),
        email: user.email.map(String::from),
        created_at: user.created_at,
    }
}

/// The realm of the caller; for one without a realm, such as the operator, `main`.
pub(crate) async fn own_realm(run: &impl Ask) -> Result<NodeId, Problem> {
    let subject = run.ctx().principal().subject();
    let realm = subject.and_then(|id| run.engine().subject(id)).and_then(|subject| subject.realm);
    match realm {
        Some(realm) => Ok(realm),
        None => {
            let main = Name::parse(MAIN).map_err(Problem::internal)?;
            Ok(store::find_realm(run, &main).await?.ok_or_else(absent)?.id)
        }
    }
}

/// The user of this name in a realm.
pub(crate) async fn find(run: &impl Run, realm: NodeId, username: &Name) -> Result<User, Problem> {
    store::find_user(run, realm, username.as_str()).await?.ok_or_else(absent)
}

/// The same problem with NornicDB's status: what is wrong with the input is 400.
pub(crate) fn as_bad_request(problem: Problem) -> Problem {
    if ![ProblemKind::Invalid, ProblemKind::Conflict].contains(&problem.kind()) {
        return problem;
    }
    let bad = Problem::new(ProblemKind::BadRequest, problem.detail());
    problem.errors().iter().fold(bad, |bad, error| bad.and_field(&error.pointer, &error.detail))
}
