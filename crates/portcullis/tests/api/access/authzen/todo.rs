//! The Todo application of the working group's interoperability events: five people with three roles, who may change
//! what is theirs. The owner of a todo comes with the question.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::authzen::{EVALUATIONS, Pep, decisions};

const TODO_OF_RICK: &str = "7240d0db-8ff0-41ec-98b2-34a096273b92";
const TODO_OF_MORTY: &str = "7240d0db-8ff0-41ec-98b2-34a096273b91";
const TODO_OF_SUMMER: &str = "7240d0db-8ff0-41ec-98b2-34a096273b93";
const TODO_OF_BETH: &str = "7240d0db-8ff0-41ec-98b2-34a096273b94";
const TODO_OF_JERRY: &str = "7240d0db-8ff0-41ec-98b2-34a096273b95";

/// A person, his own todo, and whether he edits and administers.
const PEOPLE: [(&str, &str, bool, bool); 5] = [
    ("rick@the-citadel.com", TODO_OF_RICK, true, true),
    ("morty@the-citadel.com", TODO_OF_MORTY, true, false),
    ("summer@the-smiths.com", TODO_OF_SUMMER, true, false),
    ("beth@the-smiths.com", TODO_OF_BETH, false, false),
    ("jerry@the-smiths.com", TODO_OF_JERRY, false, false),
];

fn world() -> Value {
    let own = "resource.ownerID == subject.username";
    let todos = PEOPLE.map(|(_, todo, ..)| todo).into_iter().chain(["todo-1"]);
    let todos = todos.map(|todo| json!({"path": format!("/todos/{todo}"), "kind": "todo"}));
    let nodes: Vec<Value> =
        std::iter::once(json!({"path": "/todos", "kind": "application"})).chain(todos).collect();
    let permissions = vec![
        "can_read_user",
        "can_read_todos",
        "can_create_todo",
        "can_update_todo",
        "can_delete_todo",
    ];
    let registered: Vec<Value> = permissions.iter().map(|name| json!({"name": name})).collect();
    let role = |(_, _, edits, administers): (&str, &str, bool, bool)| match (edits, administers) {
        (_, true) => "Admin",
        (true, _) => "Editor",
        _ => "Viewer",
    };
    let assignment = |person: (&str, &str, bool, bool)| json!({"user": format!("{}@main", person.0), "role": role(person)});
    let users = PEOPLE.map(|(name, ..)| json!({"realm": "main", "username": name}));
    let assignments = PEOPLE.map(assignment);
    json!({
        "users": users,
        "nodes": nodes,
        "permissions": registered,
        "roles": [
            {"name": "Viewer", "rules": ["can_read_user", "can_read_todos"]},
            {"name": "Editor", "rules": ["can_read_user", "can_read_todos", "can_create_todo",
                {"allow": "can_update_todo", "when": own}, {"allow": "can_delete_todo", "when": own}]},
            {"name": "Admin", "rules": permissions},
        ],
        "assignments": assignments,
    })
}

on_both! {
    async fn everybody_may_what_the_scenario_says(backend: Backend) {
        let pep = Pep::start(backend, world()).await;
        for (person, own, edits, administers) in PEOPLE {
            let todo = |id: &str, owner: &str| json!({"type": "todo", "id": id, "properties": {"ownerID": owner}});
            let foreign = if administers { todo(TODO_OF_MORTY, PEOPLE[1].0) } else { todo(TODO_OF_RICK, PEOPLE[0].0) };
            let subject = json!({"type": "user", "id": person, "properties": {"email": person}});
            let any = json!({"type": "todo", "id": "todo-1"});
            let user = |id: &str| json!({"type": "user", "id": id});
            let asked = [
                ("can_read_user", user("beth@the-smiths.com"), true),
                ("can_read_user", user(person), true),
                ("can_read_todos", any.clone(), true),
                ("can_create_todo", any, edits),
                ("can_update_todo", todo(own, person), edits),
                ("can_update_todo", foreign.clone(), administers),
                ("can_delete_todo", todo(own, person), edits),
                ("can_delete_todo", foreign, administers),
            ];
            let expected: Vec<bool> = asked.iter().map(|(.., expected)| *expected).collect();
            let evaluations = asked.map(|(action, resource, _)| json!({"action": {"name": action}, "resource": resource}));
            for (one, expected) in evaluations.iter().zip(&expected) {
                let mut body = one.clone();
                body["subject"] = subject.clone();
                assert_eq!(pep.evaluate(body.clone()).await, json!({"decision": expected}), "{body}");
            }
            let body = json!({"subject": subject, "evaluations": evaluations});
            assert_eq!(decisions(&pep.client.post(EVALUATIONS, body).await.expect(200)), expected, "{person}");
        }
    }
}
