//! What the model says, as plainly as it can be said: a search over raw parents and connections, and a scan over all
//! assignments. Shares nothing with the engine but the words.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::{AssignmentId, Effect, NodeId, PermissionName, RoleId};
use policy::{Assignment, Lock, Membership, Principal, Rule, Subject, SubjectKind, Who};
use serde_json::{Value, json};

/// The world as it was written.
#[derive(Clone, Default)]
pub struct Oracle {
    pub parents: BTreeMap<NodeId, Option<NodeId>>,
    pub connections: BTreeSet<(NodeId, NodeId)>,
    pub properties: BTreeMap<(NodeId, String), Value>,
    pub subjects: BTreeMap<NodeId, Subject>,
    pub groups: BTreeMap<NodeId, Membership>,
    pub members: BTreeSet<(NodeId, NodeId)>,
    pub roles: BTreeMap<RoleId, (NodeId, Vec<Rule>)>,
    pub assignments: BTreeMap<AssignmentId, Assignment>,
}

/// Three values, in the order of "and".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Three {
    No,
    Unknown,
    Yes,
}

/// The conditions that random worlds use.
pub const CONDITIONS: [&str; 8] = [
    "resource.a == 1",
    "resource.a != 1",
    "has(resource.a)",
    "subject.grade > 2",
    "!(subject.grade > 2)",
    "this is no condition",
    "resource.a == 1 && subject.grade > 2",
    "resource.b == 1",
];

impl Oracle {
    pub fn ancestors(&self, node: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::from([NodeId::GLOBAL]);
        self.climb(node, &mut found);
        found
    }

    fn climb(&self, node: NodeId, found: &mut BTreeSet<NodeId>) {
        let first = found.insert(node);
        if !first {
            return;
        }
        if let Some(Some(parent)) = self.parents.get(&node) {
            self.climb(*parent, found);
        }
        for (from, to) in &self.connections {
            if *to == node {
                self.climb(*from, found);
            }
        }
    }

    /// The groups of a subject, or of nobody, and itself.
    pub fn holders(&self, subject: Option<NodeId>) -> BTreeSet<NodeId> {
        let mut found: BTreeSet<NodeId> = subject.into_iter().collect();
        for (group, membership) in &self.groups {
            let inside = match membership {
                Membership::Listed => false,
                Membership::Anonymous => subject.is_none(),
                Membership::Authenticated { realm: None } => subject.is_some(),
                Membership::Authenticated { realm } => {
                    subject.is_some_and(|subject| self.subjects[&subject].realm == *realm)
                }
            };
            if inside {
                found.insert(*group);
            }
        }
        loop {
            let more: Vec<NodeId> = self
                .members
                .iter()
                .filter(|(group, member)| found.contains(member) && !found.contains(group))
                .map(|(group, _)| *group)
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    pub fn allows(
        &self,
        principal: &Principal,
        names: &[PermissionName],
        node: NodeId,
        now: Timestamp,
    ) -> bool {
        if !self.parents.contains_key(&node) || principal.restricted {
            return false;
        }
        if principal.impersonator.is_some_and(|other| !self.is_active(other, now)) {
            return false;
        }
        let (subject, key_role) = match &principal.who {
            Who::Operator => {
                return principal.active_role.is_none() && principal.impersonator.is_none();
            }
            Who::Nobody => (None, None),
            Who::Job { on_behalf_of: None, .. } => return false,
            Who::Job { on_behalf_of: Some(id), .. } => (Some(*id), None),
            Who::User(id) | Who::ServiceAccount(id) => (Some(*id), None),
            Who::ApiKey { owner, role, .. } => (Some(*owner), Some(*role)),
        };
        if let Some(id) = subject {
            let kind = self.subjects.get(&id).map(|subject| subject.kind);
            let wrong_kind = match principal.who {
                Who::User(_) => kind != Some(SubjectKind::User),
                Who::ServiceAccount(_) => kind != Some(SubjectKind::ServiceAccount),
                _ => false,
            };
            if wrong_kind || !self.is_active(id, now) {
                return false;
            }
            let whole = principal.active_role.is_none()
                && principal.impersonator.is_none()
                && key_role.is_none();
            if self.subjects[&id].superuser && whole {
                return true;
            }
        }
        let only: Vec<RoleId> = principal.active_role.into_iter().chain(key_role).collect();
        self.judge(subject, &only, names, node, now)
    }

    fn judge(
        &self,
        subject: Option<NodeId>,
        only: &[RoleId],
        names: &[PermissionName],
        node: NodeId,
        now: Timestamp,
    ) -> bool {
        let (holders, above) = (self.holders(subject), self.ancestors(node));
        let (mut allowed, mut denied) = (false, false);
        for assignment in self.assignments.values() {
            let (owner, rules) = &self.roles[&assignment.role];
            let applies = holders.contains(&assignment.subject)
                && assignment.expires_at.is_none_or(|end| now < end)
                && above.contains(&assignment.node)
                && above.contains(owner);
            for rule in rules.iter().filter(|_| applies) {
                let about = names.iter().any(|name| is_about(rule, name));
                if !about || !above.contains(&rule.owner) {
                    continue;
                }
                let texts = [&assignment.when, &rule.when];
                let truth =
                    texts.into_iter().flatten().map(|text| self.truth(&text.0, subject, node));
                let truth = truth.min().unwrap_or(Three::Yes);
                match rule.effect {
                    Effect::Deny => denied |= truth != Three::No,
                    Effect::Allow => {
                        let counts = only.iter().all(|role| *role == assignment.role);
                        allowed |= truth == Three::Yes && counts;
                    }
                }
            }
        }
        allowed && !denied
    }

    fn is_active(&self, id: NodeId, now: Timestamp) -> bool {
        self.subjects.get(&id).is_some_and(|subject| {
            let locked = match subject.lock {
                Lock::None => false,
                Lock::ForGood => true,
                Lock::Until(until) => now < until,
            };
            !subject.disabled && !locked && subject.expires_at.is_none_or(|end| now < end)
        })
    }

    fn truth(&self, text: &str, subject: Option<NodeId>, node: NodeId) -> Three {
        let property = |name: &str| self.properties.get(&(node, name.to_owned()));
        let is_one = |value: Option<&Value>| match value.and_then(Value::as_i64) {
            Some(1) => Three::Yes,
            Some(_) => Three::No,
            None => Three::Unknown,
        };
        let a = property("a");
        let grade = subject.and_then(|id| self.subjects[&id].attributes.get("grade").cloned());
        let high = match grade.and_then(|grade| grade.as_i64()) {
            Some(grade) if grade > 2 => Three::Yes,
            Some(_) => Three::No,
            None => Three::Unknown,
        };
        let at = CONDITIONS.iter().position(|known| *known == text);
        match at.unwrap_or_else(|| panic!("no such condition: {text}")) {
            0 => is_one(a),
            1 => not(is_one(a)),
            2 if a.is_some() => Three::Yes,
            2 => Three::No,
            3 => high,
            4 => not(high),
            5 => Three::Unknown,
            6 => is_one(a).min(high),
            _ => is_one(property("b")),
        }
    }
}

fn not(value: Three) -> Three {
    match value {
        Three::Yes => Three::No,
        Three::No => Three::Yes,
        Three::Unknown => Three::Unknown,
    }
}

fn is_about(rule: &Rule, name: &PermissionName) -> bool {
    let segments: Vec<&str> = name.as_str().split(':').collect();
    let matches = |pattern: &str| {
        let parts: Vec<&str> = pattern.split(':').collect();
        stands_for(&parts, &segments)
    };
    name.as_str() != "settings:access"
        && matches(rule.pattern.as_str())
        && !rule.except.iter().any(|except| matches(except.as_str()))
}

fn stands_for(pattern: &[&str], segments: &[&str]) -> bool {
    match (pattern, segments) {
        ([], []) => true,
        (["*"], [_, ..]) => true,
        (["*", pattern @ ..], [_, segments @ ..]) => stands_for(pattern, segments),
        ([a, pattern @ ..], [b, segments @ ..]) => a == b && stands_for(pattern, segments),
        _ => false,
    }
}

/// The values that properties take in random worlds.
pub fn property_values() -> [Value; 4] {
    [json!(1), json!(2), json!("1"), Value::Null]
}
