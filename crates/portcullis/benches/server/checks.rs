//! Load by gRPC, as Envoy asks: wrk does not speak it.

use std::time::{Duration, Instant};

use envoy_types::{
    ext_authz::v3::pb::CheckRequest,
    pb::envoy::service::auth::v3::{
        AttributeContext,
        attribute_context::{HttpRequest, Request},
        authorization_client::AuthorizationClient,
    },
};
use tonic::{Code, transport::Endpoint};

use crate::{load::Measured, world};

/// How long the load lasts.
const LASTS: Duration = Duration::from_secs(8);
/// How many connections, each with one question after the other.
const CONNECTIONS: usize = 8;

/// Asks about a request that gets through, again and again. Every answer must be that it does.
pub fn run(port: u16, (name, value): (&str, &str)) -> Measured {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let question = question(name, value);
    let mut times = runtime.expect("a runtime").block_on(async {
        let asking: Vec<_> =
            (0..CONNECTIONS).map(|_| tokio::spawn(ask(port, question.clone()))).collect();
        let mut times = Vec::new();
        for asked in asking {
            times.extend(asked.await.expect("a connection to its end"));
        }
        times
    });
    times.sort_unstable();
    let at = |percent: usize| {
        let time = times[times.len() * percent / 100];
        format!("{:.2}ms", time.as_secs_f64() * 1000.0)
    };
    let count = u32::try_from(times.len()).expect("a number");
    let per_second = f64::from(count) / LASTS.as_secs_f64();
    Measured { per_second, p50: at(50), p99: at(99) }
}

async fn ask(port: u16, question: CheckRequest) -> Vec<Duration> {
    let address = Endpoint::from_shared(format!("http://127.0.0.1:{port}")).expect("an address");
    let mut client = AuthorizationClient::new(address.connect().await.expect("a connection"));
    let (mut times, began) = (Vec::new(), Instant::now());
    while began.elapsed() < LASTS {
        let start = Instant::now();
        let answer = client.check(question.clone()).await.expect("an answer").into_inner();
        times.push(start.elapsed());
        let code = answer.status.map_or(Code::Unknown, |status| Code::from(status.code));
        assert_eq!(code, Code::Ok, "the request gets through");
    }
    times
}

fn question(name: &str, value: &str) -> CheckRequest {
    let path = "/orders/4711/lines?page=2".to_owned();
    let headers = [(":path".to_owned(), path.clone()), (name.to_owned(), value.to_owned())];
    let http = HttpRequest {
        method: "GET".to_owned(),
        path,
        host: world::HOST.to_owned(),
        scheme: "https".to_owned(),
        headers: headers.into(),
        ..HttpRequest::default()
    };
    let request = Request { http: Some(http), ..Request::default() };
    let attributes = AttributeContext { request: Some(request), ..AttributeContext::default() };
    CheckRequest { attributes: Some(attributes) }
}
