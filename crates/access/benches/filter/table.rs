//! The business table: contracts at nodes, and the mirror of the nodes' labels.

use policy::{
    Form, Rows,
    condition::sql::{Column, ColumnType, Dialect},
};

use crate::{databases::Connection, world::World};

/// Fills the tables. Most contracts are at leaves, some at no node; numbers are spread by multiplication.
pub async fn fill(connection: &mut Connection, world: &World, rows: usize) {
    let dialect = connection.dialect();
    let id = if dialect == Dialect::Sqlite { "blob" } else { "uuid" };
    connection
        .run(&format!(
            "CREATE TABLE place (number bigint, node_id {id} PRIMARY KEY, label bigint NOT NULL); \
             CREATE TABLE contract (id bigint PRIMARY KEY, node_id {id}, created bigint NOT NULL, \
             amount bigint NOT NULL, status text NOT NULL)"
        ))
        .await;
    for (at, chunk) in world.nodes.chunks(1000).enumerate() {
        let rows: Vec<String> = chunk
            .iter()
            .enumerate()
            .map(|(i, (node, label))| {
                let id = match dialect {
                    Dialect::Sqlite => format!("x'{}'", node.to_string().replace('-', "")),
                    Dialect::Postgresql => format!("'{node}'"),
                };
                format!("({}, {id}, {label})", at * 1000 + i)
            })
            .collect();
        connection.run(&format!("INSERT INTO place VALUES {}", rows.join(", "))).await;
    }
    let count = world.nodes.len();
    let numbers = match dialect {
        Dialect::Postgresql => format!("SELECT i FROM generate_series(1, {rows}::bigint) AS g (i)"),
        Dialect::Sqlite => format!(
            "WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {rows}) SELECT i FROM g"
        ),
    };
    connection
        .run(&format!(
            "CREATE INDEX place_number ON place (number); \
             INSERT INTO contract SELECT i, CASE WHEN i % 1000 = 0 THEN NULL ELSE p.node_id END, i, \
             (i * 7919) % 1000003, CASE WHEN i % 10 = 0 THEN 'archived' ELSE 'open' END \
             FROM ({numbers}) AS s LEFT JOIN place p ON p.number = (i * 48271) % {count}"
        ))
        .await;
    connection
        .run(
            "CREATE INDEX place_label ON place (label); CREATE INDEX contract_created ON contract (created); \
             CREATE INDEX contract_amount ON contract (amount); CREATE INDEX contract_node ON contract (node_id); \
             ANALYZE",
        )
        .await;
}

pub fn rows(dialect: Dialect, form: Option<Form>) -> Rows {
    let column = |name: &str, holds| {
        (name.to_owned(), Column { name: format!("c.{name}").parse().unwrap(), holds: Some(holds) })
    };
    Rows {
        dialect,
        first_parameter: 1,
        node: Some("c.node_id".parse().unwrap()),
        label: "n.label".parse().unwrap(),
        columns: [column("status", ColumnType::Text), column("amount", ColumnType::Integer)].into(),
        table_rows: None,
        form,
    }
}
