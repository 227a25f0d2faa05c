//! Reading a world file: YAML or JSON, one document or several, all of them one file. Nothing is guessed; an error says
//! in which document and line, with the pointer to the field.

mod trace;

use kernel::{Problem, ProblemKind};
use serde_saphyr::{DuplicateKeyPolicy, Options, options::MergeKeyPolicy};

use crate::{file::Document, world::World};
use trace::Traced;

/// The two forms of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `application/yaml` (RFC 9512).
    Yaml,
    /// `application/json`; several documents one after the other.
    Json,
}

/// Deepest nesting. A world file itself has five levels; the rest is for properties.
const MAX_DEPTH: usize = 64;

/// Reads all documents.
pub fn parse(bytes: &[u8], form: Form) -> Result<World, Problem> {
    let mut world = World::default();
    each(bytes, form, |document| world.add(document))?;
    Ok(world)
}

/// Reads one document after the other.
pub fn each(bytes: &[u8], form: Form, take: impl FnMut(Document)) -> Result<(), Problem> {
    match form {
        Form::Yaml => yaml(bytes, take),
        Form::Json => json(bytes, take),
    }
}

fn yaml(mut bytes: &[u8], mut take: impl FnMut(Document)) -> Result<(), Problem> {
    let options = yaml_options(bytes.len());
    let documents = serde_saphyr::read_with_options::<_, Traced<Document>>(&mut bytes, options);
    for (number, document) in (1..).zip(documents) {
        match document {
            Ok(Traced(document)) => take(document),
            Err(error) => return Err(refuse(number, &error.without_snippet().to_string())),
        }
    }
    Ok(())
}

/// No anchors, aliases, merge keys or duplicate keys: they are where small files grow large, and where two readers of
/// one file see different things. What remains is limited by the size of the file.
fn yaml_options(size: usize) -> Options {
    let budget = serde_saphyr::budget! {
        max_reader_input_bytes: Some(size),
        max_events: size.saturating_mul(2).max(1000),
        max_nodes: size.saturating_mul(2).max(1000),
        max_aliases: 0,
        max_anchors: 0,
        max_merge_keys: 0,
        max_depth: MAX_DEPTH,
        flow_nesting_limit: MAX_DEPTH,
        max_documents: size.max(1),
        max_total_scalar_bytes: size.max(1),
    };
    serde_saphyr::options! {
        budget: budget,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
    }
}

/// Both readers end a message with the place in the text; a traced one begins with the pointer.
fn refuse(number: u32, text: &str) -> Problem {
    let (message, place) = match text.rsplit_once(" at line ") {
        Some((message, place)) => {
            (message, format!("line {}", place.replace(" column", ", column").replace(",,", ",")))
        }
        None => (text, "in the file".to_owned()),
    };
    match trace::split(message) {
        Some((pointer, message)) if !pointer.is_empty() => {
            Problem::invalid(pointer, format!("{message} ({place}{})", of(number)))
        }
        traced => {
            let message = traced.map_or(message, |(_, message)| message);
            let detail =
                format!("The file is not read: {} ({place}{}).", plain(message), of(number));
            Problem::new(ProblemKind::BadRequest, detail)
        }
    }
}

fn json(bytes: &[u8], mut take: impl FnMut(Document)) -> Result<(), Problem> {
    let stream = serde_json::Deserializer::from_slice(bytes).into_iter::<Traced<Document>>();
    for (number, document) in (1..).zip(stream) {
        match document {
            Ok(Traced(document)) => take(document),
            Err(error) => return Err(refuse(number, &error.to_string())),
        }
    }
    Ok(())
}

/// Which document, where there may be more than the first.
fn of(number: u32) -> String {
    if number > 1 { format!(", document {number}") } else { String::new() }
}

/// The readers' words for what a person should know.
fn plain(message: &str) -> &str {
    if message.starts_with("budget breached") {
        "anchors, aliases and merge keys are not allowed, and nesting is limited"
    } else {
        message.split(", set DuplicateKeyPolicy").next().unwrap_or(message)
    }
}

#[cfg(test)]
mod tests;
