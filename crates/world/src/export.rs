//! Writing a world file: a document for each section, and for long sections several, so that nothing is held as a whole.

mod access;
mod people;
mod rules;
mod tree;

use bytes::Bytes;
use context::Reading;
use kernel::{NodeId, Problem};
use serde_saphyr::SerializerOptions;
use tokio::sync::mpsc::Sender;

use crate::file::{Document, Place};

/// Where documents go.
type Out = Sender<Result<Bytes, std::io::Error>>;

/// Things in one document.
const PORTION: usize = 1000;

/// Writes all documents. A reader that has gone away ends it.
pub(crate) async fn write(read: &Reading, out: &Out) -> Result<(), Problem> {
    let sections = settings(read);
    if sections.settings.is_some() {
        send(out, &sections).await?;
    }
    tree::realms(read, out).await?;
    tree::nodes(read, out).await?;
    people::groups(read, out).await?;
    people::users(read, out).await?;
    tree::connections(read, out).await?;
    access::permissions(read, out).await?;
    access::roles(read, out).await?;
    access::assignments(read, out).await?;
    access::routes(read, out).await?;
    rules::factor_rules(read, out).await?;
    rules::ip_rules(read, out).await
}

/// The settings that are not as they are by default, and no secret. Those that file, environment or flag say are the
/// machine's own.
fn settings(read: &Reading) -> Document {
    let settings = &read.state().settings;
    let changed = crate::apply::live_settings()
        .filter(|setting| !setting.secret && !settings.is_pinned(setting))
        .filter(|setting| settings.text(setting) != setting.default)
        .map(|setting| (setting.key.to_owned(), settings.text(setting).into()))
        .collect::<std::collections::BTreeMap<_, _>>();
    Document { settings: Some(changed).filter(|map| !map.is_empty()), ..Document::default() }
}

/// Sends one document.
async fn send(out: &Out, document: &Document) -> Result<(), Problem> {
    let mut text = String::from("---\n");
    let options = SerializerOptions::default();
    serde_saphyr::to_fmt_writer_with_options(&mut text, document, options)
        .map_err(|error| Problem::internal(error.to_string()))?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    out.send(Ok(Bytes::from(text))).await.map_err(|_| Problem::internal("the reader went away"))
}

/// The place of a node.
fn place(path: Option<&String>) -> Result<Place, Problem> {
    let path = path.ok_or_else(|| Problem::internal("a node without a path"))?;
    path.parse().map_err(Problem::internal)
}

/// The owner as a file says it: nothing for `$global`.
fn owner(id: NodeId, path: Option<&String>) -> Result<Option<Place>, Problem> {
    if id == NodeId::GLOBAL { Ok(None) } else { place(path).map(Some) }
}
