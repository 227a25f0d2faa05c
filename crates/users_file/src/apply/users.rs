//! The users of the file. Who is not in it any more is switched off and kept: what else is known of him, and what the
//! audit says of him, is not lost by a slip of the pen.

use std::collections::HashMap;

use context::{Event, EventKind};
use kernel::{Name, NodeId, Problem};
use realms::{
    HashedPassword, NewUser, Passwords, User, create_user, disable_user, enable_user,
    names::fold,
    update_user::{self, UserPatch},
};
use web::IfMatch;

use super::{Apply, at, held};
use crate::model::FileUser;

/// What the database has of the users of the realm.
struct Stored {
    users: HashMap<String, User>,
    hashes: HashMap<NodeId, HashedPassword>,
}

impl Apply<'_> {
    pub(super) async fn users(&mut self) -> Result<(), Problem> {
        let mut stored = self.stored().await?;
        let mut listed: Vec<(&Name, &FileUser)> = self.file.users.iter().collect();
        // Who can administrate afterwards comes first, so that there is somebody at each step.
        listed.sort_by_key(|(_, user)| !(user.superuser && user.active));
        for (name, user) in listed {
            let found = stored.users.remove(&fold(name.as_str()));
            let hash = found.as_ref().and_then(|found| stored.hashes.get(&found.id));
            let saved = self.save_user(name, user, found, hash).await;
            saved.map_err(at(&format!("users.{name}")))?;
        }
        let mut gone: Vec<User> = stored.users.into_values().collect();
        gone.retain(|user| !user.state.is_disabled());
        gone.sort_by(|one, other| one.username.cmp(&other.username));
        for user in gone {
            let called = format!("users.{} is not in the file", user.username);
            self.switch_off(user).await.map_err(at(&called))?;
        }
        Ok(())
    }

    async fn stored(&self) -> Result<Stored, Problem> {
        let values = vec![self.realm.0.into()];
        let users = realms::store::list_users(&*self.tx, "u.realm = $1", values).await?;
        let ids: Vec<NodeId> = users.iter().map(|user| user.id).collect();
        let hashes = signin::password_hashes(&*self.tx, &ids).await?;
        let users = users.into_iter().map(|user| (fold(user.username.as_str()), user)).collect();
        Ok(Stored { users, hashes })
    }

    async fn save_user(
        &mut self,
        name: &Name,
        wanted: &FileUser,
        found: Option<User>,
        hash: Option<&HashedPassword>,
    ) -> Result<(), Problem> {
        let is_new = found.is_none();
        let (id, mut changed) = match found {
            None => (self.make(name, wanted).await?, false),
            Some(user) => (user.id, self.change(name, wanted, user).await?),
        };
        changed |= self.set_password(id, wanted.password.as_ref(), hash).await?;
        changed |= self.set_roles(id, wanted).await?;
        match (is_new, changed) {
            (true, _) => self.counts.created += 1,
            (false, true) => self.counts.changed += 1,
            (false, false) => {}
        }
        Ok(())
    }

    async fn make(&mut self, name: &Name, wanted: &FileUser) -> Result<NodeId, Problem> {
        let new = NewUser {
            email: wanted.email.clone(),
            // The operator wrote it.
            email_verified: wanted.email.is_some(),
            full_name: wanted.full_name.clone(),
            superuser: wanted.superuser,
            disabled: !wanted.active,
            ..NewUser::named(self.realm, name.clone())
        };
        Ok(create_user::run(self.tx, new).await?.id)
    }

    /// Tells whether anything was different.
    async fn change(
        &mut self,
        name: &Name,
        wanted: &FileUser,
        user: User,
    ) -> Result<bool, Problem> {
        let other_address = wanted.email != user.email;
        let patch = UserPatch {
            username: (*name != user.username).then(|| name.clone()),
            email: other_address.then(|| wanted.email.clone()),
            email_verified: (other_address && wanted.email.is_some()).then_some(true),
            full_name: (wanted.full_name != user.full_name).then(|| wanted.full_name.clone()),
            superuser: (wanted.superuser != user.superuser).then_some(wanted.superuser),
            ..UserPatch::default()
        };
        let is_switched = wanted.active == user.state.is_disabled();
        let differs = patch.username.is_some()
            || patch.email.is_some()
            || patch.full_name.is_some()
            || patch.superuser.is_some();
        let mut user = user;
        // Who is switched on may be the one who lets another go.
        if is_switched && wanted.active {
            user = enable_user::run(self.tx, user, &IfMatch::Any).await?;
        }
        if differs {
            let former = user.clone();
            user = update_user::run(self.tx, user, patch, &IfMatch::Any).await?;
            if other_address {
                self.signin.address_changed(self.tx, &former).await?;
            }
        }
        if is_switched && !wanted.active {
            disable_user::run(self.tx, user, &IfMatch::Any).await?;
        }
        Ok(differs || is_switched)
    }

    /// Another hash is another password, and ends what the former has opened.
    async fn set_password(
        &mut self,
        user: NodeId,
        wanted: Option<&HashedPassword>,
        found: Option<&HashedPassword>,
    ) -> Result<bool, Problem> {
        if wanted == found {
            return Ok(false);
        }
        match wanted {
            Some(hash) => {
                self.signin.store(self.tx, user, hash.clone(), false).await?;
                let event = Event::new(EventKind::PasswordChange, "users_file.password");
                self.tx.audit(event.about("user", user, user));
            }
            None => signin::take_password_away(self.tx, user).await?,
        }
        Ok(true)
    }

    async fn set_roles(&mut self, user: NodeId, wanted: &FileUser) -> Result<bool, Problem> {
        let held = held(self.tx.engine(), user, &self.roles);
        let mut changed = false;
        for (name, assignment) in &held {
            if !wanted.roles.contains(name) {
                access::unassign::run(self.tx, *assignment).await?;
                changed = true;
            }
        }
        for name in wanted.roles.iter().filter(|name| !held.contains_key(*name)) {
            let role = access::RoleRef::Named { name: name.clone(), owner: None };
            let role = access::find_role(&*self.tx, &role).await?.id;
            let new = access::NewAssignment {
                subject: user,
                role,
                node: NodeId::GLOBAL,
                expires_at: None,
                when: None,
            };
            access::assign::run(self.tx, new).await?;
            changed = true;
        }
        Ok(changed)
    }

    /// Who is not in the file any more: without its roles, no superuser, switched off, signed out.
    async fn switch_off(&mut self, user: User) -> Result<(), Problem> {
        let nothing = FileUser { active: false, ..FileUser::default() };
        self.set_roles(user.id, &nothing).await?;
        let mut user = user;
        if user.superuser {
            let patch = UserPatch { superuser: Some(false), ..UserPatch::default() };
            user = update_user::run(self.tx, user, patch, &IfMatch::Any).await?;
        }
        let id = user.id;
        disable_user::run(self.tx, user, &IfMatch::Any).await?;
        signin::end_sessions_of(self.tx, id, None).await?;
        self.counts.gone += 1;
        Ok(())
    }
}
