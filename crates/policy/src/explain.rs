//! Why the answer is what it is.

use std::collections::{BTreeMap, VecDeque};

use kernel::NodeId;

use crate::{
    bearer::{Bearer, Standing},
    condition::Truth,
    decide::{Candidate, asked},
    facts::QuestionFacts,
    matcher::Asked,
    question::{Decision, Question},
    reason::{Explanation, Missing, NearMiss, Nearest, Reason, RuleReason, Step},
    snapshot::Snapshot,
};

/// No more near misses than this are told.
const MAX_NEAR_MISSES: usize = 20;

impl Snapshot {
    /// The answer of [`Snapshot::decide`], and why. It names assignments and nodes that the asker may not be allowed to
    /// see.
    pub fn explain(&self, question: &Question<'_>) -> Explanation {
        let deny = |reason| Explanation { decision: Decision::Deny, reason };
        let Some(node) = self.forest.find(question.node) else {
            return deny(Reason::UnknownNode);
        };
        match self.standing(question.principal, question.now) {
            Standing::Free(reason) => Explanation { decision: Decision::Allow, reason },
            Standing::Refused(reason) => deny(reason),
            Standing::Bears(bearer) => self.explain_rules(&bearer, question, node),
        }
    }

    fn explain_rules(&self, bearer: &Bearer, question: &Question<'_>, node: u32) -> Explanation {
        let asked = asked(question.permissions);
        let facts = self.facts(bearer, node, question.context, question.now);
        let applying: Vec<Candidate<'_>> = self
            .candidates(bearer, &asked, question.now)
            .filter(|candidate| self.in_reach(candidate, node))
            .filter(|candidate| {
                let truth = candidate.truth(&facts);
                if candidate.rule.is_deny() { !truth.is_false() } else { truth.is_true() }
            })
            .collect();
        let first = |deny: bool| {
            let of_effect = applying.iter().filter(|candidate| candidate.rule.is_deny() == deny);
            of_effect.min_by_key(|candidate| candidate.order())
        };
        if let Some(candidate) = first(true) {
            return self.decided(bearer, candidate, node);
        }
        if let Some(candidate) = first(false) {
            return self.decided(bearer, candidate, node);
        }
        let reason = self.no_allow(bearer, question, &asked, &facts);
        Explanation { decision: Decision::Deny, reason }
    }

    fn decided(&self, bearer: &Bearer, candidate: &Candidate<'_>, node: u32) -> Explanation {
        let Candidate { assignment, role, index, rule } = candidate;
        let reason = Reason::Rule(Box::new(RuleReason {
            effect: rule.rule.effect,
            assignment: assignment.assignment.id,
            subject: assignment.assignment.subject,
            group_path: self.group_path(bearer, assignment.subject),
            role: role.id,
            rule: *index,
            pattern: rule.rule.pattern.clone(),
            owner: rule.rule.owner,
            node: assignment.assignment.node,
            path: self.path(assignment.node, node),
        }));
        Explanation { decision: Decision::from(!rule.is_deny()), reason }
    }

    fn no_allow(
        &self,
        bearer: &Bearer,
        question: &Question<'_>,
        asked: &[Asked<'_>],
        facts: &QuestionFacts<'_>,
    ) -> Reason {
        let Some(at) = asked.iter().position(|name| !name.is_reserved()) else {
            let nothing_asked = asked.is_empty();
            return if nothing_asked {
                Reason::NoAllow { nearest: None, near_misses: Vec::new() }
            } else {
                Reason::SuperusersOnly
            };
        };
        let mut near: Vec<(Candidate<'_>, Missing)> = self
            .held(bearer)
            .filter(|candidate| !candidate.rule.is_deny() && candidate.rule.is_about(asked))
            .filter_map(|candidate| {
                Some((candidate, self.only_missing(bearer, &candidate, facts)?))
            })
            .collect();
        near.sort_by_key(|(candidate, _)| candidate.order());
        near.truncate(MAX_NEAR_MISSES);
        let nearest = Nearest { permission: question.permissions[at].clone(), node: question.node };
        let near_misses = near
            .into_iter()
            .map(|(Candidate { assignment, role, index, .. }, missing)| NearMiss {
                assignment: assignment.assignment.id,
                role: role.id,
                rule: index,
                missing,
            })
            .collect();
        Reason::NoAllow { nearest: Some(nearest), near_misses }
    }

    /// The one thing that keeps an allow, assigned here or above, from applying. `None` if there are several.
    fn only_missing(
        &self,
        bearer: &Bearer,
        candidate: &Candidate<'_>,
        facts: &QuestionFacts<'_>,
    ) -> Option<Missing> {
        let Candidate { assignment, role, rule, .. } = candidate;
        if !self.reaches(assignment.node, facts.node) {
            return None;
        }
        let expired = assignment.assignment.expires_at.filter(|end| facts.now >= *end);
        let beyond = [role.owner, rule.owner]
            .into_iter()
            .find(|owner| !self.reaches(*owner, facts.node))
            .map(|owner| Missing::OwnerOutOfReach { owner: self.forest.id(owner) });
        let unmet = match candidate.truth(facts) {
            Truth::True => None,
            Truth::False => Some(Missing::ConditionFalse),
            Truth::Unknown => Some(Missing::ConditionUnknown),
        };
        let role = (!bearer.may_use(role.id)).then_some(Missing::ActiveRole);
        let expired = expired.map(|at| Missing::Expired { at });
        let mut missing = [expired, beyond, unmet, role].into_iter().flatten();
        let only = missing.next();
        if missing.next().is_some() { None } else { only }
    }

    /// The shortest way from the bearer up to the assigned group; empty if that is the bearer itself.
    fn group_path(&self, bearer: &Bearer, assigned: u32) -> Vec<NodeId> {
        if bearer.subject == Some(assigned) {
            return Vec::new();
        }
        let holders = bearer.holders(self);
        let computed = self.people.computed().filter(|group| holders.contains(group));
        let mut from: BTreeMap<u32, Option<u32>> = BTreeMap::new();
        let mut open = VecDeque::new();
        for start in bearer.subject.into_iter().chain(computed) {
            from.insert(start, None);
            open.push_back(start);
        }
        while let Some(holder) = open.pop_front() {
            for group in self.people.members.lefts(holder) {
                from.entry(group).or_insert_with(|| {
                    open.push_back(group);
                    Some(holder)
                });
            }
        }
        let up = std::iter::successors(Some(assigned), |at| from.get(at).copied().flatten());
        let mut path: Vec<NodeId> = up
            .filter(|holder| bearer.subject != Some(*holder))
            .map(|holder| self.forest.id(holder))
            .collect();
        path.reverse();
        path
    }

    /// The shortest way down from a node to one that inherits from it.
    fn path(&self, above: u32, node: u32) -> Vec<Step> {
        let mut steps: BTreeMap<u32, Option<(u32, Step)>> = BTreeMap::from([(node, None)]);
        let mut open = VecDeque::from([node]);
        while let Some(at) = open.pop_front() {
            if at == above {
                break;
            }
            for (next, step) in self.steps_up(at) {
                steps.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    Some((at, step))
                });
            }
        }
        let mut path = Vec::new();
        let mut at = above;
        while let Some((below, step)) = steps.get(&at).copied().flatten() {
            path.push(step);
            at = below;
        }
        path
    }

    fn steps_up(&self, node: u32) -> Vec<(u32, Step)> {
        let to = self.forest.id(node);
        let parent = self.forest.row(node).parent();
        let global = self.forest.find(NodeId::GLOBAL).filter(|global| *global != node);
        let mut steps = match (parent, global) {
            (Some(parent), _) => vec![(parent, Step::Child { to })],
            (None, Some(global)) => vec![(global, Step::Root { to })],
            (None, None) => Vec::new(),
        };
        let connected = self.links.inherited.lefts(node);
        steps.extend(connected.map(|from| (from, Step::Connection { to })));
        steps
    }
}

impl Candidate<'_> {
    /// Of several rules, which one is told: does not depend on the order in which they came.
    fn order(&self) -> (kernel::AssignmentId, usize) {
        (self.assignment.assignment.id, self.index)
    }
}
