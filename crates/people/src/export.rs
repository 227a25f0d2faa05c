//! `POST /gdpr/export`: everything that is held about a user, as a file.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use context::{Action, Ctx, Event, EventKind, Tell};
use http::{HeaderValue, header};
use kernel::{NodeId, Problem};
use realms::{User, UserRef};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use web::{Json, Op};

use crate::csv;

/// Who keeps something about users: a function of each capability.
#[derive(Debug, Clone, Copy)]
pub struct PersonalData(pub &'static [Tell]);

/// Being told what is held about somebody else: asked at the user, beside [`ReadEvents`].
#[derive(Debug)]
pub struct ReadPersonalData;

impl Action for ReadPersonalData {
    type Resource = User;
    const PERMISSION: &'static str = "user_manage";
}

/// As part of that, the events by him and about him.
#[derive(Debug)]
pub struct ReadEvents;

impl Action for ReadEvents {
    type Resource = NodeId;
    const PERMISSION: &'static str = "audit:read";
}

/// Whose data, and in which form.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportInput {
    /// The user, `name@realm`; absent: oneself.
    #[schema(value_type = Option<String>)]
    user: Option<UserRef>,
    /// `json` if absent.
    #[serde(default)]
    format: Format,
}

/// The form of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON document.
    #[default]
    Json,
    /// A table: section, path, value.
    Csv,
}

/// Everything that is held about a user: record, aliases, attributes, groups, assignments, sessions, devices, keys,
/// invitations, events. One's own asks for a sign-in not older than 10 minutes; somebody else's for `user_manage` and
/// `audit:read` at the user. No secrets, and nothing about others.
#[utoipa::path(post, path = "/gdpr/export", operation_id = "export_personal_data", tag = "personal data", request_body = ExportInput,
    responses((status = 200, description = "A file: JSON, or CSV"), (status = 401, body = web::ProblemBody),
        (status = 403, body = web::ProblemBody), (status = 404, body = web::ProblemBody)),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(
    Op(ctx): Op,
    State(personal): State<PersonalData>,
    Json(input): Json<ExportInput>,
) -> web::Result<Response> {
    ctx.answers_with_secret();
    let user = whose(&ctx, input.user.as_ref()).await?;
    let told = tell(&ctx, personal, &user).await?;
    // What is not in the audit is not told.
    let event = Event::new(EventKind::DataExport, "personal_data.export");
    ctx.audit(event.about("user", user.id, user.id)).await?;
    Ok(file(&told, input.format)?)
}

/// The user that is meant, whose data the caller may be told.
async fn whose(ctx: &Ctx, user: Option<&UserRef>) -> Result<User, Problem> {
    let found = find(ctx, user).await?;
    let read = ctx.read().await?;
    match found {
        Whose::Own(user) => Ok(user),
        Whose::Another(user) => {
            let _ = read.permit::<ReadEvents>(user.id)?;
            Ok(read.permit::<ReadPersonalData>(user)?.into_inner())
        }
    }
}

/// A user, and whether it is the caller himself.
pub(crate) enum Whose {
    /// Himself, freshly signed in.
    Own(User),
    /// Somebody else: what the caller may is asked next.
    Another(User),
}

/// The user that is meant; absent: the caller. 403 for who acts in somebody's place, and for oneself if the sign-in is
/// older than 10 minutes.
pub(crate) async fn find(ctx: &Ctx, user: Option<&UserRef>) -> Result<Whose, Problem> {
    if ctx.principal().impersonator.is_some() {
        return Err(Problem::forbidden("Nobody does this in the place of somebody else."));
    }
    let read = ctx.read().await?;
    let user = match user {
        Some(name) => realms::user_in_path(&read, &name.realm, &name.username).await?,
        None => {
            let id = signin::fresh_own_id(ctx)?;
            let user = realms::find_user_by_id(&read, id).await?;
            user.ok_or_else(|| Problem::unauthenticated("The user is gone."))?
        }
    };
    if ctx.principal().subject() == Some(user.id) {
        signin::fresh_own_id(ctx)?;
        return Ok(Whose::Own(user));
    }
    Ok(Whose::Another(user))
}

async fn tell(
    ctx: &Ctx,
    personal: PersonalData,
    user: &User,
) -> Result<Map<String, Value>, Problem> {
    let read = ctx.read().await?;
    let mut told = Map::new();
    for tell in personal.0 {
        told.extend(tell(&read, user.id).await?);
    }
    told.insert("exported_at".to_owned(), json!(ctx.now()));
    Ok(told)
}

fn file(told: &Map<String, Value>, format: Format) -> Result<Response, Problem> {
    let (media, name, text) = match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(told).map_err(Problem::internal)?;
            ("application/json", "attachment; filename=\"personal-data.json\"", text)
        }
        Format::Csv => {
            let media = "text/csv; charset=utf-8; header=present";
            (media, "attachment; filename=\"personal-data.csv\"", csv::table(told))
        }
    };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
