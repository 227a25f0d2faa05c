//! What one subject gains and loses.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use kernel::{AssignmentId, PermissionName};

use super::{
    NodeSet, PermissionChange, Unanswered, WhatIf, alignment::Alignment, names::NameSet,
    touched::Touched,
};
use crate::{
    bearer::Standing,
    principal::{Principal, Who},
    question::Context,
    ranges::Ranges,
    snapshot::Snapshot,
};

/// Finds differences, and keeps those that others have too.
pub(super) struct Differences<'a> {
    what_if: &'a WhatIf<'a>,
    alignment: &'a Alignment,
    touched: &'a Touched,
    /// The labels of the nodes that are told: before, and after.
    seen: (Ranges, Ranges),
    known: HashMap<Key, Arc<Vec<PermissionChange>>>,
    computed: usize,
}

/// Two subjects with the same key gain and lose the same.
type Key = (Holding, Holding, NameSet);

/// What a subject holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Holding {
    /// Nothing: it is not there, or switched off.
    Nothing,
    /// Everything.
    Everything,
    /// These assignments, none of them with a condition.
    Assignments(Vec<AssignmentId>),
    /// Something with conditions, which may read who it is.
    OfItsOwn,
}

impl<'a> Differences<'a> {
    pub(super) fn new(
        what_if: &'a WhatIf<'a>,
        alignment: &'a Alignment,
        touched: &'a Touched,
    ) -> Self {
        let seen = seen(what_if, alignment);
        Self { what_if, alignment, touched, seen, known: HashMap::new(), computed: 0 }
    }

    /// Whether some nodes are not told of.
    pub(super) fn is_partial(&self) -> bool {
        let WhatIf { before, after, .. } = self.what_if;
        before.count_labelled(&self.seen.0) < before.count_nodes()
            || after.count_labelled(&self.seen.1) < after.count_nodes()
    }

    /// What a subject gains and loses of these permissions. The nodes are counted, not named.
    pub(super) fn of(
        &mut self,
        who: &Who,
        names: &NameSet,
    ) -> Result<Arc<Vec<PermissionChange>>, Unanswered> {
        if !(self.what_if.goes_on)() {
            return Err(Unanswered::Stopped);
        }
        let principal = Principal::new(who.clone());
        let before = self.holding(self.what_if.before, &principal);
        let after = self.holding(self.what_if.after, &principal);
        if before == Holding::Nothing && after == Holding::Nothing {
            return Ok(Arc::default());
        }
        let shared = [&before, &after].iter().all(|held| !matches!(held, Holding::OfItsOwn));
        let key = (before, after, names.clone());
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let changes = Arc::new(self.compute(&principal, names)?);
        if shared {
            self.known.insert(key, changes.clone());
        }
        Ok(changes)
    }

    /// The same, with the first nodes named.
    pub(super) fn name(&self, changes: &[PermissionChange], count: usize) -> Vec<PermissionChange> {
        let named = |snapshot: &Snapshot, set: &NodeSet| {
            let first = snapshot.labelled(&set.ranges).take(count).collect();
            NodeSet { first, ..set.clone() }
        };
        let change = |change: &PermissionChange| PermissionChange {
            permissions: change.permissions.clone(),
            gained: named(self.what_if.after, &change.gained),
            lost: named(self.what_if.before, &change.lost),
        };
        changes.iter().map(change).collect()
    }

    fn holding(&self, snapshot: &Snapshot, principal: &Principal) -> Holding {
        let bearer = match snapshot.standing(principal, self.what_if.now) {
            Standing::Free(_) => return Holding::Everything,
            Standing::Refused(_) => return Holding::Nothing,
            Standing::Bears(bearer) => bearer,
        };
        let mut held = Vec::new();
        for candidate in snapshot.held(&bearer) {
            if !candidate.is_unconditional() {
                return Holding::OfItsOwn;
            }
            held.push(candidate.assignment.assignment.id);
        }
        held.sort_unstable();
        held.dedup();
        Holding::Assignments(held)
    }

    fn compute(
        &mut self,
        principal: &Principal,
        names: &NameSet,
    ) -> Result<Vec<PermissionChange>, Unanswered> {
        let mut by_nodes: BTreeMap<Sets, Vec<PermissionName>> = BTreeMap::new();
        for name in self.touched.names.of(names) {
            self.count()?;
            let (gained, lost) = self.sets(principal, name);
            if !gained.is_empty() || !lost.is_empty() {
                let sets = (gained.as_slice().to_vec(), lost.as_slice().to_vec());
                by_nodes.entry(sets).or_default().push(name.clone());
            }
        }
        let WhatIf { before, after, .. } = self.what_if;
        let set = |snapshot: &Snapshot, ranges: Vec<(i64, i64)>| {
            let ranges = Ranges::of(ranges);
            NodeSet { total: snapshot.count_labelled(&ranges), first: Vec::new(), ranges }
        };
        let changes = by_nodes.into_iter().map(|((gained, lost), permissions)| {
            let (gained, lost) = (set(after, gained), set(before, lost));
            PermissionChange { permissions, gained, lost }
        });
        Ok(changes.collect())
    }

    fn sets(&self, principal: &Principal, name: &PermissionName) -> (Ranges, Ranges) {
        let context = &Context::default();
        let WhatIf { before, after, now, .. } = *self.what_if;
        let before = before.scope(principal, name, context, now);
        let after = after.scope(principal, name, context, now);
        let gained = after.minus(&self.alignment.onward.carry(&before)).within(&self.seen.1);
        let lost = before.minus(&self.alignment.back.carry(&after)).within(&self.seen.0);
        let WhatIf { before, after, .. } = self.what_if;
        (after.inhabited(&gained), before.inhabited(&lost))
    }

    fn count(&mut self) -> Result<(), Unanswered> {
        self.computed += 2;
        if self.computed > self.what_if.limits.sets {
            return Err(Unanswered::Sets(self.what_if.limits.sets));
        }
        if (self.what_if.goes_on)() { Ok(()) } else { Err(Unanswered::Stopped) }
    }
}

/// What is gained and what is lost, as ranges.
type Sets = (Vec<(i64, i64)>, Vec<(i64, i64)>);

/// The labels, before and after, of the nodes that are told. What the viewer may see is decided as it is now, as the
/// changes must not widen it; at nodes that come, as it would be.
fn seen(what_if: &WhatIf<'_>, alignment: &Alignment) -> (Ranges, Ranges) {
    let Some((viewer, permission)) = what_if.seen_by else { return (Ranges::all(), Ranges::all()) };
    let (context, now) = (&Context::default(), what_if.now);
    let before = what_if.before.scope(viewer, permission, context, now);
    let after = what_if.after.scope(viewer, permission, context, now);
    let new = alignment.onward.new_ones().within(&after);
    let after = alignment.onward.carry(&before).with(&new);
    (before, after)
}
