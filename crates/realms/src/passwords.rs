//! Passwords belong to `signin`, which knows this crate; so what the operations on users need of it is a trait here.

use std::{fmt, pin::Pin};

use context::{Ctx, Reading, Writing};
use jiff::Timestamp;
use kernel::{NodeId, Problem};
use secrecy::SecretString;

use crate::model::User;

/// What a [`Passwords`] answers, in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// What a password must not contain: what is known about the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PasswordFacts {
    /// The user, if there is one already: for the history of passwords.
    pub user: Option<NodeId>,
    /// The user name.
    pub username: String,
    /// E-mail, full name, aliases.
    pub words: Vec<String>,
}

/// A lock that failed sign-ins have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockout {
    /// Whom it locks.
    pub user: NodeId,
    /// The last of the failures.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// A hash in PHC string form. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedPassword(pub String);

impl fmt::Debug for HashedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedPassword(..)")
    }
}

/// Setting passwords; implemented by `signin`, given to the handlers as `State<Arc<dyn Passwords>>`.
pub trait Passwords: Send + Sync {
    /// Checks a new password against the policy and hashes it. It takes long, so it is called before the transaction
    /// begins. Too weak is 422 at `/password`.
    fn check_and_hash<'a>(
        &'a self,
        ctx: &'a Ctx,
        password: &'a SecretString,
        about: &'a PasswordFacts,
    ) -> Answer<'a, HashedPassword>;

    /// Writes the hash as the user's password, and ends what the old one had opened: sessions, remembered devices. With
    /// `must_change` it is good for nothing but to be changed. The operation that calls it has asked whether it may.
    fn store<'a>(
        &'a self,
        tx: &'a mut Writing,
        user: NodeId,
        hash: HashedPassword,
        must_change: bool,
    ) -> Answer<'a, ()>;

    /// A condition in SQL on `u.id`: the users whom failed sign-ins lock at the moment `$1`, in microseconds.
    fn locked_out(&self) -> &'static str;

    /// The locks that failed sign-ins have put on users, those that hold now; at least those of `users`.
    fn lockouts<'a>(&'a self, read: &'a Reading, users: &'a [NodeId]) -> Answer<'a, Vec<Lockout>>;

    /// The user, as it was, has got another e-mail address: it is told so at the former one.
    fn address_changed<'a>(&'a self, tx: &'a mut Writing, former: &'a User) -> Answer<'a, ()>;

    /// Forgets the failed sign-ins that were counted for the user: an administrator has unlocked it.
    fn unlocked<'a>(&'a self, tx: &'a mut Writing, user: NodeId) -> Answer<'a, ()>;
}
