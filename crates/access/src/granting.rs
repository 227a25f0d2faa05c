//! Nobody gives more than he holds (`model.md`, "Granting"). What lets somebody do more passes here: assignments, rules,
//! memberships, lifted denies, taking over.

use context::{Writing, refusal::Refusal};
use kernel::{Effect, NodeId, Problem};
use policy::{Assignment, Grant, Region, Rule, Withheld};

use crate::model::Assign;
use context::Action;

/// 403 that names what is withheld, unless the caller may give all of these.
pub async fn may_grant(
    tx: &Writing,
    grants: impl IntoIterator<Item = Grant>,
) -> Result<(), Problem> {
    let (principal, now) = (tx.ctx().principal(), tx.ctx().now());
    let withheld = grants.into_iter().find_map(|grant| {
        let refused = tx.engine().may_grant(principal, &grant, now).err()?;
        Some((refused, grant))
    });
    match withheld {
        None => Ok(()),
        Some((withheld, grant)) => {
            note(tx, &grant);
            Err(refused(tx, &withheld, &grant).await?)
        }
    }
}

/// What a new assignment gives: the allows of its role where they take effect.
pub async fn assigning(tx: &Writing, assignment: &Assignment) -> Result<(), Problem> {
    let rules = rules_of(tx, assignment, Effect::Allow);
    may_grant(tx, grants(tx, assignment, rules)).await
}

/// What removing an assignment lifts: the denies of its role. Whoever holds `access:assign` at a proper ancestor of its
/// node is free, whatever denies him at the node itself.
pub async fn lifting(tx: &Writing, assignment: &Assignment) -> Result<(), Problem> {
    let impersonating = tx.ctx().principal().impersonator.is_some();
    if !impersonating && assigns_above(tx, assignment.node)?.is_some() {
        return Ok(());
    }
    lifting_rules(tx, assignment, rules_of(tx, assignment, Effect::Deny)).await
}

/// What removing these denies from an assigned role lifts. Holding `access:assign` above is not enough here: the
/// assignment stays, and with it the allows that the denies held back.
pub async fn lifting_rules(
    tx: &Writing,
    assignment: &Assignment,
    denies: Vec<Rule>,
) -> Result<(), Problem> {
    may_grant(tx, grants(tx, assignment, denies)).await
}

/// What these allows, added to an assigned role, give.
pub async fn adding_rules(
    tx: &Writing,
    assignment: &Assignment,
    allows: Vec<Rule>,
) -> Result<(), Problem> {
    may_grant(tx, grants(tx, assignment, allows)).await
}

/// What becoming a member gives: all that the group and the groups around it are allowed.
pub async fn joining(tx: &Writing, group: NodeId, member: NodeId) -> Result<(), Problem> {
    if tx.engine().would_nest_in_itself(group, member) {
        return Err(Problem::conflict("The group would be within itself."));
    }
    may_grant(tx, tx.engine().grants_of(group, tx.ctx().now())).await
}

/// What leaving lifts: all that the group and the groups around it are denied.
pub async fn leaving(tx: &Writing, group: NodeId, _member: NodeId) -> Result<(), Problem> {
    let mut around = tx.engine().groups_of(group);
    around.push(group);
    for assignment in around.into_iter().flat_map(|group| tx.engine().assignments_of_subject(group))
    {
        lifting(tx, assignment).await?;
    }
    Ok(())
}

/// Whether the caller may take over a user or service account: reset its password, impersonate it, change its aliases.
pub async fn taking_over(tx: &Writing, target: NodeId) -> Result<(), Problem> {
    let ctx = tx.ctx();
    match tx.engine().may_take_over(ctx.principal(), target, ctx.now()) {
        Ok(()) => Ok(()),
        Err(withheld) => {
            ctx.note_refusal(Refusal { permission: "take over".to_owned(), node: target });
            Err(Problem::forbidden(format!("This would take over more than you hold: {withheld}.")))
        }
    }
}

/// A proper ancestor of the node at which the caller holds `access:assign`.
pub(crate) fn assigns_above(tx: &Writing, node: NodeId) -> Result<Option<NodeId>, Problem> {
    let permission = context::action::parse(Assign::PERMISSION)?;
    let above = tx.engine().ancestors(node);
    Ok(above.into_iter().find(|above| *above != node && tx.may(&permission, *above)))
}

/// The rules of one effect in an assignment's role.
fn rules_of(tx: &Writing, assignment: &Assignment, effect: Effect) -> Vec<Rule> {
    let role = tx.engine().role(assignment.role);
    let rules = role.into_iter().flat_map(|role| role.rules);
    rules.filter(|rule| rule.effect == effect).cloned().collect()
}

/// Rules where an assignment makes them count.
fn grants(tx: &Writing, assignment: &Assignment, rules: Vec<Rule>) -> Vec<Grant> {
    let owner = tx.engine().role(assignment.role).map(|role| role.owner);
    let grant = |rule: Rule| Grant {
        region: Region::new(owner.into_iter().chain([assignment.node, rule.owner])),
        pattern: rule.pattern,
        except: rule.except,
        until: assignment.expires_at,
        when: assignment.when.iter().cloned().chain(rule.when).collect(),
        fields: rule.fields,
        rows: rule.rows,
    };
    rules.into_iter().map(grant).collect()
}

/// A refusal of granting is audited like any other.
fn note(tx: &Writing, grant: &Grant) {
    let node = grant.region.nodes().first().copied().unwrap_or(NodeId::GLOBAL);
    tx.ctx().note_refusal(Refusal { permission: format!("grant {}", grant.pattern), node });
}

async fn refused(tx: &Writing, withheld: &Withheld, grant: &Grant) -> Result<Problem, Problem> {
    let mut places = Vec::new();
    for node in grant.region.nodes() {
        let path = if crate::resolve::sees(tx, *node)? {
            store::node::path(tx, *node).await?
        } else {
            None
        };
        places.push(path.unwrap_or_else(|| node.to_string()));
    }
    Ok(Problem::forbidden(format!(
        "This would give '{}' at {}: {withheld}.",
        grant.pattern,
        places.join(" and ")
    )))
}
