//! Values that no JSON has, and columns that are not what the caller says.

use policy::condition::{
    Predicate,
    sql::{
        Clause, Column,
        ColumnType::{self, Boolean, Decimal, Integer, Json, Number, Text, Timestamp, Uuid},
        Columns, Parameters,
    },
};
use serde_json::json;
use testkit::{Backend, on_both};

use crate::{conditions::World, databases::Connection};

/// What a condition comes to for `resource.x`, the column `x` of the one row of `item`.
async fn truth(connection: &mut Connection, text: &str, holds: Option<ColumnType>) -> Option<bool> {
    let columns: Columns =
        [("x".to_owned(), Column { name: "item.x".parse().unwrap(), holds })].into();
    let predicate = Predicate::parse(&kernel::ConditionText(text.to_owned())).unwrap();
    let mut parameters = Parameters::new(connection.dialect());
    let world = World(json!({"subject": {}}));
    let Clause::Open(sql) = predicate.to_sql(&world, &columns, &mut parameters) else {
        return None;
    };
    let sql = format!(
        "SELECT CAST(CASE WHEN {sql} THEN 1 WHEN NOT {sql} THEN 0 END AS bigint) FROM item"
    );
    let (sql, values) = parameters.finish(&sql, 1);
    connection.numbers(&sql, &values).await[0][0].map(|truth| truth == 1)
}

/// Values in SQL, each with the type that the caller says and conditions with what they come to.
type Case = (&'static str, Option<ColumnType>, &'static [(&'static str, Option<bool>)]);

async fn check(connection: &mut Connection, cases: &[Case]) {
    for (value, holds, expected) in cases {
        connection
            .run(&format!("DROP TABLE IF EXISTS item; CREATE TABLE item AS SELECT {value} AS x"))
            .await;
        for (text, expected) in *expected {
            let found = truth(connection, text, *holds).await;
            assert_eq!(found, *expected, "{text} for {value} as {holds:?}");
        }
    }
}

const NOWHERE: &[(&str, Option<bool>)] = &[
    ("resource.x > 1", None),
    ("resource.x <= 1.5", None),
    ("resource.x == 'a'", None),
    ("resource.x != 9007199254740993", None),
    ("resource.x in [1, 2]", None),
    ("has(resource.x)", Some(true)),
];

const POSTGRESQL: &[Case] = &[
    ("'NaN'::float8", Some(Number), NOWHERE),
    ("'Infinity'::float8", Some(Number), NOWHERE),
    ("'-Infinity'::float8", Some(Number), NOWHERE),
    ("'NaN'::numeric", Some(Decimal), NOWHERE),
    ("'Infinity'::numeric", Some(Decimal), NOWHERE),
    ("1e400::numeric", Some(Decimal), NOWHERE),
    ("1e400::numeric", Some(Number), NOWHERE),
    ("9223372036854775807.9::numeric", Some(Decimal), NOWHERE),
    (
        "9223372036854775807::numeric",
        Some(Decimal),
        &[("resource.x == 9223372036854775807", Some(true))],
    ),
    (
        "0.10::numeric",
        Some(Decimal),
        &[("resource.x == 0.1", Some(true)), ("resource.x < 1", Some(true))],
    ),
    (
        "3.00::numeric(10,2)",
        Some(Decimal),
        &[("resource.x == 3", Some(true)), ("resource.x in [3]", Some(true))],
    ),
    (
        "7::smallint",
        Some(Integer),
        &[
            ("resource.x > 6.5", Some(true)),
            ("resource.x == 6.5", Some(false)),
            ("resource.x < -0.5", Some(false)),
        ],
    ),
    ("1.5::real", Some(Number), &[("resource.x == 1.5", Some(true))]),
    ("'ab '::char(5)", Some(Text), &[("resource.x == 'ab'", Some(true))]),
    (
        "'Ab'::text COLLATE \"en-x-icu\"",
        Some(Text),
        &[("resource.x < 'a'", Some(true)), ("resource.x.startsWith('A')", Some(true))],
    ),
    (
        "'a'::text",
        Some(Text),
        &[
            ("resource.x == '\\u0000'", None),
            ("resource.x.contains('\\u0000')", None),
            ("resource.x in ['\\u0000', 'a']", Some(true)),
        ],
    ),
    (
        "ARRAY['a', 'b']",
        None,
        &[
            ("'a' in resource.x", Some(true)),
            ("'c' in resource.x", Some(false)),
            ("size(resource.x) == 2", Some(true)),
        ],
    ),
    (
        "'2f0c64d2-1d5b-4a4e-8f8c-000000000001'::uuid",
        Some(Uuid),
        &[
            ("resource.x == '2f0c64d2-1d5b-4a4e-8f8c-000000000001'", Some(true)),
            ("resource.x.endsWith('01')", Some(true)),
        ],
    ),
    ("'infinity'::timestamptz", Some(Timestamp), &[("timestamp(resource.x) > now", None)]),
    (
        "'4000-01-01 BC'::timestamptz",
        Some(Timestamp),
        &[("timestamp(resource.x) < now", Some(true))],
    ),
    ("'12000-01-01'::timestamp", Some(Timestamp), &[("timestamp(resource.x) > now", None)]),
    (
        "'2026-01-01'::date",
        Some(Timestamp),
        &[("timestamp(resource.x) == timestamp('2026-01-01T00:00:00Z')", Some(true))],
    ),
    (
        "'2026-01-01 00:00:00'::timestamp",
        Some(Timestamp),
        &[("timestamp(resource.x) == timestamp('2026-01-01T00:00:00Z')", Some(true))],
    ),
    ("true", Some(Boolean), &[("resource.x", Some(true)), ("resource.x == 1", None)]),
    (
        "'{\"a\": 1}'::json",
        Some(Json),
        &[("resource.x == 1", None), ("has(resource.x)", Some(true))],
    ),
];

#[test]
fn postgresql() {
    testkit::backend::block_on(async {
        let mut connection = Connection::open(Backend::Postgres).await;
        check(&mut connection, POSTGRESQL).await;
    });
}

const SQLITE: &[Case] = &[
    ("9e999", Some(Number), NOWHERE),
    ("-9e999", None, NOWHERE),
    ("x'61'", None, NOWHERE),
    ("x'61'", Some(Json), NOWHERE),
    (
        "'10'",
        Some(Integer),
        &[("resource.x > 9", None), ("resource.x == '10'", None), ("has(resource.x)", Some(true))],
    ),
    (
        "10",
        Some(Text),
        &[("resource.x == '10'", None), ("resource.x > 9", None), ("size(resource.x) == 2", None)],
    ),
    ("'10'", None, &[("resource.x > 9", None), ("resource.x == '10'", Some(true))]),
    ("3.5", Some(Integer), &[("resource.x > 3", Some(true))]),
    (
        "CAST('a' || char(0) || 'b' AS TEXT)",
        Some(Text),
        &[
            ("resource.x == 'a'", Some(false)),
            ("resource.x.endsWith('b')", Some(true)),
            ("resource.x.contains('\\u0000')", Some(true)),
            ("size(resource.x) == 3", None),
        ],
    ),
    (
        "'2026-06-01T10:00:00Z' || char(0)",
        Some(Timestamp),
        &[("timestamp(resource.x) > timestamp('2000-01-01T00:00:00Z')", None)],
    ),
    (
        "1780308000",
        Some(Timestamp),
        &[("timestamp(resource.x) > timestamp('2000-01-01T00:00:00Z')", None)],
    ),
    ("'no json'", Some(Json), NOWHERE),
    ("''", Some(Json), &[("size(resource.x) == 0", None), ("'a' in resource.x", None)]),
    ("'[1'", Some(Json), &[("size(resource.x) == 1", None), ("1 in resource.x", None)]),
    ("5", Some(Json), &[("resource.x == 5", Some(true))]),
    ("2", Some(Boolean), &[("resource.x", None), ("resource.x == true", None)]),
    ("'1'", Some(Boolean), &[("resource.x", None)]),
    ("1", Some(Boolean), &[("resource.x", Some(true)), ("resource.x == 1", None)]),
    ("1", None, &[("resource.x", None), ("resource.x == 1", Some(true))]),
    (
        "x'2F0C64D21D5B4A4E8F8C000000000001'",
        Some(Uuid),
        &[("resource.x == '2f0c64d2-1d5b-4a4e-8f8c-000000000001'", Some(true))],
    ),
    ("x'2F'", Some(Uuid), &[("resource.x == '2f'", None)]),
];

#[test]
fn sqlite() {
    testkit::backend::block_on(async {
        let mut connection = Connection::open(Backend::Sqlite).await;
        check(&mut connection, SQLITE).await;
        // A column's own collation and affinity mean nothing.
        connection.run("DROP TABLE item; CREATE TABLE item (x TEXT COLLATE NOCASE); INSERT INTO item VALUES ('A')").await;
        assert_eq!(truth(&mut connection, "resource.x == 'a'", Some(Text)).await, Some(false));
        assert_eq!(truth(&mut connection, "resource.x in ['a']", None).await, Some(false));
        connection
            .run("DROP TABLE item; CREATE TABLE item (x NUMERIC); INSERT INTO item VALUES ('A')")
            .await;
        assert_eq!(truth(&mut connection, "resource.x == 'A'", None).await, Some(true));
    });
}

on_both! {
    /// What is told wrongly fails, or is unknown; it is never taken for something else.
    async fn a_column_that_is_not_there_fails(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        connection.run("CREATE TABLE item (y text); INSERT INTO item VALUES ('x')").await;
        let task = tokio::spawn(async move { truth(&mut connection, "resource.x == 'x'", Some(ColumnType::Text)).await });
        assert!(task.await.is_err());
    }
}
