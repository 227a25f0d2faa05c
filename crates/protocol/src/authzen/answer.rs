//! What is answered.

use serde::Serialize;
use utoipa::ToSchema;

use super::{malformed::Malformed, page::PageAnswer};

/// A decision (section "Decision"). Without a context it is all that there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decision {
    /// Whether it is permitted.
    pub decision: bool,
    /// Why a question could not be answered otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<DecisionContext>,
}

/// Why a question could not be answered otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionContext {
    /// What the question names is not known.
    #[schema(value_type = String)]
    Reason(&'static str),
    /// One of many is wrong.
    Error(DecisionError),
}

/// What would have been the answer, had it been asked alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionError {
    /// The status code.
    pub status: u16,
    /// What is wrong.
    pub message: String,
}

/// The decisions of several evaluations, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decisions {
    /// As many as there were evaluations, or up to the one that ended it.
    pub evaluations: Vec<Decision>,
}

/// The results of a search. The page comes first, so that a reader knows how much there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Results<T> {
    /// Which part of all results.
    pub page: PageAnswer,
    /// The results, all of the type that was looked for.
    pub results: Vec<T>,
}

/// A subject or resource that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundThing {
    /// Its type: the one that was looked for.
    pub r#type: String,
    /// Its id: in an evaluation by the same caller it names the same thing.
    pub id: String,
}

/// An action that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundAction {
    /// Its name.
    pub name: String,
}

impl Decision {
    /// Permitted or not, and nothing more to say.
    pub fn plain(decision: bool) -> Self {
        Self { decision, context: None }
    }

    /// Denied, as something is not known.
    pub fn unknown(reason: &'static str) -> Self {
        Self { decision: false, context: Some(DecisionContext::Reason(reason)) }
    }

    /// Denied, as it is wrong: alone it would have been answered with this status.
    pub fn error(status: u16, message: String) -> Self {
        let error = DecisionError { status, message };
        Self { decision: false, context: Some(DecisionContext::Error(error)) }
    }
}

impl From<&Malformed> for Decision {
    fn from(malformed: &Malformed) -> Self {
        Self::error(400, malformed.to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_decision_looks_as_the_standard_shows_it() {
        let text = |decision: Decision| serde_json::to_value(decision).unwrap();
        assert_eq!(text(Decision::plain(true)), json!({"decision": true}));
        assert_eq!(
            text(Decision::unknown("The resource is not known.")),
            json!({"decision": false, "context": {"reason": "The resource is not known."}})
        );
        assert_eq!(
            text((&Malformed::missing("/resource")).into()),
            json!({"decision": false, "context": {"error": {"status": 400, "message": "/resource: is required"}}})
        );
    }

    #[test]
    fn the_page_comes_first() {
        let page = PageAnswer { next_token: String::new(), count: 0, total: Some(0) };
        let results: Results<FoundAction> = Results { page, results: Vec::new() };
        let text = serde_json::to_string(&results).unwrap();
        assert_eq!(text, r#"{"page":{"next_token":"","count":0,"total":0},"results":[]}"#);
    }
}
