//! Filters and the SQL of conditions, run in real databases and held against memory and against the oracle.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod conditions;
#[expect(dead_code, reason = "the benchmark uses all of it")]
mod databases;
#[expect(dead_code, reason = "the engine's own tests use all of it")]
#[path = "../../../policy/tests/engine/ids.rs"]
mod ids;
mod many;
#[path = "../../../policy/tests/engine/oracle.rs"]
mod oracle;
mod predicates;
#[expect(dead_code, reason = "the engine's own tests use all of it")]
#[path = "../../../policy/tests/engine/random.rs"]
mod random;
#[path = "../../../policy/tests/engine/rows.rs"]
mod rows;
mod strange;
#[path = "../../../policy/src/condition/tests/tables.rs"]
mod tables;
mod worlds;
