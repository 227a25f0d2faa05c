//! The Authorization API 1.0 of OpenID AuthZEN over the engine: `protocol::authzen` reads and writes, this asks.
//!
//! | module | holds |
//! |---|---|
//! | [`evaluation`], [`evaluations`] | one question, and many |
//! | [`search_subject`], [`search_resource`], [`search_action`] | questions with one part left open |
//! | [`configuration`] | where all of this is |
//! | `names` | what the types and ids of a request are: one look-up for all of them |
//! | `asked` | an evaluation as a question for the engine, and who may ask it |
//! | `body` | the body of a request, by this standard's rules |
//! | `refer` | the other way: ids for answers, which name the same thing when they come back |

mod asked;
mod body;
pub mod configuration;
pub mod evaluation;
pub mod evaluations;
mod names;
mod refer;
pub mod search_action;
pub mod search_resource;
pub mod search_subject;

pub use configuration::PublicAddress;
