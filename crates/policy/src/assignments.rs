//! Assignments.

use std::sync::Arc;

use jiff::Timestamp;
use kernel::AssignmentId;

use crate::{
    change::Assignment, chunks::Chunks, many::Many, refused::ChangeRefused, snapshot::Snapshot,
    sorted::Sorted, when::Condition,
};

/// An assignment.
#[derive(Debug)]
pub(crate) struct AssignmentRow {
    pub(crate) assignment: Assignment,
    pub(crate) subject: u32,
    pub(crate) role: u32,
    pub(crate) node: u32,
    pub(crate) when: Option<Condition>,
}

impl AssignmentRow {
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.assignment.expires_at.is_some_and(|end| now >= end)
    }
}

/// All assignments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assignments {
    rows: Chunks<Option<Arc<AssignmentRow>>>,
    by_id: Sorted<AssignmentId, u32>,
    pub(crate) by_subject: Many,
    pub(crate) by_role: Sorted<(u32, u32), ()>,
    pub(crate) by_node: Sorted<(u32, u32), ()>,
}

impl Assignments {
    pub(crate) fn find(&self, id: AssignmentId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn row(&self, number: u32) -> Option<&AssignmentRow> {
        self.rows[number].as_deref()
    }

    /// The assignments of these, in the order of the subjects.
    pub(crate) fn of<'a>(
        &'a self,
        subjects: &'a [u32],
    ) -> impl Iterator<Item = &'a AssignmentRow> + 'a {
        let numbers = subjects.iter().flat_map(|subject| self.by_subject.of(*subject));
        numbers.filter_map(|number| self.row(*number))
    }

    fn unlink(&mut self, number: u32) -> Option<Arc<AssignmentRow>> {
        let row = self.rows.row_mut(number).take()?;
        self.by_subject.remove(row.subject, number);
        self.by_role.remove(&(row.role, number));
        self.by_node.remove(&(row.node, number));
        Some(row)
    }

    fn link(&mut self, number: u32, row: AssignmentRow) {
        self.by_subject.insert(row.subject, number);
        self.by_role.insert((row.role, number), ());
        self.by_node.insert((row.node, number), ());
        *self.rows.row_mut(number) = Some(Arc::new(row));
    }
}

impl Assignments {
    /// All of these, each with the number of its place. Refused if two have one id.
    pub(crate) fn of_rows(rows: Vec<AssignmentRow>) -> Result<Self, ChangeRefused> {
        let numbered = || rows.iter().zip(0..);
        let mut by_id: Vec<_> = numbered().map(|(row, n)| (row.assignment.id, n)).collect();
        by_id.sort_unstable();
        if by_id.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(ChangeRefused::Exists);
        }
        let sorted = |side: fn(&AssignmentRow) -> u32| {
            let mut pairs: Vec<(u32, u32)> = numbered().map(|(row, n)| (side(row), n)).collect();
            pairs.sort_unstable();
            pairs
        };
        let relation = |pairs: Vec<(u32, u32)>| Sorted::of_keys(pairs.into_iter());
        let mut all = Self {
            rows: Chunks::default(),
            by_id: Sorted::of_sorted(&by_id),
            by_subject: Many::of_sorted(&sorted(|row| row.subject)),
            by_role: relation(sorted(|row| row.role)),
            by_node: relation(sorted(|row| row.node)),
        };
        for row in rows {
            all.rows.push(Some(Arc::new(row)));
        }
        Ok(all)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.iter().next().is_none()
    }

    /// The numbers that assignments have had.
    pub(crate) fn numbers(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}

impl Snapshot {
    /// An assignment that may be saved.
    pub(crate) fn check_assignment(
        &self,
        assignment: &Assignment,
    ) -> Result<AssignmentRow, ChangeRefused> {
        Ok(AssignmentRow {
            subject: self.need_subject(assignment.subject)?,
            role: self
                .roles
                .find(assignment.role)
                .ok_or(ChangeRefused::UnknownRole(assignment.role))?,
            node: self.forest.need(assignment.node)?,
            when: assignment.when.as_ref().map(Condition::new),
            assignment: assignment.clone(),
        })
    }

    pub(crate) fn save_assignment(&mut self, assignment: &Assignment) -> Result<(), ChangeRefused> {
        let row = self.check_assignment(assignment)?;
        self.properties.check_kept(row.when.iter())?;
        // Before the former one goes: what both read stays.
        row.when.iter().for_each(|condition| self.count_reader(condition));
        let number = match self.assignments.find(assignment.id) {
            Some(number) => {
                self.unlink_assignment(number);
                number
            }
            None => {
                let number = self.assignments.rows.push(None);
                self.assignments.by_id.insert(assignment.id, number);
                number
            }
        };
        self.holders.add_assignment(&self.forest, number, &row);
        self.assignments.link(number, row);
        Ok(())
    }

    pub(crate) fn delete_assignment(&mut self, id: AssignmentId) -> Result<(), ChangeRefused> {
        let number = self.assignments.find(id).ok_or(ChangeRefused::UnknownAssignment(id))?;
        self.unlink_assignment(number);
        self.assignments.by_id.remove(&id);
        Ok(())
    }

    fn unlink_assignment(&mut self, number: u32) {
        let former = self.assignments.unlink(number);
        former.iter().for_each(|row| self.holders.remove_assignment(number, row));
        let condition = former.as_ref().and_then(|row| row.when.as_ref());
        condition.iter().for_each(|condition| self.discount_reader(condition));
    }
}
