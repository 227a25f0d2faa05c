//! What someone may do at a node: one walk through what he holds, for all registered permissions at once.

use jiff::Timestamp;
use kernel::{NodeId, PermissionName};

use crate::{
    bearer::{Bearer, Standing},
    bits::Bits,
    condition::Truth,
    holders::Held,
    principal::Principal,
    question::{Context, Question},
    snapshot::Snapshot,
    weigh::Places,
    when::both,
};

impl Snapshot {
    /// The registered permissions for which the answer is allow, sorted.
    pub fn permissions(
        &self,
        principal: &Principal,
        node: NodeId,
        context: &Context,
        now: Timestamp,
    ) -> Vec<&PermissionName> {
        let may_do = self.may_do(principal, node, context, now);
        let names = self.registered.names().filter(|(_, bit)| may_do.has(*bit));
        names.map(|(name, _)| name).collect()
    }

    /// Those of the names for which the answer is allow, in their order.
    pub fn permissions_among<'n>(
        &self,
        principal: &Principal,
        node: NodeId,
        context: &Context,
        now: Timestamp,
        names: &'n [PermissionName],
    ) -> Vec<&'n PermissionName> {
        let may_do = self.may_do(principal, node, context, now);
        let allowed = |name: &&PermissionName| match self.registered.bit(name) {
            Some(bit) => may_do.has(bit),
            None => {
                let permissions = std::slice::from_ref(*name);
                self.decide(&Question { principal, permissions, node, context, now }).is_allow()
            }
        };
        names.iter().filter(allowed).collect()
    }

    fn may_do(
        &self,
        principal: &Principal,
        node: NodeId,
        context: &Context,
        now: Timestamp,
    ) -> MayDo {
        let Some(node) = self.forest.find(node) else { return MayDo::default() };
        match self.standing(principal, now) {
            Standing::Free(_) => MayDo { all: true, ..MayDo::default() },
            Standing::Refused(_) => MayDo::default(),
            Standing::Bears(bearer) => {
                let (places, found) = (Places::new(self, node), MayDo::default());
                let gathering = Gathering { snapshot: self, bearer: &bearer, places, context, now };
                gathering.all(found)
            }
        }
    }
}

/// What is allowed, and what is denied whatever allows it.
#[derive(Debug, Default)]
struct MayDo {
    all: bool,
    allows: Bits,
    denies: Bits,
}

impl MayDo {
    fn has(&self, bit: u32) -> bool {
        self.all || (self.allows.has(bit) && !self.denies.has(bit))
    }

    /// Counts rules about these, whose condition came to this.
    fn count(&mut self, is_deny: bool, bits: &Bits, truth: Truth) {
        if is_deny && !truth.is_false() {
            self.denies.add(bits);
        } else if !is_deny && truth.is_true() {
            self.allows.add(bits);
        }
    }
}

struct Gathering<'a> {
    snapshot: &'a Snapshot,
    bearer: &'a Bearer,
    places: Places<'a>,
    context: &'a Context,
    now: Timestamp,
}

impl Gathering<'_> {
    fn all(&self, mut found: MayDo) -> MayDo {
        self.snapshot.each_holder(self.bearer, |holder| {
            for held in holder.held() {
                if self.places.are_in(held.span) {
                    self.assignment(held, &mut found);
                }
            }
        });
        found
    }

    /// An assignment at or above the node.
    fn assignment(&self, held: &Held, found: &mut MayDo) {
        let Some(role) = self.snapshot.roles.row(held.role) else { return };
        let may_use = self.bearer.may_use(role.id);
        if !(may_use || role.denies) || !self.places.are_below(self.snapshot, role.owner) {
            return;
        }
        let mut when = None;
        if held.is_limited() {
            let Some(row) = self.snapshot.assignments.row(held.assignment()) else { return };
            if row.has_expired(self.now) {
                return;
            }
            when = row.when.as_ref();
        }
        let facts = self.snapshot.facts(self.bearer, self.places.node(), self.context, self.now);
        let said = self.snapshot.registered.said(held.role);
        let truth = both(when, None, &facts);
        found.count(true, &said.denies, truth);
        if may_use {
            found.count(false, &said.allows, truth);
        }
        for (index, bits) in &said.apart {
            let Some(rule) = role.rules.get(*index) else { continue };
            let counts = may_use || rule.is_deny();
            if counts && self.places.are_below(self.snapshot, rule.owner) {
                found.count(rule.is_deny(), bits, both(when, rule.when.as_ref(), &facts));
            }
        }
    }
}
