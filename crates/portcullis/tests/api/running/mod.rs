//! Running the server: health, documents, problems.

mod audit_chain;
mod audit_counts;
mod audit_values;
mod changes;
mod console_page;
mod docs_page;
mod documents;
mod health;
mod hygiene;
mod lifetimes;
mod start;
mod sweep;
