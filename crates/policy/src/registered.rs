//! What the rules of each role say of the registered permissions: a bit for each name, kept up to date with every
//! change of roles and names.

use std::sync::Arc;

use kernel::PermissionName;

use crate::{
    bits::Bits,
    chunks::Chunks,
    matcher::Asked,
    roles::{RoleRow, Roles, RuleRow},
    snapshot::Snapshot,
    sorted::Sorted,
};

/// The names, and what roles say of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Registered {
    /// The bit of each registered name.
    bits: Sorted<PermissionName, u32>,
    /// Bits of names that are registered no more.
    free: Sorted<u32, ()>,
    made: u32,
    /// By the number of the role.
    roles: Chunks<Arc<Said>>,
}

/// What the rules of a role are about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    /// Allowed by rules of the role's own owner without a condition.
    pub(crate) allows: Bits,
    /// Denied by such rules.
    pub(crate) denies: Bits,
    /// The other rules, by their place in the role.
    pub(crate) apart: Vec<(usize, Bits)>,
}

impl Registered {
    /// Every name, once, sorted, and its bit.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&PermissionName, u32)> {
        self.bits.iter().map(|(name, bit)| (name, *bit))
    }

    /// The bit of a registered name.
    pub(crate) fn bit(&self, name: &PermissionName) -> Option<u32> {
        self.bits.get(name).copied()
    }

    pub(crate) fn said(&self, role: u32) -> &Said {
        &self.roles[role]
    }

    /// After a role was written.
    pub(crate) fn compile(&mut self, number: u32, role: &RoleRow) {
        while self.roles.len() <= number as usize {
            self.roles.push(Arc::default());
        }
        let mut said = Said::of(role);
        for (name, bit) in self.names() {
            said.tell(role, &Asked::new(name), bit, true);
        }
        *self.roles.row_mut(number) = Arc::new(said);
    }

    /// After a role was deleted.
    pub(crate) fn forget(&mut self, number: u32) {
        *self.roles.row_mut(number) = Arc::default();
    }

    /// The name was registered for the first time.
    fn add(&mut self, name: &PermissionName, roles: &Roles) {
        let free = self.free.iter().next().map(|(bit, ())| *bit);
        let bit = free.unwrap_or(self.made);
        match free {
            Some(bit) => _ = self.free.remove(&bit),
            None => self.made += 1,
        }
        self.bits.insert(name.clone(), bit);
        self.tell(name, bit, roles, true);
    }

    /// The last registration of the name went.
    fn remove(&mut self, name: &PermissionName, roles: &Roles) {
        if let Some(bit) = self.bits.remove(name) {
            self.free.insert(bit, ());
            self.tell(name, bit, roles, false);
        }
    }

    fn tell(&mut self, name: &PermissionName, bit: u32, roles: &Roles, on: bool) {
        let asked = &Asked::new(name);
        for (number, role) in roles.all() {
            if role.rules.iter().any(|rule| rule.is_about_name(asked)) {
                Arc::make_mut(self.roles.row_mut(number)).tell(role, asked, bit, on);
            }
        }
    }
}

impl Said {
    fn of(role: &RoleRow) -> Self {
        let apart = role.rules.iter().enumerate().filter(|(_, rule)| is_apart(role, rule));
        let apart = apart.map(|(index, _)| (index, Bits::default())).collect();
        Self { apart, ..Self::default() }
    }

    /// Sets or clears the bit of a name wherever a rule is about it.
    fn tell(&mut self, role: &RoleRow, name: &Asked<'_>, bit: u32, on: bool) {
        for (index, rule) in role.rules.iter().enumerate() {
            if !rule.is_about_name(name) {
                continue;
            }
            let apart = self.apart.iter_mut().find(|(other, _)| *other == index);
            let bits = match apart {
                Some((_, bits)) => bits,
                None if rule.is_deny() => &mut self.denies,
                None => &mut self.allows,
            };
            if on { bits.set(bit) } else { bits.clear(bit) }
        }
    }
}

/// Whether more than the role's owner decides if the rule counts.
fn is_apart(role: &RoleRow, rule: &RuleRow) -> bool {
    rule.owner != role.owner || rule.when.is_some()
}

impl Snapshot {
    /// After a registration of the name came or went.
    pub(crate) fn refresh_name(&mut self, name: &PermissionName) {
        let is_registered = self.permissions.named(name).next().is_some();
        match (is_registered, self.registered.bit(name)) {
            (true, None) => self.registered.add(name, &self.roles),
            (false, Some(_)) => self.registered.remove(name, &self.roles),
            _ => {}
        }
    }
}
