//! `portcullis user create`, `lock`, `unlock`, `reset`, `reset-factors`; `hash-password` asks no server and is elsewhere

use std::process::ExitCode;

use http::Method;
use serde_json::{Value, json};
use world::file::UserName;

use super::{
    arguments::{CreateUser, LockUser, ResetUser, User},
    connection::{Connection, segment},
    failure::Failed,
    output::Output,
    secret,
};

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
