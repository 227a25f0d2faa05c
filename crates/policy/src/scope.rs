//! The set of nodes where the answer is allow, as ranges of their labels.

use std::collections::BTreeMap;

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
        let regions = self.regions(candidates);
        let sure = regions.allowed.minus(&regions.denied.with(&regions.maybe_denied));
        let open = regions.allowed.with(&regions.maybe_allowed);
        let open = open.minus(&regions.denied.with(&sure));
        let mut found: Vec<(i64, i64)> = sure.as_slice().to_vec();
        for (from, to) in open.as_slice() {
            // Where the run of allowed nodes starts, and its last label.
            let mut run: Option<(i64, i64)> = None;
            let nodes = self.forest.order.from(from).take_while(|(label, _)| *label < to);
            for (label, node) in nodes {
                let facts = self.facts(bearer, *node, context, now);
                if self.judge(candidates.iter().copied(), &facts).is_allow() {
                    run = Some((run.map_or(*label, |(start, _)| start), *label));
                } else {
                    found.extend(run.take().map(|(start, last)| (start, last + 1)));
                }
            }
            found.extend(run.map(|(start, last)| (start, last + 1)));
        }
        Ranges::of(found)
    }

    /// Where the candidates count, by what they may do there.
    fn regions(&self, candidates: &[Candidate<'_>]) -> Regions {
        let mut known: BTreeMap<u32, Ranges> = BTreeMap::new();
        let mut lists: [Vec<(i64, i64)>; 4] = Default::default();
        for candidate in candidates {
            let mut region = Ranges::all();
            for bound in candidate.bounds() {
                let below = known.entry(bound).or_insert_with(|| self.region(bound));
                region = region.within(below);
            }
            let deny = usize::from(candidate.rule.is_deny());
            let maybe = usize::from(!candidate.is_unconditional());
            lists[2 * deny + maybe].extend_from_slice(region.as_slice());
        }
        let [allowed, maybe_allowed, denied, maybe_denied] = lists.map(Ranges::of);
        Regions { allowed, maybe_allowed, denied, maybe_denied }
    }

    /// The labels of the nodes at and below the bound. On the way up from any of them the lowest connection, if there is
    /// one, leads to a node that is below the bound too, and from there on down it is all children: so they are the
    /// subtree of the bound, and those of the connected nodes below it.
    pub(crate) fn region(&self, bound: u32) -> Ranges {
        if self.forest.is_global(bound) {
            return Ranges::all();
        }
        let connected = self.links.inherited.all_rights().filter(|node| self.reaches(bound, *node));
        let tops = connected.chain([bound]).map(|node| self.forest.row(node));
        Ranges::of(tops.map(|row| (row.label, row.end)).collect())
    }
}

/// Where rules about the thing asked count, for sure or if their condition says so.
struct Regions {
    allowed: Ranges,
    maybe_allowed: Ranges,
    denied: Ranges,
    maybe_denied: Ranges,
}
