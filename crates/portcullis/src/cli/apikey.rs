//! `portcullis apikey create`, `list`, `revoke`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::{
    connection::{Connection, segment},
    failure::Failed,
    output::{Output, cell, table},
};

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKey {
    /// Make a key, and the service account if it is not there. The key is printed once.
    Create(CreateApiKey),
    /// The keys.
    List,
    /// End a key at once.
    Revoke(OneApiKey),
}

/// A key to make.
#[derive(Debug, Args)]
pub struct CreateApiKey {
    /// The service account.
    #[arg(long)]
    pub name: String,
    /// The one role that the key acts in, name or name@/owner.
    #[arg(long)]
    pub role: String,
    /// How long it lasts.
    #[arg(long, default_value = "90d", value_parser = ["1d", "7d", "30d", "90d", "never"])]
    pub expires_in: String,
}

/// A key.
#[derive(Debug, Args)]
pub struct OneApiKey {
    /// Its id.
    pub id: String,
}

/// Does it.
pub async fn run(
    connection: &Connection,
    command: &ApiKey,
    output: Output,
) -> Result<ExitCode, Failed> {
    match command {
        ApiKey::Create(arguments) => create(connection, arguments, output).await?,
        ApiKey::List => list(connection, output).await?,
        ApiKey::Revoke(key) => {
            let path = format!("/api/v1/api-keys/{}", segment(&key.id));
            let answer: Value = connection.call(Method::DELETE, &path, None).await?.json().await?;
            output.show(&answer, || format!("The key {} is revoked.", key.id))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The service account of `$global` with this name, its role, and the key; what is there already is left.
async fn create(
    connection: &Connection,
    arguments: &CreateApiKey,
    output: Output,
) -> Result<(), Failed> {
    let CreateApiKey { name, role, expires_in } = arguments;
    let place = format!("/$global/{name}");
    let account = json!({"name": name});
    there(connection.send(Method::POST, "/api/v1/service-accounts", &account).await?).await?;
    let assignment = json!({"subject": place, "role": role});
    there(connection.send(Method::POST, "/api/v1/assignments", &assignment).await?).await?;
    let input = json!({"name": name, "owner": place, "role": role, "expires_in": expires_in});
    let made = connection.send(Method::POST, "/api/v1/api-keys", &input).await?;
    let made: Value = made.json().await?;
    output.show(&made, || {
        // The key alone on the first line: a script takes it, a person reads on.
        format!(
            "{}\nThis is the only time the key is shown. Its id is {}.",
            cell(&made, "key"),
            cell(&made, "id")
        )
    })
}

/// It was made, or was there already.
async fn there(answer: super::connection::Answer) -> Result<(), Failed> {
    const CONFLICT: u16 = 409;
    if answer.status() == CONFLICT { Ok(()) } else { answer.json::<Value>().await.map(drop) }
}

async fn list(connection: &Connection, output: Output) -> Result<(), Failed> {
    let mut all: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/api-keys?limit=500{cursor}");
        let page: Value = connection.get(&path).await?.json().await?;
        all.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", segment(next)),
            None => break,
        }
    }
    let fields = ["id", "name", "role", "expires_at"];
    let rows: Vec<Vec<String>> =
        all.iter().map(|key| fields.map(|field| cell(key, field)).to_vec()).collect();
    output.show(&all, || table(&["ID", "NAME", "ROLE", "EXPIRES"], &rows))
}
