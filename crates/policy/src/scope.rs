//! The set of nodes where the answer is allow, as ranges of their labels.

use jiff::Timestamp;
use kernel::PermissionName;

use crate::{
    bearer::{Bearer, Standing},
    decide::{Candidate, asked},
    principal::Principal,
    question::Context,
    ranges::Ranges,
    snapshot::Snapshot,
};

impl Snapshot {
    /// The labels of exactly those nodes where [`Snapshot::decide`] answers allow. A range may hold labels that no node
    /// has, never that of a node that is denied.
    pub fn scope(
        &self,
        principal: &Principal,
        permission: &PermissionName,
        context: &Context,
        now: Timestamp,
    ) -> Ranges {
        match self.standing(principal, now) {
            Standing::Free(_) => Ranges::all(),
            Standing::Refused(_) => Ranges::none(),
            Standing::Bears(bearer) => {
                let asked = asked(std::slice::from_ref(permission));
                let candidates: Vec<_> = self.candidates(&bearer, &asked, now).collect();
                self.ranges(&bearer, &candidates, context, now)
            }
        }
    }

    fn ranges(
        &self,
        bearer: &Bearer,
        candidates: &[Candidate<'_>],
        context: &Context,
        now: Timestamp,
    ) -> Ranges {
        if candidates.iter().all(|candidate| candidate.rule.is_deny()) {
            return Ranges::none();
        }
        let no_deny = candidates.iter().all(|candidate| !candidate.rule.is_deny());
        if no_deny && candidates.iter().any(|candidate| self.is_everywhere(candidate)) {
            return Ranges::all();
        }
        let mut ranges = Ranges::none();
        // Where the run of allowed nodes starts, and its last label.
        let mut run: Option<(i64, i64)> = None;
        for (label, node) in self.forest.order.iter() {
            let facts = self.facts(bearer, *node, context, now);
            if self.judge(candidates.iter().copied(), &facts).is_allow() {
                run = Some((run.map_or(*label, |(start, _)| start), *label));
            } else if let Some((start, last)) = run.take() {
                ranges.push(start, last + 1);
            }
        }
        if let Some((start, last)) = run {
            ranges.push(start, last + 1);
        }
        ranges
    }

    fn is_everywhere(&self, candidate: &Candidate<'_>) -> bool {
        candidate.is_unconditional()
            && candidate.bounds().into_iter().all(|bound| self.forest.is_global(bound))
    }
}
