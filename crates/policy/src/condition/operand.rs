//! From the syntax tree of CEL to the typed form: the values that are compared.

use super::error::ConditionError;
use super::lower::Lowering;
use super::number::Number;
use super::predicate::{Base, Literal, Moment, Operand};
use super::time::{parse_duration, parse_timestamp};
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};
use jiff::SignedDuration;
use std::fmt;

type Lowered<T> = Result<T, ConditionError>;

/// The type of an operand, as far as the text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a field holds is known when it is read.
    Any,
    Bool,
    Number,
    Text,
    Moment,
}

impl Kind {
    pub(super) fn of(operand: &Operand) -> Self {
        match operand {
            Operand::Literal(literal) => Self::of_literal(literal),
            Operand::Field(_) => Self::Any,
            Operand::Size(_) => Self::Number,
            Operand::Moment(_) => Self::Moment,
        }
    }

    pub(super) fn of_literal(literal: &Literal) -> Self {
        match literal {
            Literal::Bool(_) => Self::Bool,
            Literal::Number(_) => Self::Number,
            Literal::Text(_) => Self::Text,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "a field",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::Moment => "a moment",
        })
    }
}

impl Lowering<'_> {
    /// An expression that stands where a value is asked for.
    pub(super) fn operand(&self, expression: &IdedExpr) -> Lowered<Operand> {
        match &expression.expr {
            Expr::Literal(value) => self.literal(expression, value).map(Operand::Literal),
            Expr::Select(select) if select.test => {
                Err(self.refuse(expression, "has() is a condition, not a value"))
            }
            Expr::Ident(name) if name == "now" => self.moment(expression).map(Operand::Moment),
            Expr::Ident(_) | Expr::Select(_) => self.field(expression).map(Operand::Field),
            Expr::Call(call) => self.computed(expression, call),
            Expr::List(_) => {
                Err(self.refuse(expression, "a list stands only to the right of `in`"))
            }
            Expr::Comprehension(_) => Err(self
                .refuse(expression, "all, exists, exists_one, map and filter are not supported")),
            Expr::Map(_) | Expr::Struct(_) => {
                Err(self.refuse(expression, "maps and messages are not supported"))
            }
            Expr::Unspecified => Err(self.refuse(expression, "this is not CEL")),
        }
    }

    pub(super) fn literal(&self, at: &IdedExpr, value: &LiteralValue) -> Lowered<Literal> {
        let number = |number: Option<Number>| match number {
            Some(number) => Ok(Literal::Number(number)),
            None => Err(self.refuse(at, "this number is not in -2^63 <= x < 2^63")),
        };
        match value {
            LiteralValue::Boolean(value) => Ok(Literal::Bool(*value.inner())),
            LiteralValue::String(value) => Ok(Literal::Text(value.inner().to_owned())),
            LiteralValue::Int(value) => number(Some(Number::from(*value.inner()))),
            LiteralValue::UInt(value) => number(Number::from_unsigned(*value.inner())),
            LiteralValue::Double(value) => number(Number::from_double(*value.inner())),
            LiteralValue::Null => Err(self.refuse(
                at,
                "null compares with nothing; to ask whether a field is there, write has(field)",
            )),
            LiteralValue::Bytes(_) => Err(self.refuse(at, "bytes are not supported")),
        }
    }

    fn computed(&self, expression: &IdedExpr, call: &CallExpr) -> Lowered<Operand> {
        match (call.func_name.as_str(), &call.target, call.args.as_slice()) {
            ("size", None, [field]) => self.field(field).map(Operand::Size),
            ("size", Some(field), []) => self.field(field).map(Operand::Size),
            ("timestamp", None, [_]) => self.moment(expression).map(Operand::Moment),
            (operators::ADD | operators::SUBSTRACT, None, _) => {
                self.moment(expression).map(Operand::Moment)
            }
            ("duration", None, _) => Err(self.refuse(
                expression,
                "a duration stands only after + or - of a moment: now - duration(\"24h\")",
            )),
            (operators::INDEX, ..) => Err(self.refuse(expression, "indexes are not supported")),
            (operators::NEGATE, ..) => Err(self.refuse(expression, "arithmetic is not supported")),
            (name, target, _) if is_condition(name, target.is_some()) => Err(self.refuse(
                expression,
                "a condition stands here, where a value is compared; join conditions with && and ||",
            )),
            (name, ..) => {
                Err(self.refuse(expression, format!("the function `{name}` is not supported here")))
            }
        }
    }

    /// `now`, `timestamp(..)`, and these with durations added.
    fn moment(&self, expression: &IdedExpr) -> Lowered<Moment> {
        match &expression.expr {
            Expr::Ident(name) if name == "now" => {
                Ok(Moment { base: Base::Now, offset: SignedDuration::ZERO })
            }
            Expr::Call(call) => match (call.func_name.as_str(), &call.target, call.args.as_slice())
            {
                ("timestamp", None, [argument]) => self.timestamp(argument),
                (operators::ADD, None, [moment, duration]) if is_call(moment, "duration") => {
                    self.moved(duration, self.duration(moment)?)
                }
                (operators::ADD, None, [moment, duration]) => {
                    self.moved(moment, self.duration(duration)?)
                }
                (operators::SUBSTRACT, None, [moment, duration]) => {
                    let back = self.duration(duration)?.checked_neg();
                    self.moved(moment, back.ok_or_else(|| self.refuse(duration, TOO_FAR))?)
                }
                _ => Err(self.refuse(expression, ONLY_MOMENTS)),
            },
            _ => Err(self.refuse(expression, ONLY_MOMENTS)),
        }
    }

    fn timestamp(&self, argument: &IdedExpr) -> Lowered<Moment> {
        let base = match &argument.expr {
            Expr::Literal(LiteralValue::String(text)) => Base::Fixed(
                parse_timestamp(text.inner()).ok_or_else(|| self.refuse(argument, NO_MOMENT))?,
            ),
            Expr::Literal(_) => return Err(self.refuse(argument, NO_MOMENT)),
            _ => Base::Field(self.field(argument)?),
        };
        Ok(Moment { base, offset: SignedDuration::ZERO })
    }

    fn moved(&self, expression: &IdedExpr, by: SignedDuration) -> Lowered<Moment> {
        let Moment { base, offset } = self.moment(expression)?;
        let too_far = || self.refuse(expression, TOO_FAR);
        match base {
            Base::Fixed(moment) => {
                let base = Base::Fixed(moment.checked_add(by).map_err(|_| too_far())?);
                Ok(Moment { base, offset })
            }
            base => Ok(Moment { base, offset: offset.checked_add(by).ok_or_else(too_far)? }),
        }
    }

    fn duration(&self, expression: &IdedExpr) -> Lowered<SignedDuration> {
        let Expr::Call(CallExpr { func_name, target: None, args }) = &expression.expr else {
            return Err(self.refuse(expression, ONLY_MOMENTS));
        };
        match (func_name.as_str(), args.as_slice()) {
            ("duration", [argument]) => match &argument.expr {
                Expr::Literal(LiteralValue::String(text)) => {
                    parse_duration(text.inner()).ok_or_else(|| self.refuse(argument, NO_DURATION))
                }
                _ => Err(self.refuse(argument, NO_DURATION)),
            },
            _ => Err(self.refuse(expression, ONLY_MOMENTS)),
        }
    }
}

const NO_MOMENT: &str =
    "a moment is written as \"2026-06-01T10:00:00Z\" or with an offset such as +02:00";
const NO_DURATION: &str = "a duration is written as \"1h30m\", in h, m, s, ms, us or ns";
const TOO_FAR: &str = "this moment is out of range";
const ONLY_MOMENTS: &str = "+ and - are supported only between a moment and a duration(\"..\"); compare fields as they are";

fn is_call(expression: &IdedExpr, name: &str) -> bool {
    matches!(&expression.expr, Expr::Call(call) if call.func_name == name)
}

/// Whether the function gives a boolean, so that it stands in the wrong place rather than being
/// unknown.
fn is_condition(name: &str, of_member: bool) -> bool {
    match name {
        "startsWith" | "endsWith" | "contains" => of_member,
        operators::LOGICAL_AND
        | operators::LOGICAL_OR
        | operators::LOGICAL_NOT
        | operators::EQUALS
        | operators::NOT_EQUALS
        | operators::LESS
        | operators::LESS_EQUALS
        | operators::GREATER
        | operators::GREATER_EQUALS
        | operators::IN => true,
        _ => false,
    }
}
