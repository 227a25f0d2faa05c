use super::*;

fn refused(text: &str) -> Problem {
    parse(text.as_bytes(), Form::Yaml).unwrap_err()
}

fn refused_json(text: &str) -> Problem {
    parse(text.as_bytes(), Form::Json).unwrap_err()
}

const DESIGN: &str = include_str!("tests/design.yaml");

#[test]
fn the_example_of_the_design_is_read() {
    let world = parse(DESIGN.as_bytes(), Form::Yaml).unwrap();
    assert_eq!(world.nodes.list.len(), 3);
    assert_eq!(
        world.users.list[0].says.groups.as_ref().unwrap()[0].to_string(),
        "clerks@/acme/companyA"
    );
    assert!(world.assignments.is_named && world.settings.is_empty());
}

#[test]
fn json_says_the_same_as_yaml() {
    let value: serde_json::Value = serde_saphyr::from_str(DESIGN).unwrap();
    let json = parse(value.to_string().as_bytes(), Form::Json).unwrap();
    assert_eq!(json, parse(DESIGN.as_bytes(), Form::Yaml).unwrap());
    assert_eq!(parse(value.to_string().as_bytes(), Form::Yaml).unwrap(), json);
}

#[test]
fn several_documents_are_one_file() {
    let yaml = "realms: [{name: a}]\n---\nrealms: [{name: b}]\nusers: []\n";
    let world = parse(yaml.as_bytes(), Form::Yaml).unwrap();
    assert_eq!(world.realms.list.len(), 2);
    assert!(world.users.is_named && !world.groups.is_named);
    let json = r#"{"realms":[{"name":"a"}]} {"realms":[{"name":"b"}],"users":[]}"#;
    assert_eq!(parse(json.as_bytes(), Form::Json).unwrap(), world);
}

#[test]
fn an_empty_file_says_nothing() {
    assert_eq!(parse(b"", Form::Yaml).unwrap(), World::default());
    assert_eq!(parse(b" \n", Form::Json).unwrap(), World::default());
}

#[test]
fn an_error_has_pointer_line_and_document() {
    let problem = refused("nodes:\n  - path: /acme\n    kind: region\n  - path: acme\n");
    assert_eq!(problem.errors()[0].pointer, "/nodes/1/path");
    insta::assert_snapshot!(problem.errors()[0].detail, @"'acme' must start with '/' (line 4, column 11)");
    let problem = refused("realms: []\n---\nusers: [{realm: a, username: b, emial: c}]\n");
    assert_eq!(problem.errors()[0].pointer, "/users/0/emial");
    let detail = &problem.errors()[0].detail;
    assert!(detail.contains("unknown field `emial`") && detail.contains("document 2"), "{detail}");
}

#[test]
fn a_json_error_has_pointer_and_line() {
    let problem =
        refused_json("{\"roles\": [\n {\"name\": \"a\", \"rules\": [\"x\", \"cust*\"]}]}");
    assert_eq!(problem.errors()[0].pointer, "/roles/0/rules/1");
    assert!(problem.errors()[0].detail.contains("line 2"), "{problem}");
    assert_eq!(refused_json("{\"roles\": [").kind(), ProblemKind::BadRequest);
    assert_eq!(refused_json("{} x").kind(), ProblemKind::BadRequest);
}

#[test]
fn the_long_form_of_a_rule_keeps_its_pointer() {
    let problem = refused("roles: [{name: a, rules: [{allow: b, whem: 'true'}]}]");
    assert_eq!(problem.errors()[0].pointer, "/roles/0/rules/0/whem");
}

#[test]
fn what_makes_small_files_large_is_refused() {
    for text in [
        "x: &a [1]\n",
        "nodes: &a []\nusers: *a\n",
        "a: &a {}\nnodes: {<<: *a}\n",
        "nodes: []\nnodes: []\n",
    ] {
        assert!(parse(text.as_bytes(), Form::Yaml).is_err(), "{text}");
    }
    let deep = format!("nodes: {}", "[".repeat(100_000));
    assert!(parse(deep.as_bytes(), Form::Yaml).is_err());
    let deep = format!("{{\"nodes\": {}", "[".repeat(100_000));
    assert!(parse(deep.as_bytes(), Form::Json).is_err());
}

#[test]
fn a_second_key_of_json_is_refused() {
    assert!(parse(br#"{"nodes":[],"nodes":[]}"#, Form::Json).is_err());
}

#[test]
fn words_are_not_taken_for_truth() {
    // YAML 1.1 reads `no` and `on` as truth values; the country and the switch are then something else.
    let world = parse(b"realms: [{name: no}, {name: on}]", Form::Yaml).unwrap();
    assert_eq!(world.realms.list[0].says.name.as_str(), "no");
}

#[test]
fn a_password_is_in_no_message_and_no_debug() {
    let text = "users: [{realm: a, username: b, password: hunter2}]";
    let world = parse(text.as_bytes(), Form::Yaml).unwrap();
    assert!(!format!("{world:?}").contains("hunter2"));
    let problem = refused("users: [{realm: a, username: b, password: {hunter2: x}}]");
    assert!(!problem.to_string().contains("hunter2"), "{problem}");
}
