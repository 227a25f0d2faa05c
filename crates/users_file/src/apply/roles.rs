//! The roles of the file: owned by `$global`, so that they count wherever they are asked about.

use access::{RuleInput, save_role::SaveRole};
use kernel::{Name, NodeId, Problem, RoleId, RuleText};
use policy::{RoleView, Rule};
use web::IfMatch;

use super::{Apply, at};
use crate::{model::FileRole, store};

impl Apply<'_> {
    pub(super) async fn roles(&mut self) -> Result<(), Problem> {
        let from_file = store::roles(&*self.tx).await?;
        for (name, role) in &self.file.roles {
            let called = format!("roles.{name}");
            let known = self.role_named(name);
            if known.is_some_and(|id| !from_file.contains(&id)) {
                let detail = format!(
                    "{called}: the database has a role of this name that is not from the file"
                );
                return Err(Problem::conflict(detail));
            }
            let id = self.save(name, role, known).await.map_err(at(&called))?;
            self.roles.insert(id, name.clone());
        }
        Ok(())
    }

    async fn save(
        &mut self,
        name: &Name,
        role: &FileRole,
        known: Option<RoleId>,
    ) -> Result<RoleId, Problem> {
        let is_so = |id: &RoleId| {
            self.tx.engine().role(*id).and_then(|view| file_role(&view)).as_ref() == Some(role)
        };
        if let Some(id) = known.filter(is_so) {
            return Ok(id);
        }
        let rules = role
            .permissions
            .iter()
            .map(|text| text.parse().map(|rule: RuleText| RuleInput::from(rule)));
        let rules = rules.collect::<Result<Vec<_>, _>>().map_err(Problem::internal)?;
        let save = SaveRole { owner: NodeId::GLOBAL, name: name.clone(), rules };
        let id = access::save_role::run(self.tx, save).await?.id;
        match known {
            Some(_) => self.counts.changed += 1,
            None => {
                store::save_role(&*self.tx, &self.proof, id).await?;
                self.counts.created += 1;
            }
        }
        Ok(id)
    }

    /// Roles that were in the file go, with their assignments, to whomever they were given.
    pub(super) async fn roles_that_are_gone(&mut self) -> Result<(), Problem> {
        for id in store::roles(&*self.tx).await? {
            if self.roles.contains_key(&id) {
                continue;
            }
            let Some(role) = access::store::find_role(&*self.tx, id).await? else { continue };
            let called = format!("roles.{}", role.name);
            let engine = self.tx.engine();
            let held: Vec<_> = engine.assignments_of_role(id).iter().map(|held| held.id).collect();
            for assignment in held {
                access::unassign::run(self.tx, assignment).await.map_err(at(&called))?;
            }
            access::delete_role::run(self.tx, role, &IfMatch::Any).await.map_err(at(&called))?;
            store::forget_role(&*self.tx, &self.proof, id).await?;
            self.counts.gone += 1;
        }
        Ok(())
    }

    fn role_named(&self, name: &Name) -> Option<RoleId> {
        let engine = self.tx.engine();
        let mut owned = engine.roles_owned(NodeId::GLOBAL).into_iter();
        owned.find(|id| engine.role(*id).is_some_and(|role| role.name == name.as_str()))
    }
}

/// The role as a file says it; none if it cannot: conditions, exceptions, fields and owners of rules are the database's.
pub(crate) fn file_role(role: &RoleView<'_>) -> Option<FileRole> {
    let permissions = role.rules.iter().map(|rule| written(rule)).collect::<Option<_>>()?;
    Some(FileRole { permissions })
}

fn written(rule: &Rule) -> Option<String> {
    let Rule { effect, pattern, except, owner, when, fields, rows } = rule;
    let is_plain = except.is_empty()
        && *owner == NodeId::GLOBAL
        && when.is_none()
        && fields.is_none()
        && rows.is_none();
    let text = RuleText { effect: *effect, pattern: pattern.clone(), owner: None };
    is_plain.then(|| text.to_string())
}
