//! First passwords: hashed before the write lock is taken, for those users of the file that are not there yet.

use context::Ctx;
use kernel::Problem;
use protocol::password::PasswordHash;
use realms::{HashedPassword, Passwords};
use secrecy::SecretString;

use crate::{
    apply::{Hashes, new_user, user_name},
    file::{self, Password, Place},
    places::Places,
    world::{Placed, World},
};

const SECTION: &str = "users";

/// The hashes, by user.
pub(crate) async fn hash(
    ctx: &Ctx,
    world: &World,
    passwords: &dyn Passwords,
) -> Result<Hashes, Problem> {
    let mut hashes = Hashes::new();
    let with_password: Vec<&Placed<file::User>> = world
        .users
        .list
        .iter()
        .filter(|from| from.says.password.is_some() || from.says.password_hash.is_some())
        .collect();
    if with_password.is_empty() {
        return Ok(hashes);
    }
    let places: Vec<Place> =
        with_password.iter().map(|from| user_name(&from.says).place()).collect();
    let read = ctx.read().await?;
    let known = Places::find(&read, places.into_iter()).await?;
    drop(read);
    for from in with_password {
        let name = user_name(&from.says);
        if known.get(&name.place()).is_none() {
            hashes.insert(name, one(ctx, from, passwords).await?);
        }
    }
    Ok(hashes)
}

/// What can be known about passwords without hashing: that each user has one of the two forms, and a good one.
pub(crate) fn check(world: &World) -> Result<(), Problem> {
    for from in &world.users.list {
        match (&from.says.password, &from.says.password_hash) {
            (Some(_), Some(_)) => {
                let detail = "a user has 'password' or 'password_hash', not both";
                return Err(from.refuse(SECTION, "/password_hash", detail));
            }
            (Some(Password::Variable(_)), None) => {
                let detail = "a variable is resolved by the command line, never by the server";
                return Err(from.refuse(SECTION, "/password/env", detail));
            }
            (None, Some(hash)) => {
                PasswordHash::parse(hash)
                    .map_err(|error| from.refuse(SECTION, "/password_hash", error))?;
            }
            (None, None) if from.says.must_change_password == Some(true) => {
                let detail = "a user without a password has none to change";
                return Err(from.refuse(SECTION, "/must_change_password", detail));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn one(
    ctx: &Ctx,
    from: &Placed<file::User>,
    passwords: &dyn Passwords,
) -> Result<HashedPassword, Problem> {
    match (&from.says.password, &from.says.password_hash) {
        (Some(Password::Plain(text)), _) => {
            // The realm does not matter for what a password must not contain.
            let about = new_user(from, kernel::NodeId::GLOBAL)?.password_facts();
            let secret = SecretString::from(text.clone());
            let hash = passwords.check_and_hash(ctx, &secret, &about).await;
            hash.map_err(|problem| from.locate(SECTION, problem))
        }
        (_, Some(hash)) => Ok(HashedPassword(hash.clone())),
        _ => Err(Problem::internal("a user without a password was to be hashed")),
    }
}
