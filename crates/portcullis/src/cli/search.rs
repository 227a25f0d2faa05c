//! `portcullis nodes`, `portcullis subjects` and `portcullis permissions`

use std::process::ExitCode;

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::{
    connection::Connection,
    failure::Failed,
    output::{Output, cell, table},
    principal::Principal,
};

/// A question for nodes.
#[derive(Debug, Args)]
pub struct SearchNodes {
    /// Who: name@realm, or user:ID, service_account:ID.
    pub principal: Principal,
    /// What: a permission.
    pub permission: String,
    /// Only this node and what is below it: a path or id.
    #[arg(long, value_name = "NODE")]
    pub under: Option<String>,
    /// Only this kind.
    #[arg(long)]
    pub kind: Option<String>,
    /// Which of them.
    #[command(flatten)]
    pub page: PageOf,
}

/// A question for users and service accounts.
#[derive(Debug, Args)]
pub struct SearchSubjects {
    /// What: a permission.
    pub permission: String,
    /// Where: a path or id; without it, $global.
    pub node: Option<String>,
    /// Which of them.
    #[command(flatten)]
    pub page: PageOf,
}

/// A question for permissions.
#[derive(Debug, Args)]
pub struct PermissionsOf {
    /// Who: name@realm, or user:ID, service_account:ID.
    pub principal: Principal,
    /// Where: a path or id; without it, $global.
    pub node: Option<String>,
}

/// Which part of a long answer.
#[derive(Debug, Args)]
pub struct PageOf {
    /// How many at most, 1 to 500.
    #[arg(long, default_value_t = 50, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=500))]
    pub limit: u32,
    /// Where the answer before ended, as it said.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

/// Where somebody may do something.
pub async fn nodes(
    connection: &Connection,
    search: &SearchNodes,
    output: Output,
) -> Result<ExitCode, Failed> {
    let mut question =
        json!({"principal": search.principal.to_json(), "permission": search.permission});
    set(&mut question, "under", &search.under);
    set(&mut question, "kind", &search.kind);
    let answer = answer(connection, "nodes", question, Some(&search.page)).await?;
    output.show(&answer, || {
        listed(&answer, &["KIND", "NODE"], |node| {
            vec![cell(node, "kind"), first_of(node, &["path", "id"])]
        })
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Who may do something somewhere.
pub async fn subjects(
    connection: &Connection,
    search: &SearchSubjects,
    output: Output,
) -> Result<ExitCode, Failed> {
    let mut question = json!({"permission": search.permission});
    set(&mut question, "node", &search.node);
    let answer = answer(connection, "subjects", question, Some(&search.page)).await?;
    output.show(&answer, || {
        listed(&answer, &["KIND", "REALM", "NAME"], |subject| {
            let name = first_of(subject, &["name", "id"]);
            vec![cell(subject, "kind"), cell(subject, "realm"), name]
        })
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What somebody may do somewhere.
pub async fn permissions(
    connection: &Connection,
    search: &PermissionsOf,
    output: Output,
) -> Result<ExitCode, Failed> {
    let mut question = json!({"principal": search.principal.to_json()});
    set(&mut question, "node", &search.node);
    let answer = answer(connection, "permissions", question, None).await?;
    output.show(&answer, || {
        let names = answer["permissions"].as_array().into_iter().flatten();
        names.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn answer(
    connection: &Connection,
    route: &str,
    mut question: Value,
    page: Option<&PageOf>,
) -> Result<Value, Failed> {
    if let Some(page) = page {
        question["limit"] = json!(page.limit);
        set(&mut question, "cursor", &page.cursor);
    }
    let path = format!("/api/v1/access/{route}");
    connection.send(Method::POST, &path, &question).await?.json().await
}

fn set(question: &mut Value, field: &str, value: &Option<String>) {
    if let Some(value) = value {
        question[field] = json!(value);
    }
}

/// A page as a table, with how many there are in all.
fn listed(answer: &Value, header: &[&str], row: impl Fn(&Value) -> Vec<String>) -> String {
    let rows: Vec<Vec<String>> =
        answer["items"].as_array().into_iter().flatten().map(row).collect();
    let mut text = table(header, &rows);
    text.push_str(&format!("\n{} of {}", rows.len(), cell(answer, "total")));
    if let Some(next) = answer["next_cursor"].as_str() {
        text.push_str(&format!("; the next page: --cursor {next}"));
    }
    text
}

/// The first of the fields that is there.
fn first_of(value: &Value, fields: &[&str]) -> String {
    let there = fields.iter().find(|field| value.get(**field).is_some_and(|v| !v.is_null()));
    there.map_or_else(|| "-".to_owned(), |field| cell(value, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_how_many_there_are() {
        let answer = json!({"items": [{"id": "1", "path": "/acme", "kind": "tree"},
            {"id": "2", "kind": "contract"}], "total": 7, "next_cursor": "abc"});
        let row = |node: &Value| vec![cell(node, "kind"), first_of(node, &["path", "id"])];
        insta::assert_snapshot!(listed(&answer, &["KIND", "NODE"], row), @r"
        KIND      NODE
        tree      /acme
        contract  2
        2 of 7; the next page: --cursor abc
        ");
    }
}
