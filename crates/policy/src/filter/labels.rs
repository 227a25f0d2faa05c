//! Tests of a label. What they compare with are numbers that the engine made.

use crate::{
    condition::sql::{Clause, Dialect, Parameters},
    ranges::Ranges,
};

/// Up to so many ranges are compared one by one.
const FEW_RANGES: usize = 4;

/// Up to so many ranges SQLite has in the text of the statement.
const FEW_WRITTEN: usize = 32;

/// A page of a list.
const PAGE: u128 = 50;
/// The size of a table of which nothing is known.
const TABLE: u64 = 1_000_000;
/// Most labels that are listed.
const MOST_LISTED: usize = 5_000;

/// Whether the labels of so many nodes, of so many, are better listed, for a table of so many rows. If rows lie evenly
/// over nodes, a list finds `rows * nodes / of` rows and sorts them; a test reads `PAGE * of / nodes` rows before it has
/// a page. What a row costs in either was measured by the benchmark `filter` of `access`.
pub(super) fn are_few(nodes: usize, of: usize, rows: Option<u64>, dialect: Dialect) -> bool {
    let rows = u128::from(rows.unwrap_or(TABLE));
    let (nodes, of) = (nodes as u128, of as u128);
    let listed = rows.saturating_mul(nodes).saturating_mul(nodes);
    let tested = PAGE.saturating_mul(of).saturating_mul(of);
    nodes <= MOST_LISTED as u128 && listed <= tested.saturating_mul(rows_listed_for_one(dialect))
}

/// How many rows are listed and sorted in the time in which one is tested.
fn rows_listed_for_one(dialect: Dialect) -> u128 {
    match dialect {
        Dialect::Postgresql => 3,
        Dialect::Sqlite => 1,
    }
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
        Dialect::Sqlite if slice.len() > FEW_WRITTEN => looked_up(slice, label, parameters),
        _ => searched(slice, label),
    };
    Clause::Open(format!("(CASE WHEN {test} THEN TRUE ELSE FALSE END)"))
}

/// A search by quarters in the ranges as one text, 20 digits for each end: SQLite has no index for ranges, and its time to
/// prepare grows with the square of the constants in a statement. Each level finds, of four times as many ranges as the
/// one below, the last that starts at or before the label; `LIMIT` keeps the levels apart.
fn looked_up(ranges: &[(i64, i64)], label: &str, parameters: &mut Parameters) -> String {
    let count = ranges.len();
    let all: String = ranges.iter().map(|(from, to)| format!("{from:020}{to:020}")).collect();
    let all = format!("CAST({} AS BLOB)", parameters.text(&all));
    let mut level = format!("SELECT {label} AS pc__l, 0 AS pc__p LIMIT 1");
    let top = count.checked_ilog(4).unwrap_or(0);
    for step in (0..=top).rev().map(|power| 4_usize.pow(power)) {
        let quarters = [1, 2, 3].map(|quarter| {
            let ahead = quarter * step;
            format!(
                "(pc__p + {ahead} <= {count} AND \
                 CAST(substr({all}, (pc__p + {ahead}) * 40 - 39, 20) AS INTEGER) <= pc__l)"
            )
        });
        // Of an unknown label none is true.
        let step = format!("pc__p + {step} * COALESCE({}, 0) AS pc__p", quarters.join(" + "));
        level = format!("SELECT pc__l, {step} FROM ({level}) LIMIT 1");
    }
    format!(
        "(SELECT pc__p > 0 AND CAST(substr({all}, pc__p * 40 - 19, 20) AS INTEGER) > pc__l FROM ({level}))"
    )
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
            let least = labels.iter().min().copied().unwrap_or_default();
            // The comparison says no more, but by it SQLite sees that a row without a node is none, makes the LEFT JOIN an
            // inner one, and may begin with the labels. The plus keeps it from looking for a range in the index.
            format!("(+{label} >= {least} AND {label} IN (SELECT value FROM json_each({all})))")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_is_what_a_page_is_found_in_sooner() {
        let are_few = |nodes, of, rows| are_few(nodes, of, rows, Dialect::Sqlite);
        // Of a million rows about 7,000 either way.
        assert!(are_few(700, 100_000, None) && !are_few(710, 100_000, None));
        assert!(are_few(1, 1_000, None) && !are_few(1, 100, None));
        assert!(are_few(70, 100, Some(100)) && !are_few(71, 100, Some(100)));
        assert!(are_few(5_000, 10_000_000, None) && !are_few(5_001, 10_000_000, None));
        assert!(are_few(0, 0, Some(u64::MAX)) && !are_few(usize::MAX, usize::MAX, None));
    }

    #[test]
    fn postgresql_lists_three_rows_in_the_time_of_one_test() {
        let are_few = |nodes| are_few(nodes, 100_000, None, Dialect::Postgresql);
        assert!(are_few(1_220) && !are_few(1_230));
    }

    #[test]
    fn a_search_by_halves_finds_what_the_ranges_have() {
        let ranges = Ranges::of((0..9).map(|i| (10 * i, 10 * i + 5)).collect());
        let mut parameters = Parameters::new(Dialect::Sqlite);
        let Clause::Open(sql) = within(&ranges, "l", &mut parameters) else { unreachable!() };
        assert_eq!(sql.matches("l >= ").count(), 9);
        assert_eq!(sql.matches("CASE WHEN l < ").count(), 2);
        let (sql, values) = parameters.finish(&sql, 1);
        assert!(values.is_empty() && sql.starts_with("(CASE WHEN CASE WHEN l < 40 THEN"), "{sql}");
    }

    #[test]
    fn in_postgresql_many_ranges_are_one_parameter() {
        let ranges = Ranges::of((0..5).map(|i| (10 * i, 10 * i + 5)).collect());
        let mut parameters = Parameters::new(Dialect::Postgresql);
        let sql = within(&ranges, "l", &mut parameters).into_sql();
        let (sql, values) = parameters.finish(&sql, 1);
        assert_eq!(
            sql,
            "(CASE WHEN l <@ (SELECT CAST($1::text AS int8multirange)) THEN TRUE ELSE FALSE END)"
        );
        assert_eq!(values.len(), 1);
    }
}
