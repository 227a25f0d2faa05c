//! `portcullis settings`

use std::process::ExitCode;

use kernel::SettingKind;
use serde_json::json;

use super::{
    failure::Failed,
    output::{Output, table},
};
use crate::settings::{self, Origin, Values};

/// Prints all settings with their values at the start, and where each comes from. Live ones that nobody says at the start
/// may have another value in the database.
pub fn run(values: &Values, output: Output) -> Result<ExitCode, Failed> {
    let all = settings::declared();
    let shown = |setting| match (values.text(setting), setting.secret) {
        ("", _) => String::new(),
        (_, true) => "(secret)".to_owned(),
        (text, false) => text.to_owned(),
    };
    let list: Vec<_> = all
        .iter()
        .map(|setting| {
            json!({
                "key": setting.key, "value": shown(setting), "default": setting.default,
                "from": origin(values.origin(setting)), "kind": kind(setting.kind),
                "variable": setting.variable(), "flag": format!("--{}", setting.flag()),
                "help": setting.help,
            })
        })
        .collect();
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|setting| {
            let from = origin(values.origin(setting)).to_owned();
            let kind = kind(setting.kind).to_owned();
            vec![setting.key.to_owned(), shown(setting), from, kind, setting.help.to_owned()]
        })
        .collect();
    output.show(&list, || table(&["KEY", "VALUE", "FROM", "KIND", "HELP"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Default => "default",
        Origin::File => "file",
        Origin::Environment => "environment",
        Origin::Flag => "flag",
    }
}

fn kind(kind: SettingKind) -> &'static str {
    match kind {
        SettingKind::Start => "start",
        SettingKind::Live => "live",
    }
}
