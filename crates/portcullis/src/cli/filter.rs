//! `portcullis filter`

use std::process::ExitCode;

use clap::Args;
use http::Method;
use serde_json::{Map, Value, json};

use super::{
    arguments::json_object,
    connection::Connection,
    failure::Failed,
    output::{Output, cell},
    principal::Principal,
};

/// A question for a filter.
#[derive(Debug, Args)]
pub struct FilterOf {
    /// Who: name@realm, or user:ID, service_account:ID.
    pub principal: Principal,
    /// What: a permission.
    pub permission: String,
    /// For which database.
    #[arg(long, value_parser = ["postgresql", "sqlite"])]
    pub dialect: String,
    /// The column with the label of the row's node.
    #[arg(long, value_name = "TABLE.COLUMN")]
    pub label: String,
    /// The column with the id of the row's node; where it is NULL, the row is at $global.
    #[arg(long, value_name = "TABLE.COLUMN")]
    pub node: Option<String>,
    /// What conditions read as resource.NAME: NAME=TABLE.COLUMN or NAME=TABLE.COLUMN:TYPE; several are possible.
    #[arg(long = "column", value_name = "NAME=COLUMN", value_parser = super::filter::column)]
    pub columns: Vec<(String, serde_json::Value)>,
    /// The form; without it, the server chooses.
    #[arg(long, value_parser = ["probe", "test"])]
    pub form: Option<String>,
    /// The number of the first parameter.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub first_parameter: usize,
    /// What conditions read as context.<name>: a JSON object.
    #[arg(long, value_name = "JSON", value_parser = json_object)]
    pub context: Option<serde_json::Value>,
}

/// The rows of a table where somebody may do something, as SQL.
pub async fn run(
    connection: &Connection,
    filter: &FilterOf,
    output: Output,
) -> Result<ExitCode, Failed> {
    let question = question(filter);
    let path = "/api/v1/access/filter";
    let answer: Value = connection.send(Method::POST, path, &question).await?.json().await?;
    output.show(&answer, || shown(&answer, filter))?;
    Ok(ExitCode::SUCCESS)
}

fn question(filter: &FilterOf) -> Value {
    let columns: Map<String, Value> = filter.columns.iter().cloned().collect();
    let mut question = json!({"principal": filter.principal.to_json(), "permission": filter.permission,
        "dialect": filter.dialect, "label": filter.label, "columns": columns,
        "first_parameter": filter.first_parameter});
    for (field, value) in [("node", &filter.node), ("form", &filter.form)] {
        if let Some(value) = value {
            question[field] = json!(value);
        }
    }
    if let Some(context) = &filter.context {
        question["context"] = context.clone();
    }
    question
}

/// The predicate, and its parameters below it.
fn shown(answer: &Value, filter: &FilterOf) -> String {
    let sign = if filter.dialect == "sqlite" { '?' } else { '$' };
    let mut lines = vec![cell(answer, "sql")];
    let parameters = answer["params"].as_array().into_iter().flatten();
    for (at, value) in parameters.enumerate() {
        lines.push(format!("{sign}{} = {value}", filter.first_parameter + at));
    }
    lines.join("\n")
}

/// `status=c.status` or `status=c.status:text`: the name in conditions, and the column.
pub fn column(text: &str) -> Result<(String, Value), String> {
    let (resource, column) =
        text.split_once('=').ok_or("must be NAME=TABLE.COLUMN or NAME=TABLE.COLUMN:TYPE")?;
    let value = match column.split_once(':') {
        Some((name, kind)) => json!({"name": name, "type": kind}),
        None => json!(column),
    };
    Ok((resource.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read() {
        assert_eq!(column("a=c.a").unwrap(), ("a".to_owned(), json!("c.a")));
        let typed = json!({"name": "c.a", "type": "text"});
        assert_eq!(column("a=c.a:text").unwrap(), ("a".to_owned(), typed));
        assert!(column("c.a").is_err());
    }
}
