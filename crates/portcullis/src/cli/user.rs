//! `portcullis user create`, `lock`, `unlock`, `reset`, `reset-factors`; `hash-password` asks no server and is elsewhere

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use world::file::UserName;

use super::{
    connection::{Connection, segment},
    failure::Failed,
    hash_password::HashPassword,
    output::Output,
    secret,
};

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make a user.
    Create(CreateUser),
    /// Lock a user out.
    Lock(LockUser),
    /// Let a locked user in again.
    Unlock(OneUser),
    /// Give a user a new password; all its sessions end.
    Reset(ResetUser),
    /// Remove a user's second factors and recovery codes; all its sessions end.
    ResetFactors(OneUser),
    /// Hash a password for a users file; no server is asked, and no rule of passwords is checked.
    HashPassword(HashPassword),
}

/// A user to make.
#[derive(Debug, Args)]
pub struct CreateUser {
    /// name@realm.
    pub user: world::file::UserName,
    /// E-mail address.
    #[arg(long)]
    pub email: Option<String>,
    /// Full name.
    #[arg(long)]
    pub full_name: Option<String>,
    /// A role to assign at $global, name or name@/owner; several are possible.
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// A group to join, name or name@/owner; several are possible.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// The user may do everything.
    #[arg(long)]
    pub superuser: bool,
    /// Read the password from the first line of standard input.
    #[arg(long, conflicts_with = "no_password")]
    pub password_stdin: bool,
    /// The user has no password.
    #[arg(long)]
    pub no_password: bool,
    /// The user must change the password at the first sign-in, before anything else.
    #[arg(long, conflicts_with = "no_password")]
    pub must_change: bool,
}

/// A user to lock.
#[derive(Debug, Args)]
pub struct LockUser {
    /// name@realm.
    pub user: world::file::UserName,
    /// Until this moment (RFC 3339); without it, until somebody unlocks.
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
    /// Why.
    #[arg(long)]
    pub reason: Option<String>,
}

/// A user.
#[derive(Debug, Args)]
pub struct OneUser {
    /// name@realm.
    pub user: world::file::UserName,
}

/// A user who gets a new password.
#[derive(Debug, Args)]
pub struct ResetUser {
    /// name@realm.
    pub user: world::file::UserName,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
    /// The user must change it at the next sign-in, before anything else.
    #[arg(long)]
    pub must_change: bool,
}

/// Does it.
pub async fn run(
    connection: &Connection,
    command: &User,
    output: Output,
) -> Result<ExitCode, Failed> {
    match command {
        User::Create(arguments) => create(connection, arguments, output).await?,
        User::Lock(arguments) => lock(connection, arguments, output).await?,
        User::Unlock(arguments) => {
            let path = format!("{}/unlock", path(&arguments.user));
            let user: Value = connection.call(Method::POST, &path, None).await?.json().await?;
            output.show(&user, || format!("{} is unlocked.", arguments.user))?;
        }
        User::Reset(arguments) => reset(connection, arguments, output).await?,
        User::ResetFactors(arguments) => reset_factors(connection, &arguments.user, output).await?,
        User::HashPassword(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn path(user: &UserName) -> String {
    format!("/api/v1/realms/{}/users/{}", segment(user.realm.as_str()), segment(user.name.as_str()))
}

async fn create(
    connection: &Connection,
    arguments: &CreateUser,
    output: Output,
) -> Result<(), Failed> {
    let CreateUser {
        user,
        email,
        full_name,
        roles,
        groups,
        superuser,
        password_stdin,
        no_password,
        must_change,
    } = arguments;
    let mut input = json!({
        "username": user.name.as_str(), "email": email, "full_name": full_name,
        "roles": roles, "groups": groups, "superuser": superuser,
    });
    if !no_password {
        input["password"] = secret::new_password(*password_stdin)?.into();
        input["must_change_password"] = (*must_change).into();
    }
    let path = format!("/api/v1/realms/{}/users", segment(user.realm.as_str()));
    let made: Value = connection.send(Method::POST, &path, &input).await?.json().await?;
    output.show(&made, || format!("{user} is made."))
}

async fn lock(connection: &Connection, arguments: &LockUser, output: Output) -> Result<(), Failed> {
    let LockUser { user, until, reason } = arguments;
    let input = json!({"until": until, "reason": reason});
    let path = format!("{}/lock", path(user));
    let locked: Value = connection.send(Method::POST, &path, &input).await?.json().await?;
    output.show(&locked, || match until {
        Some(until) => format!("{user} is locked until {until}."),
        None => format!("{user} is locked."),
    })
}

async fn reset(
    connection: &Connection,
    arguments: &ResetUser,
    output: Output,
) -> Result<(), Failed> {
    let password = secret::new_password(arguments.password_stdin)?;
    let input = json!({"password": password, "must_change": arguments.must_change});
    let path = format!("{}/password", path(&arguments.user));
    let done: Value = connection.send(Method::PUT, &path, &input).await?.json().await?;
    output
        .show(&done, || format!("{} has a new password; its sessions have ended.", arguments.user))
}

async fn reset_factors(
    connection: &Connection,
    user: &UserName,
    output: Output,
) -> Result<(), Failed> {
    let path = format!("{}/factors", path(user));
    let done: Value = connection.call(Method::DELETE, &path, None).await?.json().await?;
    output.show(&done, || format!("{user} has no second factor; its sessions have ended."))
}
