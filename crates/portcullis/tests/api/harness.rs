//! A server in this process, with a database of its own and a clock that stands still.

use std::net::SocketAddr;

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use portcullis::{
    compose::{App, Outside},
    settings::Values,
};
use serde_json::json;
use signin::FirstStart;
use tempfile::TempDir;
use testkit::{Answer, Backend, Client, FixedClock, OsEntropy, TestDatabase};
use tokio::{
    net::TcpListener,
    task::{AbortHandle, JoinHandle},
};

/// The first superuser.
pub const ROOT: &str = "root";
/// The password of every user that the harness makes.
pub const PASSWORD: &str = "correct horse battery";
/// As the `public_address`: where a browser on this machine finds the server. There it has passkeys, as with TLS.
pub const AT_LOCALHOST: (&str, &str) = ("public_address", "http://localhost:0");
const APP_KEY: &str = "c2V2ZW50ZWVuIGdyZWVuIGJvdHRsZXMgaGFuZ2luZyBvbg==";

/// A running server.
pub struct Server {
    /// The address for everybody.
    pub base: String,
    /// The address where everybody is the operator of the machine: what the control socket is.
    pub operator_base: String,
    /// The clock: it moves only when told.
    pub clock: FixedClock,
    /// The server itself, for what cannot be seen over HTTP.
    pub app: App,
    /// What its start did about the first user.
    pub first_start: FirstStart,
    /// Follows other servers on the same database; ends with the reason why this one must.
    pub following: Option<JoinHandle<String>>,
    tasks: Vec<AbortHandle>,
    _directory: TempDir,
    _database: Option<TestDatabase>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl Server {
    /// A new server with the superuser `root` in the realm `main`.
    pub async fn start(backend: Backend) -> Self {
        Self::with_settings(backend, &[]).await
    }

    /// The same, with settings.
    pub async fn with_settings(backend: Backend, more: &[(&str, &str)]) -> Self {
        let directory = testkit::directory();
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(testkit::database().await),
        };
        Self::open(directory, database, more).await
    }

    /// A server on a PostgreSQL database that others may use too, with a directory of its own. It follows them.
    pub async fn beside(url: &str, more: &[(&str, &str)]) -> Self {
        let shared = [("database", url), ("public_address", "http://portcullis.test")];
        let settings = [&shared, more].concat();
        let mut server = Self::open(testkit::directory(), None, &settings).await;
        let values = Values::from_flags(&settings).unwrap();
        let follower = server.app.follower(&values).await.unwrap().unwrap();
        let following = tokio::spawn(follower.run());
        server.tasks.push(following.abort_handle());
        server.following = Some(following);
        server
    }

    async fn open(
        directory: TempDir,
        database: Option<TestDatabase>,
        more: &[(&str, &str)],
    ) -> Self {
        let data = directory.path().join("data").display().to_string();
        let mut flags = vec![
            ("data", data.as_str()),
            ("app_key", APP_KEY),
            ("init_root_username", ROOT),
            ("init_root_password", PASSWORD),
        ];
        if let Some(database) = &database {
            flags.push(("database", &database.url));
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let control = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, operator) = (listener.local_addr().unwrap(), control.local_addr().unwrap());
        let here = format!("http://localhost:{}", address.port());
        for flag in more {
            flags.push(if *flag == AT_LOCALHOST { (flag.0, here.as_str()) } else { *flag });
        }
        let values = Values::from_flags(&flags).unwrap();
        let clock = FixedClock::at("2026-06-01T00:00:00Z".parse::<Timestamp>().unwrap());
        let app =
            App::open(&values, Outside::new(clock.clone(), OsEntropy), address).await.unwrap();
        let first_start = app.see_to_first_user(&values).await.unwrap();
        let tasks = vec![serve(listener, app.router()), serve(control, app.operator_router())];
        Self {
            base: format!("http://{address}"),
            operator_base: format!("http://{operator}"),
            clock,
            app,
            first_start,
            following: None,
            tasks,
            _directory: directory,
            _database: database,
        }
    }

    /// The same data under a new process, as after a restart. The clock goes on.
    pub async fn restart(mut self, more: &[(&str, &str)]) -> Self {
        self.tasks.iter().for_each(AbortHandle::abort);
        let now = self.clock.now();
        let directory = std::mem::replace(&mut self._directory, testkit::directory());
        let database = self._database.take();
        self.app.system().database().clone().close().await.unwrap();
        drop(self);
        let server = Self::open(directory, database, more).await;
        server.clock.set(now);
        server
    }

    /// Keeps the database that it shares with others for as long as it lives.
    pub fn keep(&mut self, database: TestDatabase) {
        self._database = Some(database);
    }

    /// Ends it, and lets go of the data.
    pub async fn stop(self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.app.system().database().clone().close().await.unwrap();
    }

    /// Nobody.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base)
    }

    /// A new browser, whose pages are of this site.
    pub fn browser(&self) -> Client {
        self.anonymous().with_cookies().with_header("origin", &self.base)
    }

    /// The browser of a user of `main`, signed in with a cookie.
    pub async fn browser_of(&self, username: &str) -> Client {
        let browser = self.browser();
        let input = json!({"type": "password", "authentication_id": username, "secret": PASSWORD,
            "session": "cookie"});
        browser.post("/auth/login", input).await.expect(200);
        browser
    }

    /// The answer to a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.anonymous().post_form("/auth/token", &form).await
    }

    /// The operator of the machine.
    pub fn operator(&self) -> Client {
        Client::new(&self.operator_base)
    }

    /// The first superuser, signed in.
    pub async fn root(&self) -> Client {
        self.sign_in("main", ROOT, PASSWORD).await
    }

    /// Somebody, signed in.
    pub async fn sign_in(&self, realm: &str, username: &str, password: &str) -> Client {
        let input = json!({"type": "password", "authentication_id": username, "secret": password, "realm": realm});
        let answer = self.anonymous().post("/auth/login", input).await.expect(200);
        self.anonymous().with_bearer(answer.text_at("/access_token"))
    }

    /// A new user of the realm `main` with these built-in roles at `$global`, signed in.
    pub async fn user(&self, username: &str, roles: &[&str]) -> Client {
        self.user_of("main", username, roles).await
    }

    /// A new user of a realm, which must exist.
    pub async fn user_of(&self, realm: &str, username: &str, roles: &[&str]) -> Client {
        let input = json!({"username": username, "password": PASSWORD, "roles": roles});
        self.operator().post(&format!("/api/v1/realms/{realm}/users"), input).await.expect(201);
        self.sign_in(realm, username, PASSWORD).await
    }

    /// A port where Envoy may ask.
    pub async fn ext_authz(&mut self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        self.tasks.push(serve(listener, self.app.ext_authz_router()));
        address
    }

    /// Time passes.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

fn serve(listener: TcpListener, router: axum::Router) -> AbortHandle {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await }).abort_handle()
}

/// A secret that is another by its last character, whatever that was.
pub fn with_another_end(secret: &str) -> String {
    let (rest, last) = secret.split_at(secret.len() - 1);
    format!("{rest}{}", if last == "x" { "y" } else { "x" })
}
