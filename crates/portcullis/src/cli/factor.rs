//! `portcullis factor list`, `require`, `remove`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::{
    connection::{Connection, segment},
    failure::Failed,
    output::{Output, cell, table},
};

/// What to do with the rules on second factors.
#[derive(Debug, Subcommand)]
pub enum Factor {
    /// The rules.
    List,
    /// Ask some users for a second factor, from their next sign-in on.
    Require(NewFactorRule),
    /// Remove a rule; factors that users have are asked for as before.
    Remove(OneFactorRule),
}

/// A rule to make, for one of realm, role and user.
#[derive(Debug, Args)]
pub struct NewFactorRule {
    /// For all users of this realm.
    #[arg(long, required_unless_present_any = ["role", "user"], conflicts_with_all = ["role", "user"])]
    pub realm: Option<String>,
    /// For whoever holds this role, wherever: its id, name, or name@/owner.
    #[arg(long, conflicts_with = "user")]
    pub role: Option<String>,
    /// For this user, name@realm.
    #[arg(long)]
    pub user: Option<world::file::UserName>,
    /// How many types of factors a sign-in must show, 1 or 2.
    #[arg(long, default_value_t = 1)]
    pub steps: u32,
    /// A type that counts: passkey, totp, email, sms; several are possible, none: all.
    #[arg(long = "method", value_name = "METHOD")]
    pub methods: Vec<String>,
}

/// A rule.
#[derive(Debug, Args)]
pub struct OneFactorRule {
    /// Its id, as `factor list` shows it.
    pub rule: kernel::FactorRuleId,
}

const PATH: &str = "/api/v1/second-factor-rules";

/// Does it.
pub async fn run(
    connection: &Connection,
    command: &Factor,
    output: Output,
) -> Result<ExitCode, Failed> {
    match command {
        Factor::List => list(connection, output).await?,
        Factor::Require(rule) => require(connection, rule, output).await?,
        Factor::Remove(removed) => {
            let path = format!("{PATH}/{}", removed.rule);
            let done: Value = connection.call(Method::DELETE, &path, None).await?.json().await?;
            output.show(&done, || format!("The rule {} is removed.", removed.rule))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(connection: &Connection, output: Output) -> Result<(), Failed> {
    let all: Value = connection.get(PATH).await?.json().await?;
    let rows: Vec<Vec<String>> = all["items"].as_array().into_iter().flatten().map(row).collect();
    output.show(&all["items"], || table(&["ID", "FOR", "STEPS", "METHODS"], &rows))
}

fn row(rule: &Value) -> Vec<String> {
    let whose = ["realm", "role", "user"].into_iter().find(|field| rule.get(field).is_some());
    let whose =
        whose.map_or_else(|| "-".to_owned(), |field| format!("{field} {}", cell(rule, field)));
    let methods = rule["methods"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let methods = methods.collect::<Vec<_>>().join(", ");
    vec![cell(rule, "id"), whose, cell(rule, "steps"), methods]
}

async fn require(
    connection: &Connection,
    rule: &NewFactorRule,
    output: Output,
) -> Result<(), Failed> {
    let mut input = json!({"steps": rule.steps});
    if let Some(realm) = &rule.realm {
        input["realm"] = realm.as_str().into();
    }
    if let Some(user) = &rule.user {
        input["user"] = user.to_string().into();
    }
    if let Some(role) = &rule.role {
        let path = format!("/api/v1/roles/{}", segment(role));
        let found: Value = connection.get(&path).await?.json().await?;
        input["role"] = found["id"].clone();
    }
    if !rule.methods.is_empty() {
        input["methods"] = rule.methods.clone().into();
    }
    let made: Value = connection.send(Method::POST, PATH, &input).await?.json().await?;
    output.show(&made, || format!("The rule {} is made.", cell(&made, "id")))
}
