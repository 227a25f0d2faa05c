//! Running the server: health, documents, problems.

mod documents;
mod health;
