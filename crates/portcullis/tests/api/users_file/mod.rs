//! Users from a TOML file beside the database.

mod from_the_file;
mod roles;
mod starting;
mod to_the_file;
mod unlike_others;
mod watching;

use std::{
    fs,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::PathBuf,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Answer, Backend, Client};

use crate::harness::Server;

/// The password of all hashes here.
const PASSWORD: &str = "correct horse battery staple";
const ARGON2ID: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$gYJZtjEAJqjg26xdLmknq8/bB7MiWPrE9hsYuA+SkIU";
const SCRYPT: &str =
    "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU";
const BCRYPT: &str = "$2b$06$39ur4OfV/4YexIYbTEwLKe1qNajao9U61DtDeSqJpT2/nohFvK8Dy";
const NEW_PASSWORD: &str = "seventeen green bottles";

/// A small shop, with comments that must survive.
fn shop_text() -> String {
    format!(
        r#"# The shop. Ask Ann.

[roles.clerk] # whoever serves
permissions = ["sql:crm:*", "!sql:crm:customers_delete"]
description = "Serves customers"

# Since March.
[users.jane]
password_hash = "{ARGON2ID}" # made by hand
roles = ["clerk"]
email = "jane@example.com"
full_name = "Jane Roe"
provider = "keycloak"
sub = "f1c2"

[users.ann]
password_hash = "{ARGON2ID}"
superuser = true
"#
    )
}

/// A server with a users file.
struct Shop {
    server: Server,
    path: PathBuf,
    directory: TempDir,
}

impl Shop {
    async fn open(backend: Backend) -> Self {
        Self::with(backend, &shop_text()).await
    }

    async fn with(backend: Backend, text: &str) -> Self {
        let directory = testkit::directory();
        let path = directory.path().join("auth.toml");
        write_new(&path, text);
        let server =
            Server::with_settings(backend, &[("users_file", path.to_str().unwrap())]).await;
        Self { server, path, directory }
    }

    /// As an editor saves: another file in its place.
    fn save(&self, text: &str) {
        let new = self.path.with_extension("swp");
        write_new(&new, text);
        fs::rename(new, &self.path).unwrap();
    }

    /// The same, of what is there.
    fn change(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{from:?} is not in:\n{text}");
        self.save(&text.replacen(from, to, 1));
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    fn mode(&self) -> u32 {
        fs::metadata(&self.path).unwrap().permissions().mode() & 0o777
    }

    /// Two looks, as the server does them each second.
    async fn look(&self) {
        let file = self.server.app.users_file().unwrap();
        file.look(self.server.app.system()).await;
        file.look(self.server.app.system()).await;
    }

    async fn restart(self) -> Self {
        let Self { server, path, directory } = self;
        let server = server.restart(&[("users_file", path.to_str().unwrap())]).await;
        Self { server, path, directory }
    }

    async fn try_login(&self, name: &str, password: &str) -> Answer {
        let input = json!({"type": "password", "authentication_id": name, "secret": password, "realm": "file"});
        self.server.anonymous().post("/auth/login", input).await
    }

    async fn sign_in(&self, name: &str) -> Client {
        self.server.sign_in("file", name, PASSWORD).await
    }

    async fn user(&self, name: &str) -> Value {
        self.server.operator().get(&user(name)).await.expect(200).body
    }

    /// Why the file as it is now was not taken.
    async fn refused(&self) -> String {
        let status = self.server.operator().get("/status").await.expect(200);
        status.body["users_file"]["refused"].as_str().unwrap_or_default().to_owned()
    }

    fn revision(&self) -> u64 {
        self.server.app.system().state().revision.0
    }

    async fn may(&self, name: &str, permission: &str) -> bool {
        let question = json!({"principal": {"type": "user", "realm": "file", "name": name}, "permission": permission});
        let answer = self.server.operator().post("/api/v1/access/decide", question).await;
        answer.expect(200).text_at("/decision") == "allow"
    }

    /// Somebody elsewhere who may do everything, so that the file need not have one.
    async fn boss(&self) {
        let boss = json!({"username": "boss", "superuser": true});
        self.server.operator().post("/api/v1/realms/main/users", boss).await.expect(201);
    }

    /// How many audit events there are of this action.
    async fn events(&self, action: &str) -> usize {
        let path = "/api/v1/audit/events?limit=500";
        let events = self.server.operator().get(path).await.expect(200).body;
        let events = events["items"].as_array().unwrap();
        events.iter().filter(|event| event["action"] == action).count()
    }
}

fn user(name: &str) -> String {
    format!("/api/v1/realms/file/users/{name}")
}

fn write_new(path: &std::path::Path, text: &str) {
    use std::io::Write;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
