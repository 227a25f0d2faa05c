//! Styles, scripts and pictures of the pages. They are in the program; in a build without optimisation they are read when
//! they are asked for.

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;
use kernel::{Problem, ProblemKind};
use rust_embed::RustEmbed;
use web::Failure;

use crate::embedded::media_type;

#[derive(RustEmbed)]
#[folder = "assets/pages"]
struct Files;

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/pages/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Response {
    match (Files::get(&name), media_type(&name)) {
        (Some(file), Some(media)) => ([(header::CONTENT_TYPE, media)], file.data).into_response(),
        _ => Failure(Problem::new(ProblemKind::NotFound, "There is no such file.")).into_response(),
    }
}
