//! Which nodes a list may show, as a condition on `node.label`: computed before the query runs, so that counts, pages
//! and sorting know nothing of the rest.

use std::marker::PhantomData;

use kernel::Problem;
use policy::{Context, Ranges, Snapshot};
use store::Backend;

use crate::{
    action::{Action, parse},
    ctx::Ctx,
};

/// The nodes at which action `A` is allowed, for one principal at one revision.
#[derive(Debug)]
pub struct Scope<A> {
    ranges: Ranges,
    backend: Backend,
    action: PhantomData<fn() -> A>,
}

/// Up to so many ranges are written as comparisons; more as one set, which PostgreSQL searches by halves, or as a table.
const FEW: usize = 20;

impl<A: Action> Scope<A> {
    pub(crate) fn compute(ctx: &Ctx, engine: &Snapshot) -> Result<Self, Problem> {
        let permission = parse(A::PERMISSION)?;
        let ranges = engine.scope(ctx.principal(), &permission, &Context::default(), ctx.now());
        let backend = ctx.system().database().backend();
        Ok(Self { ranges, backend, action: PhantomData })
    }

    /// Whether no node is in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The labels of these nodes.
    pub fn labels(&self) -> &Ranges {
        &self.ranges
    }

    /// The condition, for the label column that `column` names (`n.label`). It holds numbers only.
    pub fn sql(&self, column: &str) -> String {
        let ranges = self.ranges.as_slice();
        let test = |a: &str, b: &str| format!("({column} >= {a} AND {column} < {b})");
        match ranges {
            [] => "1 = 0".to_owned(),
            few if few.len() <= FEW => {
                let tests: Vec<String> =
                    few.iter().map(|(a, b)| test(&a.to_string(), &b.to_string())).collect();
                format!("({})", tests.join(" OR "))
            }
            many if self.backend == Backend::Postgres => {
                let all: Vec<String> = many.iter().map(|(a, b)| format!("[{a},{b})")).collect();
                format!("({column} <@ CAST('{{{}}}' AS int8multirange))", all.join(","))
            }
            many => {
                let rows: Vec<String> = many.iter().map(|(a, b)| format!("({a},{b})")).collect();
                format!(
                    "EXISTS (WITH scope (a, b) AS (VALUES {}) SELECT 1 FROM scope WHERE {})",
                    rows.join(","),
                    test("scope.a", "scope.b")
                )
            }
        }
    }
}
