//! What passwords are taken, wherever one is set.

use serde_json::{Value, json};
use testkit::{Answer, Backend, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

async fn set(server: &Server, settings: Value) {
    server.operator().put("/api/v1/settings/password", settings).await.expect(200);
}

/// An administrator gives jane a password.
async fn reset(server: &Server, password: &str) -> Answer {
    let path = "/api/v1/realms/main/users/jane/password";
    server.operator().put(path, json!({"password": password})).await
}

async fn refused(server: &Server, password: &str) -> String {
    let answer = reset(server, password).await.expect(422);
    assert_eq!(answer.problem_pointer(), Some("/password"), "{password}");
    answer.body["errors"].to_string()
}

on_both! {
    async fn each_rule_is_a_live_setting(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        set(&server, json!({"min_score": 0})).await;
        let long = "x".repeat(21);
        let rules = [
            (json!({"min_length": 12}), "elevenchars", "twelve chars", "at least 12"),
            (json!({"max_length": 20, "min_length": null}), long.as_str(), "twenty characters", "at most 20"),
            (json!({"complexity": "letters_and_digits"}), "lettersonly", "letters4nd", "letters and digits"),
            (json!({"complexity": "letters_digits_and_symbols"}), "letters4nd", "letters-4nd", "symbols"),
            (json!({"complexity": "digits_upper_and_lower"}), "letters-4nd", "Letters4nd", "upper-case and lower-case"),
            (json!({"complexity": "all_four"}), "Letters4nd", "Letters-4nd", "and symbols"),
            (json!({"complexity": "three_of_four"}), "letters4nd", "letters-4nd", "three of"),
            (json!({"complexity": null, "require_uppercase": true}), "lettersonly", "Lettersonly", "upper-case"),
            (json!({"require_uppercase": null, "require_number": true}), "lettersonly", "letters4nd", "a digit"),
            (json!({"require_number": null, "require_special": true}), "lettersonly", "letters only", "special"),
            (json!({"require_special": null}), "my-JANE-1", "lettersonly", "own name"),
            (json!({"refuse_names": false}), "short", "my-jane-1", "at least 8"),
            (json!({"min_score": 2}), "password1", "lantern-harbour", "too easy to guess"),
        ];
        for (settings, bad, good, why) in rules {
            set(&server, settings).await;
            let told = refused(&server, bad).await;
            assert!(told.contains(why), "{bad}: {told}");
            reset(&server, good).await.expect(204);
        }
    }

    async fn everybody_may_read_what_is_asked_for(backend: Backend) {
        let server = Server::start(backend).await;
        let read = async || server.anonymous().get("/auth/password/policy").await.expect(200).body;
        let usual = read().await;
        assert_eq!((&usual["min_length"], &usual["complexity"]), (&json!(8), &json!("none")));
        set(&server, json!({"min_length": 20, "max_length": 10, "complexity": "all_four", "refuse_names": false})).await;
        let policy = read().await;
        // As it is enforced: a longest below the shortest counts as the shortest.
        assert_eq!((&policy["min_length"], &policy["max_length"]), (&json!(20), &json!(20)));
        assert_eq!((&policy["complexity"], &policy["refuse_names"]), (&json!("all_four"), &json!(false)));
    }

    async fn a_setting_is_refused_that_means_nothing(backend: Backend) {
        let server = Server::start(backend).await;
        for (name, value) in [("complexity", "strong"), ("history", "25"), ("min_score", "5"), ("valid_days", "-1")] {
            let path = "/api/v1/settings/password";
            let answer = server.operator().put(path, json!({name: value})).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some(format!("/{name}").as_str()));
        }
    }

    async fn a_common_password_is_refused_wherever_one_is_set(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let root = server.root().await;
        for common in ["password123", "P@ssw0rd1", "qwertyuiop", "iloveyou1"] {
            let user = json!({"username": "weak", "password": common});
            let answer = root.post("/api/v1/realms/main/users", user.clone()).await.expect(422);
            assert_eq!(answer.problem_pointer(), Some("/password"));
            root.post("/auth/users", user).await.expect(400);
            refused(&server, common).await;
            let change = json!({"old_password": PASSWORD, "new_password": common});
            let answer = jane.post("/auth/password", change).await.expect(400);
            assert_eq!(answer.problem_pointer(), Some("/new_password"));
            let world = json!({"users": [{"realm": "main", "username": "weak", "password": common}]});
            root.post("/api/v1/world", world).await.expect(422);
            try_login(&server, "weak", common).await.expect(401);
        }
    }

    async fn the_last_passwords_are_not_taken_again(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        set(&server, json!({"history": 3})).await;
        let passwords = ["first grey stone", "second grey stone", "third grey stone"];
        for password in passwords {
            server.advance(1);
            reset(&server, password).await.expect(204);
        }
        for password in passwords {
            assert!(refused(&server, password).await.contains("last 3 passwords"));
        }
        // The one that the user was made with is the fourth.
        server.advance(1);
        reset(&server, PASSWORD).await.expect(204);
        server.advance(1);
        reset(&server, "first grey stone").await.expect(204);
        set(&server, json!({"history": 2})).await;
        reset(&server, "third grey stone").await.expect(204);
    }

    async fn ones_own_change_is_a_change(backend: Backend) {
        let server = Server::start(backend).await;
        let jane = server.user("jane", &[]).await;
        let same = json!({"old_password": PASSWORD, "new_password": PASSWORD});
        let answer = jane.post("/auth/password", same).await.expect(400);
        assert!(answer.body["errors"].to_string().contains("is the present password"));
    }
}
