//! How PostgreSQL sees a column.

use jiff::{SignedDuration, Timestamp};

use super::{
    columns::ColumnType,
    views::{ListView, Mixed, NumberView, Views},
};

const LOW: &str = "-9223372036854775808";
const HIGH: &str = "9223372036854775808";
/// Below this, a fraction rounds to a double below 2^63.
const HIGHEST_FRACTION: &str = "9223372036854775296";

pub(super) fn views(name: &str, holds: Option<ColumnType>) -> Views {
    let text = || Some(format!("({name}::text COLLATE \"C\")"));
    let number = |view| Views { number: Some(view), ..Views::default() };
    match holds {
        None | Some(ColumnType::Json) => json(&format!("to_jsonb({name})")),
        Some(ColumnType::Text | ColumnType::Uuid) => Views { text: text(), ..Views::default() },
        Some(ColumnType::Integer) => number(NumberView::Integer(name.to_owned())),
        Some(ColumnType::Number) => number(NumberView::Double(format!(
            "CASE WHEN {name} >= {LOW} AND {name} < {HIGH} THEN NULLIF({name}::float8, {HIGH}) END"
        ).bracketed())),
        Some(ColumnType::Decimal) => {
            number(NumberView::Mixed(mixed(name, &format!("{name} = trunc({name})"))))
        }
        Some(ColumnType::Boolean) => Views { boolean: Some(name.to_owned()), ..Views::default() },
        Some(ColumnType::Timestamp) => Views::default(),
    }
}

pub(super) fn list(name: &str) -> ListView {
    let is_list = format!("jsonb_typeof(to_jsonb({name})) = 'array'");
    let from = format!(
        "jsonb_array_elements(CASE WHEN {is_list} THEN to_jsonb({name}) END) AS pc__e (pc__v)"
    );
    ListView { is_list, from, member: json("pc__e.pc__v"), any: "bool_or(pc__m)" }
}

pub(super) fn size(name: &str, holds: Option<ColumnType>) -> Option<NumberView> {
    let size = match holds {
        None | Some(ColumnType::Json) => {
            let json = format!("to_jsonb({name})");
            format!(
                "CASE jsonb_typeof({json}) WHEN 'array' THEN jsonb_array_length({json}) \
                 WHEN 'string' THEN char_length({json} #>> '{{}}') END"
            )
        }
        Some(ColumnType::Text | ColumnType::Uuid) => format!("char_length({name}::text)"),
        Some(_) => return None,
    };
    Some(NumberView::Integer(size.bracketed()))
}

/// The moment of a column, moved, as seconds since 1970 of type `numeric`; `None` if it never is one.
pub(super) fn moment(
    name: &str,
    holds: Option<ColumnType>,
    offset: SignedDuration,
) -> Option<String> {
    let base = match holds {
        Some(ColumnType::Timestamp) => format!("SELECT extract(epoch FROM {name}) AS pc__b"),
        _ => {
            let text = views(name, holds).text?;
            format!("SELECT {PARSED} AS pc__b FROM (SELECT {text} AS pc__t) AS pc__s")
        }
    };
    let (low, high) = (seconds(Timestamp::MIN), seconds(Timestamp::MAX));
    let moved = match offset.is_zero() {
        true => "pc__b".to_owned(),
        false => format!("pc__b + ({})", decimal(offset)),
    };
    Some(format!(
        "(SELECT CASE WHEN pc__b BETWEEN {low} AND {high} AND {moved} BETWEEN {low} AND {high} THEN {moved} END \
         FROM ({base}) AS pc__m)"
    ))
}

/// A moment as seconds since 1970, exactly.
pub(super) fn seconds(moment: Timestamp) -> String {
    decimal(moment.as_duration())
}

fn decimal(duration: SignedDuration) -> String {
    let sign = if duration.is_negative() { "-" } else { "" };
    let (seconds, below) = (duration.as_secs().unsigned_abs(), duration.subsec_nanos());
    format!("{sign}{seconds}.{:09}", below.unsigned_abs())
}

/// A JSON value.
fn json(value: &str) -> Views {
    let as_type = |kind: &str, read: &str| {
        format!("CASE WHEN jsonb_typeof({value}) = '{kind}' THEN {read} END").bracketed()
    };
    let number = as_type("number", &format!("({value})::numeric"));
    Views {
        boolean: Some(as_type("boolean", &format!("({value})::boolean"))),
        // Whether JSON writes it without a fraction.
        number: Some(NumberView::Mixed(mixed(&number, &format!("scale({number}) = 0")))),
        text: Some(format!(
            "({} COLLATE \"C\")",
            as_type("string", &format!("({value}) #>> '{{}}'"))
        )),
    }
}

/// A `numeric`: integers as they are, others as the nearest double.
fn mixed(number: &str, is_whole: &str) -> Mixed {
    let in_range = format!(
        "{number} >= {LOW} AND {number} < {HIGH} AND ({is_whole} OR {number} < {HIGHEST_FRACTION})"
    );
    let when = |whole: &str, fraction: &str| {
        let value = format!("CASE WHEN {is_whole} THEN {whole} ELSE {fraction} END");
        format!("CASE WHEN {in_range} THEN {value} END").bracketed()
    };
    let double = format!("{number}::float8");
    Mixed {
        double: format!("CASE WHEN {in_range} THEN {double} END").bracketed(),
        whole: when(&format!("{number}::bigint"), &format!("trunc({double})::bigint")),
        part: when("0::float8", &format!("{double} - trunc({double})")),
    }
}

/// The seconds since 1970 of the text `pc__t`, of the form that `time::parse_timestamp` reads; else NULL. Years are
/// moved by 400, which are 146,097 days, because PostgreSQL has no year 0. Nested, because only CASE keeps an order.
const PARSED: &str = "CASE WHEN pc__t ~ \
     '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\
     ([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$' \
     THEN CASE WHEN substr(pc__t, 9, 2)::int <= extract(day FROM make_date(left(pc__t, 4)::int + 400, \
     substr(pc__t, 6, 2)::int, 1) + interval '1 month' - interval '1 day') \
     THEN (make_date(left(pc__t, 4)::int + 400, substr(pc__t, 6, 2)::int, substr(pc__t, 9, 2)::int) \
     - DATE '1970-01-01' - 146097)::numeric * 86400 + substr(pc__t, 12, 2)::int * 3600 \
     + substr(pc__t, 15, 2)::int * 60 + substr(pc__t, 18, 2)::int \
     + COALESCE(substring(pc__t from '[.][0-9]+'), '0')::numeric \
     - CASE left(right(pc__t, 6), 1) \
     WHEN '+' THEN left(right(pc__t, 5), 2)::int * 3600 + right(pc__t, 2)::int * 60 \
     WHEN '-' THEN -(left(right(pc__t, 5), 2)::int * 3600 + right(pc__t, 2)::int * 60) ELSE 0 END END END";

trait Bracketed {
    fn bracketed(self) -> String;
}

impl Bracketed for String {
    fn bracketed(self) -> String {
        format!("({self})")
    }
}
