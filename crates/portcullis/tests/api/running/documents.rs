use std::{collections::BTreeSet, fmt::Write};

use portcullis::settings::declared;
use testkit::{Backend, on_both};

use crate::harness::Server;

on_both! {
    async fn every_operation_declares_what_it_asks(backend: Backend) {
        let server = Server::start(backend).await;
        let document = server.anonymous().get("/openapi.json").await.expect(200).body;
        assert_eq!(document["openapi"], "3.1.0");
        let mut names = BTreeSet::new();
        let mut catalogue = String::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let permission = operation["x-permission"].as_str().unwrap_or("");
                let name = operation["operationId"].as_str().unwrap_or("");
                assert!(!permission.is_empty(), "{method} {path} declares no x-permission");
                assert!(names.insert(name.to_owned()), "{method} {path}: {name} names two operations");
                writeln!(catalogue, "{name:26} {permission:20} {} {path}", method.to_uppercase()).unwrap();
            }
        }
        insta::assert_snapshot!("catalogue_of_operations", catalogue);
    }
}

#[test]
fn every_setting_is_in_the_catalogue() {
    let mut catalogue = String::new();
    for setting in declared() {
        let default = if setting.default.is_empty() { "(none)" } else { setting.default };
        let secret = if setting.secret { ", secret" } else { "" };
        writeln!(
            catalogue,
            "{} = {default} ({:?}{secret})\n    {}",
            setting.key, setting.kind, setting.help
        )
        .unwrap();
    }
    insta::assert_snapshot!("catalogue_of_settings", catalogue);
}

/// What the console's client is made from. `INSTA_UPDATE=always` writes it anew, as it does the snapshots.
#[tokio::test]
async fn the_document_in_the_tree_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../console/openapi.json");
    let server = Server::start(Backend::Sqlite).await;
    let document = server.anonymous().get("/openapi.json").await.expect(200).body;
    let served = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept != served && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        return std::fs::write(path, served).unwrap();
    }
    // Not `assert_eq`: it would print all of both.
    assert!(kept == served, "console/openapi.json is old: run this test with INSTA_UPDATE=always");
}
