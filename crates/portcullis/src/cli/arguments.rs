//! What can be typed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Args, CommandFactory, Parser, Subcommand, parser::ValueSource};
use jiff::Timestamp;
use kernel::Setting;

use super::{failure::Failed, principal::Principal};
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
    Apply(Apply),
    /// Tell who would gain and who would lose what by a world file, without applying it.
    WhatIf(WhatIf),
    /// Write all that is there as a world file.
    Export(Export),
    /// Ask whether somebody may do something; exits with 0 for allow, 3 for deny.
    Decide(Ask),
    /// Ask it, and why.
    Explain(Ask),
    /// List the nodes where somebody may do something.
    Nodes(SearchNodes),
    /// List the users and service accounts who may do something somewhere.
    Subjects(SearchSubjects),
    /// List what somebody may do somewhere, of the registered permissions.
    Permissions(PermissionsOf),
    /// Write the rows of a table where somebody may do something as SQL for a WHERE.
    Filter(FilterOf),
    /// Users.
    #[command(subcommand)]
    User(User),
    /// API keys of service accounts.
    #[command(subcommand)]
    Apikey(ApiKey),
    /// Which addresses may come in.
    #[command(subcommand)]
    Ip(Ip),
    /// Who needs a second factor.
    #[command(subcommand)]
    Factor(Factor),
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Copy the database while the server runs.
    Backup(Backup),
    /// Measure what hashing costs on this machine, and propose the setting for it.
    Calibrate(Calibrate),
    /// All settings, their values, and where each comes from.
    Settings,
}

impl Command {
    /// Whether it makes something also where nothing is yet.
    pub fn begins(&self) -> bool {
        matches!(
            self,
            Self::Apply(_) | Self::User(User::Create(_)) | Self::Apikey(ApiKey::Create(_))
        )
    }
}

/// A world file to apply.
#[derive(Debug, Args)]
pub struct Apply {
    /// The file, YAML or JSON; - for standard input. Several are one.
    #[arg(short, long = "file", required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only tell what would change; what-if tells who gains and loses by it.
    #[arg(long)]
    pub plan: bool,
    /// Delete what the sections and roots that the file names have beside it.
    #[arg(long)]
    pub prune: bool,
}

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

/// Where to write the world.
#[derive(Debug, Args)]
pub struct Export {
    /// The file; without it, standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

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

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make a user.
    Create(CreateUser),
    /// Lock a user out.
    Lock(LockUser),
    /// Let a locked user in again.
    Unlock(OneUser),
    /// Give a user a new password; all its sessions end.
    Reset(ResetUser),
    /// Remove a user's second factors and recovery codes; all its sessions end.
    ResetFactors(OneUser),
    /// Hash a password for a users file; no server is asked, and no rule of passwords is checked.
    HashPassword(HashPassword),
}

/// A password to hash.
#[derive(Debug, Args)]
pub struct HashPassword {
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
}

/// A user to make.
#[derive(Debug, Args)]
pub struct CreateUser {
    /// name@realm.
    pub user: world::file::UserName,
    /// E-mail address.
    #[arg(long)]
    pub email: Option<String>,
    /// Full name.
    #[arg(long)]
    pub full_name: Option<String>,
    /// A role to assign at $global, name or name@/owner; several are possible.
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<String>,
    /// A group to join, name or name@/owner; several are possible.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// The user may do everything.
    #[arg(long)]
    pub superuser: bool,
    /// Read the password from the first line of standard input.
    #[arg(long, conflicts_with = "no_password")]
    pub password_stdin: bool,
    /// The user has no password.
    #[arg(long)]
    pub no_password: bool,
    /// The user must change the password at the first sign-in, before anything else.
    #[arg(long, conflicts_with = "no_password")]
    pub must_change: bool,
}

/// A user to lock.
#[derive(Debug, Args)]
pub struct LockUser {
    /// name@realm.
    pub user: world::file::UserName,
    /// Until this moment (RFC 3339); without it, until somebody unlocks.
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
    /// Why.
    #[arg(long)]
    pub reason: Option<String>,
}

/// A user.
#[derive(Debug, Args)]
pub struct OneUser {
    /// name@realm.
    pub user: world::file::UserName,
}

/// A user who gets a new password.
#[derive(Debug, Args)]
pub struct ResetUser {
    /// name@realm.
    pub user: world::file::UserName,
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,
    /// The user must change it at the next sign-in, before anything else.
    #[arg(long)]
    pub must_change: bool,
}

/// What hashing a password may cost.
#[derive(Debug, Args)]
pub struct Calibrate {
    /// How long the hash of a password should take, in milliseconds.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(5..=2000))]
    pub milliseconds: u64,
    /// How much memory each hash may take, in MiB: each thread that hashes keeps as much.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(19..=256))]
    pub memory: u32,
}

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
    /// A type that counts: totp, email, sms; several are possible, none: all.
    #[arg(long = "method", value_name = "METHOD")]
    pub methods: Vec<String>,
}

/// A rule.
#[derive(Debug, Args)]
pub struct OneFactorRule {
    /// Its id, as `factor list` shows it.
    pub rule: kernel::FactorRuleId,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no event was changed, removed or added behind the server's back.
    Verify(Verify),
}

/// What to compare with.
#[derive(Debug, Args)]
pub struct Verify {
    /// A head that an earlier check printed, or a file with it.
    #[arg(long, value_name = "HEAD")]
    pub head: Option<String>,
}

/// Where to copy.
#[derive(Debug, Args)]
pub struct Backup {
    /// A file that is not there yet, on the server's machine.
    pub file: PathBuf,
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

fn json_object(text: &str) -> Result<serde_json::Value, String> {
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
