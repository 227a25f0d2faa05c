//! Terms as SQL.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    clause::Clause,
    columns::{Column, Columns},
    compare::{among_texts, can_bind, compare},
    parameters::{Dialect, Parameters},
    postgres, sqlite,
    views::{self, ListView, Side, Views, members},
};
use crate::condition::{
    evaluate::Known,
    facts::Facts,
    predicate::{Base, Comparison, Field, Moment, Operand, Term, TextTest},
    truth::Truth,
};

/// One condition being written.
pub(super) struct Lowering<'a> {
    pub(super) facts: &'a dyn Facts,
    pub(super) columns: &'a Columns,
    pub(super) parameters: &'a mut Parameters,
}

/// What a field is when the SQL is written.
enum Place<'a> {
    /// Read by now; `None` if it is not there.
    Read(Option<Cow<'a, Value>>),
    /// In a column.
    Column(&'a Column),
    /// Of the resource, without a column.
    Unmapped,
}

impl<'a> Lowering<'a> {
    pub(super) fn term(&mut self, term: &'a Term) -> Clause {
        match term {
            Term::Constant(value) => Clause::Settled(Truth::from(*value)),
            Term::Holds(field) => self.holds(field),
            Term::Present(field) => self.present(field),
            Term::Not(term) => self.term(term).negated(),
            Term::All(terms) => Clause::all(self.terms(terms)),
            Term::Any(terms) => Clause::any(self.terms(terms)),
            Term::Compare { left, operator, right } => {
                let (left, right) = (self.side(left), self.side(right));
                compare(*operator, &left, &right, self.parameters)
            }
            Term::OneOf { value, list } => {
                let value = self.side(value);
                let list: Vec<_> = list.iter().map(|l| Some(Known::of_literal(l))).collect();
                self.among(&value, &list)
            }
            Term::MemberOf { value, list } => self.member_of(value, list),
            Term::Text { field, test, part } => self.text(field, *test, part),
        }
    }

    fn terms(&mut self, terms: &'a [Term]) -> Vec<Clause> {
        terms.iter().map(|term| self.term(term)).collect()
    }

    fn place(&self, field: &Field) -> Place<'a> {
        let facts = self.facts;
        match field {
            Field::Resource(name) => self.columns.get(name).map_or(Place::Unmapped, Place::Column),
            field => Place::Read(field.read(facts)),
        }
    }

    fn dialect(&self) -> Dialect {
        self.parameters.dialect()
    }

    fn holds(&self, field: &Field) -> Clause {
        match self.place(field) {
            Place::Read(Some(value)) => match value.as_ref() {
                Value::Bool(value) => Clause::Settled(Truth::from(*value)),
                _ => Clause::UNKNOWN,
            },
            Place::Column(column) => match Views::of(column, self.dialect()).boolean {
                // A number is no condition by itself.
                Some(view) => Clause::open(format!("{view} = TRUE")),
                None => Clause::UNKNOWN,
            },
            Place::Read(None) | Place::Unmapped => Clause::UNKNOWN,
        }
    }

    fn present(&self, field: &Field) -> Clause {
        match self.place(field) {
            Place::Read(value) => Clause::Settled(Truth::from(value.is_some())),
            Place::Column(column) => {
                Clause::open(format!("{} IS NOT NULL", column.name.sql(self.dialect())))
            }
            Place::Unmapped => Clause::UNKNOWN,
        }
    }

    fn side(&self, operand: &'a Operand) -> Side<'a> {
        let column = operand.field().map(|field| self.place(field));
        let column = match column {
            Some(Place::Column(column)) => column,
            Some(Place::Unmapped) => return Side::Nothing,
            // All that it reads is known.
            Some(Place::Read(_)) | None => {
                return operand.value(self.facts).map_or(Side::Nothing, Side::Constant);
            }
        };
        match operand {
            Operand::Size(_) => match views::size(column, self.dialect()) {
                Some(number) => Side::Seen(Views { number: Some(number), ..Views::default() }),
                None => Side::Nothing,
            },
            Operand::Moment(moment) => self.moment(column, moment),
            Operand::Field(_) | Operand::Literal(_) => {
                Side::Seen(Views::of(column, self.dialect()))
            }
        }
    }

    fn moment(&self, column: &Column, moment: &Moment) -> Side<'a> {
        let name = column.name.sql(self.dialect());
        let sql = match (&moment.base, self.dialect()) {
            (Base::Now | Base::Fixed(_), _) => None,
            (Base::Field(_), Dialect::Postgresql) => {
                postgres::moment(&name, column.holds, moment.offset)
            }
            (Base::Field(_), Dialect::Sqlite) => sqlite::moment(&name, column.holds, moment.offset),
        };
        sql.map_or(Side::Nothing, Side::Moment)
    }

    /// The disjunction of being equal to each; unknown if the value is, even without members.
    fn among(&mut self, value: &Side<'_>, list: &[Option<Known<'_>>]) -> Clause {
        match value {
            Side::Nothing => Clause::UNKNOWN,
            Side::Constant(value) => Clause::Settled(value.is_among(list.iter().cloned())),
            Side::Seen(views) if list.is_empty() => {
                Clause::open(format!("CASE WHEN {} THEN FALSE END", views.is_known()))
            }
            Side::Seen(views) => match among_texts(views, list, self.parameters) {
                Some(clause) => clause,
                None => self.equal_to_any(value, list),
            },
            Side::Moment(_) => self.equal_to_any(value, list),
        }
    }

    fn equal_to_any(&mut self, value: &Side<'_>, list: &[Option<Known<'_>>]) -> Clause {
        Clause::any(list.iter().map(|member| match member {
            Some(member) => {
                let member = Side::Constant(member.clone());
                compare(Comparison::Equal, value, &member, self.parameters)
            }
            None => Clause::UNKNOWN,
        }))
    }

    fn member_of(&mut self, value: &'a Operand, list: &Field) -> Clause {
        let value = self.side(value);
        match self.place(list) {
            Place::Read(Some(list)) => match members(list.as_ref()) {
                Some(list) => self.among(&value, &list),
                None => Clause::UNKNOWN,
            },
            Place::Column(column) => match ListView::of(column, self.dialect()) {
                Some(list) => self.in_column(&value, &list),
                None => Clause::UNKNOWN,
            },
            Place::Read(None) | Place::Unmapped => Clause::UNKNOWN,
        }
    }

    fn in_column(&mut self, value: &Side<'_>, list: &ListView) -> Clause {
        let known = match value {
            Side::Nothing => return Clause::UNKNOWN,
            Side::Constant(_) => "TRUE".to_owned(),
            Side::Seen(views) => views.is_known(),
            Side::Moment(sql) => format!("{sql} IS NOT NULL"),
        };
        let member = Side::Seen(list.member.clone());
        let equal = compare(Comparison::Equal, value, &member, self.parameters).into_sql();
        let ListView { is_list, from, any, .. } = list;
        Clause::open(format!(
            "CASE WHEN {known} AND {is_list} THEN (SELECT CASE WHEN {any} THEN TRUE \
             WHEN count(*) = count(pc__m) THEN FALSE END FROM (SELECT {equal} AS pc__m FROM {from}) AS pc__a) END"
        ))
    }

    fn text(&mut self, field: &Field, test: TextTest, part: &str) -> Clause {
        let column = match self.place(field) {
            Place::Read(Some(value)) => {
                return match value.as_str() {
                    Some(text) => Clause::Settled(Truth::from(test.holds(text, part))),
                    None => Clause::UNKNOWN,
                };
            }
            Place::Column(column) => column,
            Place::Read(None) | Place::Unmapped => return Clause::UNKNOWN,
        };
        let Some(text) = Views::of(column, self.dialect()).text else { return Clause::UNKNOWN };
        if part.is_empty() {
            return Clause::open(format!("CASE WHEN {text} IS NOT NULL THEN TRUE END"));
        }
        if !can_bind(part, self.parameters) {
            return Clause::UNKNOWN;
        }
        let place = self.parameters.text(part);
        Clause::open(match self.dialect() {
            Dialect::Postgresql => match test {
                TextTest::StartsWith => format!("starts_with({text}, {place})"),
                TextTest::EndsWith => {
                    format!("right({text}, {}) = {place}", part.chars().count())
                }
                TextTest::Contains => format!("strpos({text}, {place}) > 0"),
            },
            // By bytes: in UTF-8 these are the same questions, and SQLite ends a text at a NUL character. Of no bytes it
            // makes NULL.
            Dialect::Sqlite => {
                let (bytes, place) =
                    (format!("CAST({text} AS BLOB)"), format!("CAST({place} AS BLOB)"));
                let length = part.len();
                let found = match test {
                    TextTest::StartsWith => format!("substr({bytes}, 1, {length}) = {place}"),
                    TextTest::EndsWith => format!("substr({bytes}, -{length}) = {place}"),
                    TextTest::Contains => format!("instr({bytes}, {place}) > 0"),
                };
                format!("CASE WHEN {text} IS NOT NULL THEN COALESCE({found}, FALSE) END")
            }
        })
    }
}
