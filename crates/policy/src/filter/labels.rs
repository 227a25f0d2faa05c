//! Tests of a label. What they compare with are numbers that the engine made.

use crate::{
    condition::sql::{Clause, Dialect, Parameters},
    ranges::Ranges,
};

/// Up to so many ranges are compared one by one.
const FEW_RANGES: usize = 4;

/// Whether the labels of so many nodes, of so many, are better listed.
pub(super) fn are_few(nodes: usize, of: usize) -> bool {
    nodes.saturating_mul(100) <= of || nodes <= 10
}

/// Whether the label is in one of the ranges, tested row by row. A CASE, so that the database does not look for an index
/// on labels: for many rows it would read and sort all of them.
pub(super) fn within(ranges: &Ranges, label: &str, parameters: &mut Parameters) -> Clause {
    let slice = ranges.as_slice();
    let test = match parameters.dialect() {
        // The inner SELECT is run once; the cast alone would be, for each row.
        Dialect::Postgresql if slice.len() > FEW_RANGES => {
            let all: Vec<String> =
                slice.iter().map(|(from, to)| format!("[{from},{to})")).collect();
            let all = parameters.text(&format!("{{{}}}", all.join(",")));
            format!("{label} <@ (SELECT CAST({all} AS int8multirange))")
        }
        _ => searched(slice, label),
    };
    Clause::Open(format!("(CASE WHEN {test} THEN TRUE ELSE FALSE END)"))
}

/// Whether the label is one of these, looked up in an index on labels.
pub(super) fn listed(labels: &[i64], label: &str, parameters: &mut Parameters) -> Clause {
    let all: Vec<String> = labels.iter().map(i64::to_string).collect();
    let all = all.join(",");
    Clause::Open(match parameters.dialect() {
        Dialect::Postgresql => {
            let all = parameters.text(&format!("{{{all}}}"));
            format!("({label} = ANY ((SELECT CAST({all} AS bigint[]))::bigint[]))")
        }
        Dialect::Sqlite => {
            let all = parameters.text(&format!("[{all}]"));
            format!("({label} IN (SELECT value FROM json_each({all})))")
        }
    })
}

/// A search by halves.
fn searched(ranges: &[(i64, i64)], label: &str) -> String {
    if ranges.len() <= FEW_RANGES {
        let tests = ranges.iter().map(|(from, to)| format!("{label} >= {from} AND {label} < {to}"));
        return tests.collect::<Vec<_>>().join(" OR ");
    }
    let (left, right) = ranges.split_at(ranges.len() / 2);
    let (left, right, middle) = (searched(left, label), searched(right, label), right[0].0);
    format!("CASE WHEN {label} < {middle} THEN {left} ELSE {right} END")
}
