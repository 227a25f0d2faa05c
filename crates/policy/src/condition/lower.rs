//! From the syntax tree of CEL to the typed form: the conditions. Operands are in [`super::operand`].

use super::error::ConditionError;
use super::operand::Kind;
use super::predicate::{Comparison, Field, Literal, Term, TextTest};
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

/// One lowering of one text.
pub(super) struct Lowering<'a> {
    text: &'a str,
    places: &'a SourceInfo,
}

type Lowered<T> = Result<T, ConditionError>;

impl<'a> Lowering<'a> {
    pub(super) fn new(text: &'a str, places: &'a SourceInfo) -> Self {
        Self { text, places }
    }

    /// An expression that stands where a condition is asked for.
    pub(super) fn condition(&self, expression: &IdedExpr) -> Lowered<Term> {
        match &expression.expr {
            Expr::Literal(LiteralValue::Boolean(value)) => Ok(Term::Constant(*value.inner())),
            Expr::Select(select) => {
                let field = self.field(expression)?;
                Ok(if select.test { Term::Present(field) } else { Term::Holds(field) })
            }
            Expr::Call(call) => self.call(expression, call),
            Expr::Literal(_) | Expr::List(_) => {
                Err(self.refuse(expression, "a value stands here; a condition compares it"))
            }
            Expr::Ident(name) if name == "now" => {
                Err(self.refuse(expression, "`now` stands here; a condition compares it"))
            }
            // The rest is refused in the same words wherever it stands.
            _ => self.operand(expression).and_then(|_| {
                Err(self.refuse(expression, "a value stands here; a condition compares it"))
            }),
        }
    }

    fn call(&self, expression: &IdedExpr, call: &CallExpr) -> Lowered<Term> {
        let name = call.func_name.as_str();
        match (&call.target, call.args.as_slice()) {
            (None, [left, right]) => match (name, comparison(name)) {
                (operators::LOGICAL_AND, _) => self.all(left, right),
                (operators::LOGICAL_OR, _) => self.any(left, right),
                (operators::IN, _) => self.membership(left, right),
                (_, Some(operator)) => self.compare(expression, operator, left, right),
                _ => self.not_a_condition(expression),
            },
            (None, [term]) if name == operators::LOGICAL_NOT => {
                Ok(Term::Not(Box::new(self.condition(term)?)))
            }
            (Some(field), [part]) => match text_test(name) {
                Some(test) => self.text_test(field, test, part),
                None => self.not_a_condition(expression),
            },
            _ => self.not_a_condition(expression),
        }
    }

    /// A call that gives a value, or one that is not supported at all.
    fn not_a_condition(&self, expression: &IdedExpr) -> Lowered<Term> {
        self.operand(expression)?;
        Err(self.refuse(expression, "a value stands here; a condition compares it"))
    }

    /// `a && b && c` comes as a tree; one list is kept.
    fn all(&self, left: &IdedExpr, right: &IdedExpr) -> Lowered<Term> {
        let mut terms = Vec::new();
        for side in [left, right] {
            match self.condition(side)? {
                Term::All(inner) => terms.extend(inner),
                term => terms.push(term),
            }
        }
        Ok(Term::All(terms))
    }

    fn any(&self, left: &IdedExpr, right: &IdedExpr) -> Lowered<Term> {
        let mut terms = Vec::new();
        for side in [left, right] {
            match self.condition(side)? {
                Term::Any(inner) => terms.extend(inner),
                term => terms.push(term),
            }
        }
        Ok(Term::Any(terms))
    }

    fn compare(
        &self,
        expression: &IdedExpr,
        operator: Comparison,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Lowered<Term> {
        let (left_value, right_value) = (self.operand(left)?, self.operand(right)?);
        let kinds = [Kind::of(&left_value), Kind::of(&right_value)];
        match kinds {
            [Kind::Moment, Kind::Any] => return Err(self.refuse(right, BARE_MOMENT)),
            [Kind::Any, Kind::Moment] => return Err(self.refuse(left, BARE_MOMENT)),
            [Kind::Any, _] | [_, Kind::Any] => {}
            [a, b] if a != b => {
                let detail = format!("{a} is never comparable with {b}");
                return Err(self.refuse(expression, detail));
            }
            _ => {}
        }
        if operator.is_order() && kinds.contains(&Kind::Bool) {
            return Err(self.refuse(expression, "booleans have no order"));
        }
        Ok(Term::Compare { left: left_value, operator, right: right_value })
    }

    fn membership(&self, value: &IdedExpr, list: &IdedExpr) -> Lowered<Term> {
        let operand = self.operand(value)?;
        let kind = Kind::of(&operand);
        if kind == Kind::Moment {
            return Err(self.refuse(value, "`in` is not supported for moments"));
        }
        match &list.expr {
            Expr::List(members) if members.elements.is_empty() => {
                Err(self.refuse(list, "the list is empty"))
            }
            Expr::List(members) => {
                let mut literals = Vec::with_capacity(members.elements.len());
                for member in &members.elements {
                    literals.push(self.member(kind, member)?);
                }
                Ok(Term::OneOf { value: operand, list: literals })
            }
            Expr::Select(select) if !select.test => {
                Ok(Term::MemberOf { value: operand, list: self.field(list)? })
            }
            _ => Err(self.refuse(list, "`in` takes a list as written or a field with a list")),
        }
    }

    fn member(&self, kind: Kind, member: &IdedExpr) -> Lowered<Literal> {
        let Expr::Literal(value) = &member.expr else {
            return Err(self.refuse(member, "a list has only literals as members"));
        };
        let literal = self.literal(member, value)?;
        match Kind::of_literal(&literal) {
            found if kind == Kind::Any || kind == found => Ok(literal),
            found => Err(self.refuse(member, format!("{kind} is never comparable with {found}"))),
        }
    }

    fn text_test(&self, field: &IdedExpr, test: TextTest, part: &IdedExpr) -> Lowered<Term> {
        let field = self.field(field)?;
        match &part.expr {
            Expr::Literal(LiteralValue::String(part)) => {
                Ok(Term::Text { field, test, part: part.inner().to_owned() })
            }
            _ => Err(self.refuse(part, "only a string as written is supported here")),
        }
    }

    /// `subject.x`, `resource.x`, `action.x`, `context.x.y`; of a presence test, what it tests.
    pub(super) fn field(&self, expression: &IdedExpr) -> Lowered<Field> {
        let mut path = Vec::new();
        let mut at = expression;
        while let Expr::Select(select) = &at.expr {
            if select.test && !std::ptr::eq(at, expression) {
                return Err(self.refuse(at, "has() is a condition, not a value"));
            }
            path.push(select.field.clone());
            at = &select.operand;
        }
        path.reverse();
        let Expr::Ident(root) = &at.expr else {
            return Err(
                self.refuse(at, "a field of subject, resource, action or context is asked for")
            );
        };
        match (root.as_str(), path.as_slice()) {
            ("subject" | "resource" | "action" | "context", []) => {
                Err(self.refuse(at, format!("`{root}` as a whole is not supported; name a field")))
            }
            ("context", _) => Ok(Field::Context(path)),
            ("subject", [name]) => Ok(Field::Subject(name.clone())),
            ("resource", [name]) => Ok(Field::Resource(name.clone())),
            ("action", [name]) => Ok(Field::Action(name.clone())),
            ("subject" | "resource" | "action", _) => {
                Err(self
                    .refuse(expression, format!("a field of `{root}` has no fields of its own")))
            }
            ("now", _) => Err(self.refuse(at, "`now` is a moment, not a field")),
            _ => {
                let known = "there are subject, resource, action, context and now";
                Err(self.refuse(at, format!("unknown name `{root}`; {known}")))
            }
        }
    }

    /// A refusal at the place where the expression starts; of an operator, where that stands.
    pub(super) fn refuse(
        &self,
        expression: &IdedExpr,
        detail: impl Into<String>,
    ) -> ConditionError {
        match self.start(expression) {
            Some(offset) => ConditionError::at(self.text, offset, detail),
            None => ConditionError::whole(detail),
        }
    }

    /// The tree places a field at its dot, a call at its bracket and a macro somewhere inside: go to
    /// the root of the field, the name of the function, the list of the macro.
    fn start(&self, expression: &IdedExpr) -> Option<usize> {
        let mut at = expression;
        loop {
            at = match &at.expr {
                Expr::Select(select) => &select.operand,
                Expr::Comprehension(comprehension) => &comprehension.iter_range,
                _ => break,
            };
        }
        let (offset, _) = self.places.offset_for(at.id)?;
        let offset = usize::try_from(offset).ok()?;
        match &at.expr {
            Expr::Call(call) => {
                let name = self.text.get(..offset)?.trim_end().strip_suffix(&call.func_name);
                Some(name.map_or(offset, str::len))
            }
            _ => Some(offset),
        }
    }
}

const BARE_MOMENT: &str = "only a moment compares with a moment; write timestamp(..) around this";

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn text_test(name: &str) -> Option<TextTest> {
    Some(match name {
        "startsWith" => TextTest::StartsWith,
        "endsWith" => TextTest::EndsWith,
        "contains" => TextTest::Contains,
        _ => return None,
    })
}
