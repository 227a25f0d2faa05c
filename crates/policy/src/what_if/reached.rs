//! The subjects that are reached, themselves or through groups.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::NodeId;

use super::{Position, Unanswered, WhatIf, names::NameSet};
use crate::{
    change::{Membership, SubjectKind},
    principal::Who,
};

/// The subjects that are reached, themselves or through groups.
pub(super) struct Reached<'a> {
    pub(super) what_if: &'a WhatIf<'a>,
    /// Only these; absent: all.
    pub(super) only: Option<HashSet<NodeId>>,
    /// The place of each that comes.
    pub(super) new: &'a HashMap<NodeId, u32>,
    /// Who, and for which permissions.
    pub(super) found: BTreeMap<Position, (Who, NameSet)>,
}

impl Reached<'_> {
    /// A user or service account, or all in a group, before and after.
    pub(super) fn add_all(&mut self, holder: NodeId, names: &NameSet) -> Result<(), Unanswered> {
        for side in [self.what_if.before, self.what_if.after] {
            let mut seen = BTreeSet::from([holder]);
            let mut open = vec![holder];
            while let Some(holder) = open.pop() {
                if let Some(subject) = side.subject(holder) {
                    self.add(subject.id, subject.kind, names)?;
                    continue;
                }
                match side.membership(holder) {
                    Some(Membership::Anonymous) => self.add_nobody(names),
                    Some(Membership::Authenticated { realm }) => {
                        for (_, subject) in side.people.subjects.iter() {
                            if realm.is_none() || realm == subject.realm {
                                self.add(subject.id, subject.kind, names)?;
                            }
                        }
                    }
                    _ => {
                        let members = side.members_of(holder).into_iter();
                        open.extend(members.filter(|member| seen.insert(*member)));
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, id: NodeId, kind: SubjectKind, names: &NameSet) -> Result<(), Unanswered> {
        let WhatIf { limits, goes_on, .. } = *self.what_if;
        if self.only.as_ref().is_some_and(|only| !only.contains(&id)) {
            return Ok(());
        }
        let position = match self.new.get(&id) {
            Some(number) => Position::New(*number),
            None => Position::Known(id),
        };
        let who = match kind {
            SubjectKind::User => Who::User(id),
            SubjectKind::ServiceAccount => Who::ServiceAccount(id),
        };
        self.found.entry(position).or_insert_with(|| (who, NameSet::default())).1.add(names);
        if self.found.len() > limits.subjects {
            return Err(Unanswered::Subjects(limits.subjects));
        }
        if goes_on() { Ok(()) } else { Err(Unanswered::Stopped) }
    }

    fn add_nobody(&mut self, names: &NameSet) {
        if self.only.is_none() {
            let nobody = || (Who::Nobody, NameSet::default());
            self.found.entry(Position::Nobody).or_insert_with(nobody).1.add(names);
        }
    }
}
