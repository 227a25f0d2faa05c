//! From text to predicate: the scan, the parser of the `cel` crate, the lowering.

use super::error::ConditionError;
use super::limits;
use super::lower::Lowering;
use super::predicate::{Predicate, Term};
use cel::ParseErrors;
use cel::parser::Parser;
use kernel::ConditionText;
use std::thread;

/// Stack of the parsing thread, in bytes. Unused pages are never touched. The deepest text that the
/// scan lets through needs less than a quarter of it in a build without optimisation; a test holds
/// that.
const STACK: usize = 32 * 1024 * 1024;

impl Predicate {
    /// Reads a condition and lowers it.
    ///
    /// # Errors
    /// The text is longer or deeper than the limits, is no CEL, or uses what the subset (see
    /// [the module](super)) has not; with the place of the first such thing.
    pub fn parse(text: &ConditionText) -> Result<Self, ConditionError> {
        limits::check(text.as_str())?;
        on_own_stack(STACK, text.as_str()).map(|root| Self { root })
    }
}

/// Parses in a thread, for two reasons: the parser's need of stack is far beyond what a thread of a
/// server has, and a panic in it, should there be one, must end as a refusal.
fn on_own_stack(stack: usize, text: &str) -> Result<Term, ConditionError> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("condition".into())
            .stack_size(stack)
            .spawn_scoped(scope, || parse_and_lower(text))
            .map_err(|_| ConditionError::whole("no thread could be started to read the condition"))?
            .join()
            .unwrap_or_else(|_| Err(ConditionError::whole("the condition cannot be read")))
    })
}

fn parse_and_lower(text: &str) -> Result<Term, ConditionError> {
    let (expression, places) =
        Parser::new().parse_with_source_info(text).map_err(|errors| first_error(text, &errors))?;
    Lowering::new(text, &places).condition(&expression)
}

/// The first complaint of the parser, without the list of what it would have taken: most of that is
/// outside of the subset.
fn first_error(text: &str, errors: &ParseErrors) -> ConditionError {
    let Some(error) = errors.errors.first() else {
        return ConditionError::whole("this is not CEL");
    };
    let message = error.msg.split(" expecting ").next().unwrap_or_default();
    let message = message.trim_start_matches("Syntax error: ");
    let detail = if message == "invalid argument to has() macro" {
        "has() takes a field, such as has(resource.status)".to_owned()
    } else {
        format!("this is not CEL: {message}")
    };
    match (usize::try_from(error.pos.0), usize::try_from(error.pos.1)) {
        (Ok(line @ 1..), Ok(column @ 1..)) if line <= text.lines().count().max(1) => {
            let position = Some(super::error::Position { line, column });
            ConditionError { position, detail }
        }
        _ => ConditionError::whole(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::{STACK, on_own_stack};
    use crate::condition::limits::{self, MAX_DEPTH, MAX_SIGNS, MAX_STEPS};

    /// A text that takes all limits at once at each level.
    fn worst(open: &str, close: &str) -> String {
        let signs = ["a"; MAX_SIGNS].join("+");
        let steps = ".b".repeat(MAX_STEPS - 2);
        let level = format!("a&&a||{signs}{steps}<{signs}+a{steps}");
        format!("{}a{}", format!("{level}{open}").repeat(MAX_DEPTH), close.repeat(MAX_DEPTH))
    }

    #[test]
    fn the_stack_suffices_four_times_over() {
        for (open, close) in [(".f(", ")"), ("[", "]"), (".f(a,", ")")] {
            let text = worst(open, close);
            assert_eq!(limits::check(&text), Ok(()), "{text}");
            assert!(on_own_stack(STACK / 4, &text).is_err());
        }
        for (open, close) in [("(", ")"), ("!(", ")"), ("a in [", "]"), ("a||a&&(", ")")] {
            let text = format!("{}a{}", open.repeat(MAX_DEPTH), close.repeat(MAX_DEPTH));
            assert_eq!(limits::check(&text), Ok(()), "{text}");
            assert!(on_own_stack(STACK / 4, &text).is_err());
        }
    }
}
