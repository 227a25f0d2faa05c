//! `/docs` in a browser, under the policy that it is served with.

use axum::{Router, http::header, response::Html, routing::get};
use testkit::{Backend, Running};

use crate::harness::Server;

/// A name that is not the machine's own: Swagger UI behaves differently at `localhost`.
const NAME: &str = "docs.example";
/// What is asked of Chromium always: no sandbox, as root has none; no requests of its own.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--enable-logging=stderr",
    // Only what is mapped is found, so that nothing leaves the machine.
    "--host-resolver-rules=MAP docs.example 127.0.0.1, MAP * ~NOTFOUND",
    // Time goes on when nothing is loading: the page is shown when its scripts have run.
    "--virtual-time-budget=30000",
    "--dump-dom",
];

/// What a browser made of a page.
struct Seen {
    /// The document after its scripts ran.
    document: String,
    /// What the console said, violations of the policy among it.
    console: Vec<String>,
    /// The hosts that the page asked for something.
    hosts: Vec<String>,
}

async fn browse(base: &str, path: &str) -> Seen {
    let url = format!("{}{path}", base.replace("127.0.0.1", NAME));
    tokio::task::spawn_blocking(move || look(&url)).await.unwrap()
}

fn look(url: &str) -> Seen {
    let profile = testkit::directory();
    let log = profile.path().join("net.json");
    let own = [
        format!("--user-data-dir={}", profile.path().display()),
        format!("--log-net-log={}", log.display()),
        url.to_owned(),
    ];
    let arguments: Vec<&str> = FLAGS.into_iter().chain(own.iter().map(String::as_str)).collect();
    let mut browser = Running::start("chromium", &arguments, &[]);
    let status = browser.wait();
    assert!(status.success(), "{status}: {}", browser.errors());
    let errors = browser.errors();
    let console = errors.lines().filter(|line| line.contains(":CONSOLE:")).map(str::to_owned);
    let requests = std::fs::read_to_string(&log).unwrap();
    Seen { document: browser.output(), console: console.collect(), hosts: hosts(&requests) }
}

/// The hosts in a log of Chromium's network service: a line for each event, a request with its address and with the
/// page that it came from. Chromium has requests of its own, which come from no page and find no host.
fn hosts(log: &str) -> Vec<String> {
    let mut hosts: Vec<String> = log
        .lines()
        .filter(|line| line.contains("\"initiator\":\"http"))
        .filter_map(|line| line.split("\"url\":\"").nth(1)?.split('"').next())
        .filter_map(|url| url::Url::parse(url).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https" | "ws" | "wss"))
        .filter_map(|url| url.host_str().map(str::to_owned))
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_the_operations_and_keeps_to_its_policy() {
    let server = Server::start(Backend::Sqlite).await;
    // The second opens an operation, with its forms and schemas.
    for path in ["/docs/", "/docs/#/running/health"] {
        let seen = browse(&server.base, path).await;
        for operation in ["/health", "/api/v1/backup"] {
            let mark = format!("data-path=\"{operation}\"");
            assert!(seen.document.contains(&mark), "{path}: {operation} is not shown");
        }
        assert_eq!(seen.console, Vec::<String>::new(), "{path}");
        assert_eq!(seen.hosts, [NAME], "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_page_loads_has_the_policy() {
    let server = Server::start(Backend::Sqlite).await;
    let client = server.anonymous();
    let redirected = client.get("/docs").await.expect(303);
    assert_eq!(redirected.header("location"), Some("/docs/"));
    for path in ["/docs/", "/docs/swagger-initializer.js", "/docs/swagger-ui.css"] {
        let answer = client.get(path).await.expect(200);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

/// The test above could not fail if the browser kept silent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_tells_of_what_the_policy_forbids() {
    const PAGE: &str = "<!DOCTYPE html><style>p {}</style><script>document.title = 'ran'</script>
        <p id=here><img src='http://elsewhere.example/a.png'>";
    let policy = [(header::CONTENT_SECURITY_POLICY, "style-src 'self'; script-src 'self'")];
    let router = Router::new().route("/", get(move || async move { (policy, Html(PAGE)) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let seen = browse(&base, "/").await;
    serving.abort();
    assert!(seen.document.contains("id=\"here\""), "{}", seen.document);
    let violations = seen.console.iter().filter(|line| line.contains("Content Security Policy"));
    assert_eq!(violations.count(), 2, "{:?}", seen.console);
    // Whether the page's own host is asked once more, for its icon, is up to the browser.
    assert!(seen.hosts.iter().any(|host| host == "elsewhere.example"), "{:?}", seen.hosts);
}
