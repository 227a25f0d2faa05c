//! `portcullis what-if -f FILE`

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use http::Method;
use serde_json::{Value, json};
use world::{file::Document, parse};

use super::{
    apply,
    connection::Connection,
    failure::Failed,
    output::{Output, cell},
    progress,
};

/// A change that is not made.
#[derive(Debug, Args)]
pub struct WhatIf {
    /// The world file, YAML or JSON; - for standard input. Several are one.
    #[arg(short, long = "file", value_name = "FILE", required_unless_present = "unassign")]
    pub files: Vec<PathBuf>,
    /// As if what the sections and roots that the file names have beside it were deleted.
    #[arg(long)]
    pub prune: bool,
    /// As if an assignment were removed, by its id; several are possible.
    #[arg(long, value_name = "ID")]
    pub unassign: Vec<String>,
    /// Only this user or service account, an id or a path such as /staff/jane; several are possible.
    #[arg(long = "subject", value_name = "NODE")]
    pub subjects: Vec<String>,
    /// Only this permission; several are possible.
    #[arg(long = "permission", value_name = "NAME")]
    pub permissions: Vec<String>,
    /// How many users and service accounts are listed, 1 to 500.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// How many nodes are named where some are gained or lost, 0 to 500.
    #[arg(long, default_value_t = 3)]
    pub nodes: u32,
}

/// Prints who would gain and lose what.
pub async fn run(
    connection: &Connection,
    arguments: &WhatIf,
    output: Output,
) -> Result<ExitCode, Failed> {
    let question = serde_json::to_vec(&question(arguments)?)
        .map_err(|error| Failed::new(error.to_string()))?;
    let path = "/api/v1/access/what-if";
    let asked = connection.call(Method::POST, path, Some(question.into()));
    let answer: Value = progress::watch("comparing", asked).await?.json().await?;
    output.show(&answer, || text(&answer))?;
    Ok(ExitCode::SUCCESS)
}

fn question(arguments: &WhatIf) -> Result<Value, Failed> {
    let WhatIf { files, prune, unassign, subjects, permissions, limit, nodes } = arguments;
    let mut question = json!({"change": documents(files)?, "prune": prune, "limit": limit, "nodes": nodes,
        "remove": {"assignments": unassign}});
    if !subjects.is_empty() {
        question["subjects"] = json!(subjects);
    }
    if !permissions.is_empty() {
        question["permissions"] = json!(permissions);
    }
    Ok(question)
}

/// All documents of all files. Passwords stay here: nothing is asked about them.
fn documents(files: &[PathBuf]) -> Result<Vec<Document>, Failed> {
    let mut all: Vec<Document> = Vec::new();
    for file in files {
        let bytes = apply::read(file)?;
        parse::each(&bytes, apply::form(file, &bytes), |document| all.push(document))
            .map_err(|problem| Failed::from(problem).in_file(file))?;
    }
    for user in all.iter_mut().flat_map(|document| document.users.iter_mut().flatten()) {
        (user.password, user.password_hash) = (None, None);
    }
    Ok(all)
}

fn text(answer: &Value) -> String {
    let empty = Vec::new();
    let list = |value: &Value| value.as_array().unwrap_or(&empty).clone();
    let mut lines = Vec::new();
    let items = list(&answer["items"]);
    for item in &items {
        let new = if item["new"] == true { " (new)" } else { "" };
        lines.push(format!("{}{new}", who(item)));
        for change in list(&item["changes"]) {
            let names: Vec<String> = list(&change["permissions"])
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            for (mark, field) in [("+", "gained"), ("-", "lost")] {
                if change[field]["total"].as_u64() > Some(0) {
                    lines.push(format!(
                        "  {mark} {}: {}",
                        names.join(", "),
                        places(&change[field])
                    ));
                }
            }
        }
    }
    let more = answer["total"].as_u64().unwrap_or(0).saturating_sub(items.len() as u64);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.push(format!("{} gain, {} lose", cell(answer, "gaining"), cell(answer, "losing")));
    let open: Vec<String> = list(&answer["unregistered"])
        .iter()
        .filter_map(|pattern| pattern.as_str().map(str::to_owned))
        .collect();
    if !open.is_empty() {
        let open = open.join(", ");
        lines.push(format!("It is also about permissions that nobody registered: {open}"));
    }
    if answer["partial"] == true {
        lines.push("There are nodes that you may not inspect; they are left out.".to_owned());
    }
    lines.push("Nothing was changed.".to_owned());
    lines.join("\n")
}

fn who(item: &Value) -> String {
    match item.get("subject") {
        Some(subject) => name(subject),
        None => "whoever is not signed in".to_owned(),
    }
}

/// Some nodes by name, and how many more.
fn places(set: &Value) -> String {
    let named: Vec<String> = set["nodes"].as_array().into_iter().flatten().map(name).collect();
    let total = set["total"].as_u64().unwrap_or(0);
    let more = total.saturating_sub(named.len() as u64);
    match (named.is_empty(), more) {
        (true, _) => format!("{total} nodes"),
        (false, 0) => named.join(", "),
        (false, more) => format!("{} and {more} more", named.join(", ")),
    }
}

fn name(node: &Value) -> String {
    if node["path"].is_string() { cell(node, "path") } else { cell(node, "id") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_can_read_it() {
        let set = |total: u64, paths: &[&str]| json!({"total": total, "nodes": paths.iter().map(|path| json!({"id": "x", "path": path})).collect::<Vec<_>>()});
        let answer = json!({"items": [
            {"type": "nobody", "new": false, "changes": [
                {"permissions": ["read"], "gained": set(7, &[]), "lost": set(0, &[])}]},
            {"type": "user", "subject": {"id": "1", "path": "/staff/jane"}, "new": false, "changes": [
                {"permissions": ["contract.edit", "contract.view"], "gained": set(5, &["/acme", "/acme/x"]),
                 "lost": set(1, &["/b"])}]},
            {"type": "user", "subject": {"id": "2"}, "new": true, "changes": []},
        ], "total": 4, "gaining": 3, "losing": 1, "unregistered": ["sql:*"], "partial": true});
        insta::assert_snapshot!(text(&answer), @r"
        whoever is not signed in
          + read: 7 nodes
        /staff/jane
          + contract.edit, contract.view: /acme, /acme/x and 3 more
          - contract.edit, contract.view: /b
        2 (new)
        and 1 more
        3 gain, 1 lose
        It is also about permissions that nobody registered: sql:*
        There are nodes that you may not inspect; they are left out.
        Nothing was changed.
        ");
    }
}
