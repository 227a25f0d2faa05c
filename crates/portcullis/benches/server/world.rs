//! The world that is asked about: nodes under companies, users, roles, assignments, some connections.

use serde_json::{Value, json};
use testkit::Client;

/// How many nodes it has, those that every installation has not counted.
pub const NODES: usize = COMPANIES * (FOLDERS + 1) + USERS;
/// The host of the application whose requests proxies ask about.
pub const HOST: &str = "shop.example.com";
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

const COMPANIES: usize = 60;
const FOLDERS: usize = 30;
const USERS: usize = 140;
const ROLES: usize = 20;
const ROUTES: usize = 100;
const SIGN_INS: usize = 8;
const QUESTIONS: usize = 2_000;

/// How questions name their things.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// By id: answered from memory.
    Ids,
    /// By path and name: the database finds them.
    Paths,
}

/// A world that was made, with what is needed to ask about it.
pub struct World {
    /// The API key of a service account that may ask about all.
    pub key: String,
    nodes: Vec<(String, String)>,
    users: Vec<(String, String)>,
}

/// Makes it, through the API.
pub async fn make(address: &str) -> World {
    let client = Client::new(address);
    let root = client.with_bearer(&token(&client, "root").await);
    root.post("/api/v1/world", file()).await.expect(200);
    for number in 0..SIGN_INS {
        let user = json!({ "username": format!("guest{number}"), "password": PASSWORD });
        root.post("/api/v1/realms/main/users", user).await.expect(201);
    }
    let account =
        root.post("/api/v1/service-accounts", json!({ "name": "bench" })).await.expect(201);
    let account = account.text_at("/id").to_owned();
    let assignment = json!({ "subject": account, "role": "admin" });
    root.post("/api/v1/assignments", assignment).await.expect(201);
    let key = json!({ "name": "bench", "role": "admin", "owner": account });
    let key = root.post("/api/v1/api-keys", key).await.expect(201).text_at("/key").to_owned();
    let nodes = listed(&root, "/api/v1/nodes?kind=folder", "/path").await;
    let users = listed(&root, "/api/v1/realms/main/users?q=user", "/username").await;
    assert_eq!((nodes.len(), users.len()), (COMPANIES * FOLDERS, USERS));
    World { key, nodes, users }
}

/// Bodies of `POST /auth/login`.
pub fn sign_ins() -> Vec<String> {
    let body = |number| json!({ "type": "password", "authentication_id": format!("guest{number}"), "secret": PASSWORD });
    (0..SIGN_INS).map(|number| body(number).to_string()).collect()
}

impl World {
    /// Bodies of `POST /api/v1/access/decide` with `batch` questions each.
    pub fn questions(&self, batch: usize, names: Names) -> Vec<String> {
        let bodies = (QUESTIONS / batch).max(50);
        let body = |body: usize| match batch {
            1 => self.question(body, names),
            _ => json!({ "requests":
                (0..batch).map(|i| self.question(body * batch + i, names)).collect::<Vec<_>>() }),
        };
        (0..bodies).map(|number| body(number).to_string()).collect()
    }

    /// Bodies of `POST /access/v1/evaluation`, or with `batch` evaluations each of `POST /access/v1/evaluations`.
    pub fn evaluations(&self, batch: usize, names: Names) -> Vec<String> {
        let bodies = (QUESTIONS / batch).max(50);
        let body = |body: usize| match batch {
            1 => self.evaluation(body, names),
            _ => json!({ "evaluations":
                (0..batch).map(|i| self.evaluation(body * batch + i, names)).collect::<Vec<_>>() }),
        };
        (0..bodies).map(|number| body(number).to_string()).collect()
    }

    /// An access token of the superuser.
    pub fn sign_in(&self, address: &str) -> String {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(token(&Client::new(address), "root"))
    }

    fn evaluation(&self, number: usize, names: Names) -> Value {
        let (node, path) = &self.nodes[number * 7919 % self.nodes.len()];
        let (user, username) = &self.users[number * 104_729 % self.users.len()];
        let (user, node) = match names {
            Names::Ids => (user.clone(), node),
            Names::Paths => (format!("{username}@main"), path),
        };
        json!({ "subject": { "type": "user", "id": user }, "action": { "name": format!("work:do{}", number % ROLES) },
            "resource": { "type": "folder", "id": node } })
    }

    fn question(&self, number: usize, names: Names) -> Value {
        let (node, path) = &self.nodes[number * 7919 % self.nodes.len()];
        let (user, username) = &self.users[number * 104_729 % self.users.len()];
        let permission = format!("work:do{}", number % ROLES);
        match names {
            Names::Ids => json!({ "permission": permission, "node": node,
                "principal": { "type": "user", "id": user } }),
            Names::Paths => json!({ "permission": permission, "node": path,
                "principal": { "type": "user", "realm": "main", "name": username } }),
        }
    }
}

/// As a world file.
fn file() -> Value {
    let companies: Vec<String> = (0..COMPANIES).map(|i| format!("/company{i}")).collect();
    let company = |path: &String| json!({ "path": path, "kind": "company" });
    let folder =
        |path: &String, i| json!({ "path": format!("{path}/folder{i}"), "kind": "folder" });
    let folders = companies.iter().flat_map(|path| (0..FOLDERS).map(move |i| folder(path, i)));
    let assignment = |i: usize| {
        json!({ "user": format!("user{i}@main"), "role": format!("role{}", i % ROLES),
            "node": companies[i % COMPANIES] })
    };
    let connection = |i: usize| json!({ "from": companies[i], "to": companies[COMPANIES - 1 - i] });
    let shop = json!({ "path": "/shop", "kind": "application" });
    let route = |i| json!({ "path": format!("/area{i}/{{thing}}/**"), "permission": format!("area{i}.see") });
    let orders =
        json!({ "path": "/orders/{order}/**", "methods": ["GET"], "permission": "order.read" });
    let routes: Vec<Value> = (0..ROUTES).map(route).chain([orders]).collect();
    json!({
        "nodes": companies.iter().map(company).chain(folders).chain([shop]).collect::<Vec<_>>(),
        "users": (0..USERS).map(|i| json!({ "realm": "main", "username": format!("user{i}") }))
            .collect::<Vec<_>>(),
        "roles": (0..ROLES).map(|i| json!({ "name": format!("role{i}"),
            "rules": [format!("work:do{i}"), "reports:*", format!("!work:do{}", (i + 1) % ROLES)] }))
            .collect::<Vec<_>>(),
        "connections": (0..COMPANIES / 4).map(connection).collect::<Vec<_>>(),
        "assignments": (0..USERS).map(assignment).collect::<Vec<_>>(),
        "routes": [{ "application": "/shop", "hosts": [HOST], "routes": routes }],
    })
}

async fn token(client: &Client, username: &str) -> String {
    let body = json!({ "type": "password", "authentication_id": username, "secret": PASSWORD });
    client.post("/auth/login", body).await.expect(200).text_at("/access_token").to_owned()
}

/// Id and another field of each thing of a list.
async fn listed(client: &Client, address: &str, field: &str) -> Vec<(String, String)> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{address}&limit=500{cursor}")).await.expect(200);
        let items = page.body["items"].as_array().expect("a list");
        let text = |thing: &Value, at: &str| thing.pointer(at)?.as_str().map(str::to_owned);
        found.extend(
            items.iter().filter_map(|thing| Some((text(thing, "/id")?, text(thing, field)?))),
        );
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}
