//! Users. Their groups and roles come later.

use std::collections::{BTreeSet, HashMap, HashSet};

use ::realms::{
    NewUser, User,
    facts::Attributes,
    names::{self, AliasKind, Email, FullName},
    update_user::UserPatch,
};
use context::{Event, EventKind};
use kernel::{NodeId, NodeKind, Problem};
use web::IfMatch;

use super::{Apply, at};
use crate::{
    file::{self, UserName},
    plan::Difference,
    world::Placed,
};

const SECTION: &str = "users";

impl Apply<'_> {
    pub(super) async fn users(&mut self) -> Result<(), Problem> {
        let stored = self.stored_users().await?;
        let world = self.world;
        let mut seen = HashSet::new();
        for from in &world.users.list {
            let name = name(&from.says);
            if !seen.insert(name.clone()) {
                return Err(from.refuse(SECTION, "/username", "is in the file twice"));
            }
            match self.places.get(&name.place()) {
                None => self.make_user(from, name).await?,
                Some(node) if node.kind.as_str() == NodeKind::USER => {
                    let user = stored.get(&node.id).cloned();
                    let user = user.ok_or_else(|| Problem::internal("a user without its row"))?;
                    self.change_user(from, name, user).await?;
                }
                Some(node) => {
                    let detail = format!("there is a {} of this name already", node.kind);
                    return Err(from.refuse(SECTION, "/username", detail));
                }
            }
        }
        Ok(())
    }

    async fn stored_users(&self) -> Result<HashMap<NodeId, User>, Problem> {
        let ids: Vec<NodeId> = self
            .world
            .users
            .list
            .iter()
            .filter_map(|from| self.places.get(&name(&from.says).place()))
            .map(|node| node.id)
            .collect();
        let mut found = HashMap::new();
        for portion in ids.chunks(500) {
            let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
            let condition = format!("n.id IN ({})", places.join(", "));
            let values = portion.iter().map(|id| id.0.into()).collect();
            let users = ::realms::store::list_users(&*self.tx, &condition, values).await?;
            found.extend(users.into_iter().map(|user| (user.id, user)));
        }
        Ok(found)
    }

    async fn make_user(
        &mut self,
        from: &Placed<file::User>,
        name: UserName,
    ) -> Result<(), Problem> {
        let realm = self.node(from, SECTION, "/realm", &file::Place::root(&name.realm))?.id;
        let new = new_user(from, realm)?;
        let user = ::realms::create_user::run(self.tx, new).await;
        let user = user.map_err(|problem| at(from, SECTION, problem))?;
        if let Some(passwords) = self.way.passwords
            && (from.says.password.is_some() || from.says.password_hash.is_some())
        {
            // It was not there when passwords were hashed, or it would have one.
            let hash = self.way.hashes.get(&name).cloned().ok_or_else(|| {
                Problem::conflict("A user of the file was deleted meanwhile; try again.")
            })?;
            let must_change = from.says.must_change_password.unwrap_or(false);
            passwords.store(self.tx, user.id, hash, must_change).await?;
            let event = Event::new(EventKind::PasswordChange, "user.first_password");
            self.tx.audit(event.about("user", user.id, user.id));
        }
        let node = store::node::find(&*self.tx, user.id).await?;
        let node = node.ok_or_else(|| Problem::internal("a new user without a node"))?;
        self.places.insert(name.place(), node);
        self.plan.create(SECTION, &name);
        Ok(())
    }

    async fn change_user(
        &mut self,
        from: &Placed<file::User>,
        name: UserName,
        user: User,
    ) -> Result<(), Problem> {
        let wanted = new_user(from, user.realm)?;
        let differences = differences(&from.says, &wanted, &user);
        if !differences.is_empty() {
            let written = self.write_user(&from.says, wanted, user, &differences).await;
            written.map_err(|problem| at(from, SECTION, problem))?;
        }
        self.plan.compare(SECTION, name, differences);
        Ok(())
    }

    async fn write_user(
        &mut self,
        says: &file::User,
        wanted: NewUser,
        user: User,
        differences: &[Difference],
    ) -> Result<(), Problem> {
        let differs = |field: &str| differences.iter().any(|d| d.field == field);
        let patch = UserPatch {
            email: differs("email").then(|| wanted.email.clone()),
            email_verified: says.email_verified,
            full_name: differs("full_name").then(|| wanted.full_name.clone()),
            attributes: differs("attributes").then(|| wanted.attributes.clone()),
            metadata: None,
            superuser: says.superuser.filter(|_| differs("superuser")),
            expires_at: differs("expires_at").then_some(wanted.expires_at),
            username: None,
        };
        let others =
            differences.iter().any(|d| !matches!(d.field.as_str(), "aliases" | "disabled"));
        let mut user = user;
        if others {
            let former = user.clone();
            user = ::realms::update_user::run(self.tx, user, patch, &IfMatch::Any).await?;
            if let Some(passwords) = self.way.passwords.filter(|_| user.email != former.email) {
                passwords.address_changed(self.tx, &former).await?;
            }
        }
        if differs("aliases") {
            user = self.write_aliases(wanted.aliases, user).await?;
        }
        match says.disabled.filter(|_| differs("disabled")) {
            Some(true) => {
                ::realms::disable_user::run(self.tx, user, &IfMatch::Any).await?;
            }
            Some(false) => {
                ::realms::enable_user::run(self.tx, user, &IfMatch::Any).await?;
            }
            None => {}
        }
        Ok(())
    }

    async fn write_aliases(
        &mut self,
        wanted: Vec<names::Alias>,
        mut user: User,
    ) -> Result<User, Problem> {
        let any = &IfMatch::Any;
        for alias in user.aliases.clone().into_iter().filter(|alias| !wanted.contains(alias)) {
            user = ::realms::remove_alias::run(self.tx, user, &alias.value, any).await?;
        }
        for alias in wanted {
            if !user.aliases.contains(&alias) {
                user = ::realms::add_alias::run(self.tx, user, alias, any).await?;
            }
        }
        Ok(user)
    }
}

/// The user as others name it.
pub(crate) fn name(user: &file::User) -> UserName {
    UserName { name: user.username.clone(), realm: user.realm.clone() }
}

/// What the file says, read as the operations on users read it. Without its groups and roles.
pub(crate) fn new_user(from: &Placed<file::User>, realm: NodeId) -> Result<NewUser, Problem> {
    let says = &from.says;
    let wrong =
        |field: &str, error: &(dyn std::fmt::Display + Sync)| from.refuse(SECTION, field, error);
    let email = says.email.clone().filter(|text| !text.is_empty());
    let full_name = says.full_name.clone().filter(|text| !text.is_empty());
    let mut aliases = Vec::new();
    for (index, alias) in says.aliases.iter().flatten().enumerate() {
        let field = format!("/aliases/{index}");
        let kind = AliasKind::try_from(alias.kind.clone()).map_err(|e| wrong(&field, &e))?;
        let alias = names::Alias::new(kind, alias.value.clone()).map_err(|e| wrong(&field, &e))?;
        aliases.push(alias);
    }
    let attributes = says.attributes.clone().unwrap_or_default();
    let email_verified = says.email_verified.unwrap_or(false) && email.is_some();
    Ok(NewUser {
        email_verified,
        email: email.map(Email::try_from).transpose().map_err(|e| wrong("/email", &e))?,
        full_name: full_name
            .map(FullName::try_from)
            .transpose()
            .map_err(|e| wrong("/full_name", &e))?,
        aliases,
        attributes: Attributes::try_from(attributes).map_err(|e| wrong("/attributes", &e))?,
        superuser: says.superuser.unwrap_or(false),
        disabled: says.disabled.unwrap_or(false),
        expires_at: says.expires_at,
        ..NewUser::named(realm, says.username.clone())
    })
}

/// What is different, of the fields that the file names.
fn differences(says: &file::User, wanted: &NewUser, user: &User) -> Vec<Difference> {
    let aliases = |list: &[names::Alias]| -> BTreeSet<String> {
        list.iter().map(|alias| format!("{}:{}", alias.kind, alias.value)).collect()
    };
    let disabled = user.state.is_disabled();
    [
        says.email.is_some().then(|| Difference::of("email", &user.email, &wanted.email)),
        says.email_verified
            .map(|says| Difference::of("email_verified", &user.verified_email().is_some(), &says)),
        says.full_name
            .is_some()
            .then(|| Difference::of("full_name", &user.full_name, &wanted.full_name)),
        says.aliases
            .is_some()
            .then(|| Difference::of("aliases", &aliases(&user.aliases), &aliases(&wanted.aliases))),
        says.attributes
            .is_some()
            .then(|| Difference::of("attributes", &user.attributes, &wanted.attributes)),
        says.superuser.map(|superuser| Difference::of("superuser", &user.superuser, &superuser)),
        says.disabled.map(|wanted| Difference::of("disabled", &disabled, &wanted)),
        says.expires_at
            .is_some()
            .then(|| Difference::of("expires_at", &user.expires_at, &wanted.expires_at)),
    ]
    .into_iter()
    .flatten()
    .flatten()
    .collect()
}
