//! The set of nodes where the answer is allow, as ranges of their labels: interval arithmetic over the regions of rules.

use jiff::Timestamp;
use kernel::PermissionName;

use crate::{
    bearer::{Bearer, HeldBy, Standing},
    decide::Candidate,
    holders::Holder,
    matcher::Names,
    principal::Principal,
    question::Context,
    ranges::Ranges,
    regions::Bounds,
    snapshot::Snapshot,
};

/// What one principal may do, at all nodes.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) bearer: Bearer,
    pub(crate) rules: Vec<Bounded<'a>>,
}

/// A rule about the thing asked, and where it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounded<'a> {
    pub(crate) candidate: Candidate<'a>,
    pub(crate) bounds: Bounds,
}

/// Where the answer is allow.
#[derive(Debug)]
pub(crate) enum Extent<'a> {
    /// Everywhere.
    All,
    /// Nowhere.
    None,
    /// Where the rules say.
    Rules(Reach<'a>),
}

/// Labels of nodes by what rules say of them.
#[derive(Debug)]
pub(crate) struct Verdicts {
    /// Allowed.
    pub(crate) sure: Ranges,
    /// To be judged one by one, as a condition decides.
    pub(crate) open: Ranges,
}

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
        match self.extent(principal, permission, now) {
            Extent::All => Ranges::all(),
            Extent::None => Ranges::none(),
            Extent::Rules(reach) => {
                let Verdicts { sure, open } = self.verdicts(&reach);
                let mut found: Vec<(i64, i64)> = sure.as_slice().to_vec();
                let allowed = |node: u32| self.allows(&reach, node, context, now);
                open.as_slice().iter().for_each(|range| self.runs(*range, allowed, &mut found));
                Ranges::of(found)
            }
        }
    }

    pub(crate) fn extent(
        &self,
        principal: &Principal,
        permission: &PermissionName,
        now: Timestamp,
    ) -> Extent<'_> {
        match self.standing(principal, now) {
            Standing::Free(_) => Extent::All,
            Standing::Refused(_) => Extent::None,
            Standing::Bears(bearer) => {
                let names = Names::new(std::slice::from_ref(permission));
                let rules = self.bounded(&bearer, names, now);
                if rules.iter().all(|rule| rule.candidate.rule.is_deny()) {
                    return Extent::None;
                }
                Extent::Rules(Reach { bearer, rules })
            }
        }
    }

    /// Whether the rules allow it at the node.
    pub(crate) fn allows(
        &self,
        reach: &Reach<'_>,
        node: u32,
        context: &Context,
        now: Timestamp,
    ) -> bool {
        let facts = self.facts(&reach.bearer, node, context, now);
        let candidates = reach.rules.iter().map(|rule| rule.candidate);
        self.judge(candidates, &facts).is_allow()
    }

    /// What the rules say of all nodes.
    pub(crate) fn verdicts(&self, reach: &Reach<'_>) -> Verdicts {
        let mut tops: [Vec<u32>; 4] = Default::default();
        let mut met: [Vec<(i64, i64)>; 4] = Default::default();
        for Bounded { candidate, bounds } in &reach.rules {
            let deny = usize::from(candidate.rule.is_deny());
            let class = 2 * deny + usize::from(!candidate.is_unconditional());
            match bounds.only() {
                Some(top) => tops[class].push(top),
                None => met[class].extend_from_slice(self.region_within(bounds).as_slice()),
            }
        }
        let mut region = |class: usize| {
            let below = self.region_of(std::mem::take(&mut tops[class]));
            match std::mem::take(&mut met[class]) {
                met if met.is_empty() => below,
                met => below.with(&Ranges::of(met)),
            }
        };
        let [allowed, maybe_allowed, denied, maybe_denied] = [0, 1, 2, 3].map(&mut region);
        let sure = allowed.minus(&denied.with(&maybe_denied));
        let open = allowed.with(&maybe_allowed).minus(&denied.with(&sure));
        Verdicts { sure, open }
    }

    /// Adds the runs of allowed nodes in the range.
    fn runs(
        &self,
        (from, to): (i64, i64),
        allowed: impl Fn(u32) -> bool,
        found: &mut Vec<(i64, i64)>,
    ) {
        // Where a run starts, and its last label.
        let mut run: Option<(i64, i64)> = None;
        for (label, node) in self.forest.between(from, to) {
            if allowed(node) {
                run = Some((run.map_or(label, |(start, _)| start), label));
            } else {
                found.extend(run.take().map(|(start, last)| (start, last + 1)));
            }
        }
        found.extend(run.map(|(start, last)| (start, last + 1)));
    }

    /// The rules about the thing asked that the bearer holds now, and where they count.
    pub(crate) fn bounded(
        &self,
        bearer: &Bearer,
        names: Names<'_>,
        now: Timestamp,
    ) -> Vec<Bounded<'_>> {
        let candidates = self.candidates(bearer, names, now);
        let bound = |candidate: Candidate<'_>| self.narrowest(candidate.bounds());
        candidates.map(|candidate| Bounded { candidate, bounds: bound(candidate) }).collect()
    }

    /// The bearer's subject and its groups. A group that it is in by two ways may come twice.
    pub(crate) fn each_holder<'a>(&'a self, bearer: &Bearer, mut visit: impl FnMut(&'a Holder)) {
        let holders = &self.holders;
        let groups = |groups: &'a [u32], visit: &mut dyn FnMut(&'a Holder)| {
            for group in groups {
                let group = holders.row(*group);
                visit(group);
                group.groups().iter().for_each(|above| visit(holders.row(*above)));
            }
        };
        match bearer.held_by {
            HeldBy::None => {}
            HeldBy::Anonymous => groups(holders.of_nobody(), &mut visit),
            HeldBy::Subject { holder } => {
                let holder = holders.row(holder);
                visit(holder);
                holders.groups(holder).into_iter().for_each(|list| groups(list, &mut visit));
            }
        }
    }
}

impl Verdicts {
    /// Where both say so.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let sure = self.sure.within(&other.sure);
        let all = |verdicts: &Self| verdicts.sure.with(&verdicts.open);
        let open = all(self).within(&all(other)).minus(&sure);
        Self { sure, open }
    }
}
