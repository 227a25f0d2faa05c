//! `POST /api/v1/roles/check`

use std::collections::BTreeMap;

use context::Reading;
use kernel::{ConditionText, NodeId, NodeRef, PermissionName, Problem};
use policy::condition::Predicate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{built_in::BUILT_IN, list::may_see_roles, resolve, rule::RuleInput};

/// Most rules of one question: each is held against every permission that there is.
const MAX_RULES: usize = 100;
/// Most permissions that are named for a rule.
const MAX_NAMES: u32 = 500;
/// How many are named where nothing is said.
const NAMES: u32 = 10;

/// Rules that are not saved.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRulesInput {
    /// The node that would own the role, by id or path; absent: `$global`.
    #[schema(value_type = Option<String>, example = "/acme")]
    pub owner: Option<NodeRef>,
    /// The rules, in either form; at most 100.
    #[schema(value_type = Vec<RuleInput>)]
    pub rules: Vec<Value>,
    /// How many permissions are named for each rule, 0 to 500; absent: 10. They are counted in any case.
    #[schema(minimum = 0, maximum = 500)]
    pub names: Option<u32>,
    /// Is each rule about this permission, registered or not?
    #[schema(value_type = Option<String>, example = "contract.edit")]
    pub permission: Option<PermissionName>,
}

/// What is to be said of rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckRulesAnswer {
    /// Of each rule, in their order.
    pub rules: Vec<CheckedRule>,
}

/// What is to be said of a rule.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct CheckedRule {
    /// Why a role with it would be refused; empty: it would not.
    pub errors: Vec<RuleFault>,
    /// The permissions that its pattern stands for now, without its exceptions, sorted: registered ones whose owner the
    /// caller may inspect or manage roles at, and the server's own.
    pub permissions: Vec<String>,
    /// How many there are.
    pub total: usize,
    /// Whether the rule is about the `permission` of the question, whatever its condition; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<bool>,
}

/// Why a rule is refused, and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleFault {
    /// JSON pointer into the question, as the refusal of the role would have it: `/rules/0/when`.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
    /// The line of a condition, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column there, in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// What is wrong with rules, and which permissions they stand for? Nothing is written. Asks `access:inspect`,
/// `access:role` or `access:assign` at the owner.
#[utoipa::path(post, path = "/api/v1/roles/check", tag = "roles", operation_id = "check_rules",
    request_body = CheckRulesInput,
    responses(
        (status = 200, body = CheckRulesAnswer, description = "What is wrong, and what each stands for"),
        (status = 403, body = web::ProblemBody, description = "Not permitted at the owner"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong, other than a rule")),
    extensions(("x-permission" = json!("access:inspect"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<CheckRulesInput>,
) -> web::Result<Json<CheckRulesAnswer>> {
    if input.rules.len() > MAX_RULES {
        return Err(Problem::invalid("/rules", format!("must be at most {MAX_RULES}")).into());
    }
    let most = input.names.unwrap_or(NAMES);
    if most > MAX_NAMES {
        return Err(Problem::invalid("/names", format!("must be 0 to {MAX_NAMES}")).into());
    }
    let read = ctx.read().await?;
    let owner = match &input.owner {
        None => NodeId::GLOBAL,
        Some(owner) => tree::find(&read, owner, "/owner").await?.id,
    };
    may_check(&read, owner).map_err(|p| tree::hide(p, "/owner"))?;
    let known = known_names(&read)?;
    let mut rules = Vec::with_capacity(input.rules.len());
    for (index, rule) in input.rules.iter().enumerate() {
        let pointer = format!("/rules/{index}");
        rules.push(match parse(rule, &pointer) {
            Err(problem) => CheckedRule { errors: faults(&problem)?, ..CheckedRule::default() },
            Ok(rule) => {
                let (permissions, total) = stands_for(&rule, &known, most as usize);
                let errors = check(&read, owner, &rule, &pointer).await?;
                let matches = input.permission.as_ref().map(|asked| is_about(&rule, asked));
                CheckedRule { errors, permissions, total, matches }
            }
        });
    }
    Ok(Json(CheckRulesAnswer { rules }))
}

/// Who makes assignments writes conditions, too.
fn may_check(read: &Reading, owner: NodeId) -> Result<(), Problem> {
    if read.may(&context::action::parse("access:assign")?, owner) {
        return Ok(());
    }
    may_see_roles(read, owner)
}

fn parse(rule: &Value, pointer: &str) -> Result<RuleInput, Problem> {
    let bytes = serde_json::to_vec(rule).map_err(Problem::internal)?;
    web::json::parse(&bytes).map_err(|problem| problem.below(pointer))
}

/// The errors of fields that a refusal names; a refusal for another reason is one of the question.
fn faults(problem: &Problem) -> Result<Vec<RuleFault>, Problem> {
    if problem.errors().is_empty() {
        return Err(Problem::internal(problem.detail().to_owned()));
    }
    let faults = problem.errors().iter().map(|error| RuleFault {
        pointer: error.pointer.clone(),
        detail: error.detail.clone(),
        line: None,
        column: None,
    });
    Ok(faults.collect())
}

/// Everything that is wrong with a rule that reads: its owner and its conditions.
async fn check(
    read: &Reading,
    role_owner: NodeId,
    rule: &RuleInput,
    pointer: &str,
) -> Result<Vec<RuleFault>, Problem> {
    let mut errors = match resolve::owner(read, role_owner, rule, pointer).await {
        Ok(_) => Vec::new(),
        Err(problem) if problem.errors().is_empty() => return Err(problem),
        Err(problem) => faults(&problem)?,
    };
    errors.extend(condition(rule.when.as_ref(), format!("{pointer}/when")));
    errors.extend(condition(rule.rows.as_ref(), format!("{pointer}/rows")));
    Ok(errors)
}

fn condition(text: Option<&ConditionText>, pointer: String) -> Option<RuleFault> {
    let error = Predicate::parse(text?).err()?;
    let line = error.position.map(|at| at.line);
    let column = error.position.map(|at| at.column);
    Some(RuleFault { pointer, detail: error.detail, line, column })
}

/// The names that the caller may know of, sorted.
fn known_names(read: &Reading) -> Result<Vec<PermissionName>, Problem> {
    let engine = read.engine();
    let (inspect, manage) =
        (context::action::parse("access:inspect")?, context::action::parse("access:role")?);
    let mut seen: BTreeMap<NodeId, bool> = BTreeMap::new();
    let mut sees = |owner: NodeId| {
        *seen.entry(owner).or_insert_with(|| read.may(&inspect, owner) || read.may(&manage, owner))
    };
    let mut names: Vec<PermissionName> = engine
        .permission_names()
        .filter(|name| engine.permissions_named(name).iter().any(|(_, owner)| sees(*owner)))
        .cloned()
        .collect();
    for name in BUILT_IN {
        names.push(context::action::parse(name)?);
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The first of the names that a rule is about, and how many there are.
fn stands_for(rule: &RuleInput, known: &[PermissionName], most: usize) -> (Vec<String>, usize) {
    let about: Vec<&PermissionName> = known.iter().filter(|name| is_about(rule, name)).collect();
    (about.iter().take(most).map(ToString::to_string).collect(), about.len())
}

fn is_about(rule: &RuleInput, name: &PermissionName) -> bool {
    rule.text.pattern.matches(name) && !rule.except.iter().any(|except| except.matches(name))
}

#[cfg(test)]
mod tests {
    use kernel::RuleText;

    use super::*;

    fn names(texts: &[&str]) -> Vec<PermissionName> {
        texts.iter().map(|text| PermissionName::parse(text).unwrap()).collect()
    }

    #[test]
    fn exceptions_are_left_out_and_all_are_counted() {
        let known = names(&["sql:a:get", "sql:a:put", "sql:b:get", "other"]);
        let text: RuleText = "sql:*".parse().unwrap();
        let mut rule = RuleInput::from(text);
        assert_eq!(stands_for(&rule, &known, 2), (vec!["sql:a:get".into(), "sql:a:put".into()], 3));
        rule.except = vec![kernel::Pattern::parse("sql:a:*").unwrap()];
        assert_eq!(stands_for(&rule, &known, 9), (vec!["sql:b:get".into()], 1));
    }

    #[test]
    fn the_servers_own_are_sorted_and_well_formed() {
        let own = names(&BUILT_IN);
        assert!(own.is_sorted());
    }
}
