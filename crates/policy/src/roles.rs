//! Roles, with their rules taken apart.

use std::sync::Arc;

use kernel::{Effect, NodeId, RoleId};

use crate::{
    change::Rule,
    chunks::Chunks,
    matcher::{Asked, Matcher, Names, Probe},
    refused::ChangeRefused,
    snapshot::Snapshot,
    sorted::Sorted,
    when::Condition,
};

/// A role.
#[derive(Debug)]
pub(crate) struct RoleRow {
    pub(crate) id: RoleId,
    pub(crate) name: String,
    pub(crate) owner: u32,
    pub(crate) rules: Vec<RuleRow>,
    /// Of each rule.
    probes: Vec<Probe>,
    /// Whether one of them is a deny.
    pub(crate) denies: bool,
}

/// A rule.
#[derive(Debug)]
pub(crate) struct RuleRow {
    pub(crate) rule: Rule,
    pub(crate) owner: u32,
    pub(crate) when: Option<Condition>,
    /// Which records of what is allowed; decisions at a node do not read it.
    pub(crate) rows: Option<Condition>,
    pattern: Matcher,
    except: Vec<Matcher>,
}

impl RoleRow {
    fn new(id: RoleId, name: &str, owner: u32, rules: Vec<RuleRow>) -> Self {
        let denies = rules.iter().any(RuleRow::is_deny);
        let probes = rules.iter().map(|rule| rule.pattern.probe()).collect();
        Self { id, name: name.to_owned(), owner, rules, probes, denies }
    }

    /// The rules about the thing of these names, each with its place in the role.
    pub(crate) fn about<'a, 'n>(
        &'a self,
        names: Names<'n>,
    ) -> impl Iterator<Item = (usize, &'a RuleRow)> + use<'a, 'n> {
        let probes = self.probes.iter().zip(&self.rules).enumerate();
        let near = probes.filter(move |(_, (probe, _))| names.may_fit(**probe));
        near.map(|(index, (_, rule))| (index, rule)).filter(move |(_, rule)| rule.is_about(names))
    }

    /// All conditions of its rules.
    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.rules.iter().flat_map(|rule| rule.when.iter().chain(&rule.rows))
    }
}

impl RuleRow {
    fn new(rule: &Rule, owner: u32) -> Self {
        Self {
            owner,
            when: rule.when.as_ref().map(Condition::new),
            rows: rule.rows.as_ref().map(Condition::new),
            pattern: Matcher::new(&rule.pattern),
            except: rule.except.iter().map(Matcher::new).collect(),
            rule: rule.clone(),
        }
    }

    /// Whether the rule is about the thing, of which these are the names.
    pub(crate) fn is_about(&self, names: Names<'_>) -> bool {
        names.iter().any(|name| self.is_about_name(&name))
    }

    /// Whether the rule is about what has this name.
    pub(crate) fn is_about_name(&self, name: &Asked<'_>) -> bool {
        self.pattern.matches(name) && !self.except.iter().any(|except| except.matches(name))
    }

    pub(crate) fn is_deny(&self) -> bool {
        self.rule.effect == Effect::Deny
    }
}

/// All roles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roles {
    rows: Chunks<Option<Arc<RoleRow>>>,
    by_id: Sorted<RoleId, u32>,
    /// How many have a deny.
    denying: usize,
    /// Node, role it owns.
    pub(crate) owned: Sorted<(u32, u32), ()>,
    /// Node, role with a rule it owns.
    pub(crate) rules_owned: Sorted<(u32, u32), ()>,
}

impl Roles {
    pub(crate) fn find(&self, id: RoleId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn row(&self, role: u32) -> Option<&RoleRow> {
        self.rows[role].as_deref()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = RoleId> + '_ {
        self.by_id.iter().map(|(id, _)| *id)
    }

    /// All roles, by number.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &RoleRow)> {
        self.by_id.iter().filter_map(|(_, number)| Some((*number, self.row(*number)?)))
    }

    /// Whether there is a deny anywhere.
    pub(crate) fn any_denies(&self) -> bool {
        self.denying > 0
    }

    fn unlink(&mut self, role: u32) -> Option<Arc<RoleRow>> {
        let row = self.rows.row_mut(role).take()?;
        self.denying -= usize::from(row.denies);
        self.owned.remove(&(row.owner, role));
        row.rules.iter().for_each(|rule| {
            self.rules_owned.remove(&(rule.owner, role));
        });
        Some(row)
    }

    fn link(&mut self, role: u32, row: RoleRow) {
        self.denying += usize::from(row.denies);
        self.owned.insert((row.owner, role), ());
        row.rules.iter().for_each(|rule| {
            self.rules_owned.insert((rule.owner, role), ());
        });
        *self.rows.row_mut(role) = Some(Arc::new(row));
    }
}

impl Snapshot {
    pub(crate) fn save_role(
        &mut self,
        id: RoleId,
        name: &str,
        owner: NodeId,
        rules: &[Rule],
    ) -> Result<(), ChangeRefused> {
        let owner = self.forest.need(owner)?;
        let rules = rules
            .iter()
            .map(|rule| Ok(RuleRow::new(rule, self.forest.need(rule.owner)?)))
            .collect::<Result<Vec<_>, ChangeRefused>>()?;
        let row = RoleRow::new(id, name, owner, rules);
        self.properties.check_kept(row.conditions())?;
        // Before the former ones go: what both read stays.
        row.conditions().for_each(|condition| self.count_reader(condition));
        let role = match self.roles.find(id) {
            Some(role) => {
                let former = self.roles.unlink(role);
                former.iter().for_each(|row| self.discount_readers(row));
                role
            }
            None => {
                let role = self.roles.rows.push(None);
                self.roles.by_id.insert(id, role);
                role
            }
        };
        self.registered.compile(role, &row);
        self.roles.link(role, row);
        Ok(())
    }

    pub(crate) fn delete_role(&mut self, id: RoleId) -> Result<(), ChangeRefused> {
        let role = self.roles.find(id).ok_or(ChangeRefused::UnknownRole(id))?;
        if self.assignments.by_role.any_of(role) {
            return Err(ChangeRefused::InUse);
        }
        let former = self.roles.unlink(role);
        former.iter().for_each(|row| self.discount_readers(row));
        self.registered.forget(role);
        self.roles.by_id.remove(&id);
        Ok(())
    }

    fn discount_readers(&mut self, row: &RoleRow) {
        row.conditions().for_each(|condition| self.discount_reader(condition));
    }
}
