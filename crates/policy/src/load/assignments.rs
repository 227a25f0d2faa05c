//! Assignments.

use std::collections::BTreeSet;

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
    unfilled: BTreeSet<String>,
}

impl Assignments {
    /// None yet. Refused if the world has some.
    pub fn new(snapshot: Snapshot) -> Result<Self, ChangeRefused> {
        if !snapshot.assignments.is_empty() {
            return Err(ChangeRefused::Exists);
        }
        Ok(Self { snapshot, rows: Vec::new(), unfilled: BTreeSet::new() })
    }

    /// One of them.
    pub fn add(&mut self, assignment: &Assignment) -> Result<(), ChangeRefused> {
        let row = self.snapshot.check_assignment(assignment)?;
        if let Some(condition) = &row.when {
            self.unfilled.extend(self.snapshot.keep_what_is_read(condition));
            self.snapshot.count_reader(condition);
        }
        self.rows.push(row);
        Ok(())
    }

    /// All are there, and the properties whose values have to follow before anybody is answered, as with
    /// [`Snapshot::keep_property`]. Refused if two have one id.
    pub fn finish(self) -> Result<(Snapshot, BTreeSet<String>), ChangeRefused> {
        let Self { mut snapshot, rows, unfilled } = self;
        snapshot.assignments = All::of_rows(rows)?;
        let Snapshot { assignments, holders, forest, .. } = &mut snapshot;
        for number in assignments.numbers() {
            if let Some(row) = assignments.row(number) {
                holders.add_assignment(forest, number, row);
            }
        }
        Ok((snapshot, unfilled))
    }
}
