//! The rows where the answer is allow, as SQL: for tables whose rows belong to nodes.
//!
//! Every rule that the principal holds counts at an exact set of labels: those of the nodes below the assignment's node,
//! the role's owner and the rule's owner at once, by children and connections (`Snapshot::region_within`). Sets are cut and
//! subtracted before anything is written, and what remains is, for each condition, one test of the row's label:
//!
//! ```text
//! (allowed without condition, OR allowed AND its condition IS TRUE, ..)
//! AND NOT (denied AND its condition IS NOT FALSE, OR ..)
//! ```
//!
//! Labels and sets are of one revision; what the SQL answers for rows with labels of another one means nothing.
//!
//! | module | holds |
//! |---|---|
//! | [`parts`] | where each condition decides |
//! | [`labels`] | tests of a label, in two forms |

mod labels;
mod parts;

use jiff::Timestamp;
use kernel::{NodeId, PermissionName};
use serde::{Deserialize, Serialize};

use crate::{
    bearer::Standing,
    condition::sql::{Clause, ColumnName, Columns, Dialect, Parameter, Parameters},
    matcher::Names,
    principal::Principal,
    question::Context,
    ranges::Ranges,
    snapshot::Snapshot,
};
use parts::Parts;

/// How rows say where they are, and what conditions may read of them.
#[derive(Debug, Clone)]
pub struct Rows {
    /// For which database.
    pub dialect: Dialect,
    /// The number of the first parameter, from 1.
    pub first_parameter: usize,
    /// The column with the id of the row's node. A row without a node is at `$global`. Absent: the label says all, and a
    /// row without a label is nowhere.
    pub node: Option<ColumnName>,
    /// The column with the label of that node; NULL if there is no such node, and then the row is nowhere.
    pub label: ColumnName,
    /// What conditions read as `resource.<name>`; other names are unknown.
    pub columns: Columns,
    /// About how many rows the table has, for the choice of the form; absent: a million.
    pub table_rows: Option<u64>,
    /// The form to write; absent: the engine chooses.
    pub form: Option<Form>,
}

/// How the labels are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Not at all: every row, as far as its node is there.
    All,
    /// Not at all: no row.
    None,
    /// The labels of the few nodes are listed: the database looks them up in an index and sorts what it finds.
    Probe,
    /// Each row is tested: the database walks the order that is asked for and stops when it has enough.
    Test,
}

/// Most ranges, and most listed labels, that a predicate has: about two megabytes of text.
pub const MOST_WRITTEN: usize = 50_000;

/// Why there is no predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterRefused {
    /// What may be seen is scattered over more places than [`MOST_WRITTEN`].
    #[error(
        "what may be seen lies in {0} ranges of labels, and a filter has at most {MOST_WRITTEN}"
    )]
    Scattered(usize),
    /// [`Form::Probe`] was asked for and would list more labels than [`MOST_WRITTEN`].
    #[error("may be seen are {0} nodes, and a filter lists at most {MOST_WRITTEN}")]
    Many(usize),
}

/// A predicate for a `WHERE`.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The predicate, in brackets. True for exactly the rows that are allowed; else false or NULL.
    pub sql: String,
    /// Its parameters, in the order of their numbers.
    pub parameters: Vec<Parameter>,
    /// How the labels are tested.
    pub form: Form,
    /// At how many nodes a row may be allowed: exactly, if no condition is left.
    pub nodes: usize,
}

/// Whether what is written stays below the limit.
fn check_length(parts: &Parts, nodes: usize, form: Form) -> Result<(), FilterRefused> {
    let is_listed = form == Form::Probe;
    if is_listed && nodes > MOST_WRITTEN {
        return Err(FilterRefused::Many(nodes));
    }
    let is_tested = form == Form::Test || (is_listed && !parts.is_plain());
    let ranges = parts.count_ranges();
    if is_tested && ranges > MOST_WRITTEN { Err(FilterRefused::Scattered(ranges)) } else { Ok(()) }
}

impl Snapshot {
    /// The rows where the answer to these names of one thing is allow: a row at a node for which [`Snapshot::decide`]
    /// answers allow when `resource.<name>` is what the row's column holds.
    ///
    /// A rule's `rows` is part of its condition here. Refused where the predicate would be longer than is good for
    /// anybody.
    pub fn filter(
        &self,
        principal: &Principal,
        permissions: &[PermissionName],
        context: &Context,
        now: Timestamp,
        rows: &Rows,
    ) -> Result<Filter, FilterRefused> {
        let mut parameters = Parameters::new(rows.dialect);
        let parts = match self.standing(principal, now) {
            Standing::Free(_) => Parts::everywhere(),
            Standing::Refused(_) => Parts::default(),
            Standing::Bears(bearer) => {
                let rules = self.bounded(&bearer, Names::new(permissions), now);
                let facts = self.facts(&bearer, self.global(), context, now);
                self.parts(&rules, &facts, &rows.columns, &mut parameters)
            }
        };
        let nodes = self.count(&parts.open);
        let form = self.form(&parts, nodes, rows);
        check_length(&parts, nodes, form)?;
        let sql = self.written(&parts, form, rows, &mut parameters).into_sql();
        let (sql, parameters) = parameters.finish(&sql, rows.first_parameter);
        Ok(Filter { sql, parameters, form, nodes })
    }

    /// Few nodes are looked up, many are tested for.
    fn form(&self, parts: &Parts, nodes: usize, rows: &Rows) -> Form {
        if parts.open.is_empty() {
            Form::None
        } else if parts.is_everywhere() {
            Form::All
        } else {
            match rows.form {
                Some(form @ (Form::Probe | Form::Test)) => form,
                _ if self.are_few(nodes, rows) => Form::Probe,
                _ => Form::Test,
            }
        }
    }

    fn written(
        &self,
        parts: &Parts,
        form: Form,
        rows: &Rows,
        parameters: &mut Parameters,
    ) -> Clause {
        let label = rows.label.sql(rows.dialect);
        let mut at_node = match form {
            Form::All => Clause::Open(format!("({label} IS NOT NULL)")),
            Form::None => Clause::FALSE,
            Form::Probe | Form::Test => {
                parts.clause(|ranges| labels::within(ranges, &label, parameters))
            }
        };
        if form == Form::Probe {
            let found = self.labels_in(&parts.open);
            let probe = labels::listed(&found, &label, parameters);
            // Without conditions the list says all.
            at_node = if parts.is_plain() { probe } else { Clause::all([probe, at_node]) };
        }
        let Some(node) = rows.node.as_ref().map(|node| node.sql(rows.dialect)) else {
            return at_node;
        };
        let global = self.forest.row(self.global()).label;
        let at_global = parts.clause(|ranges| Clause::Settled(ranges.contains(global).into()));
        Clause::any([
            Clause::all([Clause::Open(format!("({node} IS NOT NULL)")), at_node]),
            Clause::all([Clause::Open(format!("({node} IS NULL)")), at_global]),
        ])
    }

    fn are_few(&self, nodes: usize, rows: &Rows) -> bool {
        labels::are_few(nodes, self.forest.len(), rows.table_rows, rows.dialect)
    }

    /// The number of `$global`.
    fn global(&self) -> u32 {
        self.forest.find(NodeId::GLOBAL).unwrap_or_default()
    }

    fn count(&self, ranges: &Ranges) -> usize {
        ranges.as_slice().iter().map(|(from, to)| self.forest.count(*from, *to)).sum()
    }

    /// The labels that nodes have.
    fn labels_in(&self, ranges: &Ranges) -> Vec<i64> {
        let all = ranges.as_slice().iter().flat_map(|(from, to)| self.forest.between(*from, *to));
        all.map(|(label, _)| label).collect()
    }
}
