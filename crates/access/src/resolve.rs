//! A written rule as the engine takes it: owners found, conditions checked.

use context::{Ask, Writing};
use kernel::{ConditionText, NodeId, NodeRef, PermissionName, Problem};
use policy::{Rule, condition::Predicate};

use crate::rule::RuleInput;

/// Most rules of a role.
pub const MAX_RULES: usize = 1000;

/// The rules of a role that `owner` owns. Errors point below `/rules`.
pub async fn rules(
    tx: &Writing,
    owner: NodeId,
    rules: Vec<RuleInput>,
) -> Result<Vec<Rule>, Problem> {
    if rules.len() > MAX_RULES {
        return Err(Problem::invalid("/rules", format!("must be at most {MAX_RULES}")));
    }
    let mut resolved = Vec::with_capacity(rules.len());
    for (index, rule) in rules.into_iter().enumerate() {
        resolved.push(one(tx, owner, rule, &format!("/rules/{index}")).await?);
    }
    Ok(resolved)
}

/// 422 with line and column if the condition cannot be evaluated.
pub fn check_condition(condition: Option<&ConditionText>, pointer: &str) -> Result<(), Problem> {
    match condition.map(Predicate::parse) {
        Some(Err(error)) => Err(Problem::invalid(pointer, error)),
        _ => Ok(()),
    }
}

async fn one(
    tx: &Writing,
    role_owner: NodeId,
    rule: RuleInput,
    pointer: &str,
) -> Result<Rule, Problem> {
    check_condition(rule.when.as_ref(), &format!("{pointer}/when"))?;
    check_condition(rule.rows.as_ref(), &format!("{pointer}/rows"))?;
    let owner = owner(tx, role_owner, &rule, pointer).await?;
    Ok(Rule {
        effect: rule.text.effect,
        pattern: rule.text.pattern,
        except: rule.except,
        owner,
        when: rule.when,
        fields: rule.fields,
        rows: rule.rows,
    })
}

/// The node where a rule counts, if it may be left out or the caller may see it.
pub(crate) async fn owner(
    tx: &impl Ask,
    role_owner: NodeId,
    rule: &RuleInput,
    pointer: &str,
) -> Result<NodeId, Problem> {
    match &rule.text.owner {
        Some(owner) => visible(tx, owner, pointer).await,
        None => {
            refuse_elsewhere(tx, role_owner, rule, pointer).await?;
            Ok(role_owner)
        }
    }
}

/// The node that a reference means, if the caller may see it.
async fn visible(tx: &impl Ask, node: &NodeRef, pointer: &str) -> Result<NodeId, Problem> {
    let node = tree::find(tx, node, pointer).await?;
    if sees(tx, node.id)? { Ok(node.id) } else { Err(tree::unknown(pointer)) }
}

/// Whether the caller may know of the node. That `$global` exists is no secret.
pub(crate) fn sees(tx: &impl Ask, node: NodeId) -> Result<bool, Problem> {
    if node == NodeId::GLOBAL {
        return Ok(true);
    }
    for permission in ["node:read", "read", "access:role", "access:assign"] {
        if tx.may(&context::action::parse(permission)?, node) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A name without `*` that is registered only elsewhere than at the role's owner or above would silently widen: at the
/// role's owner it means something else than what its author sees in the catalogue.
async fn refuse_elsewhere(
    tx: &impl Ask,
    role_owner: NodeId,
    rule: &RuleInput,
    pointer: &str,
) -> Result<(), Problem> {
    let Some(owner) = registered_elsewhere(tx.engine(), role_owner, rule.text.pattern.as_str())
    else {
        return Ok(());
    };
    let name = &rule.text.pattern;
    let place = if sees(tx, owner)? { store::node::path(tx, owner).await? } else { None };
    let detail = match place {
        Some(path) => format!("'{name}' is registered at {path}, not here: write {name}@{path}"),
        None => format!("'{name}' is registered elsewhere: name its owner, {name}@/path"),
    };
    Err(Problem::invalid(pointer, detail))
}

/// Where a name is registered, if it is, and nowhere at the role's owner or above.
pub(crate) fn registered_elsewhere(
    engine: &policy::Snapshot,
    role_owner: NodeId,
    pattern: &str,
) -> Option<NodeId> {
    let name = PermissionName::parse(pattern).ok()?;
    let owners: Vec<NodeId> =
        engine.permissions_named(&name).into_iter().map(|(_, owner)| owner).collect();
    if owners.iter().any(|owner| engine.is_ancestor(*owner, role_owner)) {
        return None;
    }
    owners.first().copied()
}
