//! The audit log shows what was done to it behind the server's back.

use audit::verify::{ExpectedHead, Verified, run};
use context::{Caller, Ctx, Event, EventKind, RequestFacts};
use kernel::NodeId;
use store::{Run, Value};
use testkit::{Backend, on_both};

use crate::harness::Server;

fn ctx(server: &Server) -> Ctx {
    Ctx::new(server.app.system().clone(), Caller::operator(), RequestFacts::default())
}

/// A server with more events, of which each has something about a person.
async fn server_with_events(backend: Backend) -> Server {
    let server = Server::start(backend).await;
    for number in 0..6 {
        let event = Event::new(EventKind::DataUpdate, "test")
            .about("node", number, NodeId::GLOBAL)
            .because(Some("tidying up".to_owned()))
            .with("number", number)
            .personal("email", "ann@example.com");
        ctx(&server).audit(event).await.unwrap();
    }
    server
}

async fn verify(server: &Server, head: Option<&str>) -> Verified {
    run(&ctx(server), head.map(|head| ExpectedHead::parse(head).unwrap())).await.unwrap()
}

async fn change(server: &Server, sql: &str) -> u64 {
    change_with(server, sql, Vec::new()).await
}

async fn change_with(server: &Server, sql: &str, values: Vec<Value>) -> u64 {
    let write = server.app.system().database().write().await.unwrap();
    let changed = write.execute(sql, values).await.unwrap();
    write.commit().await.unwrap();
    changed
}

/// Keeps the log aside, to be put back after each attempt.
async fn keep(server: &Server) {
    for table in ["audit_event", "audit_head"] {
        change(server, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
    }
}

async fn put_back(server: &Server) {
    for table in ["audit_event", "audit_head"] {
        change(server, &format!("DELETE FROM {table}")).await;
        change(server, &format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
    }
}

/// These statements, done to the log, show; then the log is as before.
async fn shows(server: &Server, statements: &[&str]) {
    for sql in statements {
        assert!(change(server, sql).await > 0, "{sql} changed nothing");
    }
    let verified = verify(server, None).await;
    assert!(!verified.valid, "not noticed: {statements:?}");
    put_back(server).await;
    let verified = verify(server, None).await;
    assert!(verified.valid, "{verified:?}");
}

on_both! {
    async fn an_untouched_log_is_valid(backend: Backend) {
        let server = server_with_events(backend).await;
        let verified = verify(&server, None).await;
        assert!(verified.valid && verified.problem.is_none(), "{verified:?}");
        let events = server.app.system().database().single()
            .number("SELECT COUNT(*) FROM audit_event", []).await.unwrap();
        assert_eq!(verified.events, events.unsigned_abs());
        assert!(verified.events > 6);
        let answer = server.operator().get("/api/v1/audit/verify").await.expect(200);
        assert_eq!(answer.text_at("/head"), verified.head);
        server.anonymous().get("/api/v1/audit/verify").await.expect(401);
    }

    async fn a_changed_event_shows(backend: Backend) {
        let server = server_with_events(backend).await;
        keep(&server).await;
        // One of those made above, in which no field is empty that could be changed to that.
        let one = verify(&server, None).await.events - 2;
        let changes = [
            "at = at + 1", "event_type = 'LOGIN'", "action = 'other'", "success = NOT success",
            "user_id = id", "impersonator = id", "principal = 'user'", "resource_type = NULL",
            "resource_id = 'other'", "node = id", "reason = NULL", "reason = 'tidying  up'",
            "request_id = 'other'", "session_id = id", "request_path = '/other'", "metadata = '{}'",
            "personal = '{}'", "personal_hash = hash", "personal_salt = NULL", "hash = personal_hash",
        ];
        for set in changes {
            shows(&server, &[&format!("UPDATE audit_event SET {set} WHERE sequence = {one}")]).await;
        }
    }

    async fn a_removed_or_added_event_shows(backend: Backend) {
        let server = server_with_events(backend).await;
        keep(&server).await;
        shows(&server, &["DELETE FROM audit_event WHERE sequence = 1"]).await;
        shows(&server, &["DELETE FROM audit_event WHERE sequence = 4"]).await;
        shows(&server, &["DELETE FROM audit_event"]).await;
        shows(&server, &["DELETE FROM audit_event", "DELETE FROM audit_head"]).await;
        // The numbers closed up behind it.
        let close = "UPDATE audit_event SET sequence = sequence - 1 WHERE sequence > 4 AND sequence = ";
        let last = verify(&server, None).await.events;
        let mut statements = vec!["DELETE FROM audit_event WHERE sequence = 4".to_owned()];
        statements.extend((5..=last).map(|sequence| format!("{close}{sequence}")));
        shows(&server, &statements.iter().map(String::as_str).collect::<Vec<_>>()).await;
        // Two events in each other's place.
        shows(&server, &[
            "UPDATE audit_event SET sequence = -4 WHERE sequence = 4",
            "UPDATE audit_event SET sequence = 4 WHERE sequence = 5",
            "UPDATE audit_event SET sequence = 5 WHERE sequence = -4",
        ]).await;
        // A copy of an event, before the first and behind the last.
        for place in ["0", "-5", "(SELECT MAX(sequence) + 1 FROM audit_event)"] {
            shows(&server, &[&copy_to(place)]).await;
        }
    }

    async fn a_cut_end_shows(backend: Backend) {
        let server = server_with_events(backend).await;
        keep(&server).await;
        let cut = "DELETE FROM audit_event WHERE sequence = (SELECT MAX(sequence) FROM audit_event)";
        shows(&server, &[cut]).await;
        // With a head that fits, but for the signature.
        let head = "UPDATE audit_head SET sequence = sequence - 1,
            hash = (SELECT hash FROM audit_event ORDER BY sequence DESC LIMIT 1)";
        shows(&server, &[cut, head]).await;
        shows(&server, &["DELETE FROM audit_head"]).await;
        shows(&server, &["UPDATE audit_head SET mac = hash"]).await;
    }

    async fn a_log_put_back_as_it_was_shows_by_an_exported_head(backend: Backend) {
        let server = server_with_events(backend).await;
        let before = verify(&server, None).await.head;
        keep(&server).await;
        ctx(&server).audit(Event::new(EventKind::DataDelete, "test")).await.unwrap();
        let exported = verify(&server, Some(&before)).await;
        assert!(exported.valid, "what was exported before is still in it: {exported:?}");
        // An older copy, with the head that was signed for it then.
        put_back(&server).await;
        assert!(verify(&server, None).await.valid, "the log alone cannot tell");
        let compared = verify(&server, Some(&exported.head)).await;
        assert!(!compared.valid && compared.problem.unwrap().contains("exported"));
    }

    async fn erasing_what_is_about_a_person_breaks_nothing(backend: Backend) {
        let server = server_with_events(backend).await;
        let head = verify(&server, None).await.head;
        let sql = "UPDATE audit_event SET personal = NULL, personal_salt = NULL WHERE sequence < $1";
        assert!(change_with(&server, sql, vec![5_i64.into()]).await > 2);
        let verified = verify(&server, Some(&head)).await;
        assert!(verified.valid, "{verified:?}");
        ctx(&server).audit(Event::new(EventKind::DataDelete, "test")).await.unwrap();
        assert!(verify(&server, Some(&head)).await.valid);
    }

    async fn another_key_does_not_sign(backend: Backend) {
        let server = server_with_events(backend).await;
        let head = context::audit_row::head(&server.app.system().database().single()).await.unwrap().unwrap();
        let (sequence, hash) = (head.sequence.unsigned_abs(), head.hash.as_slice().try_into().unwrap());
        let forged = protocol::chain::head_mac(&[0; 32], sequence, hash).to_vec();
        change_with(&server, "UPDATE audit_head SET mac = $1", vec![forged.into()]).await;
        let verified = verify(&server, None).await;
        assert!(verified.problem.unwrap().contains("APP_KEY"));
    }
}

fn copy_to(place: &str) -> String {
    let columns = context::audit_row::COLUMNS;
    let others = columns.strip_prefix("sequence, id, ").unwrap();
    // An id that no event has: that of its node.
    format!(
        "INSERT INTO audit_event ({columns}) SELECT {place}, node, {others} FROM audit_event WHERE sequence = 4"
    )
}

on_both! {
    async fn a_cut_end_does_not_heal_with_the_next_event(backend: Backend) {
        let server = server_with_events(backend).await;
        // The last events go, and the head is moved back to the event before; only the key is missing.
        let cut = "DELETE FROM audit_event WHERE sequence > (SELECT MAX(sequence) - 3 FROM audit_event)";
        assert_eq!(change(&server, cut).await, 3);
        let head = "UPDATE audit_head SET
            sequence = (SELECT MAX(sequence) FROM audit_event),
            hash = (SELECT hash FROM audit_event ORDER BY sequence DESC LIMIT 1)";
        change(&server, head).await;
        ctx(&server).audit(Event::new(EventKind::DataUpdate, "test")).await.unwrap();
        let verified = verify(&server, None).await;
        assert!(!verified.valid, "{verified:?}");
        assert!(verified.problem.unwrap().contains("not signed with the server's key"));
        // Known and looked into: from here on the log is whole again.
        let verified = verify(&server, Some(&verified.head)).await;
        assert!(verified.valid, "{verified:?}");
    }
}
