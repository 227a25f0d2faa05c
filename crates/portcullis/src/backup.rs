//! `POST /api/v1/backup`: a consistent copy of the database, made while the server runs.

use std::path::{Path, PathBuf};

use axum::extract::State;
use context::{Action, Event, EventKind};
use kernel::{NodeId, Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use store::{Target, copy};
use tokio::process::Command;
use utoipa::ToSchema;
use web::{Json, Op};

/// Where the data are, for the copy.
#[derive(Debug, Clone)]
pub struct Source(pub Target);

/// Copying the whole database: `system:backup` at `$global`, through the control socket alone.
#[derive(Debug)]
pub struct MakeBackup;

impl Action for MakeBackup {
    type Resource = NodeId;
    const PERMISSION: &'static str = "system:backup";
}

/// Where to put the copy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupInput {
    /// An absolute path on the server's machine where nothing is yet.
    #[schema(value_type = String)]
    file: PathBuf,
}

/// The copy.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupView {
    /// How large it is, in bytes.
    bytes: u64,
    /// `sqlite` (a database file) or `pg_dump` (a custom-format dump).
    form: &'static str,
}

/// Copies the database to a file of the server's machine: for its operator alone.
#[utoipa::path(post, path = "/api/v1/backup", tag = "running", operation_id = "make_backup", request_body = BackupInput,
    responses((status = 200, body = BackupView), (status = 403, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("system:backup"))))]
pub async fn handle(
    Op(ctx): Op,
    State(source): State<Source>,
    Json(input): Json<BackupInput>,
) -> web::Result<Json<BackupView>> {
    let proof = ctx.permit::<MakeBackup>(NodeId::GLOBAL)?;
    if ctx.principal().who != policy::Who::Operator {
        // A path of the machine is the operator's business: the network must not write files.
        return Err(Problem::forbidden(
            "A backup is made through the control socket: `portcullis backup FILE`.",
        )
        .into());
    }
    check(&input.file)?;
    let form = copy(&source.0, &input.file).await?;
    let bytes = tokio::fs::metadata(&input.file).await.map_err(Problem::internal)?.len();
    ctx.audit(Event::new(EventKind::Backup, "system.backup").about(
        "database",
        form,
        proof.into_inner(),
    ))
    .await?;
    Ok(Json(BackupView { bytes, form }))
}

fn check(file: &Path) -> Result<(), Problem> {
    if !file.is_absolute() {
        return Err(Problem::invalid("/file", "must be an absolute path"));
    }
    if file.exists() {
        return Err(Problem::invalid("/file", "is there already"));
    }
    Ok(())
}

async fn copy(source: &Target, file: &Path) -> Result<&'static str, Problem> {
    make_private(file)?;
    match source {
        Target::Sqlite(database) => {
            copy::copy_sqlite(database, file).await?;
            Ok("sqlite")
        }
        Target::Postgres(url) => {
            let output = Command::new("pg_dump")
                .arg("--format=custom")
                .arg("--file")
                .arg(file)
                .envs(connection(url)?)
                .output()
                .await
                .map_err(|error| missing().with_cause(error))?;
            if output.status.success() {
                Ok("pg_dump")
            } else {
                Err(Problem::internal(String::from_utf8_lossy(&output.stderr).into_owned()))
            }
        }
    }
}

/// An empty file that its owner alone may read: both ways of copying keep the mode.
fn make_private(file: &Path) -> Result<(), Problem> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map(drop)
        .map_err(|error| Problem::invalid("/file", format!("cannot be written: {}", error.kind())))
}

/// The address as variables: in the arguments every user of the machine could read the password.
fn connection(url: &str) -> Result<Vec<(&'static str, String)>, Problem> {
    let url = url::Url::parse(url).map_err(|_| Problem::internal("the address of the database"))?;
    let mut variables = vec![
        ("PGHOST", url.host_str().unwrap_or("localhost").to_owned()),
        ("PGPORT", url.port().unwrap_or(5432).to_string()),
        ("PGUSER", percent_decoded(url.username())),
        ("PGDATABASE", percent_decoded(url.path().trim_start_matches('/'))),
    ];
    if let Some(password) = url.password() {
        variables.push(("PGPASSWORD", percent_decoded(password)));
    }
    for (name, value) in url.query_pairs() {
        match &*name {
            "sslmode" => variables.push(("PGSSLMODE", value.into_owned())),
            "sslrootcert" => variables.push(("PGSSLROOTCERT", value.into_owned())),
            "host" => variables.push(("PGHOST", value.into_owned())),
            _ => {}
        }
    }
    Ok(variables)
}

/// Undoes the percent-encoding of a part of an address.
fn percent_decoded(text: &str) -> String {
    // A query value decodes the same way, but for '+', which it takes for a space.
    let pair = format!("v={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

fn missing() -> Problem {
    Problem::new(ProblemKind::Unavailable, "pg_dump is not installed on the server's machine.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_becomes_variables() {
        let variables =
            connection("postgres://ann:p%40ss%2Bw+d@db:5433/my%20data?sslmode=require").unwrap();
        let get = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
        assert_eq!(get("PGUSER"), Some("ann"));
        assert_eq!(get("PGPASSWORD"), Some("p@ss+w+d"));
        assert_eq!((get("PGHOST"), get("PGPORT")), (Some("db"), Some("5433")));
        assert_eq!((get("PGDATABASE"), get("PGSSLMODE")), (Some("my data"), Some("require")));
    }
}
