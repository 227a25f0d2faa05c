//! A small world to ask about: nodes, roles, people.

use serde_json::{Value, json};
use testkit::{Backend, Client};

use crate::harness::Server;

/// A server, and its operator, who sets things up.
pub struct Cast {
    pub server: Server,
    pub operator: Client,
}

impl Cast {
    /// `/acme` with `companyA` (`contract1`, `contract2`) and `companyB` (`contract3`).
    pub async fn start(backend: Backend) -> Self {
        let cast = Self::empty(backend).await;
        for path in ["/acme", "/acme/companyA", "/acme/companyB"] {
            cast.node(path, "company").await;
        }
        for path in
            ["/acme/companyA/contract1", "/acme/companyA/contract2", "/acme/companyB/contract3"]
        {
            cast.node(path, "contract").await;
        }
        cast
    }

    /// Nothing but what every installation has.
    pub async fn empty(backend: Backend) -> Self {
        let server = Server::start(backend).await;
        let operator = server.operator();
        Self { server, operator }
    }

    /// A node at a path; its id.
    pub async fn node(&self, path: &str, kind: &str) -> String {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let mut input = json!({"kind": kind, "name": name});
        if !parent.is_empty() {
            input["parent"] = parent.into();
        }
        self.operator.post("/api/v1/nodes", input).await.expect(201).text_at("/id").to_owned()
    }

    /// A role; its id.
    pub async fn role(&self, name: &str, owner: &str, rules: Value) -> String {
        let input = json!({"name": name, "owner": owner, "rules": rules});
        self.operator.post("/api/v1/roles", input).await.expect(201).text_at("/id").to_owned()
    }

    /// An assignment; its id.
    pub async fn assign(&self, subject: &str, role: &str, node: &str) -> String {
        let input = json!({"subject": subject, "role": role, "node": node});
        let answer = self.operator.post("/api/v1/assignments", input).await.expect(201);
        answer.text_at("/id").to_owned()
    }

    /// A user of the realm `main` with these rules at a node, signed in.
    pub async fn person(&self, name: &str, rules: Value, node: &str) -> Client {
        let client = self.server.user(name, &["none"]).await;
        let role = self.role(&format!("role of {name}"), "/$global", rules).await;
        self.assign(&format!("/main/{name}"), &role, node).await;
        client
    }

    /// A user who never signs in.
    pub async fn absent(&self, name: &str) -> String {
        let input = json!({"username": name, "roles": ["none"]});
        self.operator.post("/api/v1/realms/main/users", input).await.expect(201);
        format!("/main/{name}")
    }

    /// A group of `$global`; its id.
    pub async fn group(&self, name: &str) -> String {
        let answer = self.operator.post("/api/v1/groups", json!({"name": name})).await.expect(201);
        answer.text_at("/id").to_owned()
    }

    /// Whether a user of `main` may.
    pub async fn may(&self, name: &str, permission: &str, node: &str) -> bool {
        let input = json!({"principal": {"type": "user", "realm": "main", "name": name},
            "permission": permission, "node": node});
        let answer = self.operator.post("/api/v1/access/decide", input).await.expect(200);
        answer.text_at("/decision") == "allow"
    }
}

/// A path as it stands in an address.
pub fn encoded(path: &str) -> String {
    path.replace('/', "%2F").replace('$', "%24").replace(' ', "%20").replace('@', "%40")
}
