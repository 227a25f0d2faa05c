//! What is missing where no rule allows: the smallest grant that would turn it, and what almost allowed it.

use kernel::{AssignmentId, RoleId};

use crate::{
    bearer::{Bearer, HeldBy, Standing},
    condition::Truth,
    decide::Candidate,
    facts::QuestionFacts,
    matcher::Names,
    question::Question,
    reason::{Explanation, Missing, NearMiss, Nearest, NotAllowed, Reason},
    snapshot::Snapshot,
    when::both,
};

/// No more near misses than this are told.
const MAX_NEAR_MISSES: usize = 20;

impl Snapshot {
    /// What a question lacks that was denied because no rule allows it ([`Reason::NoAllow`]); nothing of another one.
    pub fn missing(&self, question: &Question<'_>) -> NotAllowed {
        let Explanation { reason: Reason::NoAllow, .. } = self.explain(question) else {
            return NotAllowed::default();
        };
        let (Some(node), Standing::Bears(bearer)) =
            (self.forest.find(question.node), self.standing(question.principal, question.now))
        else {
            return NotAllowed::default();
        };
        let names = Names::new(question.permissions);
        let facts = self.facts(&bearer, node, question.context, question.now);
        NotAllowed {
            nearest: self.nearest(&bearer, question, names, &facts),
            near_misses: self.near_misses(&bearer, names, &facts),
        }
    }

    /// One rule, for what was asked, assigned at the node itself.
    fn nearest(
        &self,
        bearer: &Bearer,
        question: &Question<'_>,
        names: Names<'_>,
        facts: &QuestionFacts<'_>,
    ) -> Option<Nearest> {
        let at = names.iter().position(|name| !name.is_reserved())?;
        let subject = match bearer.held_by {
            // Nothing can be assigned to it.
            HeldBy::None => return None,
            HeldBy::Anonymous => None,
            HeldBy::Subject { .. } => Some(self.forest.id(bearer.subject?)),
        };
        let role = match bearer.roles {
            [None, None] => None,
            [Some(one), Some(other)] if one != other => return None,
            [one, other] => Some(self.usable_role(one.or(other)?, names, facts)?),
        };
        Some(Nearest {
            permission: question.permissions[at].clone(),
            node: question.node,
            subject,
            role,
        })
    }

    /// The role, if it counts at the node, and brings no deny of the same thing along.
    fn usable_role(
        &self,
        role: RoleId,
        names: Names<'_>,
        facts: &QuestionFacts<'_>,
    ) -> Option<RoleId> {
        let row = self.roles.row(self.roles.find(role)?)?;
        let denies = row.rules.iter().filter(|rule| rule.is_deny() && rule.is_about(names));
        let mut applying = denies
            .filter(|rule| self.reaches(rule.owner, facts.node))
            .filter(|rule| !both(None, rule.when.as_ref(), facts).is_false());
        let is_usable = self.reaches(row.owner, facts.node) && applying.next().is_none();
        is_usable.then_some(role)
    }

    fn near_misses(
        &self,
        bearer: &Bearer,
        names: Names<'_>,
        facts: &QuestionFacts<'_>,
    ) -> Vec<NearMiss> {
        let mut near: Vec<(Candidate<'_>, Missing)> = self
            .held(bearer)
            .filter(|candidate| !candidate.rule.is_deny() && candidate.rule.is_about(names))
            .filter_map(|candidate| {
                Some((candidate, self.only_missing(bearer, &candidate, facts)?))
            })
            .collect();
        near.sort_by_key(|(candidate, _)| candidate.order());
        near.truncate(MAX_NEAR_MISSES);
        near.into_iter()
            .map(|(Candidate { assignment, role, index, .. }, missing)| NearMiss {
                assignment: assignment.assignment.id,
                role: role.id,
                rule: index,
                missing,
            })
            .collect()
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
}

impl Candidate<'_> {
    /// In which order they are told: not the one in which they came.
    fn order(&self) -> (AssignmentId, usize) {
        (self.assignment.assignment.id, self.index)
    }
}
