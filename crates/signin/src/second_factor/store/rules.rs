//! The table `second_factor_rule`: whose sign-in asks for a second factor.

use context::{Action, Permitted};
use jiff::Timestamp;
use kernel::{FactorRuleId, NodeId, RoleId};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value, WriteTransaction, from_micros, micros};
use uuid::Uuid;

use super::joined;
use crate::second_factor::{
    method::methods,
    rule::{FactorRule, Whose},
};

pub(crate) const MIGRATION: Migration = Migration {
    name: "20261130_second_factor_rule",
    sql: "
CREATE TABLE second_factor_rule (
  id {uuid} PRIMARY KEY,
  node {uuid} REFERENCES node (id),
  role {uuid},
  kind TEXT NOT NULL,
  steps BIGINT NOT NULL,
  methods TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX second_factor_rule_node ON second_factor_rule (node);
",
};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    node: Option<Uuid>,
    role: Option<Uuid>,
    kind: String,
    steps: i64,
    methods: String,
    created_at: i64,
}

impl TryFrom<Row> for FactorRule {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt(format!("second factor rule {}", row.id));
        let whose = match (row.kind.as_str(), row.node, row.role) {
            ("realm", Some(node), None) => Whose::Realm(NodeId(node)),
            ("user", Some(node), None) => Whose::User(NodeId(node)),
            ("role", None, Some(role)) => Whose::Role(RoleId(role)),
            _ => return Err(corrupt()),
        };
        Ok(Self {
            whose,
            id: FactorRuleId(row.id),
            steps: usize::try_from(row.steps).map_err(|_| corrupt())?,
            methods: methods(&row.methods).ok_or_else(corrupt)?,
            created_at: from_micros(row.created_at)?,
        })
    }
}

/// All rules, oldest first: there are few.
pub(crate) async fn all(run: &impl Run) -> Result<Vec<FactorRule>, StoreError> {
    let sql = "SELECT id, node, role, kind, steps, methods, created_at FROM second_factor_rule ORDER BY id";
    let rows: Vec<Row> = run.all(sql, store::database::NONE).await?;
    rows.into_iter().map(FactorRule::try_from).collect()
}

/// Adds a rule.
pub(crate) async fn insert<A: Action>(
    tx: &WriteTransaction,
    rule: &Permitted<A, FactorRule>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, id) = rule.whose.named();
    let (node, role) = match rule.whose {
        Whose::Realm(_) | Whose::User(_) => (Some(id), None),
        Whose::Role(_) => (None, Some(id)),
    };
    let sql = "INSERT INTO second_factor_rule (id, node, role, kind, steps, methods, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values: [Value; 7] = [
        rule.id.0.into(),
        node.into(),
        role.into(),
        kind.into(),
        i64::try_from(rule.steps).unwrap_or(i64::MAX).into(),
        joined(rule.methods.iter().map(|method| method.name())).into(),
        micros(now).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Removes a rule.
pub(crate) async fn delete<A: Action>(
    tx: &WriteTransaction,
    rule: &Permitted<A, FactorRule>,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM second_factor_rule WHERE id = $1", [rule.id.0.into()]).await.map(drop)
}

/// Removes the rules for a realm or user that goes.
pub(crate) async fn forget_node(tx: &WriteTransaction, node: NodeId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM second_factor_rule WHERE node = $1", [node.0.into()]).await.map(drop)
}
