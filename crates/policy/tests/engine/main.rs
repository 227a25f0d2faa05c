//! The engine as others use it: the cases everyone agreed on, and random worlds against an oracle.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod active_role;
mod agree;
mod cases;
mod filter_limit;
mod granting;
mod ids;
mod kept;
mod lists;
mod load;
mod load_people;
mod may_do;
mod nearest;
mod numbering;
mod oracle;
mod random;
mod reasons;
mod refusals;
mod rows;
mod taking;
mod town;
mod what_if;
