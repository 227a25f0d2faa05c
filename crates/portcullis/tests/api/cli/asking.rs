//! `decide`, `explain`, `nodes`, `subjects`, `permissions`, `settings`, and wrong usage.

use super::Program;

const WORLD: &str = "
nodes: [{path: /acme, kind: tree}]
users: [{realm: main, username: jane}]
assignments: [{user: jane@main, role: viewer, node: /acme}]
";

#[test]
fn the_exit_code_is_the_decision() {
    let program = Program::new();
    let file = program.file("world.yaml", WORLD);
    program.run(&["apply", "-f", &file]).ok();
    assert_eq!(program.run(&["decide", "jane@main", "read", "/acme"]).ok().output, "allow\n");
    assert_eq!(program.run(&["decide", "jane@main", "write", "/acme"]).expect(3).output, "deny\n");
    assert_eq!(program.run(&["decide", "jane@main", "read"]).expect(3).output, "deny\n");
    let answer = program.run(&["decide", "jane@main", "read", "/acme", "--json"]).ok().output;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["decision"], "allow");
    let why = program.run(&["explain", "jane@main", "read", "/acme"]).ok().output;
    assert!(why.starts_with("allow: ") && why.contains("viewer"), "{why}");
    program.run(&["decide", "nobody@main", "read", "/acme"]).expect(3);
    program.run(&["decide", "jane@main", "no such name", "/acme"]).fails(1, "/permission");
}

#[test]
fn lists_are_tables_or_json() {
    let program = Program::new();
    let world = "
nodes: [{path: /acme, kind: tree}, {path: /acme/a, kind: leaf}, {path: /acme/b, kind: leaf}]
users: [{realm: main, username: jane}]
permissions: [{name: read, owner: /acme}, {name: pay, owner: /acme}]
assignments: [{user: jane@main, role: viewer, node: /acme}]
";
    let file = program.file("world.yaml", world);
    program.run(&["apply", "-f", &file]).ok();
    let nodes = ["nodes", "jane@main", "read", "--kind", "leaf", "--limit", "1"];
    let shown = program.run(&nodes).ok().output;
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[..2], ["KIND  NODE", "leaf  /acme/a"]);
    let cursor = lines[2].strip_prefix("1 of 2; the next page: --cursor ").unwrap();
    let next = [&nodes[..], &["--cursor", cursor, "--json"]].concat();
    let answer = program.run(&next).ok().output;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["items"][0]["path"], &answer["total"]), (&"/acme/b".into(), &2.into()));
    assert!(answer.get("next_cursor").is_none());
    let under = program.run(&["nodes", "jane@main", "read", "--under", "/acme/b"]).ok().output;
    assert_eq!(under, "KIND  NODE\nleaf  /acme/b\n1 of 1\n");
    let shown = program.run(&["subjects", "read", "/acme/a"]).ok().output;
    assert_eq!(shown, "KIND  REALM  NAME\nuser  main   jane\n1 of 1\n");
    let shown = program.run(&["permissions", "jane@main", "/acme"]).ok().output;
    assert!(shown.lines().any(|name| name == "read"), "{shown}");
    assert!(!shown.lines().any(|name| name == "pay"), "{shown}");
    program.run(&["nodes", "jane@main", "read", "--cursor", "x"]).fails(1, "/cursor");
}

#[test]
fn a_filter_is_printed_with_its_parameters() {
    let program = Program::new();
    let file = program.file("world.yaml", WORLD);
    program.run(&["apply", "-f", &file]).ok();
    let ask = ["filter", "jane@main", "read", "--dialect", "postgresql", "--label", "n.label"];
    // Of so few nodes each row is tested, unless one asks otherwise.
    let shown = program.run(&ask).ok().output;
    assert!(shown.contains("\"n\".\"label\" >= "), "{shown}");
    let shown = program.run(&[&ask[..], &["--form", "probe"]].concat()).ok().output;
    assert!(shown.contains("\"n\".\"label\" = ANY"), "{shown}");
    assert!(shown.contains("\n$1 = \"{"), "{shown}");
    let more = [
        "--node",
        "c.node",
        "--column",
        "x=c.x:text",
        "--first-parameter",
        "7",
        "--form",
        "test",
        "--json",
    ];
    let answer = program.run(&[&ask[..], &more].concat()).ok().output;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["form"], "test");
    program
        .run(&["filter", "jane@main", "read", "--dialect", "mysql", "--label", "n.label"])
        .expect(2);
    let bare = ["filter", "jane@main", "read", "--dialect", "sqlite", "--label", "label"];
    program.run(&bare).fails(1, "/label");
}

#[test]
fn wrong_usage_is_2() {
    let program = Program::new();
    for arguments in
        [&["fly"][..], &["apply"], &["decide", "jane", "read"], &["user", "create", "jane"]]
    {
        program.run(arguments).expect(2);
    }
    program.run(&["export", "--server", "http://127.0.0.1:1"]).fails(2, "PORTCULLIS_API_KEY");
    let key = [("PORTCULLIS_API_KEY", "secret")];
    program.run_with(&["export", "--server", "http://example.com"], "", &key).fails(2, "https");
    program
        .run_with(&["export", "--server", "http://127.0.0.1:1"], "", &key)
        .fails(1, "does not answer");
}

#[test]
fn settings_tell_where_they_come_from_and_no_secrets() {
    let program = Program::new();
    program.file("portcullis.toml", "log = \"warn\"\n");
    let variables = [("APP_KEY", "c2V2ZW50ZWVuIGdyZWVuIGJvdHRsZXMgaGFuZ2luZyBvbg==")];
    let shown =
        program.run_with(&["settings", "--bind", "127.0.0.1:9"], "", &variables).ok().output;
    let line = |key: &str| {
        let mut lines = shown.lines().filter(|line| line.split_whitespace().next() == Some(key));
        lines.next().unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(line("bind")[1..3], ["127.0.0.1:9", "flag"]);
    assert_eq!(line("log")[1..3], ["warn", "file"]);
    assert_eq!(line("app_key")[1..3], ["(secret)", "environment"]);
    assert!(!shown.contains("c2V2ZW50"), "{shown}");
    program.file("portcullis.toml", "colour = \"red\"\n");
    program.run(&["settings"]).fails(2, "colour");
}
