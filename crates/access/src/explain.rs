//! `POST /api/v1/access/explain`

use context::{Ctx, Reading};
use kernel::{AssignmentId, NodeId, Problem, Revision};
use policy::{
    Decision, Explanation, Missing, NearMiss, Nearest, NotAllowed, Question, Reason, RuleReason,
    Snapshot, Step, Way,
};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Json, Op};

use crate::{
    ask::{Ask, Standing},
    model::RoleRef,
    view::{NodeName, Paths, RoleName, role_name, rule},
};

/// The answer and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplainAnswer {
    /// `allow` or `deny`: always the one that `decide` gives.
    #[schema(value_type = String, example = "deny")]
    pub decision: Decision,
    /// The revision of the world that it is of.
    #[schema(value_type = u64)]
    pub revision: Revision,
    /// Why.
    pub reason: ReasonView,
}

/// Why. Names that the caller may not see are left out.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ReasonView {
    /// `superuser`, `operator`, `not_active`, `restricted`, `unknown_subject`, `unknown_node`, `job_for_nobody`,
    /// `superusers_only`, `rule` or `no_allow`.
    #[schema(example = "rule")]
    pub kind: String,
    /// The reason in a sentence.
    pub text: String,
    /// Who is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<NodeName>,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleReasonView>,
    /// The smallest grant that would turn a deny.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestView>,
    /// What almost allowed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near_misses: Vec<NearMissView>,
}

/// The rule that decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleReasonView {
    /// `allow` or `deny`.
    pub effect: String,
    /// The rule, as one would write it in its role.
    pub rule: crate::rule::RuleInput,
    /// The rule's owner.
    pub rule_owner: NodeName,
    /// The role.
    pub role: RoleName,
    /// Through which assignment.
    #[schema(value_type = String, format = Uuid)]
    pub assignment: AssignmentId,
    /// To whom the role is assigned: the principal or one of its groups.
    pub subject: NodeName,
    /// From the principal up to the assigned group; empty if assigned directly.
    pub group_path: Vec<NodeName>,
    /// The node of the assignment.
    pub node: NodeName,
    /// From there down to the node in question.
    pub path: Vec<StepView>,
}

/// One step down.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// `child`, `connection`, or `root` from `$global`.
    pub through: String,
    /// Where it leads.
    pub to: NodeName,
}

/// The smallest grant that would turn a deny.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NearestView {
    /// What.
    pub permission: String,
    /// Where.
    pub node: NodeName,
    /// The role in which alone it would count, if the principal is limited to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
}

/// An allow that would have applied but for one thing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NearMissView {
    /// Of which role.
    pub role: RoleName,
    /// Through which assignment.
    #[schema(value_type = String, format = Uuid)]
    pub assignment: AssignmentId,
    /// Which of its rules, from 0.
    pub rule: usize,
    /// `expired`, `condition_false`, `condition_unknown`, `owner_out_of_reach` or `active_role`.
    pub missing: String,
}

/// May this principal do this there, and why? Asks what `decide` asks.
#[utoipa::path(post, path = "/api/v1/access/explain", tag = "access", operation_id = "explain",
    request_body = Ask,
    responses((status = 200, body = ExplainAnswer, description = "The decision, with its reason"),
        (status = 403, body = web::ProblemBody, description = "This may not be asked"),
        (status = 422, body = web::ProblemBody, description = "A field is wrong")),
    extensions(("x-permission" = json!("own"))))]
pub async fn handle(Op(ctx): Op, Json(ask): Json<Ask>) -> web::Result<Json<ExplainAnswer>> {
    ask.check("")?;
    let read = ctx.read().await?;
    let found = ask.find(&read, &ctx).await?;
    let unknown = Explanation { decision: Decision::Deny, reason: Reason::UnknownNode };
    let explanation = match found.standing(&ctx, read.state(), "")? {
        Standing::Hide => unknown,
        Standing::Answer => {
            let explanation = read.engine().explain(&found.question(&ctx));
            let own = found.is_about_caller();
            // A deny says nothing of a node that the caller may not know of.
            let hidden = own && found.visible_node(&ctx, read.state())?.is_none();
            if hidden && !explanation.decision.is_allow() { unknown } else { explanation }
        }
    };
    let Explanation { decision, reason } = explanation;
    let told = Told::new(read.engine(), &found.question(&ctx), reason);
    let reason = view(&ctx, &read, &told).await?;
    Ok(Json(ExplainAnswer { decision, revision: read.state().revision, reason }))
}

/// A reason, with all that is told of it.
struct Told {
    reason: Reason,
    /// How the rule comes to count, if one decided.
    way: Way,
    /// What is missing, if none did.
    missing: NotAllowed,
}

impl Told {
    fn new(engine: &Snapshot, question: &Question<'_>, reason: Reason) -> Self {
        let way = match &reason {
            Reason::Rule(rule) => engine.way(question, rule),
            _ => Way::default(),
        };
        let missing = match reason {
            Reason::NoAllow => engine.missing(question),
            _ => NotAllowed::default(),
        };
        Self { reason, way, missing }
    }
}

async fn view(ctx: &Ctx, read: &Reading, told: &Told) -> Result<ReasonView, Problem> {
    let mut paths = Paths::of(read, nodes_in(read.engine(), told)).await?;
    paths.hide(|node| {
        let own = ctx.principal().subject() == Some(node);
        let grouped = || {
            let groups = ctx.principal().subject().map(|id| read.engine().groups_of(id));
            groups.is_some_and(|groups| groups.contains(&node))
        };
        own || crate::ask::sees(ctx, read.state(), node).unwrap_or(false) || grouped()
    });
    Ok(named(&paths, read.engine(), told))
}

/// All nodes whose names the reason needs.
fn nodes_in(engine: &Snapshot, told: &Told) -> Vec<NodeId> {
    let role_owner = |role| engine.role(role).map(|role| role.owner);
    match &told.reason {
        Reason::NotActive { subject, .. } => vec![*subject],
        Reason::Rule(rule) => {
            let steps = told.way.path.iter().map(|step| target(step).1);
            let mut nodes: Vec<NodeId> = steps.chain(told.way.group_path.iter().copied()).collect();
            nodes.extend([rule.subject, rule.owner, rule.node]);
            nodes.extend(role_owner(rule.role));
            nodes
        }
        Reason::NoAllow => {
            let NotAllowed { nearest, near_misses } = &told.missing;
            let only = nearest.iter().filter_map(|nearest| nearest.role);
            let owners = near_misses.iter().map(|miss| miss.role).chain(only);
            let nodes = nearest.iter().map(|nearest| nearest.node);
            owners.filter_map(role_owner).chain(nodes).collect()
        }
        _ => Vec::new(),
    }
}

fn named(paths: &Paths, engine: &Snapshot, told: &Told) -> ReasonView {
    let plain = |kind: &str, text: &str| ReasonView {
        kind: kind.to_owned(),
        text: text.to_owned(),
        ..ReasonView::default()
    };
    match &told.reason {
        Reason::Superuser => plain("superuser", "A superuser may do everything."),
        Reason::Operator => plain("operator", "The operator of the machine may do everything."),
        Reason::Restricted => plain("restricted", "The sign-in is not complete."),
        Reason::UnknownSubject => plain("unknown_subject", "There is no such principal."),
        Reason::UnknownNode => plain("unknown_node", "There is no such node."),
        Reason::JobForNobody => plain("job_for_nobody", "The job runs for nobody."),
        Reason::SuperusersOnly => {
            plain("superusers_only", "Only superusers may; no rule can give it.")
        }
        Reason::NotActive { subject, why } => {
            let why = format!("The principal is switched off: {}.", word(why));
            ReasonView { subject: Some(paths.name(*subject)), ..plain("not_active", &why) }
        }
        Reason::Rule(rule) => by_rule(paths, engine, rule, &told.way),
        Reason::NoAllow => {
            let NotAllowed { nearest, near_misses } = &told.missing;
            ReasonView {
                nearest: nearest.as_ref().map(|nearest| nearest_view(paths, engine, nearest)),
                near_misses: near_misses.iter().map(|m| near_miss(paths, engine, m)).collect(),
                ..plain("no_allow", "No rule allows it.")
            }
        }
    }
}

fn by_rule(paths: &Paths, engine: &Snapshot, reason: &RuleReason, way: &Way) -> ReasonView {
    let role = role_name(paths, engine, reason.role);
    let stored = engine.role(reason.role);
    let text = stored.and_then(|role| {
        role.rules.get(reason.rule).map(|stored| rule(paths, engine, role.owner, stored))
    });
    let Some(text) = text else { return ReasonView::default() };
    let view = RuleReasonView {
        effect: word(&reason.effect),
        rule: text,
        rule_owner: paths.name(reason.owner),
        role,
        assignment: reason.assignment,
        subject: paths.name(reason.subject),
        group_path: way.group_path.iter().map(|group| paths.name(*group)).collect(),
        node: paths.name(reason.node),
        path: way.path.iter().map(|step| step_view(paths, step)).collect(),
    };
    let sentence = format!(
        "The rule '{}' of the role {} decides; it is assigned to {} at {}.",
        view.rule.text,
        reference(&view.role),
        shown(&view.subject),
        shown(&view.node),
    );
    let kind = "rule".to_owned();
    ReasonView { kind, text: sentence, rule: Some(view), ..ReasonView::default() }
}

fn reference(role: &RoleName) -> String {
    let owner = role.owner.path.as_deref().and_then(|path| path.parse().ok());
    match kernel::Name::parse(&role.name) {
        Ok(name) => RoleRef::Named { name, owner }.to_string(),
        Err(_) => role.id.to_string(),
    }
}

fn shown(node: &NodeName) -> String {
    node.path.clone().unwrap_or_else(|| node.id.to_string())
}

fn step_view(paths: &Paths, step: &Step) -> StepView {
    let (through, to) = target(step);
    StepView { through: through.to_owned(), to: paths.name(to) }
}

fn target(step: &Step) -> (&'static str, NodeId) {
    match step {
        Step::Child { to } => ("child", *to),
        Step::Connection { to } => ("connection", *to),
        Step::Root { to } => ("root", *to),
    }
}

fn nearest_view(paths: &Paths, engine: &Snapshot, nearest: &Nearest) -> NearestView {
    NearestView {
        permission: nearest.permission.to_string(),
        node: paths.name(nearest.node),
        role: nearest.role.map(|role| role_name(paths, engine, role)),
    }
}

fn near_miss(paths: &Paths, engine: &Snapshot, miss: &NearMiss) -> NearMissView {
    let missing = match miss.missing {
        Missing::Expired { .. } => "expired",
        Missing::ConditionFalse => "condition_false",
        Missing::ConditionUnknown => "condition_unknown",
        Missing::OwnerOutOfReach { .. } => "owner_out_of_reach",
        Missing::ActiveRole => "active_role",
    };
    NearMissView {
        role: role_name(paths, engine, miss.role),
        assignment: miss.assignment,
        rule: miss.rule,
        missing: missing.to_owned(),
    }
}

/// The word of a plain enum, as it is on the wire.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
