//! `portcullis demo`

use std::{collections::BTreeMap, path::Path, process::ExitCode};

use http::Method;
use world::{apply_world::Applied, parse::Form, variables};

use super::{
    arguments,
    connection::{self, Connection},
    demo_world::{BY_HAND, PEOPLE, made_up},
    failure::Failed,
    output, progress,
};
use crate::serve;

/// Makes the demonstration world where nothing is, runs a server on it, and prints who can sign in.
pub async fn run(
    config: Option<&Path>,
    mut flags: BTreeMap<String, String>,
) -> Result<ExitCode, Failed> {
    for (key, value) in [("data", "./portcullis-demo"), ("log", "warn")] {
        flags.entry(key.to_owned()).or_insert_with(|| value.to_owned());
    }
    let values = arguments::values(config, &flags)?;
    let offline = connection::open(&values, None, true).await?;
    let made = match &offline {
        Connection::Offline { .. } => progress::watch("making the world", make(&offline)).await,
        _ => Err(Failed::new("a server is running on this data directory; stop it first")),
    };
    offline.close().await?;
    made?;
    serve::run(values, |_, address| {
        // A closed standard output is no reason to stop.
        let _ = output::print(&greeting(address));
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// Applies the world, unless it was applied before: then it is as its users left it.
async fn make(connection: &Connection) -> Result<(), Failed> {
    const NOT_FOUND: u16 = 404;
    if connection.get("/api/v1/realms/staff").await?.status() != NOT_FOUND {
        return Ok(());
    }
    let mut file = variables::resolve(BY_HAND.as_bytes(), Form::Yaml, |_| None)?;
    file.extend(made_up().to_string().into_bytes());
    let answer = connection.call(Method::POST, "/api/v1/world", Some(file.into())).await?;
    answer.json::<Applied>().await.map(drop)
}

fn greeting(address: &str) -> String {
    let rows: Vec<Vec<String>> = PEOPLE
        .iter()
        .map(|person| {
            [person.username, person.realm, person.password, person.may].map(str::to_owned).to_vec()
        })
        .collect();
    let people = output::table(&["USER", "REALM", "PASSWORD", "MAY"], &rows);
    let [_, bob, ..] = &PEOPLE;
    let login = format!(
        r#"{{"type":"password","realm":"{}","authentication_id":"{}","secret":"{}"}}"#,
        bob.realm, bob.username, bob.password
    );
    let json = "-H 'content-type: application/json'";
    let question = r#"{"permission":"contract.edit","node":"/acme/northwind/contract-0001"}"#;
    let why = r#"{"permission":"contract.delete","node":"/acme/northwind/contract-0001"}"#;
    format!(
        "Portcullis answers at {address} with a demonstration world; its passwords are no secret.\n\n{people}\n\n\
         Look around: {address}/console/\n\n\
         Or ask (the whole API: {address}/docs):\n\
         TOKEN=$(curl -s {address}/auth/login {json} -d '{login}' | sed -E 's/.*\"access_token\":\"([^\"]+)\".*/\\1/')\n\
         curl -s {address}/api/v1/access/decide -H \"authorization: Bearer $TOKEN\" {json} -d '{question}'\n\
         curl -s {address}/api/v1/access/explain -H \"authorization: Bearer $TOKEN\" {json} -d '{why}'"
    )
}
