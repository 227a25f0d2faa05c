//! Users, service accounts and groups, and who is in which group.

use std::sync::Arc;

use kernel::NodeId;

use crate::{
    bits::Bits,
    change::{Membership, Subject},
    refused::ChangeRefused,
    snapshot::Snapshot,
    sorted::Sorted,
};

/// Users, service accounts and groups of a world of nodes, in any order. An error means that what is stored is damaged.
#[derive(Debug)]
pub struct People {
    snapshot: Snapshot,
    /// By the number of the node; with the number of the realm.
    subjects: Vec<(u32, Option<u32>, Arc<Subject>)>,
    groups: Vec<(u32, Option<u32>, Membership)>,
}

impl People {
    /// Nobody yet. Refused if the world has people.
    pub fn new(snapshot: Snapshot) -> Result<Self, ChangeRefused> {
        let people = &snapshot.people;
        if people.subjects.iter().next().is_some() || people.groups.iter().next().is_some() {
            return Err(ChangeRefused::Exists);
        }
        Ok(Self { snapshot, subjects: Vec::new(), groups: Vec::new() })
    }

    /// A user or service account.
    pub fn add_subject(&mut self, subject: Subject) -> Result<(), ChangeRefused> {
        let (node, realm) = self.snapshot.check_subject(&subject)?;
        self.subjects.push((node, realm, Arc::new(subject)));
        Ok(())
    }

    /// A group.
    pub fn add_group(&mut self, id: NodeId, membership: Membership) -> Result<(), ChangeRefused> {
        let (node, realm) = self.snapshot.check_group(id, membership)?;
        self.groups.push((node, realm, membership));
        Ok(())
    }

    /// All are there. Refused if one is there twice.
    pub fn finish(mut self) -> Result<Members, ChangeRefused> {
        self.subjects.sort_unstable_by_key(|(node, ..)| *node);
        self.groups.sort_unstable_by_key(|(node, ..)| *node);
        let twice = self.subjects.windows(2).any(|pair| pair[0].0 == pair[1].0)
            || self.groups.windows(2).any(|pair| pair[0].0 == pair[1].0);
        if twice {
            return Err(ChangeRefused::Exists);
        }
        self.fill();
        let Self { mut snapshot, subjects, groups } = self;
        let nodes = snapshot.forest.numbers().len();
        let mut members = Members {
            listed: Bits::new(nodes),
            groups: Bits::new(nodes),
            known: Bits::new(nodes),
            snapshot: Snapshot::new(),
            pairs: Vec::new(),
        };
        for (node, _, membership) in groups {
            snapshot.holders.save_group(&snapshot.forest, node, None, membership);
            members.groups.set(node);
            members.known.set(node);
            if membership == Membership::Listed {
                members.listed.set(node);
            }
        }
        for (node, realm, subject) in subjects {
            snapshot.holders.save_subject(node, realm, &subject);
            members.known.set(node);
        }
        members.snapshot = snapshot;
        Ok(members)
    }

    fn fill(&mut self) {
        let people = &mut self.snapshot.people;
        let subjects = self.subjects.iter().map(|(node, _, subject)| (*node, Arc::clone(subject)));
        people.subjects = Sorted::of_sorted(&subjects.collect::<Vec<_>>());
        let groups = self.groups.iter().map(|(node, _, membership)| (*node, *membership));
        people.groups = Sorted::of_sorted(&groups.collect::<Vec<_>>());
        let computed = self.groups.iter().filter(|(.., kind)| *kind != Membership::Listed);
        people.computed = Sorted::of_keys(computed.map(|(node, ..)| *node));
        let superusers = self.subjects.iter().filter(|(.., subject)| subject.superuser);
        people.superusers = Sorted::of_keys(superusers.map(|(node, ..)| *node));
        let of_subjects = self.subjects.iter().map(|(node, realm, _)| (*realm, *node));
        let of_groups = self.groups.iter().map(|(node, realm, _)| (*realm, *node));
        let named = of_subjects.chain(of_groups).filter_map(|(realm, node)| Some((realm?, node)));
        let mut named: Vec<(u32, u32)> = named.collect();
        named.sort_unstable();
        people.of_realm = Sorted::of_keys(named.into_iter());
    }
}

/// The members of listed groups, in any order.
#[derive(Debug)]
pub struct Members {
    snapshot: Snapshot,
    /// Groups that have members, all groups, and all that may be a member.
    listed: Bits,
    groups: Bits,
    known: Bits,
    /// Group, member.
    pairs: Vec<(u32, u32)>,
}

impl Members {
    /// A user, service account or group in a group.
    pub fn add(&mut self, group: NodeId, member: NodeId) -> Result<(), ChangeRefused> {
        let forest = &self.snapshot.forest;
        let pair = match (forest.find(group), forest.find(member)) {
            (Some(a), Some(b)) if self.listed.has(a) && self.known.has(b) => (a, b),
            // Something is wrong with it.
            _ => self.snapshot.member_pair(group, member)?,
        };
        self.pairs.push(pair);
        Ok(())
    }

    /// All are there. Refused if one is there twice, or a group would be within itself.
    pub fn finish(self) -> Result<Snapshot, ChangeRefused> {
        let Self { mut snapshot, groups, mut pairs, .. } = self;
        pairs.sort_unstable();
        if pairs.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ChangeRefused::Exists);
        }
        let nested: Vec<(u32, u32)> =
            pairs.iter().copied().filter(|(_, member)| groups.has(*member)).collect();
        if has_cycle(&nested) {
            return Err(ChangeRefused::Cycle);
        }
        snapshot.people.members.fill(&pairs);
        snapshot.people.nested = Sorted::of_keys(nested.iter().copied());
        let mut members: Vec<u32> = pairs.into_iter().map(|(_, member)| member).collect();
        members.sort_unstable();
        members.dedup();
        for member in members {
            if groups.has(member) {
                snapshot.refresh_groups_above(member);
            } else {
                snapshot.refresh_groups(member);
            }
        }
        Ok(snapshot)
    }
}

/// Whether a group is within itself. The pairs (group, member) are sorted.
fn has_cycle(nested: &[(u32, u32)]) -> bool {
    let within = |group: u32| {
        let from = nested.partition_point(|(outer, _)| *outer < group);
        nested[from..].iter().take_while(move |(outer, _)| *outer == group).map(|(_, inner)| *inner)
    };
    // Groups that are within no group any more are taken out, one after the other; those on a cycle stay.
    let mut around: std::collections::BTreeMap<u32, usize> =
        nested.iter().map(|(outer, _)| (*outer, 0)).collect();
    for (_, inner) in nested {
        *around.entry(*inner).or_default() += 1;
    }
    let mut free: Vec<u32> =
        around.iter().filter(|(_, count)| **count == 0).map(|(group, _)| *group).collect();
    let mut left = around.len();
    while let Some(group) = free.pop() {
        left -= 1;
        for inner in within(group) {
            if let Some(count) = around.get_mut(&inner) {
                *count -= 1;
                if *count == 0 {
                    free.push(inner);
                }
            }
        }
    }
    left > 0
}
