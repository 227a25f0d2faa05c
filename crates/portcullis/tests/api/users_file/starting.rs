//! The start with a users file, and the program that watches it.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use portcullis::{
    compose::{App, Outside},
    settings::Values,
};
use serde_json::json;
use testkit::{Backend, Client, FixedClock, OsEntropy, Running, on_both};

use super::{ARGON2ID, PASSWORD, Shop, shop_text, user, write_new};
use crate::{cli::Program, harness::Server};

/// What a start with this file says.
async fn starts(text: &str, more: &[(&str, &str)]) -> Result<App, String> {
    let directory = testkit::directory();
    let path = directory.path().join("auth.toml");
    write_new(&path, text);
    starts_on(directory.path(), &path, more).await
}

async fn starts_on(directory: &Path, path: &Path, more: &[(&str, &str)]) -> Result<App, String> {
    let data = directory.join("data").display().to_string();
    let mut settings = vec![("data", data.as_str()), ("users_file", path.to_str().unwrap())];
    settings.extend_from_slice(more);
    let values = Values::from_flags(&settings).unwrap();
    let outside = Outside::new(FixedClock::default(), OsEntropy);
    let listening = SocketAddr::from(([127, 0, 0, 1], 8080));
    App::open(&values, outside, listening).await.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_file_stops_the_start_and_says_where() {
    for (text, parts) in [
        ("[users.jane]\nacitve = true\n", ["auth.toml: line 2", "acitve"]),
        ("[users.jane\n", ["auth.toml: line 1", "users_file"]),
        ("[users.jane]\nroles = [\"boss\"]\n", ["auth.toml: line 2", "users.jane.roles"]),
        ("[roles.viewer]\n", ["auth.toml: line 1", "built-in"]),
        ("[roles.x]\npermissions = [\"a:\"]\n", ["auth.toml: line 2", "empty segment"]),
        ("[users.jane]\npassword_hash = \"secret\"\n", ["auth.toml: line 2", "is no hash"]),
    ] {
        let why = starts(text, &[]).await.err().unwrap();
        assert!(parts.iter().all(|part| why.contains(part)), "{why}");
        assert!(!why.contains("secret") && !why.contains('\n'), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_others_may_read_stops_the_start() {
    let directory = testkit::directory();
    let path = directory.path().join("auth.toml");
    write_new(&path, "");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let why = starts_on(directory.path(), &path, &[]).await.err().unwrap();
    assert!(why.contains("chmod 600"), "{why}");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let why = starts_on(directory.path(), &path, &[]).await.err().unwrap();
    assert!(why.contains("is no plain file"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_file_has_no_users_and_is_made_with_the_first() {
    let directory = testkit::directory();
    let path = directory.path().join("auth.toml");
    let settings = [("users_file", path.to_str().unwrap())];
    let server = Server::with_settings(Backend::Sqlite, &settings).await;
    assert!(!path.exists());
    let new = json!({"username": "joe", "superuser": true});
    server.operator().post("/api/v1/realms/file/users", new).await.expect(201);
    assert_eq!(fs::read_to_string(&path).unwrap(), "[users.joe]\nsuperuser = true\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stays_in_its_realm() {
    let directory = testkit::directory();
    let path = directory.path().join("auth.toml");
    let why = starts(&shop_text(), &[("users_file_realm", "a/b")]).await.err().unwrap();
    assert!(why.contains("users_file_realm"), "{why}");
    // The realm of the first start has nobody yet, so it may be the file's.
    write_new(&path, &shop_text());
    let main = [("users_file_realm", "main")];
    starts_on(directory.path(), &path, &main).await.unwrap().close().await.unwrap();
    let why = starts_on(directory.path(), &path, &[]).await.err().unwrap();
    assert!(why.contains("fills another realm already"), "{why}");
    starts_on(directory.path(), &path, &main).await.unwrap().close().await.unwrap();
}

on_both! {
    async fn without_the_file_they_are_users_like_others(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("kim", &[]).await;
        let directory = testkit::directory();
        let path = directory.path().join("auth.toml");
        write_new(&path, &shop_text());
        let file = ("users_file", path.to_str().unwrap());
        let server = server.restart(&[file]).await;
        server.sign_in("file", "jane", PASSWORD).await;
        // Without the file they are users like any others.
        let server = server.restart(&[]).await;
        let jane = server.sign_in("file", "jane", PASSWORD).await;
        jane.put("/auth/profile", json!({"full_name": "J."})).await.expect(200);
        assert!(fs::read_to_string(&path).unwrap().contains("Jane Roe"));
        // And with it they are again what it says.
        let server = server.restart(&[file]).await;
        let jane = server.operator().get(&user("jane")).await.expect(200);
        assert_eq!(jane.text_at("/full_name"), "Jane Roe");
    }

    async fn what_was_written_while_it_was_down_is_so(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.boss().await;
        // As if it had died after the file was written and before the commit.
        shop.change("roles = [\"clerk\"]", "roles = [\"viewer\"]");
        shop.change("superuser = true", "active = false");
        let shop = shop.restart().await;
        shop.try_login("jane", PASSWORD).await.expect(200);
        assert!(!shop.may("jane", "sql:crm:x").await && shop.may("jane", "read").await);
        shop.try_login("ann", PASSWORD).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_file_has_the_database_alone() {
    let database = testkit::database().await;
    let directory = testkit::directory();
    let path = directory.path().join("auth.toml");
    write_new(&path, &shop_text());
    let mut settings = vec![
        ("database", database.url.as_str()),
        ("app_key", "c2V2ZW50ZWVuIGdyZWVuIGJvdHRsZXMgaGFuZ2luZyBvbg=="),
    ];
    let plain = Server::beside(&database.url, &[]).await;
    let why = starts_on(directory.path(), &path, &settings).await.err().unwrap();
    assert!(why.contains("has the database alone"), "{why}");
    plain.stop().await;
    let started = async || starts_on(directory.path(), &path, &settings).await;
    let mut alone = started().await;
    for _ in 0..100 {
        // PostgreSQL notices a moment later that the other one is gone.
        if alone.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        alone = started().await;
    }
    let alone = alone.unwrap();
    let beside = testkit::directory();
    let data = beside.path().join("data").display().to_string();
    settings.push(("data", &data));
    let values = Values::from_flags(&settings).unwrap();
    let outside = Outside::new(FixedClock::default(), OsEntropy);
    let refused = App::open(&values, outside, SocketAddr::from(([127, 0, 0, 1], 8080))).await;
    let why = refused.err().unwrap().to_string();
    assert!(why.contains("has it alone"), "{why}");
    alone.close().await.unwrap();
}

/// The program itself, which looks by itself.
struct Watching {
    program: Running,
    base: String,
    path: PathBuf,
    _directory: tempfile::TempDir,
}

impl Watching {
    fn start(text: &str) -> Self {
        let directory = testkit::directory();
        let path = directory.path().join("auth.toml");
        write_new(&path, text);
        let data = directory.path().join("data").display().to_string();
        let variables = [
            ("PORTCULLIS_DATA", data.as_str()),
            ("PORTCULLIS_BIND", "127.0.0.1:0"),
            ("PORTCULLIS_USERS_FILE", path.to_str().unwrap()),
        ];
        let mut program = Running::start(env!("CARGO_BIN_EXE_portcullis"), &["serve"], &variables);
        let greeting = "Portcullis answers at ";
        let base = program.wait_for_line(greeting, Duration::from_secs(60)).replace(greeting, "");
        Self { program, base, path, _directory: directory }
    }

    async fn login(&self, name: &str) -> testkit::Answer {
        let input = json!({"type": "password", "authentication_id": name, "secret": PASSWORD, "realm": "file"});
        Client::new(&self.base).post("/auth/login", input).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_notices_by_itself() {
    let mut watching = Watching::start(&shop_text());
    // The file has a superuser, so nobody is asked to make one.
    assert!(!watching.program.output().contains("Nobody can sign in yet"));
    let login = watching.login("jane").await.expect(200);
    let jane = Client::new(&watching.base).with_bearer(login.text_at("/access_token"));
    jane.get("/auth/me").await.expect(200);
    let new = watching.path.with_extension("swp");
    write_new(&new, &shop_text().replace("[users.jane]", "[users.jane]\nactive = false"));
    fs::rename(new, &watching.path).unwrap();
    let mut status = 200;
    for _ in 0..100 {
        status = jane.get("/auth/me").await.status.as_u16();
        if status == 401 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(status, 401);
    fs::write(&watching.path, format!("[users.jane]\npassword_hash = \"{ARGON2ID}")).unwrap();
    let line = watching.program.wait_for_line("is not taken", Duration::from_secs(10));
    assert!(line.contains("line 2") && !line.contains("gYJZtj"), "{line}");
    assert!(watching.program.stop().success());
    assert!(!watching.program.errors().contains("gYJZtj"));
}

#[test]
fn a_realm_with_users_of_its_own_is_not_taken() {
    let program = Program::new();
    program.run(&["user", "create", "jane@main", "--no-password"]).ok();
    let file = program.file("auth.toml", "");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let settings =
        [("PORTCULLIS_USERS_FILE", file.as_str()), ("PORTCULLIS_USERS_FILE_REALM", "main")];
    program
        .run_with(&["decide", "jane@main", "read"], "", &settings)
        .fails(1, "has users that are not from a file");
    program.run(&["decide", "jane@main", "read"]).expect(3);
}

#[test]
fn a_hash_for_the_file_is_made_without_a_server() {
    let program = Program::new();
    let command = ["user", "hash-password", "--password-stdin"];
    let done = program.run_with(&command, "seventeen green bottles\n", &[]).ok();
    let hash = done.output.trim();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert!(!program.data().exists());
    program.run(&["user", "create", "joe@main", "--no-password"]).ok();
    let file = program.file("auth.toml", &format!("[users.jane]\npassword_hash = \"{hash}\"\n"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let decide = ["decide", "jane@file", "read"];
    program.run_with(&decide, "", &[("PORTCULLIS_USERS_FILE", &file)]).expect(3);
    program.run_with(&command, &format!("{}\n", "x".repeat(5000)), &[]).fails(1, "longer");
}
