//! Reading the table of audit events.

use context::audit_row::{AuditRow, COLUMNS, IS_OF_USER};
use kernel::NodeId;
use sea_orm::FromQueryResult;
use store::{Run, StoreError, Value};
use uuid::Uuid;

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

    /// One more part, if there is a text for it.
    pub(crate) fn and_text(&mut self, part: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.and(part, text);
        }
    }

    /// One more part without a parameter.
    pub(crate) fn and_plain(&mut self, part: String) {
        self.sql.push(part);
    }

    /// All of it.
    fn condition(&self) -> String {
        if self.sql.is_empty() { "1 = 1".to_owned() } else { self.sql.join(" AND ") }
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
    let condition = filter.condition();
    let sql = format!(
        "SELECT e.{columns} FROM audit_event e LEFT JOIN node n ON n.id = e.node
         WHERE {condition} ORDER BY e.sequence DESC LIMIT {limit}"
    );
    run.all(&sql, filter.values).await
}

/// How many events there were in a step, by class.
#[derive(Debug, FromQueryResult)]
pub(crate) struct StepRow {
    /// Which step, from 0.
    pub(crate) step: i64,
    pub(crate) event_type: String,
    pub(crate) success: bool,
    pub(crate) events: i64,
}

/// How many events that the filter admits there were in each step of `width` microseconds. The first parameter of the
/// filter is where the first step begins. The index on `at` finds them.
pub(crate) async fn per_step(
    run: &impl Run,
    filter: Filter,
    width: i64,
) -> Result<Vec<StepRow>, StoreError> {
    let sql = format!(
        "SELECT (e.at - $1) / {width} AS step, e.event_type, e.success, COUNT(*) AS events
         FROM audit_event e LEFT JOIN node n ON n.id = e.node
         WHERE {} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        filter.condition()
    );
    run.all(&sql, filter.values).await
}

/// How many events there were with a user.
#[derive(Debug, FromQueryResult)]
pub(crate) struct UserRow {
    pub(crate) user_id: Option<Uuid>,
    pub(crate) events: i64,
}

/// The users with the most events that the filter admits.
pub(crate) async fn per_user(
    run: &impl Run,
    filter: Filter,
    limit: i64,
) -> Result<Vec<UserRow>, StoreError> {
    let sql = format!(
        "SELECT e.user_id, COUNT(*) AS events
         FROM audit_event e LEFT JOIN node n ON n.id = e.node
         WHERE {} GROUP BY e.user_id ORDER BY 2 DESC, 1 LIMIT {limit}",
        filter.condition()
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
