use serde_json::json;
use testkit::Proxy;

use super::{number, soon};
use crate::harness::Server;

/// A server that writes, and one that sees the database through a network that may fall silent.
struct Far {
    near: Server,
    far: Server,
    proxy: Proxy,
    _database: testkit::TestDatabase,
}

impl Far {
    async fn start() -> Self {
        let database = testkit::database().await;
        let mut url = url::Url::parse(&database.url).unwrap();
        let address = format!("127.0.0.1:{}", url.port().unwrap());
        let proxy = Proxy::to(address.parse().unwrap()).await;
        url.set_port(Some(proxy.address().port())).unwrap();
        let near = Server::beside(&database.url, &[]).await;
        let far = Server::beside(url.as_str(), &[]).await;
        Self { near, far, proxy, _database: database }
    }

    /// Writes on the near one, and waits until the far one shows it without being asked for a revision.
    async fn follows(&self, name: &str) {
        self.near
            .operator()
            .post("/api/v1/applications", json!({"name": name, "realm": "main"}))
            .await
            .expect(201);
        let head = number(&self.near, "SELECT revision FROM head").await;
        soon(name, async || self.far.app.system().state().revision.0 == head.unsigned_abs()).await;
    }

    async fn far_status(&self, path: &str) -> u16 {
        self.far.operator().get(path).await.status.as_u16()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listening_connection_that_dies_is_opened_again() {
    let far = Far::start().await;
    far.follows("before").await;
    let kill = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name IN ('portcullis listener', 'portcullis watch', 'portcullis server')
        AND datname = current_database()";
    assert!(number(&far.near, kill).await >= 4);
    far.follows("after").await;
    let listening =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'portcullis listener'
        AND datname = current_database()";
    soon("listening", async || number(&far.near, listening).await == 2).await;
}

/// The connections look alive and say nothing, one after the other and together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_hide_nothing() {
    let far = Far::start().await;
    far.follows("before").await;
    for name in ["listener", "watch", "server"] {
        // The listener comes a moment after the start.
        soon(name, async || far.proxy.silence(&format!("portcullis {name}")) == 1).await;
        far.follows(name).await;
    }
    assert!(far.proxy.silence("portcullis ") >= 1);
    far.follows("all").await;
    assert_eq!(far.far_status("/readyz").await, 200);
}

/// As when the machine of the database fails and another one takes its address: what was open never answers again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_never_answer_again_are_replaced() {
    let far = Far::start().await;
    far.follows("before").await;
    far.far_status("/api/v1/nodes").await;
    assert!(far.proxy.silence("") >= 5);
    let write = async |name: &str| {
        let input = json!({"name": name, "realm": "main"});
        far.far.operator().post("/api/v1/applications", input).await.status.as_u16()
    };
    soon("a read", async || far.far_status("/api/v1/nodes").await == 200).await;
    soon("a write", async || matches!(write("from-afar").await, 201 | 409)).await;
    far.follows("after").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_of_sight_of_the_database_it_answers_nothing() {
    let far = Far::start().await;
    far.follows("before").await;
    far.proxy.silence_new(true);
    assert!(far.proxy.silence("") >= 3);
    soon("the refusal", async || far.far_status("/api/v1/settings").await == 503).await;
    let question = json!({"permission": "read"});
    let refused =
        far.far.operator().post("/api/v1/access/decide", question.clone()).await.expect(503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    let login = json!({"type": "password", "authentication_id": "root", "secret": "wrong horse"});
    far.far.anonymous().post("/auth/login", login).await.expect(503);
    assert_eq!(far.far_status("/readyz").await, 503);
    assert_eq!(far.far_status("/livez").await, 200);
    assert_eq!(far.far_status("/health").await, 200);
    // The other one is not touched by it.
    far.near.operator().post("/api/v1/access/decide", question.clone()).await.expect(200);

    far.proxy.speak();
    soon("the return", async || far.far_status("/api/v1/settings").await == 200).await;
    far.follows("after").await;
    far.far.operator().post("/api/v1/access/decide", question).await.expect(200);
    assert_eq!(far.far_status("/readyz").await, 200);
}
