//! The table `ip_rule`.

use context::{Action, Change, IpList, Loading, Permitted, Writing};
use ipnet::IpNet;
use kernel::IpRuleId;
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, from_micros, micros};
use uuid::Uuid;

use crate::model::{IpRule, name};

/// The table of this crate.
pub const MIGRATION: Migration = Migration {
    name: "20261125_ip_rule",
    sql: "
CREATE TABLE ip_rule (
  id {uuid} PRIMARY KEY,
  list TEXT NOT NULL,
  network TEXT NOT NULL,
  note TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (list, network)
);
",
};

/// How many rows are read at once when the server starts.
const PAGE: usize = 1000;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    list: String,
    network: String,
    note: Option<String>,
    created_at: i64,
}

impl TryFrom<Row> for IpRule {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt(format!("ip_rule {}", row.id));
        Ok(Self {
            list: match row.list.as_str() {
                "allow" => IpList::Allow,
                "block" => IpList::Block,
                _ => return Err(corrupt()),
            },
            network: row.network.parse().map_err(|_| corrupt())?,
            id: IpRuleId(row.id),
            note: row.note,
            created_at: from_micros(row.created_at)?,
        })
    }
}

/// A rule.
pub(crate) async fn find(run: &impl Run, id: IpRuleId) -> Result<Option<IpRule>, StoreError> {
    let sql = "SELECT id, list, network, note, created_at FROM ip_rule WHERE id = $1";
    let row: Option<Row> = run.one(sql, [id.0.into()]).await?;
    row.map(IpRule::try_from).transpose()
}

/// Whether the list has this very network.
pub(crate) async fn is_on_list(
    run: &impl Run,
    list: IpList,
    network: IpNet,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM ip_rule WHERE list = $1 AND network = $2";
    Ok(run.number(sql, [name(list).into(), network.to_string().into()]).await? > 0)
}

/// Rules whose network or note is like that, after an id.
pub(crate) async fn list(
    run: &impl Run,
    like: &str,
    after: Option<IpRuleId>,
    limit: usize,
) -> Result<Vec<IpRule>, StoreError> {
    let sql = format!(
        "SELECT id, list, network, note, created_at FROM ip_rule
        WHERE (network LIKE LOWER($1) ESCAPE '\\' OR LOWER(COALESCE(note, '')) LIKE LOWER($1) ESCAPE '\\') AND id > $2
        ORDER BY id LIMIT {limit}"
    );
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let rows: Vec<Row> = run.all(&sql, [like.into(), after.into()]).await?;
    rows.into_iter().map(IpRule::try_from).collect()
}

/// How many [`list`] would give without a limit.
pub(crate) async fn count(run: &impl Run, like: &str) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM ip_rule
        WHERE network LIKE LOWER($1) ESCAPE '\\' OR LOWER(COALESCE(note, '')) LIKE LOWER($1) ESCAPE '\\'";
    Ok(run.number(sql, [like.into()]).await?.unsigned_abs())
}

/// Writes a rule.
pub(crate) async fn insert<A: Action>(
    tx: &Writing,
    rule: &Permitted<A, IpRule>,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO ip_rule (id, list, network, note, created_at) VALUES ($1, $2, $3, $4, $5)";
    let values = [
        rule.id.0.into(),
        name(rule.list).into(),
        rule.network.to_string().into(),
        rule.note.clone().into(),
        micros(rule.created_at).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Removes a rule.
pub(crate) async fn delete<A: Action>(
    tx: &Writing,
    rule: &Permitted<A, IpRule>,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM ip_rule WHERE id = $1", [rule.id.0.into()]).await.map(drop)
}

/// Streams the rules at the start.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    for rule in all(run).await? {
        loading.apply(Change::IpRuleSaved { list: rule.list, network: rule.network })?;
    }
    Ok(())
}

/// All rules, oldest first. Their number is limited.
pub async fn all(run: &impl Run) -> Result<Vec<IpRule>, StoreError> {
    let mut all: Vec<IpRule> = Vec::new();
    loop {
        let page = list(run, "%", all.last().map(|last| last.id), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
