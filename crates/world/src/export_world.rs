//! `GET /api/v1/world`

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use context::{Action, Event, EventKind};
use futures::stream;
use http::header;
use kernel::{NodeId, Problem};
use tokio::sync::mpsc;
use web::Op;

use crate::export;

/// Writing out all that there is: `world:export` at `$global`.
#[derive(Debug)]
pub struct ExportWorld;

impl Action for ExportWorld {
    type Resource = NodeId;
    const PERMISSION: &'static str = "world:export";
}

/// How many documents may wait for a slow reader.
const WAITING: usize = 4;

/// Everything as a world file: applied to an empty system it makes the same again. Without passwords, keys, sessions,
/// service accounts, locks, and assignments that have expired. It is of one revision, and sent as it is read.
#[utoipa::path(get, path = "/api/v1/world", tag = "world", operation_id = "export_world",
    responses((status = 200, body = String, content_type = "application/yaml", description = "The world file"),
        (status = 403, body = web::ProblemBody, description = "Not permitted")),
    extensions(("x-permission" = json!("world:export"))))]
pub async fn handle(Op(ctx): Op) -> web::Result<Response> {
    let read = ctx.read().await?;
    let permitted = read.permit::<ExportWorld>(NodeId::GLOBAL)?;
    // Data leave as a whole, so it is on record before the first of them does.
    let event = Event::new(EventKind::DataExport, "world.export");
    ctx.audit(event.about("world", "world", permitted.into_inner())).await?;
    let (send, receive) = mpsc::channel::<Result<Bytes, std::io::Error>>(WAITING);
    tokio::spawn(async move {
        if let Err(problem) = export::write(&read, &send).await {
            log(&problem);
            // The reader sees the answer break off, and does not take a half for the whole. It may be gone.
            let _ = send.send(Err(std::io::Error::other("the export failed"))).await;
        }
    });
    let body = stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|part| (part, receive))
    });
    let kind = [(header::CONTENT_TYPE, "application/yaml")];
    Ok((kind, Body::from_stream(body)).into_response())
}

fn log(problem: &Problem) {
    let cause = problem.cause().map(ToString::to_string).unwrap_or_default();
    tracing::error!(target: "portcullis::system", detail = problem.detail(), cause, "export failed");
}
