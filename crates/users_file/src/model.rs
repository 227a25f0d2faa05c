//! What a users file says, without its form.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Name;
use realms::{
    HashedPassword,
    names::{Email, FullName},
};

/// The roles that every installation has. A file may name them, and has none of its own called so.
pub(crate) const BUILT_IN_ROLES: [&str; 4] = ["admin", "editor", "viewer", "none"];

/// All that a file says. Two that say the same are equal, however they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsersFile {
    /// `[roles.NAME]`
    pub roles: BTreeMap<Name, FileRole>,
    /// `[users.NAME]`
    pub users: BTreeMap<Name, FileUser>,
}

/// A role: what it allows, and after `!` what it denies, everywhere. The order means nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileRole {
    /// Rules, as they are written: `sql:crm:*`, `!sql:crm:customers_delete`.
    pub permissions: BTreeSet<String>,
}

/// A user. What the file keeps for others (`provider`, `sub`) is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUser {
    /// The hash of the password; none: there is no sign-in with one.
    pub password: Option<HashedPassword>,
    /// Roles of the file, and built-in ones.
    pub roles: BTreeSet<Name>,
    /// Whether it may sign in, and do anything at all.
    pub active: bool,
    /// Whether it may do everything.
    pub superuser: bool,
    /// Where it gets mail.
    pub email: Option<Email>,
    /// How people call it.
    pub full_name: Option<FullName>,
}

impl Default for FileUser {
    /// What a user is of whom the file says nothing but the name.
    fn default() -> Self {
        Self {
            password: None,
            roles: BTreeSet::new(),
            active: true,
            superuser: false,
            email: None,
            full_name: None,
        }
    }
}
