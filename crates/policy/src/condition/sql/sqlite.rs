//! How SQLite sees a column: by the type of each value. Expressions are CASEs, which have neither affinity nor a
//! collation of their own, so nothing is converted before it is compared.

use jiff::{SignedDuration, Timestamp};

use super::{
    columns::ColumnType,
    views::{ListView, NumberView, Views},
};

pub(super) fn views(name: &str, holds: Option<ColumnType>) -> Views {
    let text = || Some(format!("(CASE typeof({name}) WHEN 'text' THEN {name} END COLLATE BINARY)"));
    let number = || Some(number(&format!("typeof({name})"), name));
    match holds {
        None => Views { number: number(), text: text(), ..Views::default() },
        Some(ColumnType::Text) => Views { text: text(), ..Views::default() },
        Some(ColumnType::Integer | ColumnType::Number | ColumnType::Decimal) => {
            Views { number: number(), ..Views::default() }
        }
        Some(ColumnType::Boolean) => Views {
            boolean: Some(format!(
                "(CASE WHEN typeof({name}) = 'integer' THEN CASE {name} WHEN 0 THEN 0 WHEN 1 THEN 1 END END)"
            )),
            ..Views::default()
        },
        Some(ColumnType::Uuid) => Views { text: Some(uuid(name)), ..Views::default() },
        Some(ColumnType::Json) => json(&json_type(name), &format!("json_extract({name}, '$')")),
        Some(ColumnType::Timestamp) => Views::default(),
    }
}

pub(super) fn list(name: &str) -> ListView {
    let is_list = format!("{} = 'array'", json_type(name));
    let from = format!(
        "(SELECT value AS pc__v, type AS pc__k FROM json_each(CASE WHEN {is_list} THEN {name} END)) AS pc__e"
    );
    let member = json("pc__e.pc__k", "pc__e.pc__v");
    ListView { is_list, from, member, any: "max(pc__m)" }
}

pub(super) fn size(name: &str, holds: Option<ColumnType>) -> Option<NumberView> {
    // length() stops at a NUL character.
    let of_text = |text: &str| {
        format!("CASE WHEN instr(CAST({text} AS BLOB), x'00') = 0 THEN length({text}) END")
    };
    let size = match holds {
        None | Some(ColumnType::Text) => {
            format!("CASE typeof({name}) WHEN 'text' THEN {} END", of_text(name))
        }
        Some(ColumnType::Uuid) => format!("length({})", uuid(name)),
        Some(ColumnType::Json) => format!(
            "CASE {} WHEN 'array' THEN json_array_length({name}) WHEN 'text' THEN {} END",
            json_type(name),
            of_text(&format!("json_extract({name}, '$')"))
        ),
        Some(_) => return None,
    };
    Some(NumberView::Exact(format!("({size})")))
}

/// The moment of a column, moved, in the form of [`sortable`]; `None` if it never is one.
pub(super) fn moment(
    name: &str,
    holds: Option<ColumnType>,
    offset: SignedDuration,
) -> Option<String> {
    let text = match holds {
        Some(ColumnType::Timestamp) => views(name, Some(ColumnType::Text)).text?,
        _ => views(name, holds).text?,
    };
    let (seconds, below) = parts(offset);
    // Further than from one end to the other: always out of range.
    if seconds.unsigned_abs() > MOVED.unsigned_abs() * 2 {
        return None;
    }
    let (seconds, below) = (
        format!("pc__b + ({seconds}) + (pc__n + {below}) / {BILLION}"),
        format!("(pc__n + {below}) % {BILLION}"),
    );
    let (low, high) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Some(format!(
        "(SELECT CASE WHEN pc__b BETWEEN {low} AND {high} AND {seconds} BETWEEN {low} AND {high} \
         THEN printf('%012d%09d', {seconds} + {MOVED}, {below}) END \
         FROM (SELECT CASE WHEN pc__f = '' THEN 0 ELSE CAST(substr(substr(pc__f, 2) || '000000000', 1, 9) AS INTEGER) END AS pc__n, \
         CASE WHEN {WELL_FORMED} THEN CAST(strftime('%s', pc__d) AS INTEGER) - {OFFSET} END AS pc__b \
         FROM (SELECT pc__t, pc__z, substr(pc__t, 1, 19) AS pc__d, substr(pc__t, 20, length(pc__t) - 19 - length(pc__z)) AS pc__f \
         FROM (SELECT pc__t, CASE WHEN substr(pc__t, -1) = 'Z' THEN 'Z' ELSE substr(pc__t, -6) END AS pc__z \
         FROM (SELECT {text} AS pc__t) AS pc__s) AS pc__r) AS pc__q) AS pc__m)"
    ))
}

/// A moment as 12 digits of seconds, moved so that none is negative, and 9 of what is below: text that sorts as time.
pub(super) fn sortable(moment: Timestamp) -> String {
    let (seconds, below) = parts(moment.as_duration());
    format!("{:012}{below:09}", seconds + MOVED)
}

const MOVED: i64 = 400_000_000_000;
const BILLION: i64 = 1_000_000_000;

/// Whole seconds, rounded down, and the nanoseconds above.
fn parts(duration: SignedDuration) -> (i64, i64) {
    let below = i64::from(duration.subsec_nanos());
    let seconds = duration.as_secs();
    // Seconds and nanoseconds of a duration have one sign.
    if below < 0 { (seconds.saturating_sub(1), below + BILLION) } else { (seconds, below) }
}

/// Whether `pc__t`, taken apart into date and time `pc__d`, fraction `pc__f` and zone `pc__z`, is of the form that
/// `time::parse_timestamp` reads. A time that does not
/// exist is read by SQLite as another one, which shows on the way back from seconds.
const WELL_FORMED: &str = "length(CAST(pc__t AS BLOB)) = length(pc__t) AND length(pc__t) BETWEEN 20 AND 35 \
     AND pc__d GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]' \
     AND strftime('%Y-%m-%dT%H:%M:%S', CAST(strftime('%s', pc__d) AS INTEGER), 'unixepoch') = pc__d \
     AND (pc__f = '' OR (pc__f GLOB '.[0-9]*' AND length(pc__f) <= 10 AND substr(pc__f, 2) NOT GLOB '*[^0-9]*')) \
     AND (pc__z = 'Z' OR (pc__z GLOB '[+-][0-2][0-9]:[0-5][0-9]' AND substr(pc__z, 2, 2) <= '23'))";

/// The seconds by which the zone `pc__z` is ahead.
const OFFSET: &str = "CASE substr(pc__z, 1, 1) \
     WHEN '+' THEN substr(pc__z, 2, 2) * 3600 + substr(pc__z, 5, 2) * 60 \
     WHEN '-' THEN -(substr(pc__z, 2, 2) * 3600 + substr(pc__z, 5, 2) * 60) ELSE 0 END";

/// The type of the JSON in a column; NULL if it is none. Bytes are SQLite's own form of JSON, or none.
fn json_type(name: &str) -> String {
    format!("CASE WHEN typeof({name}) <> 'blob' AND json_valid({name}) THEN json_type({name}) END")
}

/// A JSON value of which the type and the SQL value are given.
fn json(kind: &str, value: &str) -> Views {
    Views {
        boolean: Some(format!("(CASE {kind} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)")),
        number: Some(number(
            &format!("CASE WHEN {kind} IN ('integer', 'real') THEN typeof({value}) END"),
            value,
        )),
        text: Some(format!("(CASE {kind} WHEN 'text' THEN {value} END COLLATE BINARY)")),
    }
}

/// A number of the range, of which the type and the value are given.
fn number(kind: &str, value: &str) -> NumberView {
    NumberView::Exact(format!(
        "(CASE {kind} WHEN 'integer' THEN {value} WHEN 'real' THEN \
         CASE WHEN {value} >= -9223372036854775808.0 AND {value} < 9223372036854775808.0 THEN {value} END END)"
    ))
}

fn uuid(name: &str) -> String {
    let groups = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
        .map(|(from, count)| format!("substr(hex({name}), {from}, {count})"));
    format!(
        "(lower(CASE typeof({name}) WHEN 'text' THEN {name} WHEN 'blob' THEN \
         CASE length({name}) WHEN 16 THEN {} END END) COLLATE BINARY)",
        groups.join(" || '-' || ")
    )
}
