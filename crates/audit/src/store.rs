//! Reading the table of audit events.

use context::audit_row::{AuditRow, COLUMNS, IS_OF_USER};
use kernel::NodeId;
use store::{Run, StoreError, Value};

/// A condition that grows: each part with its parameters.
#[derive(Default)]
pub(crate) struct Filter {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    /// One more part; `?` stands for the parameter.
    pub(crate) fn and(&mut self, part: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.sql.push(part.replace('?', &format!("${}", self.values.len())));
    }

    /// One more part without a parameter.
    pub(crate) fn and_plain(&mut self, part: String) {
        self.sql.push(part);
    }
}

/// Events that the filter admits, newest first. The filter may speak of `e` and of `n`, the event's node if it is still
/// there.
pub(crate) async fn newest(
    run: &impl Run,
    filter: Filter,
    limit: usize,
) -> Result<Vec<AuditRow>, StoreError> {
    let columns = COLUMNS.replace(", ", ", e.");
    let condition =
        if filter.sql.is_empty() { "1 = 1".to_owned() } else { filter.sql.join(" AND ") };
    let sql = format!(
        "SELECT e.{columns} FROM audit_event e LEFT JOIN node n ON n.id = e.node
         WHERE {condition} ORDER BY e.sequence DESC LIMIT {limit}"
    );
    run.all(&sql, filter.values).await
}

/// Events in the order of the chain, after a number.
pub(crate) async fn after(
    run: &impl Run,
    sequence: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM audit_event WHERE sequence > $1 ORDER BY sequence LIMIT $2");
    run.all(&sql, [sequence.into(), limit.into()]).await
}

/// The events by a user and about him, newest first, before a number.
pub(crate) async fn of_user(
    run: &impl Run,
    user: NodeId,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_event WHERE {IS_OF_USER} AND sequence < $3
         ORDER BY sequence DESC LIMIT $4"
    );
    let values = [user.0.into(), user.to_string().into(), before.into(), limit.into()];
    run.all(&sql, values).await
}
