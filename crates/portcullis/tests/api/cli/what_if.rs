//! `what-if`: without a server, and with one.

use std::time::Duration;

use testkit::Running;

use super::Program;

const WORLD: &str = "
nodes: [{path: /acme, kind: tree}, {path: /acme/x, kind: leaf}]
users: [{realm: main, username: jane}]
roles: [{name: Editor, owner: /acme, rules: [contract.edit]}]
";
const CHANGE: &str = "
users: [{realm: main, username: kim, password: {env: NOT_SET}}]
assignments:
  - {user: jane@main, role: Editor@/acme, node: /acme}
  - {user: kim@main, role: Editor@/acme, node: /acme/x}
";

#[test]
fn it_tells_who_gains_and_changes_nothing() {
    let program = Program::new();
    let world = program.file("world.yaml", WORLD);
    program.run(&["what-if", "-f", &world]).fails(1, "there are no data");
    program.run(&["apply", "-f", &world]).ok();
    let exported = program.run(&["export"]).ok().output;
    let change = program.file("change.yaml", CHANGE);
    let asked = ["what-if", "-f", &change, "--permission", "contract.edit"];
    let told = program.run(&asked).ok().output;
    let expected = "/main/jane\n  + contract.edit: /acme, /acme/x\n/main/kim (new)\n  + contract.edit: /acme/x\n2 gain, 0 lose\nNothing was changed.\n";
    assert_eq!(told, expected);
    assert_eq!(program.run(&["export"]).ok().output, exported);
    let narrow = program.run(&[&asked[..], &["--subject", "/main/kim", "--json"]].concat()).ok();
    let answer: serde_json::Value = serde_json::from_str(&narrow.output).unwrap();
    assert_eq!((&answer["total"], &answer["items"][0]["new"]), (&1.into(), &true.into()));
    let data = program.data().display().to_string();
    let mut server = Running::start(
        env!("CARGO_BIN_EXE_portcullis"),
        &["serve", "--data", &data, "--bind", "127.0.0.1:0"],
        &[],
    );
    server.wait_for_line("Portcullis answers at http://127.0.0.1:", Duration::from_secs(60));
    assert_eq!(program.run(&asked).ok().output, expected);
    assert_eq!(server.stop().code(), Some(0), "{}", server.errors());
}

#[test]
fn a_bad_question_is_one_line() {
    let program = Program::new();
    let world = program.file("world.yaml", WORLD);
    program.run(&["apply", "-f", &world]).ok();
    let refused = program.file("refused.yaml", "nodes: [{path: /none/b, kind: x}]\n");
    program.run(&["what-if", "-f", &refused]).fails(1, "/change/nodes/0/path: there is no /none");
    let bad = program.file("bad.yaml", "nodes:\n  - {path: acme}\n");
    program.run(&["what-if", "-f", &bad]).fails(1, "bad.yaml: The input has an error.");
    program.run(&["what-if", "--unassign", "x"]).fails(1, "/remove/assignments/0");
    program.run(&["what-if"]).expect(2);
}
