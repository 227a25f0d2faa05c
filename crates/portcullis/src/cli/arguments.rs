//! What can be typed: the commands; what each takes stands beside what it does.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, CommandFactory, Parser, Subcommand, parser::ValueSource};
use kernel::Setting;

use super::{
    apikey, apply, audit, backup, calibrate, decide, export, factor, failure::Failed, filter, ip,
    search, user, what_if,
};
use crate::settings::{self, Values};

/// Who may come in, who may do what, where, and why.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, propagate_version = true)]
pub struct Cli {
    /// The file with the settings; without it, portcullis.toml here if there is one.
    #[arg(long, global = true, env = "PORTCULLIS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A server to talk to, with the API key in PORTCULLIS_API_KEY; without it, the one on the data directory, or none.
    #[arg(long, global = true, env = "PORTCULLIS_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// Answers as JSON, for machines.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    Serve,
    /// Run a server with a small demonstration world, and print who can sign in.
    Demo,
    /// Make it as a world file says.
    Apply(apply::Apply),
    /// Tell who would gain and who would lose what by a world file, without applying it.
    WhatIf(what_if::WhatIf),
    /// Write all that is there as a world file.
    Export(export::Export),
    /// Ask whether somebody may do something; exits with 0 for allow, 3 for deny.
    Decide(decide::Ask),
    /// Ask it, and why.
    Explain(decide::Ask),
    /// List the nodes where somebody may do something.
    Nodes(search::SearchNodes),
    /// List the users and service accounts who may do something somewhere.
    Subjects(search::SearchSubjects),
    /// List what somebody may do somewhere, of the registered permissions.
    Permissions(search::PermissionsOf),
    /// Write the rows of a table where somebody may do something as SQL for a WHERE.
    Filter(filter::FilterOf),
    /// Users.
    #[command(subcommand)]
    User(user::User),
    /// API keys of service accounts.
    #[command(subcommand)]
    Apikey(apikey::ApiKey),
    /// Which addresses may come in.
    #[command(subcommand)]
    Ip(ip::Ip),
    /// Who needs a second factor.
    #[command(subcommand)]
    Factor(factor::Factor),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Copy the database while the server runs.
    Backup(backup::Backup),
    /// Measure what hashing costs on this machine, and propose the setting for it.
    Calibrate(calibrate::Calibrate),
    /// All settings, their values, and where each comes from.
    Settings,
}

impl Command {
    /// Whether it makes something also where nothing is yet.
    pub fn begins(&self) -> bool {
        matches!(
            self,
            Self::Apply(_)
                | Self::User(user::User::Create(_))
                | Self::Apikey(apikey::ApiKey::Create(_))
        )
    }
}

/// The settings that every command shows in its help; the others are for the server, but work everywhere.
const EVERYWHERE: [&str; 2] = [settings::DATA.key, settings::DATABASE.key];

/// All commands, with the flags of the settings.
pub fn command() -> clap::Command {
    with_settings(Cli::command())
}

fn with_settings(command: clap::Command) -> clap::Command {
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    if !names.is_empty() {
        return names
            .iter()
            .fold(command, |command, name| command.mut_subcommand(name, with_settings));
    }
    let is_server = matches!(command.get_name(), "serve" | "demo");
    command.args(settings::declared().into_iter().map(|setting| {
        let shown = is_server || EVERYWHERE.contains(&setting.key);
        flag(setting).hide(!shown)
    }))
}

fn flag(setting: &'static Setting) -> Arg {
    let default = match setting.default {
        "" => String::new(),
        default => format!(" [default: {default}]"),
    };
    let warning = if setting.secret {
        " Other users of the machine can read flags: the variable is better."
    } else {
        ""
    };
    Arg::new(setting.key)
        .long(setting.flag())
        .value_name("VALUE")
        .help(format!("{}{warning}{default}", setting.help))
        .help_heading("Settings")
}

/// The settings among what was typed: key and text.
pub fn flags(matches: &ArgMatches) -> BTreeMap<String, String> {
    if let Some((_, below)) = matches.subcommand() {
        return flags(below);
    }
    settings::declared()
        .into_iter()
        .filter(|setting| {
            let source = matches.try_contains_id(setting.key).ok();
            source.is_some() && matches.value_source(setting.key) == Some(ValueSource::CommandLine)
        })
        .filter_map(|setting| {
            let text = matches.get_one::<String>(setting.key)?;
            Some((setting.key.to_owned(), text.clone()))
        })
        .collect()
}

/// The settings in force: flag over environment over file.
pub fn values(file: Option<&Path>, flags: &BTreeMap<String, String>) -> Result<Values, Failed> {
    let here = Path::new("portcullis.toml");
    let file = file.or_else(|| here.exists().then_some(here));
    Values::read(file, |name| std::env::var(name).ok(), flags)
        .map_err(|refused| Failed::usage(refused.0))
}

/// A JSON object that was typed.
pub fn json_object(text: &str) -> Result<serde_json::Value, String> {
    match serde_json::from_str(text) {
        Ok(value @ serde_json::Value::Object(_)) => Ok(value),
        Ok(_) => Err("must be a JSON object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<(Cli, BTreeMap<String, String>), clap::Error> {
        use clap::FromArgMatches;
        let matches = command().try_get_matches_from(line.split(' '))?;
        Ok((Cli::from_arg_matches(&matches)?, flags(&matches)))
    }

    #[test]
    fn the_definitions_are_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_is_a_flag_of_every_command() {
        for setting in settings::declared() {
            for start in ["portcullis serve", "portcullis user unlock a@b", "portcullis settings"] {
                let line = format!("{start} --{} x", setting.flag());
                let (_, flags) = parse(&line).unwrap();
                assert_eq!(flags.get(setting.key).map(String::as_str), Some("x"), "{line}");
            }
        }
    }

    #[test]
    fn what_is_not_typed_is_no_flag() {
        let (cli, flags) = parse("portcullis decide jane@staff read /acme --json").unwrap();
        assert!(flags.is_empty() && cli.json);
        let Command::Decide(ask) = cli.command else { panic!("another command") };
        assert_eq!((ask.permission.as_str(), ask.node.as_deref()), ("read", Some("/acme")));
    }

    #[test]
    fn wrong_usage_is_told() {
        for line in [
            "portcullis",
            "portcullis fly",
            "portcullis apply",
            "portcullis user create jane",
            "portcullis decide jane read",
            "portcullis decide jane@staff read --context [1]",
            "portcullis nodes jane read",
            "portcullis nodes jane@staff read --limit 0",
            "portcullis subjects",
            "portcullis permissions",
            "portcullis user create a@b --password hunter2",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
