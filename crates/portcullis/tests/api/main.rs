//! The whole server over HTTP, on both databases: a module for each capability, a file for each operation.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod access;
mod cli;
mod guard;
mod harness;
mod impersonation;
mod letters;
mod link_pages;
mod network;
mod pages;
mod people;
mod realms;
mod replicas;
mod running;
mod signin;
mod tokens;
mod tree;
mod users_file;
mod world;
