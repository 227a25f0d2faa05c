//! The Authorization API 1.0 of the OpenID AuthZEN working group: requests in, answers out.
//! <https://openid.net/specs/authorization-api-1_0.html>; the sections named below are of that document.
//!
//! | module | holds |
//! |---|---|
//! | [`evaluation`] | [`Evaluation`]: subject, action, resource, context |
//! | [`evaluations`] | [`Evaluations`]: many of them, with defaults and a [`Semantic`] |
//! | [`search`] | [`SubjectSearch`], [`ResourceSearch`], [`ActionSearch`] |
//! | [`page`] | pages of a search and the token that leads to the next one |
//! | [`answer`] | decisions and results |
//! | [`metadata`] | where the endpoints are |
//! | [`wire`] | what a body may hold, before it is known to be complete |
//!
//! Unknown members are ignored, as section "JSON Serialization" asks; a member that is `null` counts as absent; a
//! member that is there twice is refused. What the members mean is the caller's affair.

pub mod answer;
pub mod evaluation;
pub mod evaluations;
pub mod metadata;
pub mod page;
pub mod search;
pub mod wire;

mod malformed;

pub use answer::{Decision, Results};
pub use evaluation::{Action, Evaluation, Thing};
pub use evaluations::{Evaluations, MAX_EVALUATIONS, Semantic};
pub use malformed::Malformed;
pub use metadata::Metadata;
pub use page::{PageAnswer, Paging};
pub use search::{ActionSearch, ResourceSearch, SubjectSearch};
pub use wire::Properties;
