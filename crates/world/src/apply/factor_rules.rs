//! Who needs a second factor. A rule is known by all that it says, so it is there or not, and never changed. The section
//! has no roots: pruned, it is pruned as a whole.

use context::change_setting::{ChangeSettings, Section};
use kernel::{NodeKind, Problem};
use realms::UserRef;
use signin::second_factor::{
    FactorRule, Method, Whose,
    create_rule::{self, FactorRuleInput, counting},
    delete_rule, list_rules,
};

use super::{Apply, at};
use crate::{
    file::{self, Place},
    world::Placed,
};

const SECTION: &str = "factor_rules";

/// What a rule says.
type Says = (Whose, usize, Vec<Method>);

impl Apply<'_> {
    pub(super) async fn factor_rules(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.factor_rules.is_named {
            return Ok(());
        }
        let stored: Vec<Says> = self.stored_factor_rules().await?.iter().map(says).collect();
        let mut seen: Vec<Says> = Vec::new();
        for from in &world.factor_rules.list {
            let wanted = self.wanted_factor_rule(from)?;
            if seen.contains(&wanted) {
                return Err(from.refuse(SECTION, "", "is in the file twice"));
            }
            if stored.contains(&wanted) {
                self.plan.compare(SECTION, line(&from.says), Vec::new());
            } else {
                let input = input(&from.says, &wanted);
                let made = create_rule::run(self.tx, input).await;
                made.map_err(|problem| at(from, SECTION, problem))?;
                self.plan.create(SECTION, line(&from.says));
            }
            seen.push(wanted);
        }
        Ok(())
    }

    pub(super) async fn prune_factor_rules(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.factor_rules.is_named {
            return Ok(());
        }
        let list = world.factor_rules.list.iter();
        let wanted =
            list.map(|from| self.wanted_factor_rule(from)).collect::<Result<Vec<_>, _>>()?;
        for rule in self.stored_factor_rules().await? {
            if wanted.contains(&says(&rule)) {
                continue;
            }
            let line = match rule.whose {
                Whose::Realm(id) => format!("realm {}", self.path(id).await?),
                Whose::User(id) => format!("user {}", self.path(id).await?),
                Whose::Role(id) => {
                    let role = self.tx.engine().role(id);
                    format!(
                        "role {}",
                        role.map_or_else(|| id.to_string(), |role| role.name.to_owned())
                    )
                }
            };
            delete_rule::run(self.tx, rule.id).await?;
            self.plan.delete(SECTION, line);
        }
        Ok(())
    }

    fn wanted_factor_rule(&self, from: &Placed<file::FactorRule>) -> Result<Says, Problem> {
        let file::FactorRule { realm, role, user, steps, methods } = &from.says;
        let whose = match (realm, role, user) {
            (Some(realm), None, None) => {
                let node = self.node(from, SECTION, "/realm", &Place::root(realm))?;
                if node.kind.as_str() != NodeKind::REALM {
                    return Err(from.refuse(SECTION, "/realm", "is no realm"));
                }
                Whose::Realm(node.id)
            }
            (None, Some(role), None) => Whose::Role(self.role(from, SECTION, "/role", role)?),
            (None, None, Some(user)) => {
                let node = self.node(from, SECTION, "/user", &user.place())?;
                if node.kind.as_str() != NodeKind::USER {
                    return Err(from.refuse(SECTION, "/user", "is no user"));
                }
                Whose::User(node.id)
            }
            _ => return Err(from.refuse(SECTION, "", "must be for one of realm, role and user")),
        };
        let methods = counting(methods.clone()).map_err(|problem| at(from, SECTION, problem))?;
        Ok((whose, steps.unwrap_or(1), methods))
    }

    async fn stored_factor_rules(&self) -> Result<Vec<FactorRule>, Problem> {
        let section = Section("second_factor".to_owned());
        self.tx.permit::<ChangeSettings>(section).map(drop)?;
        list_rules::all(&*self.tx).await
    }
}

fn says(rule: &FactorRule) -> Says {
    (rule.whose, rule.steps, rule.methods.clone())
}

fn input(says: &file::FactorRule, (whose, steps, methods): &Says) -> FactorRuleInput {
    let role = match whose {
        Whose::Role(id) => Some(*id),
        Whose::Realm(_) | Whose::User(_) => None,
    };
    let user = says.user.as_ref();
    let user = user.map(|user| UserRef { username: user.name.clone(), realm: user.realm.clone() });
    let methods = Some(methods.clone());
    FactorRuleInput { realm: says.realm.clone(), role, user, steps: *steps, methods }
}

fn line(says: &file::FactorRule) -> String {
    match (&says.realm, &says.role, &says.user) {
        (Some(realm), ..) => format!("realm {realm}"),
        (_, Some(role), _) => format!("role {role}"),
        (_, _, Some(user)) => format!("user {user}"),
        _ => "nobody".to_owned(),
    }
}
