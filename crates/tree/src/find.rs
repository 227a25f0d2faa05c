//! The node that a caller means. What he may not see answers as what is not there.

use kernel::{NodePath, NodeRef, Problem, ProblemKind};
use store::{Run, node::Node};

/// The node that is meant. If there is none: 404, or where it is part of an input, 422 with its pointer.
///
/// It does not ask whether the caller may see it: the operation does, and passes a refusal through [`hide`] where the
/// reference was part of an input.
pub async fn find(run: &impl Run, node: &NodeRef, pointer: &str) -> Result<Node, Problem> {
    store::node::resolve(run, node).await?.ok_or_else(|| unknown(pointer))
}

/// The node at a path; see [`find`].
pub async fn find_at_path(run: &impl Run, path: &NodePath, pointer: &str) -> Result<Node, Problem> {
    store::node::find_path(run, path).await?.ok_or_else(|| unknown(pointer))
}

/// The answer for a node that is not there: 404, or 422 at `pointer`.
pub fn unknown(pointer: &str) -> Problem {
    if pointer.is_empty() {
        gone()
    } else {
        Problem::invalid(pointer, "there is no such node, or you may not see it")
    }
}

/// 404, in the very words with which a permit hides what the caller may not see.
pub fn gone() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such thing, or you may not see it.")
}

/// A refusal about a node that was part of an input: if the caller may not see it, it is as if it were not there.
pub fn hide(problem: Problem, pointer: &str) -> Problem {
    if problem.kind() == ProblemKind::NotFound { unknown(pointer) } else { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_answers_as_what_is_not_there() {
        let hidden = hide(gone(), "/parent");
        assert_eq!(hidden.to_string(), unknown("/parent").to_string());
        assert_eq!(hide(Problem::forbidden("no"), "/parent").kind(), ProblemKind::Forbidden);
    }
}
