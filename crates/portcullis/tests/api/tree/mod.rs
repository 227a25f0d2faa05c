//! Nodes, connections, and what nodes carry.

mod carrying;
mod connections;
mod deleting;
mod moving;
mod nodes;
mod outline;
mod refusals;
