//! `user`, `apikey`, `ip` and `factor`.

use super::Program;

#[test]
fn users_are_made_locked_unlocked_and_given_passwords() {
    let program = Program::new();
    let create = ["user", "create", "jane@main", "--role", "viewer", "--password-stdin"];
    program.run_with(&create, "lantern-harbour-17\n", &[]).ok();
    program.run_with(&create, "lantern-harbour-17\n", &[]).fails(1, "already");
    program.run(&["user", "create", "kim@main"]).fails(2, "--password-stdin");
    program
        .run_with(&["user", "create", "kim@main", "--password-stdin"], "short\n", &[])
        .fails(1, "/password");
    program.run(&["user", "create", "kim@main", "--no-password"]).ok();
    program.run(&["decide", "jane@main", "read"]).ok();
    program.run(&["user", "lock", "jane@main", "--reason", "on leave"]).ok();
    program.run(&["decide", "jane@main", "read"]).expect(3);
    program.run(&["user", "unlock", "jane@main"]).ok();
    program.run(&["decide", "jane@main", "read"]).ok();
    program
        .run_with(&["user", "reset", "jane@main", "--password-stdin"], "copper-meadow-42\n", &[])
        .ok();
    program.run(&["user", "lock", "nobody@main"]).fails(1, "There is no such");
}

#[test]
fn second_factors_are_taken_away() {
    let program = Program::new();
    let create = ["user", "create", "jane@main", "--password-stdin"];
    program.run_with(&create, "lantern-harbour-17\n", &[]).ok();
    program.run(&["user", "reset-factors", "jane@main"]).ok();
    program.run(&["user", "reset-factors", "nobody@main"]).fails(1, "There is no such");
    program.run(&["user", "reset-factors"]).expect(2);
}

#[test]
fn a_password_can_be_one_to_change() {
    let program = Program::new();
    let create = ["user", "create", "jane@main", "--must-change", "--password-stdin"];
    program.run_with(&create, "lantern-harbour-17\n", &[]).ok();
    let reset = ["user", "reset", "jane@main", "--must-change", "--password-stdin"];
    program.run_with(&reset, "password123\n", &[]).fails(1, "/password");
    program.run_with(&reset, "copper-meadow-42\n", &[]).ok();
    program.run(&["user", "create", "kim@main", "--no-password", "--must-change"]).expect(2);
}

#[test]
fn what_a_hash_may_cost_is_measured() {
    let program = Program::new();
    let said = program.run(&["calibrate", "--milliseconds", "5", "--json"]).ok().output;
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["setting"], "password_hash_cost");
    assert!(said["value"].as_str().unwrap().starts_with("m="), "{said}");
    assert!(said["sign_ins_per_second"].as_f64().unwrap() > 0.0, "{said}");
    program.run(&["calibrate", "--milliseconds", "0"]).expect(2);
}

#[test]
fn keys_are_made_listed_and_revoked() {
    let program = Program::new();
    let create = ["apikey", "create", "--name", "backend", "--role", "editor", "--json"];
    let made = program.run(&create).ok().output;
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
    let listed = program.run(&["apikey", "list"]).ok().output;
    assert!(listed.contains(id) && listed.contains("backend"), "{listed}");
    assert!(!listed.contains(key), "{listed}");
    // A second key of the same account.
    let plain = program.run(&create[..6]).ok().output;
    assert!(!plain.lines().next().unwrap().contains(' '), "{plain}");
    program.run(&["apikey", "revoke", id]).ok();
    assert!(!program.run(&["apikey", "list"]).ok().output.contains(id));
    program.run(&["apikey", "create", "--name", "x", "--role", "nobody"]).fails(1, "role");
}

#[test]
fn rules_on_addresses_are_made_and_taken_back_on_the_machine() {
    let program = Program::new();
    program.run(&["user", "create", "kim@main", "--no-password"]).ok();
    program.run(&["ip", "allow", "10.0.0.0/8", "--note", "office"]).ok();
    program.run(&["ip", "block", "0.0.0.0/0"]).ok();
    program.run(&["ip", "block", "10.1.2.3/8"]).fails(1, "10.0.0.0/8");
    let listed = program.run(&["ip", "list"]).ok().output;
    assert!(listed.contains("office") && listed.contains("0.0.0.0/0"), "{listed}");
    program.run(&["ip", "remove", "0.0.0.0/0"]).ok();
    program.run(&["ip", "remove", "0.0.0.0/0"]).fails(1, "no rule");
    program.run(&["ip", "remove", "10.0.0.0/8"]).ok();
    assert!(!program.run(&["ip", "list"]).ok().output.contains("10.0.0.0"));
}

#[test]
fn rules_on_second_factors_are_made_listed_and_removed() {
    let program = Program::new();
    program.run(&["user", "create", "jane@main", "--no-password"]).ok();
    program.run(&["factor", "require"]).expect(2);
    program.run(&["factor", "require", "--realm", "main", "--role", "admin"]).expect(2);
    program.run(&["factor", "require", "--realm", "nowhere"]).fails(1, "is no realm");
    program.run(&["factor", "require", "--realm", "main", "--steps", "3"]).fails(1, "/steps");
    program.run(&["factor", "require", "--realm", "main"]).ok();
    program.run(&["factor", "require", "--role", "admin", "--method", "totp"]).ok();
    program.run(&["factor", "require", "--user", "jane@main", "--steps", "2"]).ok();
    let listed = program.run(&["factor", "list"]).ok().output;
    for part in ["realm main", "role 0", "user jane@main", "totp, "] {
        assert!(listed.contains(part), "{part:?} is not in: {listed}");
    }
    let line = listed.lines().find(|line| line.contains("jane@main")).unwrap();
    let id = line.split_whitespace().next().unwrap();
    program.run(&["factor", "remove", id]).ok();
    program.run(&["factor", "remove", id]).fails(1, "no such rule");
    program.run(&["factor", "remove", "jane@main"]).expect(2);
    assert!(!program.run(&["factor", "list"]).ok().output.contains("jane"));
}
