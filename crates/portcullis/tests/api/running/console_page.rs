//! The console's files, over HTTP. What it does is tried in a browser, in `console/e2e`.

use std::path::Path;

use testkit::Backend;

use crate::harness::Server;

/// Where `make console` leaves the page. Without it the server says how to make it.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../console/built/pages");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_of_it_is_its_page_under_a_strict_policy() {
    let server = Server::start(Backend::Sqlite).await;
    let client = server.anonymous();
    assert_eq!(client.get("/console").await.expect(308).header("location"), Some("/console/"));
    let mut policies = Vec::new();
    for path in ["/console/", "/console/tree", "/console/people/realms/staff"] {
        let answer = client.get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let policy = answer.header("content-security-policy").unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        policies.push(policy);
    }
    if Path::new(BUILT).exists() {
        policies.sort_unstable();
        policies.dedup();
        assert_eq!(policies.len(), 3, "a value of the policy was used twice: {policies:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_but_its_own_files_is_served() {
    let server = Server::start(Backend::Sqlite).await;
    let client = server.anonymous();
    for name in
        ["none.js", "..%2Findex.html", "..%2F.gitignore", "..%2F..%2F..%2Fopenapi.json", "%00.js"]
    {
        client.get(&format!("/console/assets/{name}")).await.expect(404);
    }
    client.post("/console/", serde_json::json!({})).await.expect(405);
}
