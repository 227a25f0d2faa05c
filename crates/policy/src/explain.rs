//! Why the answer is what it is: one walk through what the bearer holds, that keeps the rule which is told. The ways to it,
//! and what is missing, are found when they are asked for.

use kernel::Effect;

use crate::{
    bearer::{Bearer, Standing},
    condition::Truth,
    holders::Held,
    matcher::Names,
    question::{Decision, Question},
    reason::{Explanation, Reason, RuleReason},
    roles::RoleRow,
    snapshot::Snapshot,
    weigh::Places,
    when::{Condition, both},
};

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
        let (names, places) = (Names::new(question.permissions), Places::new(self, node));
        let mut finding =
            Finding { snapshot: self, bearer, question, names, places, deny: None, allow: None };
        self.each_holder(bearer, |holder| {
            for held in holder.held() {
                if finding.places.are_in(held.span) {
                    finding.assignment(held);
                }
            }
        });
        let decision = Decision::from(finding.deny.is_none() && finding.allow.is_some());
        let told = finding.deny.or(finding.allow).and_then(|told| self.reason(told));
        let reason = told.map_or_else(|| no_allow(question), Reason::Rule);
        Explanation { decision, reason }
    }

    fn reason(&self, told: Told) -> Option<RuleReason> {
        let assignment = &self.assignments.row(told.assignment)?.assignment;
        let rule = self.roles.row(told.role)?.rules.get(told.rule)?;
        Some(RuleReason {
            effect: rule.rule.effect,
            assignment: assignment.id,
            subject: assignment.subject,
            role: assignment.role,
            rule: told.rule,
            owner: rule.rule.owner,
            node: assignment.node,
        })
    }
}

fn no_allow(question: &Question<'_>) -> Reason {
    let names = Names::new(question.permissions);
    let mut names = names.iter().peekable();
    if names.peek().is_some() && names.all(|name| name.is_reserved()) {
        Reason::SuperusersOnly
    } else {
        Reason::NoAllow
    }
}

/// A rule that applies, by numbers.
#[derive(Debug, Clone, Copy)]
struct Told {
    assignment: u32,
    role: u32,
    rule: usize,
}

struct Finding<'a> {
    snapshot: &'a Snapshot,
    bearer: &'a Bearer,
    question: &'a Question<'a>,
    names: Names<'a>,
    places: Places<'a>,
    /// Of the denies that apply the one that is told.
    deny: Option<Told>,
    /// Of the allows; not looked for any more when there is a deny.
    allow: Option<Told>,
}

impl Finding<'_> {
    /// An assignment at or above the node.
    fn assignment(&mut self, held: &Held) {
        let Some(role) = self.snapshot.roles.row(held.role) else { return };
        let seeks_allow = self.deny.is_none() && self.bearer.may_use(role.id);
        if !(seeks_allow || role.denies) || !self.places.are_below(self.snapshot, role.owner) {
            return;
        }
        let mut when = None;
        if held.is_limited() {
            let Some(row) = self.snapshot.assignments.row(held.assignment()) else { return };
            if row.has_expired(self.question.now) {
                return;
            }
            when = row.when.as_ref();
        }
        if role.denies {
            self.first(held, role, Effect::Deny, when);
        }
        if self.deny.is_none() && seeks_allow {
            self.first(held, role, Effect::Allow, when);
        }
    }

    /// The first rule of this effect that applies.
    fn first(&mut self, held: &Held, role: &RoleRow, effect: Effect, when: Option<&Condition>) {
        let best = if effect == Effect::Deny { self.deny } else { self.allow };
        if best.is_some_and(|best| !self.is_before(held.assignment(), best.assignment)) {
            return;
        }
        let (assignment, number) = (held.assignment(), held.role);
        let rules = role.about(self.names);
        let found = rules.filter(|(_, rule)| rule.rule.effect == effect).find(|(_, rule)| {
            (rule.owner == role.owner || self.places.are_below(self.snapshot, rule.owner))
                && self.applies(effect, when, rule.when.as_ref())
        });
        let Some((rule, _)) = found else { return };
        let told = Some(Told { assignment, role: number, rule });
        match effect {
            Effect::Deny => self.deny = told,
            Effect::Allow => self.allow = told,
        }
    }

    fn applies(&self, effect: Effect, a: Option<&Condition>, b: Option<&Condition>) -> bool {
        let truth = if a.is_none() && b.is_none() {
            Truth::True
        } else {
            let Question { context, now, .. } = *self.question;
            let facts = self.snapshot.facts(self.bearer, self.places.node(), context, now);
            both(a, b, &facts)
        };
        if effect == Effect::Deny { !truth.is_false() } else { truth.is_true() }
    }

    /// Whether the assignment is told rather than another one: its id is smaller, in whatever order they came.
    fn is_before(&self, assignment: u32, other: u32) -> bool {
        let id = |number| self.snapshot.assignments.row(number).map(|row| row.assignment.id);
        assignment != other && id(assignment) < id(other)
    }
}
