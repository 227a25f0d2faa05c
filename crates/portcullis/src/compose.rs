//! The parts, put together.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use access::authzen::PublicAddress;
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    response::IntoResponse,
};
use context::{
    Caller, Ctx, Event, EventKind, Loading, RequestFacts, System, cascade::Cascade,
    follow::Follower,
};
use ipnet::IpNet;
use kernel::{Clock, Entropy, Problem, ProblemKind, Revision};
use mail::{Gateway, Outbox, Smtp, sms::GatewaySettings, smtp::SmtpSettings};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use people::{People, PersonalData};
use protocol::{
    password::Argon2Cost,
    wrap::{MasterKey, Purpose},
};
use realms::Passwords;
use secrecy::SecretString;
use signin::{FirstStart, Hasher, InitRoot, Post, SessionCookie, Signin};
use store::{Backend, Database, Migration, StoreError, Target, change_log, lock::ServerLock, node};
use tokens::{ApiKeyHeader, Authorization, InRole, Tokens};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, timeout::RequestBodyTimeoutLayer};
use users_file::UsersOnDisk;
use web::{Authenticate, Edge, Failure, gate};

use crate::{
    backup::Source,
    changes::Streams,
    console,
    control::OperatorAuthenticator,
    documents, master_key,
    pages::{self, texts::Catalogue},
    routes, serve,
    settings::{self, Values},
    start_error::{StartError, make_private_directory},
    status::Vitals,
    users_source,
};

/// The database in the data directory.
pub const SQLITE_FILE: &str = "portcullis.db";
/// How often the server sees to it that nobody has the database alone.
const HOLD: Duration = Duration::from_secs(1);
/// How long a body may pause.
const BODY: Duration = Duration::from_secs(15);
/// Largest body of a request, but for routes that say otherwise.
const MAX_BODY: usize = 1024 * 1024;

/// What comes from outside the program: time, randomness, and whether to count.
pub struct Outside {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    metrics: Option<PrometheusHandle>,
}

impl Outside {
    /// A clock and a source of randomness.
    pub fn new(clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Self {
        Self { clock: Arc::new(clock), entropy: Arc::new(entropy), metrics: None }
    }

    /// Counts for `/metrics`. Once in a process.
    pub fn with_metrics(mut self) -> Result<Self, StartError> {
        let handle = PrometheusBuilder::new()
            .install_recorder()
            .map_err(|error| StartError::new(format!("metrics: {error}")))?;
        self.metrics = Some(handle);
        Ok(self)
    }
}

/// What handlers take beside the request.
#[derive(Clone, FromRef)]
pub struct AppState {
    system: Arc<System>,
    vitals: Vitals,
    source: Source,
    streams: Streams,
    signin: Arc<Signin>,
    passwords: Arc<dyn Passwords>,
    tokens: Arc<Tokens>,
    people: Arc<People>,
    personal: PersonalData,
    public_address: PublicAddress,
    catalogue: Arc<Catalogue>,
}

/// A server that is ready to answer.
pub struct App {
    state: AppState,
    hasher: Arc<Hasher>,
    outbox: Arc<Outbox>,
    trusted_proxies: Vec<IpNet>,
    public_address: String,
    directory: PathBuf,
    tls: Option<Arc<rustls::ServerConfig>>,
    lock: Option<ServerLock>,
}

impl App {
    /// Opens the database, brings it up to this release, loads it, and makes what every installation has.
    /// `listening` is the address that the server has, or would have.
    pub async fn open(
        values: &Values,
        outside: Outside,
        listening: SocketAddr,
    ) -> Result<Self, StartError> {
        let directory = PathBuf::from(values.text(&settings::DATA));
        make_private_directory(&directory)?;
        let target = target(values, &directory)?;
        let tls = serve::tls(values)?;
        let public_address = public_address(values, listening, tls.is_some())?;
        let database = Database::open(&target).await?;
        let url = values.given(&settings::DATABASE);
        let lock = ServerLock::take(&directory, url)?;
        lock.enter(&database, migrations()).await?;
        users_source::have_alone(values, &lock).await?;
        let master =
            master_key::master_key(values, &directory, &database, &*outside.entropy).await?;
        let now = outside.clock.now();
        let ring = tokens::open_ring(&database, &lock, &master, now, &*outside.entropy).await?;
        let system = load(values, &outside, database, &master).await?;
        let ctx = first_ctx(&system);
        bootstrap(&ctx).await?;
        let hasher = Arc::new(Hasher::spawn(hash_cost(values)?).map_err(|error| {
            StartError::new(format!("the threads that hash passwords cannot start: {error}"))
        })?);
        let outbox = Outbox::new(master.clone(), smtp(values)?);
        let outbox = Arc::new(outbox.with_gateway(gateway(values)?));
        let post = Post { outbox: outbox.clone(), public_address: public_address.clone() };
        let signin = Arc::new(Signin::new(hasher.clone(), &master, post));
        let users_file = users_source::open(values, &signin, &system).await?;
        let tokens = Tokens::new(signin.clone(), ring, &master, public_address.clone());
        let state = AppState {
            vitals: Vitals { started_at: now, metrics: outside.metrics, users_file },
            source: Source(target),
            streams: Streams::default(),
            passwords: signin.clone(),
            people: Arc::new(People::new(signin.clone())),
            personal: PersonalData(PERSONAL),
            signin,
            tokens: Arc::new(tokens),
            public_address: PublicAddress(public_address.as_str().into()),
            catalogue: Arc::new(Catalogue::read()?),
            system,
        };
        let trusted_proxies = trusted_proxies(values)?;
        let lock = Some(lock);
        Ok(Self { state, hasher, outbox, trusted_proxies, public_address, directory, tls, lock })
    }

    /// What all requests share.
    pub fn system(&self) -> &Arc<System> {
        &self.state.system
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The address that users see.
    pub fn public_address(&self) -> &str {
        &self.public_address
    }

    /// Where letters wait to be sent.
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// The file with users, if there is one.
    pub fn users_file(&self) -> Option<&Arc<UsersOnDisk>> {
        self.state.vitals.users_file.as_ref()
    }

    /// What follows the other servers on a PostgreSQL database: from now on this server answers only while it does.
    pub async fn follower(&self, values: &Values) -> Result<Option<Follower>, StartError> {
        let Some(url) = values.given(&settings::DATABASE).filter(|_| self.is_shared()) else {
            return Ok(None);
        };
        let limit = values.text(&settings::MAX_LAG).parse().unwrap_or(0);
        let limit = Duration::from_millis(limit);
        Ok(Some(Follower::begin(self.system().clone(), url, limit).await?))
    }

    /// Keeps what is in memory up to the database, and tells why that cannot go on.
    pub async fn keep_up(&self, follower: Option<Follower>) -> StartError {
        let Some(follower) = follower else {
            return StartError::new(self.system().broken().await);
        };
        tokio::select! {
            why = follower.run() => StartError::new(why),
            why = self.lock_lost() => why,
        }
    }

    fn is_shared(&self) -> bool {
        self.system().database().backend() == Backend::Postgres
    }

    /// Ends when somebody has the database alone, which can happen only after this server could not reach it.
    async fn lock_lost(&self) -> StartError {
        let Some(lock) = &self.lock else { return std::future::pending().await };
        loop {
            tokio::time::sleep(HOLD).await;
            match lock.hold().await {
                Ok(()) => {}
                Err(StoreError::Locked(_)) => {
                    return StartError::new(
                        "the database was taken while it could not be reached; this server stops",
                    );
                }
                Err(error) => {
                    tracing::warn!(target: "portcullis::system", %error, "the database does not answer");
                }
            }
        }
    }

    /// Ends what would go on for as long as the client likes.
    pub fn stop_streams(&self) {
        self.state.streams.stop();
    }

    pub(crate) fn metrics(&self) -> Option<PrometheusHandle> {
        self.state.vitals.metrics.clone()
    }

    pub(crate) fn tls(&self) -> Option<Arc<rustls::ServerConfig>> {
        self.tls.clone()
    }

    /// Sees to it that somebody can sign in: the superuser of `INIT_ROOT_*`, or a link that is printed once. For a
    /// server; an offline command needs nobody.
    pub async fn see_to_first_user(&self, values: &Values) -> Result<FirstStart, StartError> {
        let ctx = first_ctx(self.system());
        Ok(signin::first_start(&self.state.signin, &ctx, init_root(values)).await?)
    }

    /// The routes for everybody.
    pub fn router(&self) -> Router {
        self.routed(self.edge(self.authenticators()))
    }

    /// The routes for Envoy, which asks about the requests of others: they are not passed by the gate themselves.
    pub fn ext_authz_router(&self) -> Router {
        guard::check::router(Arc::new(self.edge(self.authenticators())))
    }

    /// In the order in which credentials are looked for.
    fn authenticators(&self) -> Vec<Arc<dyn Authenticate>> {
        let credentials: [Arc<dyn Authenticate>; 3] = [
            Arc::new(Authorization(self.state.tokens.clone())),
            Arc::new(ApiKeyHeader(self.state.tokens.clone())),
            Arc::new(SessionCookie(self.state.signin.clone())),
        ];
        let in_role = |inner| Arc::new(InRole(inner)) as Arc<dyn Authenticate>;
        credentials.into_iter().map(in_role).collect()
    }

    /// The same routes for the operator of the machine: the control socket, and commands while no server runs.
    pub fn operator_router(&self) -> Router {
        let edge = self.edge(vec![Arc::new(OperatorAuthenticator)]);
        self.routed(Edge { over_network: false, ..edge })
    }

    fn edge(&self, authenticators: Vec<Arc<dyn Authenticate>>) -> Edge {
        Edge {
            system: self.state.system.clone(),
            authenticators,
            over_network: true,
            trusted_proxies: self.trusted_proxies.clone(),
            public_origin: Some(self.public_address.clone()),
            secure: self.public_address.starts_with("https:"),
        }
    }

    fn routed(&self, edge: Edge) -> Router {
        let (router, document) = routes::all().split_for_parts();
        let within = ServiceBuilder::new()
            .layer(axum::middleware::from_fn_with_state(Arc::new(edge), gate::pass))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(DefaultBodyLimit::max(MAX_BODY));
        // A client that stops in the middle of a body holds its request no longer than this.
        let patience = RequestBodyTimeoutLayer::new(BODY);
        router
            .merge(documents::routes(document))
            .merge(pages::routes())
            .merge(console::routes(self.state.system.clone()))
            .fallback(|| async { Failure(Problem::not_found("route")) })
            .method_not_allowed_fallback(|| async {
                Failure(Problem::new(
                    ProblemKind::MethodNotAllowed,
                    "This route has other methods.",
                ))
            })
            .layer(within)
            .layer(patience)
            .with_state(self.state.clone())
    }

    /// Ends the hashing threads and closes the database; then somebody else may have it.
    pub async fn close(mut self) -> Result<(), StartError> {
        self.hasher.shutdown();
        let closed = self.state.system.database().clone().close().await;
        drop(self.lock.take());
        Ok(closed?)
    }
}

fn migrations() -> Vec<Migration> {
    let mut all = vec![node::MIGRATION, node::NAMED];
    for part in [
        change_log::MIGRATIONS,
        context::MIGRATIONS,
        tree::MIGRATIONS,
        access::MIGRATIONS,
        realms::MIGRATIONS,
        mail::MIGRATIONS,
        signin::MIGRATIONS,
        tokens::MIGRATIONS,
        people::MIGRATIONS,
        guard::MIGRATIONS,
        network::MIGRATIONS,
        users_file::MIGRATIONS,
    ] {
        all.extend_from_slice(part);
    }
    all
}

fn cascades() -> Vec<Cascade> {
    // Who refers to a thing goes before the thing.
    vec![
        users_file::cascade,
        people::cascade,
        tokens::cascade,
        signin::cascade,
        mail::cascade,
        guard::cascade,
        access::cascade,
        realms::cascade,
        tree::cascade,
    ]
}

/// Who keeps what about users.
const PERSONAL: &[context::Tell] = &[
    realms::personal::tell,
    tree::personal::tell,
    access::personal::tell,
    signin::personal::tell,
    tokens::personal::tell,
    mail::personal::tell,
    people::personal::tell,
    audit::personal::tell,
];

async fn load(
    values: &Values,
    outside: &Outside,
    database: Database,
    master: &MasterKey,
) -> Result<Arc<System>, StartError> {
    let read = database.read().await?;
    let mut loading = Loading::new(change_log::tip(&read).await?, values.pinned());
    for (key, value) in context::settings::load(&read).await? {
        loading.apply(context::Change::SettingSaved { key, value: Some(value) })?;
    }
    tree::load(&read, &mut loading).await?;
    realms::load(&read, &mut loading).await?;
    access::load(&read, &mut loading).await?;
    signin::load(&read, &mut loading).await?;
    tokens::load(&read, &mut loading).await?;
    guard::load(&read, &mut loading).await?;
    network::load(&read, &mut loading).await?;
    let loaded = loading.finish(&read, tree::store::PROPERTY_ROWS).await?;
    drop(read);
    let audit_key = *master.derive(Purpose::AUDIT_HEAD);
    let (clock, entropy) = (outside.clock.clone(), outside.entropy.clone());
    Ok(System::new(database, clock, entropy, audit_key, loaded, cascades()))
}

/// The start, as a request of the operator of the machine.
fn first_ctx(system: &Arc<System>) -> Ctx {
    let request = RequestFacts { id: "start".to_owned(), ..RequestFacts::default() };
    Ctx::new(system.clone(), Caller::operator(), request)
}

fn init_root(values: &Values) -> Option<InitRoot> {
    let username = values.given(&settings::INIT_ROOT_USERNAME)?.to_owned();
    let password = SecretString::from(values.text(&settings::INIT_ROOT_PASSWORD).to_owned());
    let email = values.given(&settings::INIT_ROOT_EMAIL).map(str::to_owned);
    Some(InitRoot { username, password, email })
}

/// What every installation has: made in the first commit, by the operator of the machine.
async fn bootstrap(ctx: &Ctx) -> Result<(), StartError> {
    if ctx.system().state().revision != Revision(0) {
        return Ok(());
    }
    let mut tx = ctx.begin().await?;
    // Another server, which started at the same moment, was first.
    if tx.state().revision != Revision(0) {
        return Ok(());
    }
    tree::bootstrap(&mut tx).await?;
    access::bootstrap(&mut tx).await?;
    realms::bootstrap(&mut tx).await?;
    tx.audit(Event::new(EventKind::ConfigChange, "system.first_start"));
    tx.commit().await?;
    Ok(())
}

fn target(values: &Values, directory: &Path) -> Result<Target, StartError> {
    match values.given(&settings::DATABASE) {
        None => Ok(Target::Sqlite(directory.join(SQLITE_FILE))),
        Some(url) => {
            url.parse().map_err(|error: StoreError| StartError::new(format!("database: {error}")))
        }
    }
}

fn public_address(values: &Values, listening: SocketAddr, tls: bool) -> Result<String, StartError> {
    let Some(text) = values.given(&settings::PUBLIC_ADDRESS) else {
        return Ok(format!("{}://{listening}", if tls { "https" } else { "http" }));
    };
    let refuse = || {
        StartError::new(format!(
            "public_address: {text:?} is no address such as https://id.example.com"
        ))
    };
    let url = url::Url::parse(text).map_err(|_| refuse())?;
    let plain =
        matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    if !plain || !url.username().is_empty() {
        return Err(refuse());
    }
    Ok(url.origin().ascii_serialization())
}

/// The way to the mail server, if there is one.
fn smtp(values: &Values) -> Result<Option<Smtp>, StartError> {
    let Some(host) = values.given(&mail::settings::HOST) else { return Ok(None) };
    let ca = values.given(&mail::settings::CA).map(|file| {
        std::fs::read(file).map_err(|error| StartError::new(format!("mail.ca: {file}: {error}")))
    });
    let ca = ca.transpose()?;
    let settings = SmtpSettings {
        host,
        port: values.text(&mail::settings::PORT).parse().unwrap_or(0),
        tls: values.text(&mail::settings::TLS),
        ca: ca.as_deref(),
        user: values.given(&mail::settings::USER),
        password: values.text(&mail::settings::PASSWORD),
        from: values.text(&mail::settings::FROM),
    };
    Smtp::new(settings).map(Some).map_err(|refused| StartError::new(refused.to_string()))
}

/// The way to phones, if there is one.
fn gateway(values: &Values) -> Result<Option<Gateway>, StartError> {
    let Some(url) = values.given(&mail::settings::SMS_URL) else { return Ok(None) };
    let settings = GatewaySettings {
        url,
        header: values.given(&mail::settings::SMS_HEADER),
        secret: values.text(&mail::settings::SMS_SECRET),
        form: values.text(&mail::settings::SMS_FORM),
        body: values.text(&mail::settings::SMS_BODY),
        private: values.text(&mail::settings::SMS_PRIVATE) == "true",
    };
    Gateway::new(settings).map(Some).map_err(|refused| StartError::new(refused.to_string()))
}

/// What the hash of a password costs.
pub(crate) fn hash_cost(values: &Values) -> Result<Argon2Cost, StartError> {
    let text = values.text(&settings::PASSWORD_HASH_COST);
    text.parse().map_err(|error| StartError::new(format!("password_hash_cost: {error}")))
}

fn trusted_proxies(values: &Values) -> Result<Vec<IpNet>, StartError> {
    let parse = |text: &str| {
        let single = text.parse::<std::net::IpAddr>().map(IpNet::from);
        single.or_else(|_| text.parse::<IpNet>()).map_err(|_| {
            StartError::new(format!(
                "trusted_proxies: {text:?} is no address and no network such as 10.0.0.0/8"
            ))
        })
    };
    let text = values.text(&settings::TRUSTED_PROXIES);
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(parse).collect()
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    Failure(Problem::internal("a handler panicked")).into_response()
}
