//! The edge of applications: whether a request that a proxy has in hand gets through, and as whose.
//!
//! | module | holds |
//! |---|---|
//! | [`read_routes`], [`replace_routes`] | the table of an application: which guard stands before which request |
//! | [`input`](mod@input), [`resolve`](mod@resolve), [`view`](mod@view) | a table as people write it, as it is stored, and back |
//! | [`lifting`](mod@lifting) | who may change it |
//! | [`asked`](mod@asked) | a request that a proxy asks about |
//! | [`judge`](mod@judge) | the answer to it |
//! | [`identity`](mod@identity) | what the application is told about the caller |
//! | [`forward`] | asked over HTTP: nginx, Traefik, Caddy |
//! | [`check`] | asked over gRPC: Envoy |
//! | [`store`](mod@store) | the tables, the start, what goes with a node |

pub mod asked;
pub mod check;
pub mod forward;
pub mod identity;
pub mod input;
pub mod judge;
pub mod lifting;
pub mod read_routes;
pub mod replace_routes;
pub mod resolve;
pub mod store;
pub mod view;

pub use input::RoutesInput;
pub use store::{cascade, load};

/// The tables of this crate.
pub const MIGRATIONS: &[::store::Migration] = &[store::MIGRATION];
