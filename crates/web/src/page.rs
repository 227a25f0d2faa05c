//! Lists: `limit`, `cursor`, `q`, `sort` in; `{items, next_cursor, total}` out.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kernel::{Problem, ProblemKind};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

/// Default size of a page.
pub const DEFAULT_LIMIT: u32 = 50;
/// Largest size of a page.
pub const MAX_LIMIT: u32 = 500;

/// The parameters of a plain list. One with more of its own has these fields beside them.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended: its `next_cursor`.
    pub cursor: Option<String>,
    /// Only what has this text in its name.
    pub q: Option<String>,
}

/// One page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The things.
    pub items: Vec<T>,
    /// For the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are in all, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// The size of the page.
pub fn limit(limit: Option<u32>) -> Result<usize, Problem> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit as usize),
        _ => Err(Problem::new(ProblemKind::BadRequest, "limit must be 1 to 500.")),
    }
}

impl<T> Page<T> {
    /// A page of rows that were fetched with one more than `limit`: the one too many tells that there is a next page,
    /// which begins after `key` of the last row shown.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| to_cursor(&key(row)));
        Self { items: rows, next_cursor, total: None }
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next_cursor: self.next_cursor,
            total: self.total,
        }
    }

    /// With the number of all.
    #[must_use]
    pub fn with_total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }
}

/// A key as a cursor: opaque to clients, and no secret.
pub fn to_cursor<K: Serialize>(key: &K) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key of a cursor.
pub fn from_cursor<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, Problem> {
    let wrong =
        || Problem::new(ProblemKind::BadRequest, "cursor is not one that this list has given.");
    cursor
        .map(|text| {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
            serde_json::from_slice(&bytes).map_err(|_| wrong())
        })
        .transpose()
}

/// A search text as the pattern of `LIKE ... ESCAPE '\'`: anywhere, wildcards taken literally.
pub fn like(q: &str) -> String {
    format!("%{}%", literal(q))
}

/// The same for a text at the beginning.
pub fn like_beginning(prefix: &str) -> String {
    format!("{}%", literal(prefix))
}

fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_too_many_makes_a_cursor() {
        let page = Page::cut(vec![1, 2, 3], 2, |row| *row);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(from_cursor::<i32>(page.next_cursor.as_deref()).unwrap(), Some(2));
        assert_eq!(Page::cut(vec![1, 2], 2, |row| *row).next_cursor, None);
    }

    #[test]
    fn foreign_cursors_and_limits_are_refused() {
        assert!(from_cursor::<i64>(Some("%%")).is_err());
        assert!(from_cursor::<i64>(Some("e30")).is_err());
        assert!(limit(Some(0)).is_err() && limit(Some(501)).is_err());
        assert_eq!(limit(None).unwrap(), 50);
    }

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(like("50%_\\"), "%50\\%\\_\\\\%");
    }
}
