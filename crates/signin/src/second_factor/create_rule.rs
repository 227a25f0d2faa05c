//! `POST /api/v1/second-factor-rules`

use std::sync::Arc;

use axum::extract::State;
use context::{Action, Event, EventKind, Writing};
use kernel::{FactorRuleId, Name, NodeId, Problem, RoleId};
use realms::UserRef;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Created, Json, Op};

use super::{
    method::Method,
    rule::{FactorRule, FactorRuleView, Whose},
    store::rules,
};
use crate::signin::Signin;

/// Most rules there are: all of them are read at each sign-in.
const MOST: usize = 500;
/// Most steps that a rule can ask for.
const MOST_STEPS: usize = 2;

/// Making and removing rules on second factors.
#[derive(Debug)]
pub(crate) struct ManageFactorRules;

impl Action for ManageFactorRules {
    type Resource = FactorRule;
    const PERMISSION: &'static str = "settings:second_factor";
}

/// A rule to make, for one of `realm`, `role` and `user`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorRuleInput {
    /// All users of the realm of this name.
    #[schema(value_type = Option<String>)]
    pub realm: Option<Name>,
    /// Whoever holds the role of this id, wherever, by himself or by a group.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub role: Option<RoleId>,
    /// This user: `name@realm`.
    #[schema(value_type = Option<String>, example = "jane@main")]
    pub user: Option<UserRef>,
    /// How many types of factors a sign-in must show, 1 or 2; never more than there are types that count.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 2)]
    pub steps: usize,
    /// The types that count, of those that the settings accept. `passkey` always does, and so does `totp`, unless `passkey`
    /// is named and `totp` is not. Absent: all.
    pub methods: Option<Vec<Method>>,
}

fn one() -> usize {
    1
}

/// Makes a rule: the next sign-in of whom it is for asks for a second factor, and who has none has to make one. Sessions
/// that are open go on. Of several rules the strictest counts.
#[utoipa::path(post, path = "/api/v1/second-factor-rules", operation_id = "create_second_factor_rule", tag = "sign-in",
    request_body = FactorRuleInput,
    responses((status = 201, body = FactorRuleView), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:second_factor"))))]
pub async fn handle(
    Op(ctx): Op,
    State(signin): State<Arc<Signin>>,
    Json(input): Json<FactorRuleInput>,
) -> web::Result<Created<FactorRuleView>> {
    check_passkeys(&signin, input.methods.as_deref())?;
    let mut tx = ctx.begin().await?;
    let rule = run(&mut tx, input).await?;
    let view = rule.view(&tx).await?;
    tx.commit().await?;
    Ok(Created { location: format!("/api/v1/second-factor-rules/{}", rule.id), body: view })
}

/// 422 where nothing but a passkey would count, and there are none.
fn check_passkeys(signin: &Signin, named: Option<&[Method]>) -> Result<(), Problem> {
    let is_alone =
        named.is_some_and(|m| m.contains(&Method::Passkey) && !m.contains(&Method::Totp));
    if is_alone && signin.relying_party.is_none() {
        return Err(Problem::invalid("/methods", "must have totp: there are no passkeys here"));
    }
    Ok(())
}

/// Makes a rule.
pub async fn run(tx: &mut Writing, input: FactorRuleInput) -> Result<FactorRule, Problem> {
    if !(1..=MOST_STEPS).contains(&input.steps) {
        return Err(Problem::invalid("/steps", "must be 1 or 2"));
    }
    let methods = counting(input.methods)?;
    // Who may not make rules is not told who there is.
    let (now, entropy) = (tx.ctx().now(), tx.ctx().system().entropy());
    let rule = FactorRule {
        id: FactorRuleId::new(now, entropy),
        whose: Whose::User(NodeId::GLOBAL),
        steps: input.steps,
        methods,
        created_at: now,
    };
    let rule = tx.permit::<ManageFactorRules>(rule)?;
    let whose = whose(tx, (input.realm, input.role, input.user)).await?;
    let rule = rule.map(|rule| Ok::<_, Problem>(FactorRule { whose, ..rule }))?;
    if rules::all(tx).await?.len() >= MOST {
        return Err(Problem::conflict(format!("There are at most {MOST} rules.")));
    }
    rules::insert(tx.as_ref(), &rule, now).await?;
    let (kind, id) = rule.whose.named();
    let event = Event::new(EventKind::ConfigChange, "second_factor_rule.create")
        .about("second_factor_rule", rule.id, NodeId::GLOBAL)
        .with("steps", rule.steps)
        .with(kind, id.to_string());
    tx.audit(event);
    Ok(rule.into_inner())
}

/// The types that count by a rule that names these, the strongest first; 422 at `/methods` for what is no factor.
pub fn counting(named: Option<Vec<Method>>) -> Result<Vec<Method>, Problem> {
    let mut methods = named.unwrap_or_else(|| Method::SENT.to_vec());
    if let Some(position) = methods.iter().position(|method| !method.is_factor()) {
        return Err(Problem::invalid(format!("/methods/{position}"), "is no factor"));
    }
    if !methods.contains(&Method::Passkey) {
        methods.push(Method::Totp);
    }
    methods.push(Method::Passkey);
    methods.sort_unstable();
    methods.dedup();
    Ok(methods)
}

async fn whose(
    tx: &Writing,
    named: (Option<Name>, Option<RoleId>, Option<UserRef>),
) -> Result<Whose, Problem> {
    match named {
        (Some(name), None, None) => {
            let realm = realms::find_realm(tx, &name).await?;
            let realm = realm.ok_or_else(|| Problem::invalid("/realm", "is no realm"))?;
            Ok(Whose::Realm(realm.id))
        }
        (None, Some(role), None) if tx.engine().role(role).is_some() => Ok(Whose::Role(role)),
        (None, Some(_), None) => Err(Problem::invalid("/role", "is no role")),
        (None, None, Some(UserRef { username, realm })) => {
            let unknown = || Problem::invalid("/user", "is no user");
            let realm = realms::find_realm(tx, &realm).await?.ok_or_else(unknown)?;
            let user = realms::find_user(tx, realm.id, username.as_str()).await?;
            Ok(Whose::User(user.ok_or_else(unknown)?.id))
        }
        _ => Err(Problem::invalid("", "must be for one of realm, role and user")),
    }
}
