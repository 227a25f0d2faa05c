//! `POST /api/v1/ip-rules`

use context::{Change, Event, EventKind, IpList, Writing, ip_rules::parse_network};
use kernel::{IpRuleId, NodeId, Problem, Remark};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Created, Json, Op};

use crate::{
    confirm,
    model::{IpRule, ManageIpRules, name},
    store,
};

/// Most rules that are made at once.
const MOST_AT_ONCE: usize = 1000;
/// Most rules there are. They are in memory, and copied at each change.
const MOST: usize = 100_000;

/// A rule that is to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IpRuleInput {
    /// `allow` or `block`.
    #[schema(value_type = String, example = "allow")]
    pub list: IpList,
    /// An address, or a network in CIDR notation.
    #[schema(example = "10.0.0.0/8")]
    pub network: String,
    /// What it is for; at most 500 characters.
    #[schema(value_type = Option<String>, max_length = 500)]
    pub note: Option<Remark>,
}

/// Rules that are to be made: all of them or none.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateIpRulesInput {
    /// 1 to 1000 rules.
    pub rules: Vec<IpRuleInput>,
    /// That the caller's own address may be refused from now on.
    #[serde(default)]
    pub confirm: bool,
}

/// The rules that were made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreatedIpRules {
    /// In the order in which they were given.
    pub items: Vec<IpRule>,
}

/// Makes rules on addresses. They count at once, on all servers, before anything else is asked of a request. 409 for a
/// network that is on the list, and where the caller would lock himself out without `confirm`.
#[utoipa::path(post, path = "/api/v1/ip-rules", tag = "network", operation_id = "create_ip_rules",
    request_body = CreateIpRulesInput,
    responses((status = 201, body = CreatedIpRules), (status = 403, body = web::ProblemBody),
        (status = 409, body = web::ProblemBody), (status = 422, body = web::ProblemBody)),
    extensions(("x-permission" = json!("settings:network"))))]
pub async fn handle(
    Op(ctx): Op,
    Json(input): Json<CreateIpRulesInput>,
) -> web::Result<Created<CreatedIpRules>> {
    let mut tx = ctx.begin().await?;
    let items = run(&mut tx, input).await?;
    tx.commit().await?;
    Ok(Created { location: "/api/v1/ip-rules".to_owned(), body: CreatedIpRules { items } })
}

/// Makes rules.
pub async fn run(tx: &mut Writing, input: CreateIpRulesInput) -> Result<Vec<IpRule>, Problem> {
    if !(1..=MOST_AT_ONCE).contains(&input.rules.len()) {
        return Err(Problem::invalid("/rules", format!("must be 1 to {MOST_AT_ONCE} rules")));
    }
    let mut made = Vec::with_capacity(input.rules.len());
    for (position, rule) in input.rules.into_iter().enumerate() {
        let created = create(tx, rule).await;
        made.push(created.map_err(|problem| problem.below(&format!("/rules/{position}")))?);
    }
    confirm::check(tx, input.confirm)?;
    Ok(made)
}

async fn create(tx: &mut Writing, input: IpRuleInput) -> Result<IpRule, Problem> {
    let network =
        parse_network(&input.network).map_err(|error| Problem::invalid("/network", error))?;
    let rule = IpRule {
        id: IpRuleId::new(tx.ctx().now(), tx.ctx().system().entropy()),
        list: input.list,
        network,
        note: input.note.map(String::from),
        created_at: tx.ctx().now(),
    };
    let rule = tx.permit::<ManageIpRules>(rule)?;
    if store::is_on_list(tx, rule.list, rule.network).await? {
        let detail = format!("{network} is on the list {} already.", name(rule.list));
        return Err(Problem::conflict(detail).and_field("/network", "is on the list already"));
    }
    if tx.state().ip_rules.count() >= MOST {
        return Err(Problem::conflict(format!("There are at most {MOST} rules.")));
    }
    store::insert(tx, &rule).await?;
    tx.record(Change::IpRuleSaved { list: rule.list, network })?;
    let event = Event::new(EventKind::ConfigChange, "ip_rule.create")
        .about("ip_rule", rule.id, NodeId::GLOBAL)
        .with("list", name(rule.list))
        .with("network", network.to_string());
    tx.audit(event.because(rule.note.clone()));
    Ok(rule.into_inner())
}
