//! Worlds to measure the access engine on, and an oracle that says what is right in them.
//!
//! | module | holds |
//! |---|---|
//! | [`world`] | a world as plain numbers, made from a size and a seed |
//! | [`people`], [`rights`] | its groups and memberships; its roles and assignments |
//! | [`numbering`] | the labels of its tree |
//! | [`names`] | the ids and names that the numbers stand for |
//! | [`question`] | questions about it |
//! | [`oracle`] | the right answers: a search and a scan over the plain numbers |
//! | [`changes`] | the world as changes for the engine |

pub mod changes;
pub mod names;
pub mod numbering;
pub mod oracle;
pub mod people;
pub mod question;
pub mod random;
pub mod rights;
pub mod world;

pub use question::Asked;
pub use world::{Kind, World};
