//! The audit log: reading it and proving that it is whole. Events are written by `context`, in the transaction of the
//! change they are about.
//!
//! | module | holds |
//! |---|---|
//! | [`list_events`] | `GET /api/v1/audit/events` |
//! | [`count_events`] | `GET /api/v1/audit/counts` |
//! | [`verify`] | `GET /api/v1/audit/verify` |
//! | [`personal`] | what is kept here about a user |

pub mod count_events;
pub mod list_events;
pub mod model;
pub mod personal;
mod store;
pub mod verify;
