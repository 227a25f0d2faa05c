//! `portcullis ip list`, `allow`, `block`, `remove`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Value, json};

use super::{
    connection::{Connection, segment},
    failure::Failed,
    output::{Output, cell, table},
};

/// What to do with the rules on addresses. On the machine they never keep anybody out.
#[derive(Debug, Subcommand)]
pub enum Ip {
    /// The rules.
    List,
    /// Admit a network; once there is one, only those on the list allow come in.
    Allow(NewIpRule),
    /// Refuse a network, whatever the list allow says.
    Block(NewIpRule),
    /// Take a network off the lists.
    Remove(OneIpRule),
}

/// A rule to make.
#[derive(Debug, Args)]
pub struct NewIpRule {
    /// An address, or a network such as 10.0.0.0/8.
    pub network: String,
    /// What it is for.
    #[arg(long)]
    pub note: Option<String>,
    /// Also if one's own address is refused from then on.
    #[arg(long)]
    pub confirm: bool,
}

/// A rule.
#[derive(Debug, Args)]
pub struct OneIpRule {
    /// Its network or its id.
    pub network: String,
}

/// Does it.
pub async fn run(
    connection: &Connection,
    command: &Ip,
    output: Output,
) -> Result<ExitCode, Failed> {
    match command {
        Ip::List => {
            let all = all(connection).await?;
            let fields = ["id", "list", "network", "note"];
            let rows: Vec<Vec<String>> =
                all.iter().map(|rule| fields.map(|field| cell(rule, field)).to_vec()).collect();
            output.show(&all, || table(&["ID", "LIST", "NETWORK", "NOTE"], &rows))?;
        }
        Ip::Allow(rule) => create(connection, "allow", rule, output).await?,
        Ip::Block(rule) => create(connection, "block", rule, output).await?,
        Ip::Remove(removed) => remove(connection, &removed.network, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(
    connection: &Connection,
    list: &str,
    rule: &NewIpRule,
    output: Output,
) -> Result<(), Failed> {
    let rules = json!([{"list": list, "network": rule.network, "note": rule.note}]);
    let input = json!({"rules": rules, "confirm": rule.confirm});
    let made = connection.send(Method::POST, "/api/v1/ip-rules", &input).await?;
    let made: Value = made.json().await?;
    let network = cell(&made["items"][0], "network");
    output.show(&made, || format!("{network} is on the list {list}."))
}

/// From both lists; by network or by id.
async fn remove(connection: &Connection, wanted: &str, output: Output) -> Result<(), Failed> {
    let network = context::ip_rules::parse_network(wanted).map(|network| network.to_string());
    let is_meant = |rule: &Value| {
        rule["id"] == wanted || network.as_ref().is_ok_and(|network| rule["network"] == *network)
    };
    let found: Vec<Value> = all(connection).await?.into_iter().filter(is_meant).collect();
    if found.is_empty() {
        return Err(Failed::new(format!("there is no rule for {wanted}")));
    }
    for rule in &found {
        let path = format!("/api/v1/ip-rules/{}?confirm=true", segment(&cell(rule, "id")));
        connection.call(Method::DELETE, &path, None).await?.json::<Value>().await?;
    }
    let lists: Vec<String> = found.iter().map(|rule| cell(rule, "list")).collect();
    output
        .show(&found, || format!("{wanted} is off the list {}.", lists.join(" and off the list ")))
}

async fn all(connection: &Connection) -> Result<Vec<Value>, Failed> {
    let mut all: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/ip-rules?limit=500{cursor}");
        let page: Value = connection.get(&path).await?.json().await?;
        all.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", segment(next)),
            None => return Ok(all),
        }
    }
}
