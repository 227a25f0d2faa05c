//! Roles with their rules.

use std::collections::HashSet;

use access::{RuleInput, save_role::SaveRole};
use kernel::{NodeId, NodeRef, Problem, RoleId, RuleText};
use policy::Rule;

use super::{Apply, at};
use crate::{
    file::{self, OwnedName, Place},
    plan::Difference,
    world::Placed,
};

pub(super) const SECTION: &str = "roles";

impl Apply<'_> {
    pub(super) async fn roles(&mut self) -> Result<(), Problem> {
        let world = self.world;
        let mut seen = HashSet::new();
        for from in &world.roles.list {
            let owner = self.owner(from, SECTION, from.says.owner.as_ref())?;
            if !seen.insert((owner, &from.says.name)) {
                return Err(from.refuse(SECTION, "/name", "is in the file twice"));
            }
            self.check_rules(from)?;
            let known = self.role_of(owner, from.says.name.as_str());
            self.save_role(from, owner, known).await?;
        }
        Ok(())
    }

    /// The owners of rules, with a better word than the operation has: they may be in the file.
    fn check_rules(&self, from: &Placed<file::Role>) -> Result<(), Problem> {
        for (index, rule) in from.says.rules.iter().enumerate() {
            if let Some(owner) = &rule.text.owner {
                self.reference(from, SECTION, &format!("/rules/{index}"), owner)?;
            }
        }
        Ok(())
    }

    async fn save_role(
        &mut self,
        from: &Placed<file::Role>,
        owner: NodeId,
        known: Option<RoleId>,
    ) -> Result<(), Problem> {
        let refuse = |problem| at(from, SECTION, problem);
        let wanted = access::resolve::rules(self.tx, owner, from.says.rules.clone());
        let wanted = sorted(wanted.await.map_err(refuse)?);
        let former = known
            .and_then(|id| self.tx.engine().role(id))
            .map(|role| sorted(role.rules.into_iter().cloned().collect()));
        let name = name(&from.says);
        if former.as_ref() == Some(&wanted) {
            self.plan.compare(SECTION, name, Vec::new());
            return Ok(());
        }
        let (role, rules) = (from.says.name.clone(), from.says.rules.clone());
        let saved = access::save_role::run(self.tx, SaveRole { owner, name: role, rules }).await;
        saved.map_err(refuse)?;
        match former {
            None => self.plan.create(SECTION, name),
            Some(former) => {
                let before = self.written(&former, owner).await?;
                let after = self.written(&wanted, owner).await?;
                let difference = Difference::of("rules", &before, &after);
                self.plan.compare(SECTION, name, difference.into_iter().collect());
            }
        }
        Ok(())
    }

    async fn written(&self, rules: &[Rule], owner: NodeId) -> Result<Vec<RuleInput>, Problem> {
        let ids: Vec<NodeId> = rules.iter().map(|rule| rule.owner).collect();
        let paths = store::node::paths(&*self.tx, &ids).await?;
        Ok(rules.iter().map(|rule| written(rule, owner, paths.get(&rule.owner))).collect())
    }
}

/// A stored rule as a file says it.
pub(crate) fn written(rule: &Rule, role_owner: NodeId, path: Option<&String>) -> RuleInput {
    let path = path.and_then(|path| path.parse::<NodeRef>().ok());
    let owner = (rule.owner != role_owner).then(|| path.unwrap_or(NodeRef::Id(rule.owner)));
    RuleInput {
        text: RuleText { effect: rule.effect, pattern: rule.pattern.clone(), owner },
        except: rule.except.clone(),
        when: rule.when.clone(),
        fields: rule.fields.clone(),
        rows: rule.rows.clone(),
    }
}

/// The order of rules means nothing.
fn sorted(mut rules: Vec<Rule>) -> Vec<Rule> {
    rules.sort_by_cached_key(|rule| format!("{rule:?}"));
    rules
}

/// The role as others name it.
pub(super) fn name(role: &file::Role) -> OwnedName {
    let owner = role.owner.clone().unwrap_or_else(Place::global);
    OwnedName { name: role.name.clone(), owner }
}
