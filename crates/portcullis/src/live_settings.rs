//! `GET` and `PUT /api/v1/settings/{section}`: live settings, seen and changed while the server runs.

use std::collections::BTreeMap;

use context::{
    change_setting::{self, ChangeSettings, Section},
    settings::Settings,
};
use kernel::{NodeId, Problem, Setting, SettingForm, SettingKind, permission::SETTINGS_ACCESS};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use web::{Json, Op, Path};

use crate::settings::declared;

/// A live setting as it is in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingView {
    /// Its name, `session.idle_minutes`.
    pub key: &'static str,
    /// The value in force; absent when it is secret.
    pub value: Option<String>,
    /// The value when nobody says otherwise.
    pub default: &'static str,
    /// What it does, with unit and range.
    pub help: &'static str,
    /// What a value must look like: `text`, `truth`, `number`, `choice`.
    pub form: &'static str,
    /// The smallest number that is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest number that is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The words that are taken, of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub choices: Option<&'static [&'static str]>,
    /// Whether file, environment or flag say it, so that it cannot be changed here.
    pub pinned: bool,
}

/// Lists the sections that the caller may read.
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings", operation_id = "list_settings",
    responses((status = 200, body = BTreeMap<String, Vec<SettingView>>)),
    extensions(("x-permission" = json!("settings:<section>"))))]
pub async fn list(Op(ctx): Op) -> web::Result<Json<BTreeMap<&'static str, Vec<SettingView>>>> {
    let state = ctx.state().await?;
    let mut sections: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for setting in live() {
        let permission = context::action::parse(&format!("settings:{}", setting.section()))?;
        if ctx.may(&state, &permission, NodeId::GLOBAL) {
            let view = view(&state.settings, setting);
            sections.entry(setting.section()).or_default().push(view);
        }
    }
    Ok(Json(sections))
}

/// The settings of a section.
#[utoipa::path(get, path = "/api/v1/settings/{section}", tag = "settings", operation_id = "read_settings",
    params(("section" = String, Path, description = "The part of a key before the dot: `session`")),
    responses((status = 200, body = Vec<SettingView>), (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:<section>"))))]
pub async fn read(Op(ctx): Op, Path(section): Path<String>) -> web::Result<Json<Vec<SettingView>>> {
    let state = ctx.state().await?;
    let settings = of_section(&section)?;
    ctx.permit::<ChangeSettings>(Section(section)).map(drop)?;
    Ok(Json(settings.into_iter().map(|setting| view(&state.settings, setting)).collect()))
}

/// Changes settings of a section: `{"idle_minutes": 15}`; null gives the default again. All of them or none.
#[utoipa::path(put, path = "/api/v1/settings/{section}", tag = "settings", operation_id = "change_settings",
    params(("section" = String, Path, description = "The part of a key before the dot: `session`")),
    request_body = Object,
    responses((status = 200, body = Vec<SettingView>), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody, description = "File, environment or flag say it"), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:<section>"))))]
pub async fn change(
    Op(ctx): Op,
    Path(section): Path<String>,
    Json(input): Json<BTreeMap<String, Value>>,
) -> web::Result<Json<Vec<SettingView>>> {
    let settings = of_section(&section)?;
    let mut tx = ctx.begin().await?;
    tx.permit::<ChangeSettings>(Section(section.clone())).map(drop)?;
    let mut changed = false;
    for (name, value) in input {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let key = format!("{section}.{name}");
        let setting = settings.iter().find(|setting| setting.key == key);
        let setting = setting.ok_or_else(|| {
            Problem::invalid(&pointer, "there is no such setting in this section")
        })?;
        changed |= change_setting::run(&mut tx, setting, text(&value, &pointer)?, &pointer).await?;
    }
    let views = settings.iter().map(|setting| view(&tx.state().settings, setting)).collect();
    if changed {
        tx.commit().await?;
    }
    Ok(Json(views))
}

fn live() -> impl Iterator<Item = &'static Setting> {
    declared().into_iter().filter(|setting| setting.kind == SettingKind::Live)
}

fn of_section(section: &str) -> Result<Vec<&'static Setting>, Problem> {
    let settings: Vec<_> = live().filter(|setting| setting.section() == section).collect();
    // `settings:access` is superusers' alone and has no section: no setting may ever be put behind that name.
    if settings.is_empty() || format!("settings:{section}") == SETTINGS_ACCESS {
        return Err(Problem::not_found("section of settings"));
    }
    Ok(settings)
}

fn text(value: &Value, pointer: &str) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Bool(_) | Value::Number(_) => Ok(Some(value.to_string())),
        _ => Err(Problem::invalid(pointer, "must be a text, a number, true, false or null")),
    }
}

fn view(settings: &Settings, setting: &'static Setting) -> SettingView {
    let (mut min, mut max, mut choices) = (None, None, None);
    let form = match setting.form {
        SettingForm::Text => "text",
        SettingForm::Truth => "truth",
        SettingForm::Number { min: least, max: most } => {
            (min, max) = (Some(least), Some(most));
            "number"
        }
        SettingForm::Choice(words) => {
            choices = Some(words);
            "choice"
        }
    };
    SettingView {
        key: setting.key,
        value: (!setting.secret).then(|| settings.text(setting).to_owned()),
        default: setting.default,
        help: setting.help,
        form,
        min,
        max,
        choices,
        pinned: settings.is_pinned(setting),
    }
}
