//! `portcullis decide` and `portcullis explain`

use std::process::ExitCode;

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use super::{
    arguments::json_object,
    connection::Connection,
    failure::Failed,
    output::{Output, cell},
    principal::Principal,
};

/// A question.
#[derive(Debug, Args)]
pub struct Ask {
    /// Who: name@realm, or user:ID, service_account:ID.
    pub principal: Principal,
    /// What: a permission.
    pub permission: String,
    /// Where: a path or id; without it, $global.
    pub node: Option<String>,
    /// What conditions read as context.<name>: a JSON object.
    #[arg(long, value_name = "JSON", value_parser = json_object)]
    pub context: Option<serde_json::Value>,
}

/// The exit code of a deny.
const DENY: u8 = 3;

/// Prints `allow` or `deny`.
pub async fn decide(
    connection: &Connection,
    ask: &Ask,
    output: Output,
) -> Result<ExitCode, Failed> {
    let answer = answer(connection, "decide", ask).await?;
    output.show(&answer, || cell(&answer, "decision"))?;
    code(&answer)
}

/// Prints it with the reason.
pub async fn explain(
    connection: &Connection,
    ask: &Ask,
    output: Output,
) -> Result<ExitCode, Failed> {
    let answer = answer(connection, "explain", ask).await?;
    output.show(&answer, || explained(&answer))?;
    code(&answer)
}

async fn answer(connection: &Connection, route: &str, ask: &Ask) -> Result<Value, Failed> {
    let mut question = json!({"principal": ask.principal.to_json(), "permission": ask.permission});
    if let Some(node) = &ask.node {
        question["node"] = json!(node);
    }
    if let Some(context) = &ask.context {
        question["context"] = context.clone();
    }
    let path = format!("/api/v1/access/{route}");
    connection.send(Method::POST, &path, &question).await?.json().await
}

/// The decision, the reason in a sentence, and its parts where there are any.
fn explained(answer: &Value) -> String {
    let reason = &answer["reason"];
    let mut lines = vec![format!("{}: {}", cell(answer, "decision"), cell(reason, "text"))];
    for part in ["subject", "rule", "nearest", "near_misses"] {
        if let Some(value) = reason.get(part) {
            outline(part, value, 1, &mut lines);
        }
    }
    lines.join("\n")
}

/// A value as indented lines.
fn outline(name: &str, value: &Value, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Null => {}
        Value::Array(list) if list.is_empty() => {}
        Value::Array(list) => {
            lines.push(format!("{indent}{name}:"));
            list.iter().for_each(|value| outline("-", value, depth + 1, lines));
        }
        Value::Object(map) => {
            lines.push(format!("{indent}{name}:"));
            map.iter().for_each(|(name, value)| outline(name, value, depth + 1, lines));
        }
        Value::String(text) => lines.push(format!("{indent}{name}: {text}")),
        other => lines.push(format!("{indent}{name}: {other}")),
    }
}

fn code(answer: &Value) -> Result<ExitCode, Failed> {
    match answer["decision"].as_str() {
        Some("allow") => Ok(ExitCode::SUCCESS),
        Some("deny") => Ok(ExitCode::from(DENY)),
        _ => Err(Failed::new("the answer is no decision")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_outlined() {
        let answer = json!({"decision": "deny", "reason": {
            "kind": "rule", "text": "a rule denies it",
            "rule": {"rule": "!read", "path": [{"node": "/acme"}], "group_path": []}}});
        insta::assert_snapshot!(explained(&answer), @r"
        deny: a rule denies it
          rule:
            path:
              -:
                node: /acme
            rule: !read
        ");
    }
}
