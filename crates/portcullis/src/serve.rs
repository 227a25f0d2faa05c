//! Listening, and stopping in order.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use metrics_exporter_prometheus::PrometheusHandle;
use signin::FirstStart;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    changes,
    clock::{SystemClock, SystemEntropy},
    compose::{App, Outside},
    control, logging,
    settings::{self, Values},
    start_error::StartError,
    tls,
};

/// How long requests that are under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may take to send the headers of a request.
const HEADERS: Duration = Duration::from_secs(15);
/// How often measured durations are summed up.
const SUM_UP: Duration = Duration::from_secs(5);

/// Runs the server until it is told to stop. `ready` is called once it answers, with its address.
pub async fn run(values: Values, ready: impl FnOnce(&FirstStart, &str)) -> Result<(), StartError> {
    let guard = logging::start(&values)?;
    let bind = bind_address(&values)?;
    let ext_authz = ext_authz_listener(&values)?;
    let outside = Outside::new(SystemClock, SystemEntropy).with_metrics()?;
    // The port first: what is printed, and what tokens name as their issuer, is the port that is really taken.
    let listener = bound("bind", bind)?;
    let address =
        listener.local_addr().map_err(|error| StartError::new(format!("bind: {error}")))?;
    let app = App::open(&values, outside, address).await?;
    let first_start = app.see_to_first_user(&values).await?;
    let follower = app.follower(&values).await?;
    let (stop, stopped) = watch::channel(false);
    let control = control::open(app.directory())?;
    let operator =
        tokio::spawn(control::serve(control, app.operator_router(), until(stopped.clone())));
    let counting = tokio::spawn(sum_up(app.metrics()));
    let pruning = tokio::spawn(changes::prune::again_and_again(app.system().clone()));
    let posting =
        tokio::spawn(mail::postman::again_and_again(app.outbox().clone(), app.system().clone()));
    let watching = app.users_file().map(|file| {
        tokio::spawn(users_file::watch::again_and_again(file.clone(), app.system().clone()))
    });
    // Before it answers: whoever sees that it runs, and stops it, stops it in order.
    let told_to_stop = signals()?;
    let handle = Handle::new();
    let server = tokio::spawn(listen(listener, app.router(), app.tls(), handle.clone()));
    let for_envoy = ext_authz.map(|listener| {
        tokio::spawn(listen(listener, app.ext_authz_router(), app.tls(), handle.clone()))
    });
    ready(&first_start, app.public_address());
    tracing::info!(target: "portcullis::system", bound = %address, address = app.public_address(), "ready");
    let why = tokio::select! {
        () = told_to_stop => Ok(()),
        why = app.keep_up(follower) => Err(why),
    };
    tracing::info!(target: "portcullis::system", "stopping");
    // Nobody waits for a receiver that is gone.
    let _ = stop.send(true);
    app.stop_streams();
    handle.graceful_shutdown(Some(GRACE));
    server.await.map_err(died)?.map_err(died)?;
    if let Some(for_envoy) = for_envoy {
        for_envoy.await.map_err(died)?.map_err(died)?;
    }
    let _ = tokio::time::timeout(GRACE, operator).await;
    counting.abort();
    pruning.abort();
    posting.abort();
    if let Some(watching) = watching {
        watching.abort();
    }
    app.close().await?;
    drop(guard);
    why
}

async fn listen(
    listener: std::net::TcpListener,
    router: Router,
    tls: Option<std::sync::Arc<rustls::ServerConfig>>,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(config) => {
            let mut server =
                axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(config))?
                    .handle(handle);
            limit(server.http_builder());
            server.serve(service).await
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle);
            limit(server.http_builder());
            server.serve(service).await
        }
    }
}

/// A client that sends its headers a byte a minute holds a connection no longer than this.
fn limit(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADERS);
    builder.http2().timer(hyper_util::rt::TokioTimer::new()).max_concurrent_streams(256);
}

/// Where Envoy asks. It has other people's credentials in hand, and is told apart by its address alone.
fn ext_authz_listener(values: &Values) -> Result<Option<std::net::TcpListener>, StartError> {
    let Some(text) = values.given(&settings::EXT_AUTHZ_BIND) else { return Ok(None) };
    let address: SocketAddr = text.parse().map_err(|_| {
        StartError::new(format!(
            "ext_authz_bind: {text:?} is no address with a port, such as 127.0.0.1:8081"
        ))
    })?;
    if values.given(&settings::TRUSTED_PROXIES).is_none() {
        return Err(StartError::new(
            "ext_authz_bind: it answers trusted_proxies alone, and there are none",
        ));
    }
    bound("ext_authz_bind", address).map(Some)
}

fn bound(setting: &str, address: SocketAddr) -> Result<std::net::TcpListener, StartError> {
    std::net::TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|error| StartError::new(format!("{setting}: {address}: {error}")))
}

fn bind_address(values: &Values) -> Result<SocketAddr, StartError> {
    let text = values.text(&settings::BIND);
    let address: SocketAddr = text.parse().map_err(|_| {
        StartError::new(format!("bind: {text:?} is no address with a port, such as 127.0.0.1:8080"))
    })?;
    let protected = values.given(&settings::TLS_CERTIFICATE).is_some()
        || values.given(&settings::TRUSTED_PROXIES).is_some();
    if !address.ip().is_loopback() && !protected {
        return Err(StartError::new(format!(
            "bind: {address} is open to the network; give tls_certificate and tls_key, or trusted_proxies if a proxy in front ends TLS"
        )));
    }
    Ok(address)
}

/// Each measured duration is kept until it is summed up, which otherwise happens only when somebody reads `/metrics`.
async fn sum_up(metrics: Option<PrometheusHandle>) {
    let Some(metrics) = metrics else { return };
    loop {
        tokio::time::sleep(SUM_UP).await;
        metrics.run_upkeep();
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error says that the sender is gone, which is a reason to stop too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// From now on signals to stop are caught; the future ends with the first one.
fn signals() -> Result<impl Future<Output = ()>, StartError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(died)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(died)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn died(error: impl std::fmt::Display) -> StartError {
    StartError::new(format!("the server stopped: {error}"))
}

/// The files of TLS, read once at the start.
pub(crate) fn tls(
    values: &Values,
) -> Result<Option<std::sync::Arc<rustls::ServerConfig>>, StartError> {
    match (values.given(&settings::TLS_CERTIFICATE), values.given(&settings::TLS_KEY)) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            tls::configure(certificate.as_ref(), key.as_ref()).map(Some)
        }
        _ => {
            Err(StartError::new("tls_certificate and tls_key go together; one of them is missing"))
        }
    }
}
