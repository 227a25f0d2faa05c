//! Users, service accounts and groups.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use kernel::NodeKind;

use crate::{
    change::{Lock, Membership, Subject, SubjectKind},
    facts::BUILT_IN,
    links::Relation,
    reason::Inactive,
    refused::ChangeRefused,
    snapshot::Snapshot,
    sorted::Sorted,
};
use kernel::NodeId;

/// The subjects and groups, by the number of their node.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    pub(crate) subjects: Sorted<u32, Arc<Subject>>,
    pub(crate) groups: Sorted<u32, Membership>,
    /// Group, member.
    pub(crate) members: Relation,
    /// Group, member that is a group.
    pub(crate) nested: Sorted<(u32, u32), ()>,
    /// The groups whose members are not listed.
    pub(crate) computed: Sorted<u32, ()>,
    /// Realm, and the subject or group that names it.
    pub(crate) of_realm: Sorted<(u32, u32), ()>,
    pub(crate) superusers: Sorted<u32, ()>,
}

impl People {
    pub(crate) fn subject(&self, node: u32) -> Option<&Subject> {
        self.subjects.get(&node).map(|subject| &**subject)
    }

    /// The subject and all its groups, nested and computed ones included, each once. Nobody has only what holds the
    /// anonymous.
    pub(crate) fn holders(&self, subject: Option<u32>) -> Vec<u32> {
        let known = subject.and_then(|subject| self.subject(subject));
        let computed = self.computed.iter().map(|(group, ())| *group).filter(|group| {
            match (self.groups.get(group), known) {
                (Some(Membership::Anonymous), None) => subject.is_none(),
                (Some(Membership::Authenticated { realm }), Some(known)) => {
                    realm.is_none() || *realm == known.realm
                }
                _ => false,
            }
        });
        self.upwards(subject.into_iter().chain(computed))
    }

    /// These, and all groups they are in, nested, each once.
    pub(crate) fn upwards(&self, start: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut holders: Vec<u32> = Vec::with_capacity(16);
        let add = |holders: &mut Vec<u32>, holder| {
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        };
        start.for_each(|holder| add(&mut holders, holder));
        let mut done = 0;
        while let Some(holder) = holders.get(done).copied() {
            self.members.lefts(holder).for_each(|group| add(&mut holders, group));
            done += 1;
        }
        holders
    }

    /// The group and all groups nested in it, each once.
    pub(crate) fn downwards(&self, group: u32) -> BTreeSet<u32> {
        let mut found = BTreeSet::from([group]);
        let mut open = vec![group];
        while let Some(group) = open.pop() {
            open.extend(self.nested.of(group).filter(|member| found.insert(*member)));
        }
        found
    }

    /// The computed groups.
    pub(crate) fn computed(&self) -> impl Iterator<Item = u32> + '_ {
        self.computed.iter().map(|(group, ())| *group)
    }
}

/// How the subject is switched off at this moment, if it is.
pub(crate) fn inactive(subject: &Subject, now: Timestamp) -> Option<Inactive> {
    let locked = match subject.lock {
        Lock::None => false,
        Lock::Until(until) => now < until,
        Lock::ForGood => true,
    };
    if subject.disabled {
        Some(Inactive::Disabled)
    } else if locked {
        Some(Inactive::Locked)
    } else if subject.expires_at.is_some_and(|end| now >= end) {
        Some(Inactive::Expired)
    } else {
        None
    }
}

impl Snapshot {
    /// The numbers of a user or service account, and of its realm, if it may be saved.
    pub(crate) fn check_subject(
        &self,
        subject: &Subject,
    ) -> Result<(u32, Option<u32>), ChangeRefused> {
        let kind = match subject.kind {
            SubjectKind::User => NodeKind::USER,
            SubjectKind::ServiceAccount => NodeKind::SERVICE_ACCOUNT,
        };
        let node = self.need_kind(subject.id, kind)?;
        if let Some(name) = subject.attributes.keys().find(|name| BUILT_IN.contains(&name.as_str()))
        {
            return Err(ChangeRefused::ReservedName(name.clone()));
        }
        let realm = subject.realm.map(|realm| self.forest.need(realm)).transpose()?;
        Ok((node, realm))
    }

    pub(crate) fn save_subject(&mut self, subject: &Subject) -> Result<(), ChangeRefused> {
        let (node, realm) = self.check_subject(subject)?;
        self.forget_realm(node);
        if let Some(realm) = realm {
            self.people.of_realm.insert((realm, node), ());
        }
        if subject.superuser {
            self.people.superusers.insert(node, ());
        } else {
            self.people.superusers.remove(&node);
        }
        self.holders.save_subject(node, realm, subject);
        self.people.subjects.insert(node, Arc::new(subject.clone()));
        Ok(())
    }

    pub(crate) fn delete_subject(&mut self, id: NodeId) -> Result<(), ChangeRefused> {
        let node = self.forest.need(id)?;
        if !self.people.subjects.has(&node) {
            return Err(ChangeRefused::NotASubject(id));
        }
        if self.is_held(node) {
            return Err(ChangeRefused::InUse);
        }
        self.forget_realm(node);
        self.people.superusers.remove(&node);
        self.people.subjects.remove(&node);
        self.holders.delete_subject(node);
        Ok(())
    }

    /// The numbers of a group, and of the realm that it names.
    pub(crate) fn check_group(
        &self,
        id: NodeId,
        membership: Membership,
    ) -> Result<(u32, Option<u32>), ChangeRefused> {
        let node = self.need_kind(id, NodeKind::GROUP)?;
        let realm = match membership {
            Membership::Authenticated { realm: Some(realm) } => Some(self.forest.need(realm)?),
            _ => None,
        };
        Ok((node, realm))
    }

    pub(crate) fn save_group(
        &mut self,
        id: NodeId,
        membership: Membership,
    ) -> Result<(), ChangeRefused> {
        let (node, realm) = self.check_group(id, membership)?;
        let listed = membership == Membership::Listed;
        if !listed && self.people.members.count_rights(node) > 0 {
            return Err(ChangeRefused::InUse);
        }
        self.forget_realm(node);
        if let Some(realm) = realm {
            self.people.of_realm.insert((realm, node), ());
        }
        if listed {
            self.people.computed.remove(&node);
        } else {
            self.people.computed.insert(node, ());
        }
        let former = self.people.groups.insert(node, membership);
        self.holders.save_group(&self.forest, node, former, membership);
        Ok(())
    }

    pub(crate) fn delete_group(&mut self, id: NodeId) -> Result<(), ChangeRefused> {
        let node = self.forest.need(id)?;
        if !self.people.groups.has(&node) {
            return Err(ChangeRefused::NotASubject(id));
        }
        if self.is_held(node) || self.people.members.count_rights(node) > 0 {
            return Err(ChangeRefused::InUse);
        }
        self.forget_realm(node);
        self.people.computed.remove(&node);
        if let Some(former) = self.people.groups.remove(&node) {
            self.holders.delete_group(&self.forest, node, former);
        }
        Ok(())
    }

    pub(crate) fn add_member(
        &mut self,
        group: NodeId,
        member: NodeId,
    ) -> Result<(), ChangeRefused> {
        let (group, member) = self.member_pair(group, member)?;
        if self.people.upwards([group].into_iter()).contains(&member) {
            return Err(ChangeRefused::Cycle);
        }
        if !self.people.members.insert(group, member) {
            return Err(ChangeRefused::Exists);
        }
        if self.people.groups.has(&member) {
            self.people.nested.insert((group, member), ());
        }
        self.refresh_groups(member);
        Ok(())
    }

    pub(crate) fn remove_member(
        &mut self,
        group: NodeId,
        member: NodeId,
    ) -> Result<(), ChangeRefused> {
        let (group, member) = self.member_pair(group, member)?;
        if !self.people.members.remove(group, member) {
            return Err(ChangeRefused::Missing);
        }
        self.people.nested.remove(&(group, member));
        self.refresh_groups(member);
        Ok(())
    }

    /// The numbers of a listed group and of what may be a member.
    pub(crate) fn member_pair(
        &self,
        group: NodeId,
        member: NodeId,
    ) -> Result<(u32, u32), ChangeRefused> {
        let (group_node, member_node) = (self.forest.need(group)?, self.forest.need(member)?);
        match self.people.groups.get(&group_node) {
            None => return Err(ChangeRefused::NotASubject(group)),
            Some(Membership::Listed) => {}
            Some(_) => return Err(ChangeRefused::ComputedGroup),
        }
        self.need_subject(member)?;
        Ok((group_node, member_node))
    }

    /// The number of a node that is a user, service account or group.
    pub(crate) fn need_subject(&self, id: NodeId) -> Result<u32, ChangeRefused> {
        let node = self.forest.need(id)?;
        let known = self.people.subjects.has(&node) || self.people.groups.has(&node);
        if known { Ok(node) } else { Err(ChangeRefused::NotASubject(id)) }
    }

    fn need_kind(&self, id: NodeId, kind: &str) -> Result<u32, ChangeRefused> {
        let node = self.forest.need(id)?;
        let fits = self.forest.kind(node).as_str() == kind;
        if fits { Ok(node) } else { Err(ChangeRefused::NotASubject(id)) }
    }

    /// Whether it is assigned something or is a member.
    fn is_held(&self, node: u32) -> bool {
        !self.assignments.by_subject.of(node).is_empty()
            || self.people.members.count_lefts(node) > 0
    }

    fn forget_realm(&mut self, node: u32) {
        let of_subject = self.people.subject(node).and_then(|subject| subject.realm);
        let of_group = match self.people.groups.get(&node) {
            Some(Membership::Authenticated { realm }) => *realm,
            _ => None,
        };
        if let Some(realm) = of_subject.or(of_group).and_then(|realm| self.forest.find(realm)) {
            self.people.of_realm.remove(&(realm, node));
        }
    }
}
