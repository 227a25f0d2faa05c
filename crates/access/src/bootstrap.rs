//! The built-in roles.

use context::Writing;
use kernel::{Name, NodeId, Problem, RoleId};
use policy::Rule;

use crate::{
    model::{ManageRole, Role},
    save_role, store as rows,
};

/// Makes the built-in roles, owned by `$global`, in a database that has none. The caller is the operator.
pub async fn bootstrap(tx: &mut Writing) -> Result<(), Problem> {
    for (id, name, rules) in built_in() {
        let role = Role {
            id,
            name: Name::parse(name).map_err(Problem::internal)?,
            owner: NodeId::GLOBAL,
            rules: rules.iter().map(|rule| as_rule(rule)).collect::<Result<_, _>>()?,
            created_at: tx.ctx().now(),
            updated_at: tx.ctx().now(),
            version: 1,
        };
        let role = tx.permit::<ManageRole>(role.owner)?.map(|_| Ok::<_, Problem>(role))?;
        rows::insert_role(tx, &role).await?;
        save_role::record(tx, None, &role).await?;
    }
    Ok(())
}

/// Ids, names and rules.
fn built_in() -> [(RoleId, &'static str, &'static [&'static str]); 4] {
    [
        (RoleId::ADMIN, "admin", &["*"]),
        (RoleId::EDITOR, "editor", &["read", "write", "create", "delete", "data:*"]),
        (RoleId::VIEWER, "viewer", &["read", "data:*:*:view"]),
        (RoleId::NONE, "none", &[]),
    ]
}

fn as_rule(text: &str) -> Result<Rule, Problem> {
    let text: kernel::RuleText = text.parse().map_err(Problem::internal)?;
    Ok(Rule {
        effect: text.effect,
        pattern: text.pattern,
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_rules_are_well_formed() {
        for (id, name, rules) in built_in() {
            assert!(id.is_built_in() && Name::parse(name).is_ok());
            assert!(rules.iter().all(|rule| as_rule(rule).is_ok()));
        }
    }
}
