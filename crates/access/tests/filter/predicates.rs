//! Random conditions over random rows: SQL is true, false and NULL exactly where memory is true, false and unknown.

use kernel::ConditionText;
use policy::condition::{
    Predicate,
    sql::{Clause, Column, ColumnType, Columns, Dialect, Parameters},
};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde_json::{Map, Value, json};
use testkit::{Backend, on_both};

use crate::{
    conditions::{World, settled},
    databases::{Connection, quoted},
};

const ROWS: usize = 150;

/// `PORTCULLIS_CONDITIONS` asks for another number of conditions.
fn conditions() -> usize {
    let wanted = std::env::var("PORTCULLIS_CONDITIONS").ok().and_then(|text| text.parse().ok());
    wanted.unwrap_or(1500)
}

/// Columns: name, type as the filter is told, type as PostgreSQL is told.
const COLUMNS: [(&str, Option<ColumnType>, &str); 12] = [
    ("text", Some(ColumnType::Text), "text"),
    ("text2", Some(ColumnType::Text), "varchar(40)"),
    ("whole", Some(ColumnType::Integer), "bigint"),
    ("whole2", Some(ColumnType::Integer), "integer"),
    ("number", Some(ColumnType::Number), "double precision"),
    ("decimal", Some(ColumnType::Decimal), "numeric"),
    ("flag", Some(ColumnType::Boolean), "boolean"),
    ("json", Some(ColumnType::Json), "jsonb"),
    ("json2", Some(ColumnType::Json), "jsonb"),
    ("time", Some(ColumnType::Timestamp), "timestamptz"),
    ("found", None, "text"),
    ("found2", None, "bigint"),
];

const TEXTS: [&str; 16] = [
    "",
    "a",
    "b",
    "ab",
    "A",
    "é",
    "Grüße",
    "%",
    "a_b",
    "10",
    "9",
    "\u{1F431}",
    "open",
    "2026-06-01T10:00:00Z",
    "2024-02-29T23:59:59.5+02:00",
    "2023-02-29T00:00:00Z",
];
const MOMENTS: [&str; 22] = [
    "2026-06-01T10:00:00Z",
    "2026-06-01T10:00:00.000000001Z",
    "2026-06-01T12:00:00+02:00",
    "2026-06-01T09:59:59.999999999Z",
    "0000-01-01T00:00:00Z",
    "0000-02-29T00:00:00Z",
    "0000-01-01T00:00:00+23:59",
    "9999-12-30T21:59:59Z",
    "9999-12-30T22:00:00.999999999Z",
    "9999-12-30T22:00:01Z",
    "9999-12-31T00:00:00Z",
    "9999-12-31T23:59:59+23:59",
    "1900-02-29T00:00:00Z",
    "2000-02-29T00:00:00-00:00",
    "2026-04-31T00:00:00Z",
    "2026-06-01T24:00:00Z",
    "2026-06-01T10:00:60Z",
    "2026-06-01T10:00:00.Z",
    "2026-06-01T10:00:00.1234567890Z",
    "2026-06-01T10:00:00+24:00",
    "2026-06-01T10:00:00",
    "1969-12-31T23:59:59.25Z",
];

struct Random(ChaCha8Rng);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % end as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn integer(&mut self) -> i64 {
        let near =
            [0, 1, 2, 3, -1, 9, 10, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1, i64::MAX, i64::MIN];
        self.one(&near)
    }

    fn double(&mut self) -> f64 {
        let near = [
            0.0,
            0.5,
            -0.5,
            0.1,
            2.5,
            -1.5,
            3.0,
            1e300,
            -1e19,
            9_007_199_254_740_992.0,
            9_223_372_036_854_775_808.0,
            0.001,
            9.0,
            1.1,
            4_503_599_627_370_497.5,
        ];
        self.one(&near)
    }

    fn text(&mut self) -> String {
        if self.chance(40) { self.one(&MOMENTS).to_owned() } else { self.one(&TEXTS).to_owned() }
    }

    fn scalar(&mut self) -> Value {
        match self.below(6) {
            0 => json!(self.integer()),
            1 => json!(self.double()),
            2 => json!(self.chance(50)),
            3 => self.one(&[json!(null), json!(u64::MAX), json!({"a": 1})]),
            _ => json!(self.text()),
        }
    }

    fn any(&mut self) -> Value {
        if self.chance(25) {
            let count = self.below(4);
            (0..count).map(|_| self.scalar()).collect()
        } else {
            self.scalar()
        }
    }

    /// A row: what conditions read of it, and its values in SQL.
    fn row(&mut self, dialect: Dialect) -> (Map<String, Value>, Vec<String>) {
        let (mut facts, mut values) = (Map::new(), Vec::new());
        for (name, holds, made) in COLUMNS {
            if self.chance(15) {
                values.push("NULL".to_owned());
                continue;
            }
            let value = match (holds, made) {
                (Some(ColumnType::Text), _) | (None, "text") => json!(self.text()),
                (_, "integer") => json!(self.below(10)),
                (Some(ColumnType::Integer) | None, _) => json!(self.integer()),
                (Some(ColumnType::Number), _) => json!(self.double()),
                (Some(ColumnType::Decimal), _) if self.chance(50) => json!(self.integer()),
                (Some(ColumnType::Decimal), _) => json!(self.double()),
                (Some(ColumnType::Boolean), _) => json!(self.chance(50)),
                (Some(ColumnType::Timestamp), _) => json!(self.stored_moment()),
                _ => self.any(),
            };
            values.push(match &value {
                Value::String(text) if holds != Some(ColumnType::Json) => quoted(text),
                value if holds == Some(ColumnType::Json) => {
                    let text = quoted(&value.to_string());
                    if dialect == Dialect::Postgresql { format!("{text}::jsonb") } else { text }
                }
                // PostgreSQL would read a long number as numeric, and round it.
                value if dialect == Dialect::Postgresql => format!("'{value}'"),
                value => value.to_string(),
            });
            facts.insert(name.to_owned(), value);
        }
        (facts, values)
    }

    /// One that timestamptz holds exactly.
    fn stored_moment(&mut self) -> &'static str {
        self.one(&[
            "2026-06-01T10:00:00Z",
            "2026-06-01T12:00:00.000001+02:00",
            "1969-12-31T23:59:59.25Z",
            "9999-12-30T21:59:59Z",
        ])
    }

    fn field(&mut self) -> String {
        let names: Vec<&str> =
            COLUMNS.iter().map(|(name, ..)| *name).filter(|name| *name != "time").collect();
        match self.below(12) {
            0 => self
                .one(&[
                    "subject.id",
                    "subject.level",
                    "subject.groups",
                    "subject.nothing",
                    "context.list",
                ])
                .to_owned(),
            _ => format!("resource.{}", self.one(&names)),
        }
    }

    fn literal(&mut self) -> String {
        match self.below(7) {
            0 => self.integer().to_string(),
            1 => {
                let double = self.double();
                if double.abs() < 1e18 { format!("{double:?}") } else { "1.5".to_owned() }
            }
            2 => self.chance(50).to_string(),
            3 => self.one(&["0", "1", "10", "9", "-1", "2.5", "0.1"]).to_owned(),
            _ => format!("{:?}", self.text()),
        }
    }

    fn moment(&mut self) -> String {
        let base = match self.below(6) {
            0 => "now".to_owned(),
            1 => "timestamp(resource.time)".to_owned(),
            2 => "timestamp(\"2026-06-01T10:00:00.5Z\")".to_owned(),
            _ => format!("timestamp({})", self.field()),
        };
        match self.below(4) {
            0 => format!(
                "{base} + duration(\"{}\")",
                self.one(&["1h", "1ns", "999999999ns", "48h", "-1s", "-1ns", "2000000000000h"])
            ),
            1 => format!(
                "{base} - duration(\"{}\")",
                self.one(&["1h30m", "1ns", "1.5s", "100000000h"])
            ),
            _ => base,
        }
    }

    fn value(&mut self) -> String {
        match self.below(10) {
            0 => format!("size({})", self.field()),
            1..=3 => self.literal(),
            _ => self.field(),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.chance(45) {
            let (a, b) = (self.condition(depth - 1), self.condition(depth - 1));
            return match self.below(3) {
                0 => format!("({a} && {b})"),
                1 => format!("({a} || {b})"),
                _ => format!("!({a})"),
            };
        }
        let operator = self.one(&["==", "!=", "<", "<=", ">", ">="]);
        match self.below(12) {
            0 => self.field(),
            1 => format!("has({})", self.field()),
            2 => format!("{} in {}", self.value(), self.field()),
            3 | 4 => {
                let count = 1 + self.below(3);
                let list: Vec<String> = (0..count).map(|_| self.literal()).collect();
                format!("{} in [{}]", self.value(), list.join(", "))
            }
            5 | 6 => {
                let test = self.one(&["startsWith", "endsWith", "contains"]);
                format!(
                    "{}.{test}({:?})",
                    self.field(),
                    self.one(&["", "a", "b", "%", "_", "é", "0", "ß", "Z"])
                )
            }
            7 | 8 => format!("{} {operator} {}", self.moment(), self.moment()),
            _ => format!("{} {operator} {}", self.value(), self.value()),
        }
    }
}

fn columns() -> Columns {
    let column = |(name, holds, _): (&str, Option<ColumnType>, &str)| {
        (name.to_owned(), Column { name: format!("item.{name}").parse().unwrap(), holds })
    };
    COLUMNS.map(column).into()
}

async fn fill(connection: &mut Connection, random: &mut Random) -> Vec<World> {
    let dialect = connection.dialect();
    let made: Vec<String> = COLUMNS
        .iter()
        .map(|(name, _, kind)| match dialect {
            Dialect::Postgresql => format!("\"{name}\" {kind}"),
            Dialect::Sqlite => format!("\"{name}\""),
        })
        .collect();
    connection.run(&format!("CREATE TABLE item (id bigint, {})", made.join(", "))).await;
    let mut worlds = Vec::new();
    for id in 0..ROWS {
        let (facts, values) = random.row(dialect);
        connection.run(&format!("INSERT INTO item VALUES ({id}, {})", values.join(", "))).await;
        worlds.push(World(json!({
            "resource": facts,
            "subject": {"id": "a", "level": 3, "groups": ["a", "open", "é"], "nothing": null},
            "action": {}, "context": {"list": [1, "b", 2.5, true]},
        })));
    }
    worlds
}

on_both! {
    async fn they_agree_with_memory(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        let mut random = Random(ChaCha8Rng::seed_from_u64(7));
        let worlds = fill(&mut connection, &mut random).await;
        let (columns, mut asked, mut seen) = (columns(), 0, [0; 3]);
        while asked < conditions() {
            let text = random.condition(3);
            let Ok(predicate) = Predicate::parse(&ConditionText(text.clone())) else { continue };
            asked += 1;
            let mut parameters = Parameters::new(connection.dialect());
            let found = match predicate.to_sql(&worlds[0], &columns, &mut parameters) {
                Clause::Settled(truth) => vec![settled(truth); ROWS],
                Clause::Open(sql) => {
                    let number = if backend == Backend::Sqlite { "INTEGER" } else { "bigint" };
                    let sql = format!("SELECT CAST(CASE WHEN {sql} THEN 1 WHEN NOT {sql} THEN 0 END AS {number}) FROM item ORDER BY id");
                    let (sql, values) = parameters.finish(&sql, 1);
                    let rows = connection.numbers(&sql, &values).await;
                    rows.into_iter().map(|row| row[0].map(|truth| truth == 1)).collect()
                }
            };
            for (world, found) in worlds.iter().zip(found) {
                let expected = settled(predicate.evaluate(world));
                seen[expected.map_or(2, usize::from)] += 1;
                assert_eq!(found, expected, "{text} for {}", world.0["resource"]);
            }
        }
        // Each of the three comes up often enough to mean something.
        assert!(seen.iter().all(|count| *count > conditions() * ROWS / 50), "{seen:?}");
    }
}
