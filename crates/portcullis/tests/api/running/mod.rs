//! Running the server: health, documents, problems.

mod audit_chain;
mod docs_page;
mod documents;
mod health;
mod start;
mod sweep;
