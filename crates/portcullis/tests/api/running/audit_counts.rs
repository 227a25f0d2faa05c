//! Counting the events of the audit log.

use context::{Caller, Ctx, Event, EventKind, RequestFacts};
use kernel::NodeId;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use store::Run;
use testkit::{Backend, on_both};

use crate::access::cast::Cast;

/// The clock of a new server stands here.
const START: &str = "2026-06-01T00:00:00Z";
const COUNTS: &str = "/api/v1/audit/counts";

/// Events of this class, at a node.
async fn happen(cast: &Cast, kind: EventKind, node: &str, times: usize) {
    let node: NodeId = node.parse().unwrap();
    for _ in 0..times {
        let system = cast.server.app.system().clone();
        let ctx = Ctx::new(system, Caller::operator(), RequestFacts::default());
        let event = Event::new(kind, "test.happen").about("node", node, node);
        let event = match kind {
            EventKind::AccessDenied | EventKind::LoginFailed => event.failed("no").of(node),
            _ => event,
        };
        ctx.audit(event).await.unwrap();
    }
}

/// `[at, success, count]` of a class.
fn of(answer: &Value, class: &str) -> Vec<Value> {
    let counts = answer["counts"].as_array().unwrap().iter();
    let counts = counts.filter(|count| count["event_type"] == class);
    counts.map(|count| json!([count["at"], count["success"], count["count"]])).collect()
}

on_both! {
    async fn events_are_counted_in_the_step_in_which_they_happened(backend: Backend) {
        let cast = Cast::start(backend).await;
        let node = cast.node("/acme/companyA/contract9", "contract").await;
        happen(&cast, EventKind::Backup, &node, 2).await;
        // The last moment of the first step is in it, the first of the next is not.
        cast.server.advance(3599);
        happen(&cast, EventKind::Backup, &node, 1).await;
        cast.server.advance(1);
        happen(&cast, EventKind::Backup, &node, 4).await;
        let until = "2026-06-01T01:00:01Z";
        let hours = format!("{COUNTS}?since={START}&until={until}");
        let answer = cast.operator.get(&hours).await.expect(200).body;
        assert_eq!(of(&answer, "BACKUP"), [
            json!([START, true, 3]),
            json!(["2026-06-01T01:00:00Z", true, 4]),
        ]);
        assert_eq!(answer["step"], "hour");
        let answer = cast.operator.get(&format!("{hours}&step=day")).await.expect(200).body;
        assert_eq!(of(&answer, "BACKUP"), [json!([START, true, 7])]);
        // What happened at `until` is not before it.
        let first = format!("{COUNTS}?since={START}&until=2026-06-01T01:00:00Z");
        let answer = cast.operator.get(&first).await.expect(200).body;
        assert_eq!(of(&answer, "BACKUP"), [json!([START, true, 3])]);
    }

    async fn all_steps_together_are_all_events(backend: Backend) {
        let cast = Cast::start(backend).await;
        cast.server.advance(60);
        let answer = cast.operator.get(COUNTS).await.expect(200).body;
        let counts = answer["counts"].as_array().unwrap();
        let sum: i64 = counts.iter().map(|count| count["count"].as_i64().unwrap()).sum();
        let events = cast.server.app.system().database().single()
            .number("SELECT COUNT(*) FROM audit_event", []).await.unwrap();
        assert_eq!(sum, events);
    }

    async fn a_class_or_an_operation_can_be_asked_for(backend: Backend) {
        let cast = Cast::start(backend).await;
        let node = cast.node("/acme/companyA/contract9", "contract").await;
        happen(&cast, EventKind::Backup, &node, 2).await;
        happen(&cast, EventKind::DataRead, &node, 5).await;
        cast.server.advance(60);
        let answer = cast.operator.get(&format!("{COUNTS}?event_type=BACKUP")).await.expect(200).body;
        assert_eq!(answer["counts"].as_array().unwrap().len(), 1, "{answer}");
        let answer = cast.operator.get(&format!("{COUNTS}?action=test.happen")).await.expect(200).body;
        let classes: Vec<_> = answer["counts"].as_array().unwrap().iter().map(|one| &one["count"]).collect();
        assert_eq!(classes, [2, 5]);
        cast.operator.get(&format!("{COUNTS}?action=a%00b")).await.expect(400);
    }

    async fn those_with_the_most_refusals_and_failures_are_named(backend: Backend) {
        let cast = Cast::start(backend).await;
        let (mut ids, mut refused) = (Vec::new(), Vec::new());
        for times in 1..=12_usize {
            let id = cast.node(&format!("/acme/companyA/person{times}"), "contract").await;
            happen(&cast, EventKind::AccessDenied, &id, times).await;
            ids.push(id);
        }
        happen(&cast, EventKind::LoginFailed, &ids[0], 3).await;
        cast.server.advance(60);
        let answer = cast.operator.get(COUNTS).await.expect(200).body;
        for (number, id) in ids.iter().enumerate().rev().take(10) {
            refused.push(json!({"user_id": id, "count": number + 1}));
        }
        assert_eq!(answer["most_refused"], Value::from(refused));
        assert_eq!(answer["most_failing"], json!([{"user_id": ids[0], "count": 3}]));
    }

    async fn only_what_one_may_read_is_counted(backend: Backend) {
        let cast = Cast::start(backend).await;
        let mine = cast.node("/acme/companyA/contract9", "contract").await;
        let other = cast.node("/acme/companyB/contract9", "contract").await;
        happen(&cast, EventKind::AccessDenied, &mine, 2).await;
        happen(&cast, EventKind::AccessDenied, &other, 3).await;
        let jane = cast.person("jane", json!(["audit:read"]), "/acme/companyA").await;
        let nobody = cast.person("nobody", json!(["node:read"]), "/acme").await;
        cast.server.advance(60);
        let answer = jane.get(COUNTS).await.expect(200).body;
        assert_eq!(of(&answer, "ACCESS_DENIED"), [json!(["2026-05-31T23:01:00Z", false, 2])]);
        assert_eq!(answer["most_refused"], json!([{"user_id": mine, "count": 2}]));
        nobody.get(COUNTS).await.expect(403);
        cast.server.anonymous().get(COUNTS).await.expect(401);
    }

    async fn a_question_that_has_no_end_is_refused(backend: Backend) {
        let cast = Cast::start(backend).await;
        let ask = |query: &str| format!("{COUNTS}?{query}");
        let wrong = [
            "since=2026-06-01T00:00:00Z&until=2026-06-01T00:00:00Z",
            "since=2026-06-02T00:00:00Z&until=2026-06-01T00:00:00Z",
            // 1000 hours and a second.
            "since=2026-01-01T00:00:00Z&until=2026-02-11T16:00:01Z",
            "since=-009999-01-02T01:59:59Z",
            "until=-009999-01-02T01:59:59Z",
            "step=minute",
            "since=yesterday",
            "page=1",
        ];
        for query in wrong {
            cast.operator.get(&ask(query)).await.expect(400);
        }
        cast.operator.get(&ask("since=2026-01-01T00:00:00Z&until=2026-02-11T16:00:00Z")).await.expect(200);
        cast.operator.get(&ask("step=day&since=2024-01-01T00:00:00Z")).await.expect(200);
    }

    async fn the_index_on_the_time_finds_them(backend: Backend) {
        let cast = Cast::start(backend).await;
        let read = cast.server.app.system().database().read().await.unwrap();
        let sql = "FROM audit_event e LEFT JOIN node n ON n.id = e.node
            WHERE e.at >= 5 AND e.at < 6 AND (n.label >= 1 AND n.label < 9)";
        let explain = match backend {
            Backend::Sqlite => "EXPLAIN QUERY PLAN SELECT COUNT(*)",
            Backend::Postgres => "EXPLAIN SELECT COUNT(*)",
        };
        if backend == Backend::Postgres {
            // So few rows are read faster one by one.
            read.connection().execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
        }
        let statement = read.statement(&format!("{explain} {sql}"), []);
        let rows = read.connection().query_all_raw(statement).await.unwrap();
        let column = if backend == Backend::Sqlite { "detail" } else { "QUERY PLAN" };
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
        assert!(plan.iter().any(|line| line.contains("audit_event_at")), "{plan:?}");
    }
}
