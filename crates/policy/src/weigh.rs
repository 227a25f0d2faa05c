//! The decision by rules, made for speed: it walks through what the bearer holds, tests the labels first, allocates
//! nothing, and reads conditions last. The plain form of it is [`Snapshot::judge`].

use std::ops::ControlFlow;

use crate::{
    bearer::{Bearer, HeldBy},
    condition::Truth,
    entries::{List, Near},
    holders::{Held, Holder},
    matcher::Names,
    question::{Decision, Question},
    roles::RuleRow,
    snapshot::Snapshot,
    span::Span,
    when::{Condition, both},
};

/// Whether the search goes on; if not, what it came to.
type Search = ControlFlow<Decision>;

const ON: Search = ControlFlow::Continue(());

impl Snapshot {
    /// Whether the rules of the bearer allow it at the node.
    pub(crate) fn weigh(&self, bearer: &Bearer, node: u32, question: &Question<'_>) -> Decision {
        let (names, places) = (Names::new(question.permissions), Places::new(self, node));
        let mut weighing =
            Weighing { snapshot: self, bearer, question, names, places, allowed: false };
        match weighing.all() {
            ControlFlow::Break(decision) => decision,
            ControlFlow::Continue(()) => Decision::from(weighing.allowed),
        }
    }
}

struct Weighing<'a> {
    snapshot: &'a Snapshot,
    bearer: &'a Bearer,
    question: &'a Question<'a>,
    names: Names<'a>,
    places: Places<'a>,
    /// Whether some allow applies.
    allowed: bool,
}

impl Weighing<'_> {
    fn all(&mut self) -> Search {
        let holders = &self.snapshot.holders;
        match self.bearer.held_by {
            HeldBy::None => ON,
            HeldBy::Anonymous => self.groups(holders.of_nobody()),
            HeldBy::Subject { holder } => {
                let holder = holders.row(holder);
                self.holder(holder)?;
                holders.groups(holder).into_iter().try_for_each(|groups| self.groups(groups))
            }
        }
    }

    /// These groups and those above. A group that is met twice changes nothing.
    fn groups(&mut self, groups: &[u32]) -> Search {
        let holders = &self.snapshot.holders;
        for group in groups {
            let group = holders.row(*group);
            self.holder(group)?;
            for above in group.groups() {
                self.holder(holders.row(*above))?;
            }
        }
        ON
    }

    fn holder(&mut self, holder: &Holder) -> Search {
        for held in holder.near_held() {
            if self.places.are_in(held.span) {
                self.assignment(held)?;
            }
        }
        for held in holder.far_held().into_iter().flatten() {
            if self.places.are_in(held.span) {
                self.assignment(held)?;
            }
        }
        ON
    }

    /// An assignment at or above the node.
    fn assignment(&mut self, held: &Held) -> Search {
        let Some(role) = self.snapshot.roles.row(held.role) else { return ON };
        let seeks_allow = !self.allowed && self.bearer.may_use(role.id);
        if !(seeks_allow || role.denies) || !self.is_below(role.owner) {
            return ON;
        }
        let mut when = None;
        if held.is_limited() {
            let Some(row) = self.snapshot.assignments.row(held.assignment()) else { return ON };
            if row.has_expired(self.question.now) {
                return ON;
            }
            when = row.when.as_ref();
        }
        for (_, rule) in role.about(self.names) {
            let counts = rule.is_deny() || (seeks_allow && !self.allowed);
            if counts && (rule.owner == role.owner || self.is_below(rule.owner)) {
                self.rule(rule, when)?;
            }
        }
        if self.allowed && !self.snapshot.roles.any_denies() {
            return ControlFlow::Break(Decision::Allow);
        }
        ON
    }

    /// A rule about the thing asked, in reach.
    fn rule(&mut self, rule: &RuleRow, when: Option<&Condition>) -> Search {
        let truth = if when.is_none() && rule.when.is_none() {
            Truth::True
        } else {
            let Question { context, now, .. } = *self.question;
            let facts = self.snapshot.facts(self.bearer, self.places.node, context, now);
            both(when, rule.when.as_ref(), &facts)
        };
        if rule.is_deny() && !truth.is_false() {
            return ControlFlow::Break(Decision::Deny);
        }
        self.allowed |= !rule.is_deny() && truth.is_true();
        ON
    }

    fn is_below(&self, owner: u32) -> bool {
        self.places.are_below(self.snapshot, owner)
    }
}

/// The label of a node, and the further places where inheritance enters.
pub(crate) struct Places<'a> {
    node: u32,
    label: i64,
    near: Near,
    entries: &'a List,
}

impl<'a> Places<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, node: u32) -> Self {
        let row = snapshot.forest.row(node);
        let entries = snapshot.lists.row(row.entries);
        Self { node, label: row.label, near: entries.near(), entries }
    }

    pub(crate) fn node(&self) -> u32 {
        self.node
    }

    /// Whether the node is at or below another.
    pub(crate) fn are_below(&self, snapshot: &Snapshot, above: u32) -> bool {
        let forest = &snapshot.forest;
        forest.is_global(above) || self.are_in(Span::of(forest, above))
    }

    /// Whether one of them is in the span.
    pub(crate) fn are_in(&self, span: Span) -> bool {
        let near = self.near.iter().fold(span.has(self.label), |any, label| any | span.has(*label));
        near || self.entries.is_far_in(span)
    }
}
