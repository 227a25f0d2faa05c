//! The tree of nodes: everything that needs security of its own stands at one.
//!
//! | module | holds |
//! |---|---|
//! | [`model`] | [`NewNode`], names of properties, tags and external ids, and what a node may become |
//! | [`find`](mod@find) | the node that a caller means; what he may not see is not there |
//! | [`insert`] | a new node in its place; also for realms, users, groups and applications |
//! | [`create_node`], [`read_node`], [`list_nodes`], [`list_children`], [`list_top_nodes`], [`update_node`], [`move_node`], [`delete_node`] | nodes |
//! | [`connect`], [`disconnect`], [`list_connections`] | connections |
//! | [`properties`], [`tags`], [`external_ids`] | what a node carries |
//! | [`granting`] | connecting, disconnecting and moving count as granting `*` |
//! | [`cascade`](mod@cascade) | what goes with a node |
//! | [`load`](mod@load) | the start: rows streamed to the engine |
//! | [`store`](mod@store) | the tables |
//! | [`personal`] | what is kept here about a user |

pub mod cascade;
pub mod connect;
pub mod create_node;
pub mod delete_node;
pub mod disconnect;
pub mod external_ids;
pub mod find;
pub mod granting;
pub mod insert;
pub mod list_children;
pub mod list_connections;
pub mod list_nodes;
pub mod list_top_nodes;
pub mod load;
pub mod model;
pub mod move_node;
pub mod personal;
pub mod properties;
pub mod read_node;
pub mod store;
pub mod tags;
pub mod update_node;
pub mod view;

pub use cascade::cascade;
pub use find::{find, find_at_path, gone, hide, unknown};
pub use insert::{bootstrap, insert_node, insert_node_with_id};
pub use load::load;
pub use model::NewNode;
pub use store::MIGRATIONS;
pub use view::NodeView;
