//! `GET /auth/password/policy`: what a new password must be like, for pages where one is chosen.

use context::settings::Settings;
use kernel::{Problem, Setting};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Public};

use crate::{
    password_policy,
    settings::{
        COMPLEXITY, HISTORY, REFUSE_NAMES, REQUIRE_NUMBER, REQUIRE_SPECIAL, REQUIRE_UPPERCASE,
        VALID_DAYS,
    },
};

/// What a new password must be like, as the settings are now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordPolicy {
    /// The fewest characters.
    pub min_length: i64,
    /// The most characters; never fewer than `min_length`.
    pub max_length: i64,
    /// Whether an upper-case letter is needed.
    pub require_uppercase: bool,
    /// Whether a digit is needed.
    pub require_number: bool,
    /// Whether a character is needed that is neither letter nor digit.
    pub require_special: bool,
    /// The kinds of characters that are needed, a word of the setting `password.complexity`.
    #[schema(example = "none")]
    pub complexity: String,
    /// How hard it must be to guess, 0 (anything is taken) to 4.
    pub min_score: i64,
    /// Whether the user's own names and address are refused in it.
    pub refuse_names: bool,
    /// How many of the last passwords are refused, the present one included; 0: the present one alone.
    pub history: i64,
    /// After how many days it expires; 0: never.
    pub valid_days: i64,
}

/// What a new password must be like. Everybody may know: who chooses one at an invitation is nobody yet.
#[utoipa::path(get, path = "/auth/password/policy", operation_id = "read_password_policy", tag = "sign-in",
    responses((status = 200, body = PasswordPolicy)),
    extensions(("x-permission" = json!("public"))))]
pub async fn handle(Public(ctx): Public) -> web::Result<Json<PasswordPolicy>> {
    Ok(Json(policy(&ctx.system().state().settings)?))
}

fn policy(settings: &Settings) -> Result<PasswordPolicy, Problem> {
    let number = |setting: &Setting| settings.number(setting);
    let is_on = |setting: &Setting| settings.is_on(setting);
    let (min_length, max_length) = password_policy::lengths(settings)?;
    Ok(PasswordPolicy {
        min_length,
        max_length,
        require_uppercase: is_on(&REQUIRE_UPPERCASE)?,
        require_number: is_on(&REQUIRE_NUMBER)?,
        require_special: is_on(&REQUIRE_SPECIAL)?,
        complexity: settings.text(&COMPLEXITY).to_owned(),
        min_score: password_policy::least_score(settings)?,
        refuse_names: is_on(&REFUSE_NAMES)?,
        history: number(&HISTORY)?,
        valid_days: number(&VALID_DAYS)?,
    })
}
