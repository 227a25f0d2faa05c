//! Making a role, or giving one other rules: the operation underneath `POST` and `PUT`, and of world files.

use context::{Event, EventKind, Permitted, Writing};
use kernel::{Effect, Name, NodeId, NodeRef, Problem, RoleId};
use policy::{Assignment, Change, Rule};
use serde_json::{Map, Value};

use crate::{
    granting,
    model::{ManageRole, Role},
    resolve,
    rule::RuleInput,
    store as rows,
};

/// A role as it shall be.
#[derive(Debug, Clone)]
pub struct SaveRole {
    /// The node that owns it.
    pub owner: NodeId,
    /// Its name.
    pub name: Name,
    /// Its rules.
    pub rules: Vec<RuleInput>,
}

/// Makes the role, or if the owner has one of this name, gives it these rules. A role that is so already is left alone.
pub async fn run(tx: &mut Writing, save: SaveRole) -> Result<Role, Problem> {
    let owner = tx.permit::<ManageRole>(save.owner).map_err(|p| tree::hide(p, "/owner"))?;
    match rows::find_role_named(tx, save.owner, &save.name).await? {
        None => create(tx, owner, save.name, save.rules).await,
        Some(role) => {
            let rules = resolve::rules(tx, role.owner, save.rules).await?;
            if role.rules == rules {
                return Ok(role);
            }
            let name = role.name.clone();
            edit(tx, owner.map(|_| Ok::<_, Problem>(role))?, name, rules).await
        }
    }
}

/// Makes a role. It gives nothing until it is assigned.
pub(crate) async fn create(
    tx: &mut Writing,
    owner: Permitted<ManageRole, NodeId>,
    name: Name,
    rules: Vec<RuleInput>,
) -> Result<Role, Problem> {
    let role = Role {
        id: RoleId::new(tx.ctx().now(), tx.ctx().system().entropy()),
        name,
        owner: *owner,
        rules: resolve::rules(tx, *owner, rules).await?,
        created_at: tx.ctx().now(),
        updated_at: tx.ctx().now(),
        version: 1,
    };
    let role = owner.map(|_| Ok::<_, Problem>(role))?;
    rows::insert_role(tx, &role).await?;
    record(tx, None, &role).await?;
    Ok(role.into_inner())
}

/// Gives a role another name and other rules; that is granting to every assignment of the role.
pub(crate) async fn edit(
    tx: &mut Writing,
    role: Permitted<ManageRole, Role>,
    name: Name,
    rules: Vec<Rule>,
) -> Result<Role, Problem> {
    role.refuse_built_in()?;
    may_edit(tx, &role, &rules).await?;
    let (now, former) = (tx.ctx().now(), role.clone());
    let role = role.map(|role| {
        Ok::<_, Problem>(Role { name, rules, updated_at: now, version: role.version + 1, ..role })
    })?;
    rows::update_role(tx, &role).await?;
    record(tx, Some(&former), &role).await?;
    Ok(role.into_inner())
}

/// Tells engine and audit what a role is now, and the audit what it was.
pub(crate) async fn record(
    tx: &mut Writing,
    former: Option<&Role>,
    role: &Role,
) -> Result<(), Problem> {
    let (id, name, rules) = (role.id, role.name.to_string(), role.rules.clone());
    tx.record_conditions(Change::RoleSaved { id, name, owner: role.owner, rules }).await?;
    let action = if former.is_some() { "role.update" } else { "role.create" };
    let event = Event::new(EventKind::RoleChange, action)
        .about("role", role.id, role.owner)
        .with("name", role.name.as_str())
        .with("rules", role.rules.len())
        .exchanged(&former.map_or(Ok(Vec::new()), told)?, &told(role)?);
    let named = |role: &Role| Map::from_iter([("name".to_owned(), role.name.as_str().into())]);
    tx.audit(match former {
        Some(former) => event.changed(named(former), named(role)),
        None => event,
    });
    Ok(())
}

/// The rules as one writes them; an owner other than the role's by its id.
fn told(role: &Role) -> Result<Vec<Value>, Problem> {
    let told = |rule: &Rule| {
        let owner = (rule.owner != role.owner).then_some(NodeRef::Id(rule.owner));
        serde_json::to_value(RuleInput::of(rule, owner)).map_err(Problem::internal)
    };
    role.rules.iter().map(told).collect()
}

/// Whether the caller may give what these rules add, and lift what they no longer deny, wherever the role is assigned.
pub(crate) async fn may_edit(tx: &Writing, role: &Role, rules: &[Rule]) -> Result<(), Problem> {
    let more = |effect, from: &[Rule], than: &[Rule]| -> Vec<Rule> {
        let of_effect = |rules: &[Rule]| -> Vec<Rule> {
            rules.iter().filter(|rule| rule.effect == effect).cloned().collect()
        };
        let than = of_effect(than);
        let is_new = |rule: &Rule| !than.iter().any(|other| includes(other, rule));
        of_effect(from).into_iter().filter(is_new).collect()
    };
    let allows = more(Effect::Allow, rules, &role.rules);
    let denies = more(Effect::Deny, &role.rules, rules);
    if allows.is_empty() && denies.is_empty() {
        return Ok(());
    }
    let assignments: Vec<Assignment> =
        tx.engine().assignments_of_role(role.id).into_iter().cloned().collect();
    for assignment in &assignments {
        granting::adding_rules(tx, assignment, allows.clone()).await?;
        if !denies.is_empty() {
            granting::lifting_rules(tx, assignment, denies.clone()).await?;
        }
    }
    Ok(())
}

/// Whether all that the second rule does, the first one does.
fn includes(first: &Rule, second: &Rule) -> bool {
    let fields = match (&first.fields, &second.fields) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(more), Some(less)) => less.iter().all(|field| more.contains(field)),
    };
    first.effect == second.effect
        && first.owner == second.owner
        && first.pattern.covers(&second.pattern)
        && first.except.iter().all(|e| second.except.iter().any(|other| other.covers(e)))
        && (first.when.is_none() || first.when == second.when)
        && fields
        && (first.rows.is_none() || first.rows == second.rows)
}

#[cfg(test)]
mod tests {
    use kernel::{ConditionText, Pattern, RuleText};

    use super::*;

    fn rule(text: &str, except: &[&str], when: Option<&str>) -> Rule {
        let text: RuleText = text.parse().unwrap();
        Rule {
            effect: text.effect,
            pattern: text.pattern,
            except: except.iter().map(|e| Pattern::parse(e).unwrap()).collect(),
            owner: NodeId::GLOBAL,
            when: when.map(|when| ConditionText(when.to_owned())),
            fields: None,
            rows: None,
        }
    }

    #[test]
    fn a_wider_rule_includes_a_narrower_one() {
        let wide = rule("sql:*", &[], None);
        let narrow = rule("sql:crm:x", &[], Some("true"));
        assert!(includes(&wide, &narrow));
        assert!(!includes(&narrow, &wide));
        assert!(!includes(&narrow, &rule("sql:crm:x", &[], None)));
        assert!(!includes(&wide, &rule("!sql:crm:x", &[], None)));
    }

    #[test]
    fn an_exception_makes_a_rule_smaller() {
        let but = rule("sql:*", &["sql:crm:x"], None);
        assert!(includes(&rule("sql:*", &[], None), &but));
        assert!(!includes(&but, &rule("sql:*", &[], None)));
        assert!(includes(&but, &rule("sql:*", &["sql:crm:*"], None)));
    }
}
