//! Logs: `request` (a line for each request), `sql` (statements, at debug), `system` (everything else). To standard error
//! together, or each to a file of its own, a new one each day.

use std::path::Path;

use tracing::Metadata;
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::filter_fn, fmt, layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    settings::{LOG, LOG_DIRECTORY, LOG_FORMAT, Values},
    start_error::StartError,
};

/// Keeps the writers of log files alive; dropped, it writes what is left.
#[derive(Debug, Default)]
pub struct LogGuard(#[expect(dead_code, reason = "held for its drop")] Vec<WorkerGuard>);

/// Whether a line belongs to a log.
type Belongs = fn(&Metadata<'_>) -> bool;
type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts to log. Once in a process.
pub fn start(values: &Values) -> Result<LogGuard, StartError> {
    let json = match values.text(&LOG_FORMAT) {
        "text" => false,
        "json" => true,
        other => {
            return Err(StartError::new(format!("log_format: {other:?} is neither text nor json")));
        }
    };
    let (layers, guards) = match values.given(&LOG_DIRECTORY) {
        None => (vec![layer(std::io::stderr, json, filter(values)?)], Vec::new()),
        Some(directory) => files(Path::new(directory), json, values)?,
    };
    tracing_subscriber::registry()
        .with(layers)
        .try_init()
        .map_err(|error| StartError::new(format!("the log cannot be started: {error}")))?;
    Ok(LogGuard(guards))
}

fn files(
    directory: &Path,
    json: bool,
    values: &Values,
) -> Result<(Vec<Boxed>, Vec<WorkerGuard>), StartError> {
    crate::start_error::make_private_directory(directory)?;
    let logs: [(&str, Belongs); 3] =
        [("request", is_request), ("sql", is_sql), ("system", |m| !is_request(m) && !is_sql(m))];
    let mut layers = Vec::new();
    let mut guards = Vec::new();
    for (name, belongs) in logs {
        let (writer, guard) =
            tracing_appender::non_blocking(rolling::daily(directory, format!("{name}.log")));
        layers.push(layer(writer, json, filter(values)?).with_filter(filter_fn(belongs)).boxed());
        guards.push(guard);
    }
    Ok((layers, guards))
}

fn layer<W>(writer: W, json: bool, filter: EnvFilter) -> Boxed
where
    W: for<'w> fmt::MakeWriter<'w> + Send + Sync + 'static,
{
    let plain = fmt::layer().with_writer(writer).with_ansi(false);
    if json { plain.json().with_filter(filter).boxed() } else { plain.with_filter(filter).boxed() }
}

fn filter(values: &Values) -> Result<EnvFilter, StartError> {
    let text = values.text(&LOG);
    EnvFilter::try_new(text)
        .map_err(|_| StartError::new(format!("log: {text:?} is no level and no filter")))
}

fn is_request(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "portcullis::request"
}

fn is_sql(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("sqlx")
}
