//! The decision.

use jiff::Timestamp;

use crate::{
    assignments::AssignmentRow,
    bearer::{Bearer, Standing},
    condition::Truth,
    facts::QuestionFacts,
    matcher::Names,
    question::{Context, Decision, Question},
    roles::{RoleRow, RuleRow},
    snapshot::Snapshot,
    when::both,
};

/// A rule about the thing asked, held by the bearer through an assignment that has not expired.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) assignment: &'a AssignmentRow,
    pub(crate) role: &'a RoleRow,
    /// Its place in the role.
    pub(crate) index: usize,
    pub(crate) rule: &'a RuleRow,
}

impl Snapshot {
    /// Allow or deny. A deny that applies wins over every allow; without an allow that applies it is deny; neither the
    /// order of assignments nor their number or depth matters.
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        let subject = question.principal.subject().and_then(|id| self.holders.find(id));
        self.decide_located(question, self.forest.find(question.node), subject)
    }

    /// The same, where the node and the subject were looked up.
    pub(crate) fn decide_located(
        &self,
        question: &Question<'_>,
        node: Option<u32>,
        subject: Option<u32>,
    ) -> Decision {
        let Some(node) = node else { return Decision::Deny };
        match self.standing_of(question.principal, subject, question.now) {
            Standing::Free(_) => Decision::Allow,
            Standing::Refused(_) => Decision::Deny,
            Standing::Bears(bearer) => self.weigh(&bearer, node, question),
        }
    }

    /// Whether these candidates allow it at the node of the facts.
    pub(crate) fn judge<'a>(
        &self,
        candidates: impl Iterator<Item = Candidate<'a>>,
        facts: &QuestionFacts<'_>,
    ) -> Decision {
        let mut allowed = false;
        for candidate in candidates {
            let deny = candidate.rule.is_deny();
            if (allowed && !deny) || !self.in_reach(&candidate, facts.node) {
                continue;
            }
            let truth = candidate.truth(facts);
            if deny && !truth.is_false() {
                return Decision::Deny;
            }
            allowed |= !deny && truth.is_true();
        }
        Decision::from(allowed)
    }

    /// The rules about the thing asked that the bearer holds now, wherever they count. What it holds in two ways may be
    /// there twice.
    pub(crate) fn candidates<'a>(
        &'a self,
        bearer: &Bearer,
        names: Names<'_>,
        now: Timestamp,
    ) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let mut found = Vec::new();
        self.each_holder(bearer, |holder| {
            for held in holder.held() {
                let Some(role) = self.roles.row(held.role) else { continue };
                let may_use = bearer.may_use(role.id);
                if !may_use && !role.denies {
                    continue;
                }
                let counts = |rule: &RuleRow| may_use || rule.is_deny();
                for (index, rule) in role.about(names).filter(|(_, rule)| counts(rule)) {
                    let assignment = self.assignments.row(held.assignment());
                    let assignment = assignment.filter(|row| !row.has_expired(now));
                    found.extend(assignment.map(|assignment| Candidate {
                        assignment,
                        role,
                        index,
                        rule,
                    }));
                }
            }
        });
        found.into_iter()
    }

    /// Every rule that the bearer holds, expired or not, of whatever role.
    pub(crate) fn held<'a>(
        &'a self,
        bearer: &'a Bearer,
    ) -> impl Iterator<Item = Candidate<'a>> + 'a {
        self.assignments.of(bearer.holders(self)).flat_map(|assignment| {
            self.roles.row(assignment.role).into_iter().flat_map(move |role| {
                role.rules.iter().enumerate().map(move |(index, rule)| Candidate {
                    assignment,
                    role,
                    index,
                    rule,
                })
            })
        })
    }

    /// Whether assignment's node, role's owner and rule's owner are all above the node.
    pub(crate) fn in_reach(&self, candidate: &Candidate<'_>, node: u32) -> bool {
        candidate.bounds().into_iter().all(|bound| self.reaches(bound, node))
    }

    /// What conditions read.
    pub(crate) fn facts<'a>(
        &'a self,
        bearer: &'a Bearer,
        node: u32,
        context: &'a Context,
        now: Timestamp,
    ) -> QuestionFacts<'a> {
        QuestionFacts { snapshot: self, bearer, node, context, now }
    }
}

impl Candidate<'_> {
    /// The nodes that bound where it counts.
    pub(crate) fn bounds(&self) -> [u32; 3] {
        [self.assignment.node, self.role.owner, self.rule.owner]
    }

    /// The assignment's condition and the rule's.
    pub(crate) fn truth(&self, facts: &QuestionFacts<'_>) -> Truth {
        both(self.assignment.when.as_ref(), self.rule.when.as_ref(), facts)
    }

    /// Whether it has no condition.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.assignment.when.is_none() && self.rule.when.is_none()
    }
}
