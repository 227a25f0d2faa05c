//! Styles, scripts and pictures of the pages. They are in the program.

use axum::{Router, response::IntoResponse, routing::get};
use http::header;

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

macro_rules! assets {
    ($($name:literal: $media:ident),* $(,)?) => {
        [$((concat!("/pages/", $name), $media, include_str!(concat!("../../assets/", $name)))),*]
    };
}

static ASSETS: [(&str, &str, &str); 13] = assets! {
    "pages.css": STYLE,
    "portcullis.svg": PICTURE,
    "api.js": SCRIPT,
    "challenge.js": SCRIPT,
    "enrol.js": SCRIPT,
    "fields.js": SCRIPT,
    "finish.js": SCRIPT,
    "form.js": SCRIPT,
    "identify.js": SCRIPT,
    "passkeys.js": SCRIPT,
    "sign_in.js": SCRIPT,
    "steps.js": SCRIPT,
    "texts.js": SCRIPT,
};

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, (path, media, text)| {
        router.route(path, get(move || async move { asset(media, text) }))
    })
}

fn asset(media: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, media)], text)
}
