//! Acting in one role. Of a user who does, only the allows of that role count, and the denies of all: see
//! `docs/adr/0015-an-active-role-takes-away.md`.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use kernel::{NodeId, Problem, RoleId, Setting, SettingForm};

use crate::system::State;

const UNION: &str = "union";
const CHOICE: &str = "choice";
const SINGLE: &str = "single";

/// Whether users act in all of their roles, in one of them, or as each request chooses.
pub const MODE: Setting = Setting::live(
    "roles.mode",
    SettingForm::Choice(&[UNION, CHOICE, SINGLE]),
    UNION,
    "In which of their roles users act: union (all), single (the default role, or the first by name), or choice (that one, unless X-Role names another or union).",
);

/// What a request says of the role to act in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// All of them together.
    Union,
    /// This one.
    Role(RoleId),
}

/// The default roles of users; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct DefaultRoles(Arc<HashMap<NodeId, RoleId>>);

impl DefaultRoles {
    /// The default role of a user, held or not.
    pub fn of(&self, user: NodeId) -> Option<RoleId> {
        self.0.get(&user).copied()
    }

    pub(crate) fn save(&mut self, user: NodeId, role: Option<RoleId>) {
        let roles = Arc::make_mut(&mut self.0);
        match role {
            Some(role) => roles.insert(user, role),
            None => roles.remove(&user),
        };
    }
}

impl State {
    /// The roles that a user or service account holds at this moment anywhere, by itself and by groups: by name, each once.
    pub fn roles_held(&self, subject: NodeId, now: Timestamp) -> Vec<RoleId> {
        let engine = &self.engine;
        let holders = engine.groups_of(subject).into_iter().chain([subject]);
        let mut roles: Vec<(&str, RoleId)> = holders
            .flat_map(|holder| engine.assignments_of_subject(holder))
            .filter(|held| held.expires_at.is_none_or(|end| now < end))
            .filter_map(|held| engine.role(held.role))
            .map(|role| (role.name, role.id))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        roles.into_iter().map(|(_, role)| role).collect()
    }

    /// Whether a request says in which role it acts.
    pub fn roles_are_chosen(&self) -> bool {
        self.settings.text(&MODE) == CHOICE
    }

    /// The one role in which a user acts; none: in all. 401 for a role that the user does not hold.
    ///
    /// A superuser acts as one unless a role is named, lest a setting take the power to change it back.
    pub fn active_role(
        &self,
        user: NodeId,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<Option<RoleId>, Problem> {
        let chosen = match self.settings.text(&MODE) {
            UNION => return Ok(None),
            CHOICE => wanted,
            SINGLE => Wanted::Nothing,
            _ => return Err(Problem::internal("the setting roles.mode is none of its words")),
        };
        match chosen {
            Wanted::Union => Ok(None),
            Wanted::Role(role) if self.roles_held(user, now).contains(&role) => Ok(Some(role)),
            Wanted::Role(_) => Err(not_held()),
            Wanted::Nothing if self.is_superuser(user) => Ok(None),
            Wanted::Nothing => Ok(self.usual_role(user, now)),
        }
    }

    fn is_superuser(&self, user: NodeId) -> bool {
        self.engine.subject(user).is_some_and(|subject| subject.superuser)
    }

    /// The default role, if it is held, else the first one.
    fn usual_role(&self, user: NodeId, now: Timestamp) -> Option<RoleId> {
        let held = self.roles_held(user, now);
        let default = self.default_roles.of(user).filter(|role| held.contains(role));
        default.or_else(|| held.first().copied())
    }
}

/// The answer to who wants to act in a role that he does not hold, or that is not there.
pub fn not_held() -> Problem {
    Problem::unauthenticated("X-Role must name a role that you hold, or union.")
}
