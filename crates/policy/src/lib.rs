//! The access engine: who may do what, where. Pure: no I/O, no clock, no randomness.
//!
//! A [`Snapshot`] is built from [`Change`]s and nothing else; it answers questions and never changes under a
//! reader: a clone shares its memory and is the start of a draft.
//!
//! | module | holds |
//! |---|---|
//! | [`change`] | what can happen to the world, also the record of the change log |
//! | [`principal`] | who asks |
//! | [`question`] | what is asked, and the plain answer |
//! | [`reason`] | why the answer is what it is |
//! | [`grant`] | what someone could hand on, and why he may not |
//! | [`filter`] | the rows where the answer is allow, as SQL |
//! | [`search`] | questions with one part left open: where, who |
//! | [`snapshot`] | the world at one revision: applying changes, look-ups |
//! | [`load`] | a stored tree at once, for the start |
//! | [`place`] | where a new or moved node goes in the numbering of the tree |
//! | [`ranges`] | a set of labels, for SQL |
//! | [`what_if`] | who gains and loses what by changes that are not made |
//! | [`condition`] | conditions: CEL, lowered into a typed predicate |

mod assignments;
mod bearer;
mod bits;
mod chunks;
mod connect;
mod decide;
mod decide_all;
mod entries;
mod explain;
mod facts;
mod forest;
mod givers;
mod granting;
mod holders;
mod index;
mod links;
mod lookup;
mod many;
mod matcher;
mod may_do;
mod missing;
mod nodes;
mod order;
mod outline;
mod people;
mod permissions;
mod properties;
mod refused;
mod regions;
mod registered;
mod relabel;
mod roles;
mod scope;
mod sorted;
mod span;
mod subjects;
mod sweep;
mod usage;
mod ways;
mod weigh;
mod when;

pub mod change;
pub mod condition;
pub mod filter;
pub mod grant;
pub mod load;
pub mod place;
pub mod principal;
pub mod question;
pub mod ranges;
pub mod reason;
pub mod search;
pub mod snapshot;
pub mod what_if;

pub use change::{Assignment, Change, Labelled, Lock, Membership, Rule, Subject, SubjectKind};
pub use filter::{Filter, FilterRefused, Form, Rows};
pub use grant::{Grant, Region, Withheld};
pub use lookup::RoleView;
pub use nodes::AllowedNodes;
pub use place::Placement;
pub use principal::{Principal, SessionFacts, Who};
pub use question::{Context, Decision, Question};
pub use ranges::Ranges;
pub use reason::{
    Explanation, Inactive, Missing, NearMiss, Nearest, NotAllowed, Reason, RuleReason, Step, Way,
};
pub use search::{Found, NodeSearch, Position, Stopped, SubjectSearch};
pub use snapshot::{ChangeRefused, Snapshot};
pub use subjects::AllowedSubjects;
pub use usage::Usage;
pub use what_if::WhatIf;
