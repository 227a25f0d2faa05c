//! World files.
pub mod file;
pub mod parse;
pub mod plan;
mod spread;
pub mod world;
