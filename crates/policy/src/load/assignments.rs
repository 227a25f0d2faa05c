//! Assignments.

use crate::{
    assignments::{AssignmentRow, Assignments as All},
    change::Assignment,
    refused::ChangeRefused,
    snapshot::Snapshot,
};

/// The assignments of a world that has nodes, people and roles, in any order. An error means that what is stored is
/// damaged.
#[derive(Debug)]
pub struct Assignments {
    snapshot: Snapshot,
    rows: Vec<AssignmentRow>,
}

impl Assignments {
    /// None yet. Refused if the world has some.
    pub fn new(snapshot: Snapshot) -> Result<Self, ChangeRefused> {
        if !snapshot.assignments.is_empty() {
            return Err(ChangeRefused::Exists);
        }
        Ok(Self { snapshot, rows: Vec::new() })
    }

    /// One of them.
    pub fn add(&mut self, assignment: &Assignment) -> Result<(), ChangeRefused> {
        self.rows.push(self.snapshot.check_assignment(assignment)?);
        Ok(())
    }

    /// All are there. Refused if two have one id.
    pub fn finish(self) -> Result<Snapshot, ChangeRefused> {
        let Self { mut snapshot, rows } = self;
        snapshot.assignments = All::of_rows(rows)?;
        let Snapshot { assignments, holders, forest, reads, .. } = &mut snapshot;
        for number in assignments.numbers() {
            let Some(row) = assignments.row(number) else { continue };
            holders.add_assignment(forest, number, row);
            row.when.iter().for_each(|condition| reads.count(condition, true));
        }
        Ok(snapshot)
    }
}
