//! Three ways to one API: the control socket of the server on the data directory, `--server URL`, and, while no server
//! holds the data, the same routes in this process. On the machine one is its operator; elsewhere, an API key.

use std::{net::SocketAddr, path::Path};

use axum::{Router, body::Body};
use bytes::Bytes;
use futures::TryStreamExt;
use http::{Method, Request, header};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::lock::ServerLock;
use tokio::net::UnixStream;
use tower::ServiceExt;

use super::failure::Failed;
use crate::{
    clock::{SystemClock, SystemEntropy},
    compose::{self, App, Outside},
    control,
    settings::{self, Values},
};

/// The variable with the API key for `--server`.
const KEY: &str = "PORTCULLIS_API_KEY";

/// A way to the API.
pub enum Connection {
    /// The control socket of a running server.
    Socket(std::path::PathBuf),
    /// A server elsewhere.
    Server {
        /// The client.
        client: reqwest::Client,
        /// The address, without a slash at its end.
        url: String,
        /// The API key.
        key: String,
    },
    /// The data themselves.
    Offline {
        /// The system in this process.
        app: Box<App>,
        /// Its routes, for the operator.
        router: Router,
    },
}

/// An answer of the API.
pub struct Answer {
    status: u16,
    body: Body,
}

/// Finds the way. `begins`: where there are no data yet, the command makes some; another one has nothing to look at.
pub async fn open(
    values: &Values,
    server: Option<&str>,
    begins: bool,
) -> Result<Connection, Failed> {
    if let Some(url) = server {
        return remote(url);
    }
    let directory = Path::new(values.text(&settings::DATA));
    if directory.exists() && ServerLock::is_held(directory) {
        return Ok(Connection::Socket(control::path(directory)));
    }
    let is_empty = values.given(&settings::DATABASE).is_none()
        && !directory.join(compose::SQLITE_FILE).exists();
    if is_empty && !begins {
        let place = directory.display();
        return Err(Failed::new(format!(
            "there are no data in {place}; --data names another place"
        )));
    }
    let listening = values.text(&settings::BIND).parse();
    let listening = listening.unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let app = App::open(values, Outside::new(SystemClock, SystemEntropy), listening).await?;
    let router = app.operator_router();
    Ok(Connection::Offline { app: Box::new(app), router })
}

fn remote(url: &str) -> Result<Connection, Failed> {
    let key = std::env::var(KEY)
        .map_err(|_| Failed::usage(format!("--server needs an API key in the variable {KEY}")))?;
    let parsed = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let parsed = parsed.ok_or_else(|| Failed::usage(format!("--server: {url} is no address")))?;
    let is_local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if parsed.scheme() == "http" && !is_local {
        return Err(Failed::usage("--server: an API key goes over https, or to this machine"));
    }
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| Failed::new(format!("--server: {error}")))?;
    let url = url.trim_end_matches('/').to_owned();
    Ok(Connection::Server { client, url, key })
}

impl Connection {
    /// Asks, without a body.
    pub async fn get(&self, path: &str) -> Result<Answer, Failed> {
        self.call(Method::GET, path, None).await
    }

    /// Asks, with a JSON body.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Answer, Failed> {
        let bytes = serde_json::to_vec(body).map_err(|error| Failed::new(error.to_string()))?;
        self.call(method, path, Some(bytes.into())).await
    }

    /// Asks, with a body that is JSON already.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Answer, Failed> {
        match self {
            Self::Socket(socket) => over_socket(socket, request(method, path, body)?).await,
            Self::Offline { router, .. } => {
                let Ok(answer) = router.clone().oneshot(request(method, path, body)?).await;
                Ok(Answer { status: answer.status().as_u16(), body: answer.into_body() })
            }
            Self::Server { client, url, key } => {
                let mut asked =
                    client.request(method, format!("{url}{path}")).header("x-api-key", key);
                if let Some(body) = body {
                    asked = asked.header(header::CONTENT_TYPE, "application/json").body(body);
                }
                // The address is shown by whoever typed it; the key never.
                let answer = asked.send().await.map_err(|error| {
                    Failed::new(format!("{url} does not answer: {}", error.without_url()))
                })?;
                let status = answer.status().as_u16();
                let stream = answer.bytes_stream().map_err(std::io::Error::other);
                Ok(Answer { status, body: Body::from_stream(stream) })
            }
        }
    }

    /// Lets go of the data, if they were opened here.
    pub async fn close(self) -> Result<(), Failed> {
        match self {
            Self::Offline { app, router } => {
                drop(router);
                Ok(app.close().await?)
            }
            _ => Ok(()),
        }
    }
}

fn request(method: Method, path: &str, body: Option<Bytes>) -> Result<Request<Body>, Failed> {
    let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    let request = match body {
        Some(body) => {
            request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body))
        }
        None => request.body(Body::empty()),
    };
    request.map_err(|error| Failed::usage(error.to_string()))
}

async fn over_socket(socket: &Path, request: Request<Body>) -> Result<Answer, Failed> {
    let failed = |error: &dyn std::fmt::Display| {
        Failed::new(format!("{}: the server does not answer: {error}", socket.display()))
    };
    let stream = UnixStream::connect(socket).await.map_err(|error| failed(&error))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| failed(&e))?;
    // It ends with the answer; what goes wrong shows there.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| failed(&error))?;
    Ok(Answer { status: answer.status().as_u16(), body: Body::new(answer.into_body()) })
}

impl Answer {
    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body of a success, as it comes.
    pub async fn stream(self) -> Result<Body, Failed> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        let status = self.status;
        Err(Failed::answered(status, &collect(self.body).await?))
    }

    /// The body of a success as JSON; an empty one is null.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Failed> {
        let bytes = collect(self.stream().await?).await?;
        let bytes = if bytes.is_empty() { Bytes::from_static(b"null") } else { bytes };
        serde_json::from_slice(&bytes)
            .map_err(|error| Failed::new(format!("the answer is not understood: {error}")))
    }
}

async fn collect(body: Body) -> Result<Bytes, Failed> {
    let collected = body.collect().await;
    let collected =
        collected.map_err(|error| Failed::new(format!("the answer broke off: {error}")))?;
    Ok(collected.to_bytes())
}

/// A name as a part of a path.
pub fn segment(name: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment() {
        assert_eq!(segment("a/b c@é"), "a%2Fb%20c%40%C3%A9");
        assert_eq!(segment("jane_1.x-y~z"), "jane_1.x-y~z");
    }
}
