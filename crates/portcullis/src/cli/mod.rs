//! The command line. A command is a client of the HTTP API; only `serve`, `demo`, `settings`, `calibrate` and
//! `user hash-password` are not.
//!
//! | module | holds |
//! |---|---|
//! | [`arguments`] | what can be typed; the flags of settings come from their declarations |
//! | [`connection`] | three ways to one API: control socket, `--server`, and no server at all |
//! | [`failure`] | one clear line, and the exit code |
//! | [`output`] | short tables, or `--json` |
//! | [`progress`] | that it is still at work |
//! | [`secret`] | passwords, typed without an echo |
//! | the others | a command each |

mod apikey;
mod apply;
mod arguments;
mod audit;
mod backup;
mod calibrate;
mod connection;
mod decide;
mod demo;
mod demo_world;
mod export;
mod factor;
mod failure;
mod filter;
mod hash_password;
mod ip;
mod output;
mod principal;
mod progress;
mod search;
mod secret;
mod serve;
mod settings;
mod user;
mod what_if;

use std::{ffi::OsString, process::ExitCode};

use clap::FromArgMatches;

use arguments::{Cli, Command};
use failure::Failed;
use output::Output;
use user::User;

/// Runs a command and gives its exit code: 0 done, 1 refused or failed, 2 wrong usage; `decide` answers 3 for deny.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = arguments::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, arguments::flags(&matches))));
    let (cli, flags) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version come this way too; nobody reads what cannot be printed.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failed::new(format!("no runtime: {error}")).report(),
    };
    match runtime.block_on(dispatch(cli, flags)) {
        Ok(code) => code,
        Err(failed) => failed.report(),
    }
}

async fn dispatch(
    cli: Cli,
    flags: std::collections::BTreeMap<String, String>,
) -> Result<ExitCode, Failed> {
    let output = Output { json: cli.json };
    if let Command::Demo = cli.command {
        return demo::run(cli.config.as_deref(), flags).await;
    }
    let values = arguments::values(cli.config.as_deref(), &flags)?;
    match &cli.command {
        Command::Serve => return serve::run(values).await,
        Command::Settings => return settings::run(&values, output),
        Command::Calibrate(arguments) => return calibrate::run(arguments, output),
        Command::User(User::HashPassword(arguments)) => {
            return hash_password::run(&values, arguments, output);
        }
        _ => {}
    }
    let connection = connection::open(&values, cli.server.as_deref(), cli.command.begins()).await?;
    let done = with_connection(&cli.command, &connection, output).await;
    connection.close().await?;
    done
}

async fn with_connection(
    command: &Command,
    connection: &connection::Connection,
    output: Output,
) -> Result<ExitCode, Failed> {
    match command {
        Command::Apply(arguments) => apply::run(connection, arguments, output).await,
        Command::WhatIf(arguments) => what_if::run(connection, arguments, output).await,
        Command::Export(arguments) => export::run(connection, arguments).await,
        Command::Decide(arguments) => decide::decide(connection, arguments, output).await,
        Command::Explain(arguments) => decide::explain(connection, arguments, output).await,
        Command::Nodes(search) => search::nodes(connection, search, output).await,
        Command::Subjects(search) => search::subjects(connection, search, output).await,
        Command::Permissions(search) => search::permissions(connection, search, output).await,
        Command::Filter(arguments) => filter::run(connection, arguments, output).await,
        Command::User(command) => user::run(connection, command, output).await,
        Command::Apikey(command) => apikey::run(connection, command, output).await,
        Command::Ip(command) => ip::run(connection, command, output).await,
        Command::Factor(command) => factor::run(connection, command, output).await,
        Command::Audit(command) => audit::run(connection, command, output).await,
        Command::Backup(arguments) => backup::run(connection, arguments, output).await,
        Command::Serve | Command::Demo | Command::Settings | Command::Calibrate(_) => {
            Ok(ExitCode::SUCCESS)
        }
    }
}
