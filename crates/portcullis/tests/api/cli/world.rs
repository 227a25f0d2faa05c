//! `apply`, `export`, `backup`, `audit verify`: without a server, and with one.

use std::time::Duration;

use testkit::Running;

use super::Program;

const WORLD: &str = "
realms: [{name: staff}]
users: [{realm: staff, username: jane, password: {env: JANE_PASSWORD}}]
nodes: [{path: /acme, kind: application, realm: staff}, {path: /acme/x, kind: company}]
---
roles: [{name: Editor, owner: /acme, rules: [contract.edit]}]
assignments: [{user: jane@staff, role: Editor@/acme, node: /acme/x}]
";
const PASSWORD: [(&str, &str); 1] = [("JANE_PASSWORD", "lantern-harbour-17")];

#[test]
fn a_world_goes_round() {
    let first = Program::new();
    let file = first.file("world.yaml", WORLD);
    let plan = first.run_with(&["apply", "-f", &file, "--plan"], "", &PASSWORD).ok();
    assert!(
        plan.output.contains("+ jane@staff") && plan.output.contains("6 to create"),
        "{plan:?}"
    );
    let done = first.run_with(&["apply", "-f", &file], "", &PASSWORD).ok();
    assert!(done.output.contains("Applied; the revision is"), "{done:?}");
    let again = first.run_with(&["apply", "-f", &file], "", &PASSWORD).ok();
    assert!(again.output.ends_with("6 unchanged\nNothing to change.\n"), "{again:?}");
    let exported = first.run(&["export"]).ok().output;
    let second = Program::new();
    second.run_with(&["apply", "-f", "-"], &exported, &[]).ok();
    let target = second.path("out.yaml");
    second.run(&["export", "-o", target.to_str().unwrap()]).ok();
    assert_eq!(std::fs::read_to_string(target).unwrap(), exported);
}

#[test]
fn a_bad_file_is_one_line_and_changes_nothing() {
    let program = Program::new();
    let bad =
        program.file("bad.yaml", "realms: [{name: staff}]\nnodes:\n  - {path: acme, kind: x}\n");
    program.run(&["apply", "-f", &bad]).fails(
        1,
        "bad.yaml: The input has an error. /nodes/0/path: 'acme' must start with '/' (line 3",
    );
    let refused =
        program.file("refused.yaml", "realms: [{name: staff}]\nnodes: [{path: /a/b, kind: x}]\n");
    program.run(&["apply", "-f", &refused]).fails(1, "/nodes/0/path: there is no /a");
    let without = program.file("world.yaml", WORLD);
    program.run(&["apply", "-f", &without]).fails(1, "the variable JANE_PASSWORD is not set");
    program.run(&["apply", "-f", "missing.yaml"]).fails(1, "missing.yaml: No such file");
    assert!(!program.run(&["export"]).ok().output.contains("staff"));
}

#[test]
fn prune_deletes_what_the_file_lacks() {
    let program = Program::new();
    let file = program.file("world.yaml", WORLD);
    program.run_with(&["apply", "-f", &file], "", &PASSWORD).ok();
    let less =
        program.file("less.yaml", "nodes: [{path: /acme, kind: application}]\nassignments: []\n");
    let done = program.run(&["apply", "-f", &less, "--prune"]).ok();
    assert!(done.output.contains("- /acme/x") && done.output.contains("2 to delete"), "{done:?}");
}

#[test]
fn commands_use_the_control_socket_of_a_running_server() {
    let program = Program::new();
    let file = program.file("world.yaml", WORLD);
    let data = program.data().display().to_string();
    let mut server = Running::start(
        env!("CARGO_BIN_EXE_portcullis"),
        &["serve", "--data", &data, "--bind", "127.0.0.1:0"],
        &[],
    );
    server.wait_for_line("Portcullis answers at http://127.0.0.1:", Duration::from_secs(60));
    program.run_with(&["apply", "-f", &file], "", &PASSWORD).ok();
    program.run(&["decide", "jane@staff", "contract.edit", "/acme/x"]).ok();
    assert!(program.run(&["export"]).ok().output.contains("username: jane"));
    let copy = program.path("copy.db");
    program.run(&["backup", copy.to_str().unwrap()]).ok();
    assert!(copy.metadata().unwrap().len() > 0);
    let verified = program.run(&["audit", "verify"]).ok();
    assert!(verified.output.contains("unbroken"), "{verified:?}");
    let head = program.file("head", &verified.output);
    program.run(&["audit", "verify", "--head", &head]).ok();
    assert_eq!(server.stop().code(), Some(0), "{}", server.errors());
    // The same data, without the server.
    program.run(&["decide", "jane@staff", "contract.edit", "/acme/x"]).ok();
}

#[test]
fn the_demonstration_world_is_served() {
    let program = Program::new();
    let data = program.data().display().to_string();
    let mut demo = Running::start(
        env!("CARGO_BIN_EXE_portcullis"),
        &["demo", "--data", &data, "--bind", "127.0.0.1:0"],
        &[],
    );
    demo.wait_for_line("lantern-harbour-17", Duration::from_secs(120));
    for (who, permission, node, code) in [
        ("alice@staff", "anything", "/acme/france", 0),
        ("bob@staff", "contract.edit", "/acme/northwind/contract-0001", 0),
        ("bob@staff", "contract.edit", "/acme/northwind/contract-0002", 3),
        ("bob@staff", "contract.sign", "/acme/northwind/contract-0001", 3),
        ("bob@staff", "contract.view", "/acme/southbank/contract-0001", 3),
        ("carol@staff", "contract.view", "/acme/southbank/contract-0001", 0),
        ("carol@staff", "contract.edit", "/acme/southbank/contract-0001", 3),
        ("dave@clients", "contract.view", "/acme/northwind/contract-0001", 0),
        ("dave@clients", "contract.view", "/acme/northwind/contract-0002", 3),
    ] {
        program.run(&["decide", who, permission, node]).expect(code);
    }
    demo.stop();
}
