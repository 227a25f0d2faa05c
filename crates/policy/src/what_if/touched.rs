//! Whom the changes can reach, and for which permissions. It may name too many, never too few.
//!
//! A decision reads the subject's own state and groups, the assignments of these with their roles, what is above the
//! node, and what conditions read. So each of these is compared, where a change names it: its state before with that
//! after, whatever happened in between.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{AssignmentId, NodeId, Pattern, RoleId};

use super::{
    Position, Unanswered, WhatIf,
    around::Around,
    names::{NameSet, Names, Patterns},
    reached::Reached,
};
use crate::{
    change::{Assignment, Change, Rule},
    principal::Who,
    snapshot::Snapshot,
};

/// Whom the changes can reach.
#[derive(Debug)]
pub(super) struct Touched {
    /// The permissions that are compared.
    pub(super) names: Names,
    /// Patterns that stand for more than these.
    pub(super) also: Vec<Pattern>,
    found: BTreeMap<Position, (Who, NameSet)>,
}

/// For what a user, service account or group is reached.
#[derive(Debug, Clone, Default)]
struct Touch {
    /// For everything.
    all: bool,
    /// For the permissions of these patterns.
    patterns: BTreeSet<u32>,
}

/// What is gathered from the changes.
struct Search<'a> {
    what_if: &'a WhatIf<'a>,
    patterns: Patterns,
    /// Users, service accounts and groups: of a group, all in it are reached.
    holders: BTreeMap<NodeId, Touch>,
    /// Nodes that come or go, or have other parents or connections.
    placed: BTreeSet<NodeId>,
    /// Properties that were looked at already.
    properties: BTreeSet<String>,
    /// Subjects that come, in their order.
    new: HashMap<NodeId, u32>,
}

impl Touched {
    /// Whom, in the order of the answer.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Position, Who, &NameSet)> {
        self.found.iter().map(|(position, (who, names))| (*position, who.clone(), names))
    }

    pub(super) fn find(what_if: &WhatIf<'_>) -> Result<Self, Unanswered> {
        let mut search = Search {
            what_if,
            patterns: Patterns::default(),
            holders: BTreeMap::new(),
            placed: BTreeSet::new(),
            properties: BTreeSet::new(),
            new: HashMap::new(),
        };
        let changes: Vec<&Change> = what_if.changes.to_vec();
        changes.iter().for_each(|change| search.change(change));
        search.places();
        search.superusers();
        search.finish()
    }
}

impl Search<'_> {
    fn sides(&self) -> [&Snapshot; 2] {
        [self.what_if.before, self.what_if.after]
    }

    fn change(&mut self, change: &Change) {
        match change {
            Change::NodeSaved { id, .. }
            | Change::NodeMoved { id, .. }
            | Change::NodeDeleted { id }
            | Change::Connected { to: id, .. }
            | Change::Disconnected { to: id, .. } => {
                self.placed.insert(*id);
            }
            Change::NodesLabelled { .. }
            | Change::PermissionSaved { .. }
            | Change::PermissionDeleted { .. } => {}
            Change::PropertySet { name, .. } | Change::PropertyRemoved { name, .. } => {
                if self.properties.insert(name.clone()) {
                    self.property(name);
                }
            }
            Change::RoleSaved { id, .. } | Change::RoleDeleted { id } => self.role(*id),
            Change::SubjectSaved(subject) => self.subject(subject.id),
            Change::SubjectDeleted { id } => self.subject(*id),
            Change::GroupSaved { id, .. } | Change::GroupDeleted { id } => self.group(*id),
            Change::MemberAdded { group, member } | Change::MemberRemoved { group, member } => {
                self.member(*group, *member);
            }
            Change::AssignmentSaved(assignment) => self.assignment(assignment.id),
            Change::AssignmentDeleted { id } => self.assignment(*id),
        }
    }

    /// Whatever differs about a subject may matter for everything.
    fn subject(&mut self, id: NodeId) {
        let [before, after] = self.sides().map(|side| side.subject(id));
        if before == after {
            return;
        }
        if before.is_none() {
            let number = u32::try_from(self.new.len()).unwrap_or(u32::MAX);
            self.new.entry(id).or_insert(number);
        }
        self.everything(id);
    }

    /// All permissions, with those that its own rules name.
    fn everything(&mut self, id: NodeId) {
        let sides = self.sides();
        let held = sides.map(|side| side.grants_of(id, self.what_if.now));
        for grant in held.iter().flatten() {
            self.patterns.number(&grant.pattern);
        }
        self.patterns.number(&Pattern::everything());
        self.holders.entry(id).or_default().all = true;
    }

    fn assignment(&mut self, id: AssignmentId) {
        let [before, after] = self.sides().map(|side| side.assignment(id).cloned());
        if before != after {
            for assignment in [before, after].into_iter().flatten() {
                self.holds(&assignment);
            }
        }
    }

    /// Whoever holds the assignment is reached for all that its role is about.
    fn holds(&mut self, assignment: &Assignment) {
        let patterns = self.patterns_of(assignment.role, |_| true);
        self.reach(assignment.subject, &patterns);
    }

    /// The patterns of a role's rules, before and after.
    fn patterns_of(&mut self, role: RoleId, wanted: impl Fn(&Rule) -> bool) -> Vec<u32> {
        let (before, after) = (self.what_if.before, self.what_if.after);
        let roles = [before, after].into_iter().filter_map(|side| side.role(role));
        let rules = roles.flat_map(|role| role.rules).filter(|rule| wanted(rule));
        rules.map(|rule| self.patterns.number(&rule.pattern)).collect()
    }

    fn reach(&mut self, holder: NodeId, patterns: &[u32]) {
        self.holders.entry(holder).or_default().patterns.extend(patterns);
    }

    fn role(&mut self, id: RoleId) {
        let [before, after] = self.sides().map(|side| side.role(id));
        let rules = |role: Option<crate::RoleView<'_>>| -> (Option<NodeId>, Vec<Rule>) {
            let owner = role.as_ref().map(|role| role.owner);
            (owner, role.into_iter().flat_map(|role| role.rules).cloned().collect())
        };
        let ((former_owner, former), (owner, rules)) = (rules(before), rules(after));
        let moved = former_owner != owner;
        let is_new = |rule: &Rule| moved || !(former.contains(rule) && rules.contains(rule));
        let patterns = self.patterns_of(id, is_new);
        self.reach_holders(id, &patterns);
    }

    /// Whoever holds a role, before or after.
    fn reach_holders(&mut self, role: RoleId, patterns: &[u32]) {
        if patterns.is_empty() {
            return;
        }
        let held = self.sides().map(|side| side.assignments_of_role(role));
        let subjects: Vec<NodeId> = held.iter().flatten().map(|held| held.subject).collect();
        subjects.into_iter().for_each(|subject| self.reach(subject, patterns));
    }

    fn member(&mut self, group: NodeId, member: NodeId) {
        let is_in = |side: &Snapshot| {
            let (group, member) = (side.forest.find(group)?, side.forest.find(member)?);
            side.people.members.lefts(member).find(|found| *found == group)
        };
        let [before, after] = self.sides().map(|side| is_in(side).is_some());
        if before != after {
            // Those that it is in, nested, on one side only.
            let [before, after] = self.sides().map(|side| side.groups_of(member));
            let before: BTreeSet<NodeId> = before.into_iter().collect();
            let after: BTreeSet<NodeId> = after.into_iter().collect();
            self.reached_through(member, &(&before ^ &after));
        }
    }

    fn group(&mut self, id: NodeId) {
        let [before, after] = self.sides().map(|side| side.membership(id));
        if before != after {
            let above = self.sides().map(|side| side.groups_of(id));
            let groups: BTreeSet<NodeId> = above.into_iter().flatten().chain([id]).collect();
            self.reached_through(id, &groups);
        }
    }

    /// The holder, and who is in it, is reached for all that these groups hold, and for everything where conditions read
    /// the groups of who asks.
    fn reached_through(&mut self, holder: NodeId, groups: &BTreeSet<NodeId>) {
        if self.sides().iter().any(|side| side.conditions_read_attribute("groups")) {
            self.everything(holder);
        }
        for group in groups {
            let held = self.sides().map(|side| side.assignments_of_subject(*group));
            let roles: BTreeSet<RoleId> = held.iter().flatten().map(|held| held.role).collect();
            for role in roles {
                let patterns = self.patterns_of(role, |_| true);
                self.reach(holder, &patterns);
            }
        }
    }

    /// Whoever holds something with a condition, if any reads the property.
    fn property(&mut self, name: &str) {
        if !self.sides().iter().any(|side| side.conditions_read_property(name)) {
            return;
        }
        let roles: BTreeSet<RoleId> = self.sides().iter().flat_map(|side| side.roles()).collect();
        for role in roles {
            let conditional = self.patterns_of(role, |rule| rule.when.is_some());
            self.reach_holders(role, &conditional);
            let held = self.sides().map(|side| side.assignments_of_role(role));
            let held: Vec<Assignment> = held
                .into_iter()
                .flatten()
                .filter(|assignment| assignment.when.is_some())
                .cloned()
                .collect();
            held.iter().for_each(|assignment| self.holds(assignment));
        }
    }

    /// What is above a node differs: rules that are bounded by what differs count in other places. Where nodes below
    /// inherit from it, the same differs for them, and nothing else.
    fn places(&mut self) {
        let mut bounds: BTreeSet<NodeId> = BTreeSet::new();
        for id in &self.placed {
            let [before, after] =
                self.sides().map(|side| side.ancestors(*id).into_iter().collect::<BTreeSet<_>>());
            bounds.extend(before.symmetric_difference(&after));
        }
        if bounds.is_empty() {
            return;
        }
        let around = Around::of(self.what_if, &self.placed);
        let mut roles: BTreeSet<RoleId> = BTreeSet::new();
        let mut held: BTreeMap<AssignmentId, Assignment> = BTreeMap::new();
        for side in self.sides() {
            for bound in &bounds {
                roles.extend(side.roles_owned(*bound));
                roles.extend(side.roles_with_rules_owned(*bound));
                let at = side.assignments_at(*bound).into_iter().cloned();
                held.extend(at.map(|assignment| (assignment.id, assignment)));
            }
        }
        for side in self.sides() {
            for role in &roles {
                let found = side.assignments_of_role(*role).into_iter();
                let near = found.filter(|held| around.has(self.what_if, held.node)).cloned();
                held.extend(near.map(|assignment| (assignment.id, assignment)));
            }
        }
        held.values().for_each(|assignment| self.holds(assignment));
    }

    /// Superusers gain each node that comes, and lose each that goes.
    fn superusers(&mut self) {
        let [before, after] = self.sides();
        if self.placed.iter().all(|id| before.contains(*id) == after.contains(*id)) {
            return;
        }
        let all = |side: &Snapshot| -> Vec<NodeId> {
            side.people.superusers.iter().map(|(node, ())| side.forest.id(*node)).collect()
        };
        let found = [all(before), all(after)].concat();
        found.into_iter().for_each(|id| self.everything(id));
    }

    fn finish(self) -> Result<Touched, Unanswered> {
        let WhatIf { before, after, more, permissions, .. } = *self.what_if;
        let names = Names::new(match permissions {
            Some(only) => only.iter().cloned().collect(),
            None => {
                let exact = self.patterns.iter().filter(|pattern| pattern.is_exact());
                let exact = exact.filter_map(|p| kernel::PermissionName::parse(p.as_str()).ok());
                let registered = before.permissions.names().chain(after.permissions.names());
                registered.chain(more).cloned().chain(exact).collect()
            }
        });
        let also = if permissions.is_some() { Vec::new() } else { self.patterns.open() };
        let sets: Vec<NameSet> = self.patterns.iter().map(|p| names.matching(p)).collect();
        let all = names.all();
        let only = self.what_if.subjects.map(|only| only.iter().copied().collect());
        let what_if = self.what_if;
        let mut reached = Reached { what_if, only, new: &self.new, found: BTreeMap::new() };
        for (holder, touch) in &self.holders {
            let mut set = NameSet::default();
            if touch.all {
                set.add(&all);
            }
            touch.patterns.iter().for_each(|number| set.add(&sets[*number as usize]));
            if !set.is_empty() {
                reached.add_all(*holder, &set)?;
            }
        }
        let found = reached.found;
        Ok(Touched { names, also, found })
    }
}
