//! The program itself: it serves over TLS, and what stops its start is one line that says what to do.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;
use testkit::{Client, Running};

const LIMIT: Duration = Duration::from_secs(60);
const GREETING: &str = "Portcullis answers at ";

/// A place for one server: a data directory, certificates, a configuration.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(testkit::directory())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).unwrap();
        self.text(name)
    }

    /// A certificate for the machine itself, and its key, as files. Gives the certificate.
    fn certificate(&self, name: &str) -> String {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        self.write(&format!("{name}.key"), &made.signing_key.serialize_pem());
        self.write(&format!("{name}.pem"), &made.cert.pem());
        made.cert.pem()
    }

    /// `portcullis serve` with these settings.
    fn serve(&self, settings: &[(&str, &str)]) -> Running {
        self.run(&["serve"], settings)
    }

    fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Running {
        let data = self.text("data");
        let mut variables = vec![("PORTCULLIS_DATA", data.as_str())];
        if settings.iter().all(|(name, _)| *name != "PORTCULLIS_BIND") {
            variables.push(("PORTCULLIS_BIND", "127.0.0.1:0"));
        }
        variables.extend_from_slice(settings);
        Running::start(env!("CARGO_BIN_EXE_portcullis"), arguments, &variables)
    }

    /// The start with these settings is refused with one line, which has all these parts.
    fn refuses(&self, settings: &[(&str, &str)], parts: &[&str]) {
        refused(self.serve(settings), parts);
    }
}

fn refused(mut program: Running, parts: &[&str]) {
    let status = program.wait();
    // 2: what it was told is wrong; 1: what it found is.
    let refused = matches!(status.code(), Some(1 | 2));
    assert!(refused, "{status}: {}{}", program.output(), program.errors());
    let errors = program.errors();
    assert_eq!(errors.lines().count(), 1, "{errors}");
    for part in parts {
        assert!(errors.contains(part), "{part:?} is not in: {errors}");
    }
    assert!(!errors.contains("sesame"), "{errors}");
    assert_eq!(program.output(), "");
}

/// The address that it says it has.
fn address(program: &mut Running) -> String {
    program.wait_for_line(GREETING, LIMIT).replace(GREETING, "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_and_a_key_make_https() {
    let place = Place::new();
    let pem = place.certificate("one");
    let (certificate, key) = (place.text("one.pem"), place.text("one.key"));
    let mut program =
        place.serve(&[("PORTCULLIS_TLS_CERTIFICATE", &certificate), ("PORTCULLIS_TLS_KEY", &key)]);
    let base = address(&mut program);
    assert!(base.starts_with("https://127.0.0.1:"), "{base}");
    let answer = Client::trusting(&base, &pem).get("/health").await.expect(200);
    assert_eq!(answer.text_at("/status"), "healthy");
    assert!(answer.header("strict-transport-security").unwrap().starts_with("max-age="));
    // Without TLS there is nothing to talk to.
    let plain = reqwest::get(format!("{}/health", base.replace("https", "http"))).await;
    assert!(plain.is_err_and(|error| error.is_request()), "http is answered on the port of https");
    assert_eq!(program.stop().code(), Some(0), "{}", program.errors());
    assert!(!program.errors().contains("PRIVATE"), "{}", program.errors());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_starts_again() {
    let place = Place::new();
    for _ in 0..2 {
        let mut program = place.serve(&[]);
        let base = address(&mut program);
        Client::new(&base).get("/readyz").await.expect(200);
        let mode = fs::metadata(place.path("data")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(program.stop().code(), Some(0), "{}", program.errors());
    }
    // And after it was killed.
    let mut program = place.serve(&[]);
    address(&mut program);
    program.kill_hard();
    address(&mut place.serve(&[]));
}

#[test]
fn a_key_of_another_certificate() {
    let place = Place::new();
    place.certificate("one");
    place.certificate("two");
    let (certificate, key) = (place.text("one.pem"), place.text("two.key"));
    place.refuses(
        &[("PORTCULLIS_TLS_CERTIFICATE", &certificate), ("PORTCULLIS_TLS_KEY", &key)],
        &["tls_certificate and tls_key do not fit"],
    );
    assert!(!place.path("data/portcullis.db").exists(), "nothing is made before the refusal");
}

#[test]
fn half_of_tls() {
    let place = Place::new();
    place.certificate("one");
    let (certificate, key) = (place.text("one.pem"), place.text("one.key"));
    let parts = ["tls_certificate and tls_key go together"];
    place.refuses(&[("PORTCULLIS_TLS_CERTIFICATE", &certificate)], &parts);
    place.refuses(&[("PORTCULLIS_TLS_KEY", &key)], &parts);
}

#[test]
fn files_of_tls_that_do_not_read() {
    let place = Place::new();
    place.certificate("one");
    let (certificate, key) = (place.text("one.pem"), place.text("one.key"));
    let wrong = [
        (place.text("missing"), "No such file"),
        (place.0.path().display().to_string(), "directory"),
        (place.write("empty", ""), "no items found"),
        (place.write("garbage", "sesame"), "no items found"),
    ];
    for (file, why) in &wrong {
        place.refuses(
            &[("PORTCULLIS_TLS_CERTIFICATE", &certificate), ("PORTCULLIS_TLS_KEY", file)],
            &["tls_key: ", file, why],
        );
        place.refuses(
            &[("PORTCULLIS_TLS_CERTIFICATE", file), ("PORTCULLIS_TLS_KEY", &key)],
            &["tls_certificate: ", file],
        );
    }
}

#[test]
fn an_open_port_without_tls() {
    for bind in ["0.0.0.0:0", "[::]:0"] {
        let place = Place::new();
        let parts = ["bind: ", "tls_certificate", "trusted_proxies"];
        place.refuses(&[("PORTCULLIS_BIND", bind)], &parts);
        assert!(!place.path("data").exists());
    }
}

#[test]
fn a_port_for_envoy_that_answers_nobody() {
    let ask = ("PORTCULLIS_EXT_AUTHZ_BIND", "127.0.0.1:0");
    Place::new().refuses(&[ask], &["ext_authz_bind: ", "trusted_proxies"]);
    let wrong =
        [("PORTCULLIS_EXT_AUTHZ_BIND", "8081"), ("PORTCULLIS_TRUSTED_PROXIES", "127.0.0.1")];
    Place::new().refuses(&wrong, &["ext_authz_bind: ", "8081"]);
}

#[test]
fn a_bind_address_that_is_none() {
    for bind in ["8080", "localhost:8080", "127.0.0.1"] {
        Place::new().refuses(&[("PORTCULLIS_BIND", bind)], &["bind: ", bind, "127.0.0.1:8080"]);
    }
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap().to_string();
    Place::new().refuses(&[("PORTCULLIS_BIND", &bind)], &["bind: ", &bind, "in use"]);
}

#[test]
fn an_unknown_setting() {
    let place = Place::new();
    let file = place.write("portcullis.toml", "log = \"warn\"\n[session]\nidel = 3\n");
    let program = place.run(&["serve", "--config", &file], &[]);
    refused(program, &["portcullis.toml", "session.idel", "portcullis settings"]);
    assert!(!place.path("data").exists());
}

#[test]
fn a_configuration_that_does_not_read() {
    let place = Place::new();
    let missing = place.text("missing.toml");
    refused(place.run(&["serve", "--config", &missing], &[]), &["missing.toml"]);
    let broken = place.write("broken.toml", "log = \n");
    refused(place.run(&["serve", "--config", &broken], &[]), &["broken.toml"]);
}

#[test]
fn a_data_directory_that_others_may_enter() {
    let place = Place::new();
    fs::create_dir(place.path("data")).unwrap();
    for mode in [0o755, 0o710, 0o701] {
        fs::set_permissions(place.path("data"), fs::Permissions::from_mode(mode)).unwrap();
        place.refuses(&[], &[&place.text("data"), "chmod 700"]);
    }
    assert_eq!(fs::read_dir(place.path("data")).unwrap().count(), 0, "nothing is put into it");
}

#[test]
fn a_key_that_others_may_read() {
    let place = Place::new();
    address(&mut place.serve(&[]));
    let key = place.path("data/app.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    place.refuses(&[], &["app.key", "chmod 600"]);
}

#[test]
fn a_second_server() {
    let place = Place::new();
    let mut first = place.serve(&[]);
    address(&mut first);
    place.refuses(&[], &["another server is running", &place.text("data"), "stop it"]);
    assert!(first.is_running());
}

#[test]
fn an_app_key_that_is_too_short() {
    Place::new().refuses(&[("APP_KEY", "c2VzYW1l")], &["APP_KEY", "32"]);
}

#[test]
fn a_database_that_is_not_there() {
    let wrong = [
        ("postgres://me:sesame@127.0.0.1:1/nowhere", "cannot open the database"),
        ("mysql://me:sesame@127.0.0.1/nowhere", "postgres://"),
    ];
    for (database, why) in wrong {
        let settings = [
            ("PORTCULLIS_DATABASE", database),
            ("APP_KEY", "c2V2ZW50ZWVuIGdyZWVuIGJvdHRsZXMgaGFuZ2luZyBvbg=="),
        ];
        Place::new().refuses(&settings, &[why]);
    }
}

#[test]
fn a_damaged_database_file() {
    let place = Place::new();
    let data = place.path("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(data.join("portcullis.db"), "this is no database, but long enough".repeat(100))
        .unwrap();
    place.refuses(&[], &["not a database"]);
    assert!(Path::exists(&data.join("portcullis.db")));
}

#[test]
fn data_whose_key_is_missing() {
    let place = Place::new();
    let mut program = place.serve(&[]);
    program.wait_for_line(GREETING, LIMIT);
    assert_eq!(program.stop().code(), Some(0), "{}", program.errors());
    fs::remove_file(place.path("data/app.key")).unwrap();
    place.refuses(&[], &["app.key", "the key of these data is missing"]);
    assert!(!place.path("data/app.key").exists(), "a new key would look like all is well");
}

#[test]
fn a_question_where_no_data_are() {
    let place = Place::new();
    refused(place.run(&["decide", "root@main", "read"], &[]), &["there are no data in", "--data"]);
    assert!(!place.path("data/portcullis.db").exists(), "a question makes no database");
}
