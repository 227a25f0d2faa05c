//! Comparisons of two values.

use super::{
    clause::Clause,
    parameters::{Dialect, Parameters},
    postgres, sqlite,
    views::{Mixed, NumberView, Side, Views, small},
};
use crate::condition::{
    evaluate::Known,
    number::Number,
    predicate::Comparison::{self, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual},
};

/// `left operator right`: unknown where a side is, and between two types.
pub(super) fn compare(
    operator: Comparison,
    left: &Side<'_>,
    right: &Side<'_>,
    parameters: &mut Parameters,
) -> Clause {
    match (left, right) {
        (Side::Nothing, _) | (_, Side::Nothing) => Clause::UNKNOWN,
        (Side::Constant(left), Side::Constant(right)) => {
            Clause::Settled(left.compare(operator, right))
        }
        (Side::Seen(views), Side::Constant(value)) => {
            with_constant(operator, views, value, parameters)
        }
        (Side::Constant(value), Side::Seen(views)) => {
            with_constant(mirrored(operator), views, value, parameters)
        }
        (Side::Seen(left), Side::Seen(right)) => with_views(operator, left, right),
        (Side::Moment(left), Side::Moment(right)) => written(left, operator, right),
        (Side::Moment(left), Side::Constant(Known::Moment(right))) => {
            written(left, operator, &moment(*right, parameters))
        }
        (Side::Constant(Known::Moment(left)), Side::Moment(right)) => {
            written(&moment(*left, parameters), operator, right)
        }
        (Side::Moment(_), _) | (_, Side::Moment(_)) => Clause::UNKNOWN,
    }
}

/// `views IN texts`, if that is all there is to it.
pub(super) fn among_texts(
    views: &Views,
    list: &[Option<Known<'_>>],
    parameters: &mut Parameters,
) -> Option<Clause> {
    let text = views.text.as_ref().filter(|_| views.number.is_none() && views.boolean.is_none())?;
    let mut places = Vec::with_capacity(list.len());
    for member in list {
        match member {
            Some(Known::Text(member)) if can_bind(member, parameters) => {
                places.push(parameters.text(member));
            }
            _ => return None,
        }
    }
    (!places.is_empty()).then(|| Clause::open(format!("{text} IN ({})", places.join(", "))))
}

fn with_constant(
    operator: Comparison,
    views: &Views,
    value: &Known<'_>,
    parameters: &mut Parameters,
) -> Clause {
    match value {
        Known::Bool(value) if !operator.is_order() => views
            .boolean
            .as_ref()
            .map(|view| written(view, operator, if *value { "TRUE" } else { "FALSE" })),
        Known::Number(value) => views.number.as_ref().map(|view| match view {
            NumberView::Exact(view) => {
                let value = exact(*value, parameters);
                written(view, operator, &value)
            }
            NumberView::Integer(view) => with_integer(operator, view, *value, parameters),
            NumberView::Double(view) => match small(*value) {
                Some(value) => written(view, operator, &parameters.double(value)),
                None => {
                    by_parts(operator, &double_parts(view), &constant_parts(*value, parameters))
                }
            },
            NumberView::Mixed(view) => match small(*value) {
                Some(value) => written(&view.double, operator, &parameters.double(value)),
                None => by_parts(operator, &parts(view), &constant_parts(*value, parameters)),
            },
        }),
        Known::Text(value) if can_bind(value, parameters) => {
            views.text.as_ref().map(|view| written(view, operator, &parameters.text(value)))
        }
        Known::Bool(_) | Known::Text(_) | Known::Moment(_) => None,
    }
    .unwrap_or(Clause::UNKNOWN)
}

/// At most one of the types is that of both, so at most one comparison is not NULL.
fn with_views(operator: Comparison, left: &Views, right: &Views) -> Clause {
    let mut tests = Vec::new();
    if let (Some(left), Some(right)) = (&left.text, &right.text) {
        tests.push(written(left, operator, right));
    }
    if let (Some(left), Some(right)) = (&left.number, &right.number) {
        tests.push(numbers(operator, left, right));
    }
    if let (Some(left), Some(right), false) = (&left.boolean, &right.boolean, operator.is_order()) {
        tests.push(written(left, operator, right));
    }
    match tests.as_slice() {
        [] => Clause::UNKNOWN,
        [one] => one.clone(),
        many => {
            let many: Vec<String> = many.iter().cloned().map(Clause::into_sql).collect();
            Clause::open(format!("COALESCE({})", many.join(", ")))
        }
    }
}

fn numbers(operator: Comparison, left: &NumberView, right: &NumberView) -> Clause {
    match (left, right) {
        (NumberView::Exact(left), NumberView::Exact(right))
        | (NumberView::Integer(left), NumberView::Integer(right))
        | (NumberView::Double(left), NumberView::Double(right)) => written(left, operator, right),
        _ => by_parts(operator, &view_parts(left), &view_parts(right)),
    }
}

/// An integer of the row with a number: a fraction lies between two integers.
fn with_integer(
    operator: Comparison,
    view: &str,
    value: Number,
    parameters: &mut Parameters,
) -> Clause {
    let (whole, part) = taken_apart(value);
    if part == 0.0 {
        return written(view, operator, &parameters.integer(whole));
    }
    let below = if part < 0.0 { whole - 1 } else { whole };
    let operator = match operator {
        Less | LessOrEqual => LessOrEqual,
        Greater | GreaterOrEqual => Greater,
        Equal => return Clause::open(format!("CASE WHEN {view} IS NOT NULL THEN FALSE END")),
        NotEqual => return Clause::open(format!("CASE WHEN {view} IS NOT NULL THEN TRUE END")),
    };
    written(view, operator, &parameters.integer(below))
}

/// Whole and fraction, compared one after the other: exact whatever the size.
fn by_parts(operator: Comparison, left: &[String; 2], right: &[String; 2]) -> Clause {
    let row = |parts: &[String; 2]| format!("({}, {})", parts[0], parts[1]);
    written(&row(left), operator, &row(right))
}

fn view_parts(view: &NumberView) -> [String; 2] {
    match view {
        NumberView::Exact(sql) => [sql.clone(), "0".to_owned()],
        NumberView::Integer(sql) => [
            format!("({sql})::bigint"),
            format!("(CASE WHEN {sql} IS NOT NULL THEN 0::float8 END)"),
        ],
        NumberView::Double(sql) => double_parts(sql),
        NumberView::Mixed(mixed) => parts(mixed),
    }
}

fn double_parts(view: &str) -> [String; 2] {
    [format!("trunc({view})::bigint"), format!("({view} - trunc({view}))")]
}

fn parts(mixed: &Mixed) -> [String; 2] {
    [mixed.whole.clone(), mixed.part.clone()]
}

fn constant_parts(value: Number, parameters: &mut Parameters) -> [String; 2] {
    let (whole, part) = taken_apart(value);
    [parameters.integer(whole), parameters.double(part)]
}

fn taken_apart(value: Number) -> (i64, f64) {
    match (value.as_integer(), value.as_double()) {
        (Some(integer), _) => (integer, 0.0),
        // In the range of the type, so the cast is exact; zero is added to have it plain.
        (None, Some(double)) => (double.trunc() as i64, double.fract() + 0.0),
        (None, None) => (0, 0.0),
    }
}

fn exact(value: Number, parameters: &mut Parameters) -> String {
    match (value.as_integer(), value.as_double()) {
        (None, Some(double)) => parameters.double(double),
        (integer, _) => parameters.integer(integer.unwrap_or(0)),
    }
}

fn moment(value: jiff::Timestamp, parameters: &mut Parameters) -> String {
    match parameters.dialect() {
        Dialect::Postgresql => {
            format!("CAST({} AS numeric)", parameters.text(&postgres::seconds(value)))
        }
        Dialect::Sqlite => parameters.text(&sqlite::sortable(value)),
    }
}

/// Whether a text can be a parameter: PostgreSQL has no NUL character.
pub(super) fn can_bind(text: &str, parameters: &Parameters) -> bool {
    parameters.dialect() == Dialect::Sqlite || !text.contains('\0')
}

fn written(left: &str, operator: Comparison, right: &str) -> Clause {
    let operator = match operator {
        Equal => "=",
        NotEqual => "<>",
        Less => "<",
        LessOrEqual => "<=",
        Greater => ">",
        GreaterOrEqual => ">=",
    };
    Clause::open(format!("{left} {operator} {right}"))
}

/// The operator with its sides exchanged.
fn mirrored(operator: Comparison) -> Comparison {
    match operator {
        Less => Greater,
        LessOrEqual => GreaterOrEqual,
        Greater => Less,
        GreaterOrEqual => LessOrEqual,
        Equal | NotEqual => operator,
    }
}
