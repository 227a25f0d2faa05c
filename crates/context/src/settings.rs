//! Live settings: from file, environment or flag (then they are pinned), else from the database, else the default.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Problem, Setting};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, WriteTransaction};

/// The tables of this module.
pub const MIGRATION: Migration = Migration {
    name: "20261121_setting",
    sql: "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
};

/// The values in force; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// From file, environment or flag: these win.
    pinned: Arc<BTreeMap<String, String>>,
    stored: Arc<BTreeMap<String, String>>,
}

impl Settings {
    /// Settings of which these cannot be changed while running.
    pub fn new(pinned: BTreeMap<String, String>) -> Self {
        Self { pinned: Arc::new(pinned), stored: Arc::default() }
    }

    /// The value in force, as text.
    pub fn text<'a>(&'a self, setting: &'a Setting) -> &'a str {
        let value = self.pinned.get(setting.key).or_else(|| self.stored.get(setting.key));
        value.map_or(setting.default, String::as_str)
    }

    /// The value in force, as a number. A stored value was checked when it was saved.
    pub fn number(&self, setting: &Setting) -> Result<i64, Problem> {
        let text = self.text(setting);
        text.parse()
            .map_err(|_| Problem::internal(format!("the setting {} is not a number", setting.key)))
    }

    /// Whether it is on: `true` or `false`; anything else is an error, never a silent off.
    pub fn is_on(&self, setting: &Setting) -> Result<bool, Problem> {
        match self.text(setting) {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => {
                Err(Problem::internal(format!("the setting {} is not true or false", setting.key)))
            }
        }
    }

    /// Whether file, environment or flag say it, so that it cannot be changed while running.
    pub fn is_pinned(&self, setting: &Setting) -> bool {
        self.pinned.contains_key(setting.key)
    }

    pub(crate) fn save(&mut self, key: &str, value: Option<&str>) {
        let stored = Arc::make_mut(&mut self.stored);
        match value {
            Some(value) => stored.insert(key.to_owned(), value.to_owned()),
            None => stored.remove(key),
        };
    }
}

/// All stored settings, for the start.
pub async fn load(run: &impl Run) -> Result<Vec<(String, String)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        key: String,
        value: String,
    }
    let rows: Vec<Row> = run.all("SELECT key, value FROM setting", []).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.value)).collect())
}

/// Writes a setting, or removes it. The caller holds the permission for its section.
pub async fn store(
    transaction: &WriteTransaction,
    key: &str,
    value: Option<&str>,
) -> Result<(), StoreError> {
    match value {
        None => transaction.execute("DELETE FROM setting WHERE key = $1", [key.into()]).await?,
        Some(value) => {
            let sql = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            transaction.execute(sql, [key.into(), value.into()]).await?
        }
    };
    Ok(())
}
