//! Each table has one owner: the crate that creates it. Only there, in the `store.rs` or the file that creates the
//! table, does SQL name it; others call the owner's functions.

use std::collections::{BTreeMap, HashSet};

use super::Finding;
use crate::tokens::{self, Kind};
use crate::workspace::{File, Workspace};

/// Tables that crates besides the owner may read, with the crates (none named: all) and the reason.
const SHARED: &[(&str, &[&str], &str)] = &[
    ("node", &[], "lists are scoped by the tree in SQL, before they run"),
    ("audit_event", &["audit"], "context writes events in the commit, audit reads them"),
    (
        "audit_head",
        &["audit"],
        "context writes the head of the chain in the commit, audit verifies it",
    ),
];

/// Databases' own tables.
const SYSTEM: [&str; 4] = ["pg_", "sqlite_", "information_schema", "pragma_"];

/// A table named in SQL.
struct Mention {
    table: String,
    line: usize,
    verb: Verb,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Creates,
    Reads,
    Writes,
}

pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut mentions = Vec::new();
    for (owner, file) in workspace.files().filter(|(_, file)| !file.test) {
        mentions.extend(in_file(file).into_iter().map(|m| (owner.name.as_str(), file, m)));
    }
    // Table -> the crate and the file that create it.
    let mut owners: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for (name, file, mention) in mentions.iter().filter(|(.., m)| m.verb == Verb::Creates) {
        owners.entry(&mention.table).or_insert((name, &file.path));
    }
    let judged = mentions.iter().filter_map(|(name, file, mention)| {
        let message = judge(name, file, mention, owners.get(mention.table.as_str()))?;
        Some(Finding::new(&file.path, mention.line, message))
    });
    judged.collect()
}

fn judge(
    name: &str,
    file: &File,
    mention: &Mention,
    owner: Option<&(&str, &str)>,
) -> Option<String> {
    let table = &mention.table;
    let Some((owner, created)) = owner else {
        return Some(format!("no crate creates the table {table}"));
    };
    if *owner != name {
        let shared = SHARED
            .iter()
            .any(|(shared, with, _)| shared == table && (with.is_empty() || with.contains(&name)));
        let allowed = shared && mention.verb == Verb::Reads;
        return (!allowed).then(|| format!("the table {table} is {owner}'s: call its functions"));
    }
    let place = is_store(&file.path) || file.path == *created;
    (!place).then(|| format!("SQL on the table {table} belongs into store.rs"))
}

fn is_store(path: &str) -> bool {
    path.ends_with("/store.rs") || path.contains("/store/") || path.contains("migration")
}

fn in_file(file: &File) -> Vec<Mention> {
    let tokens = tokens::without_tests(&tokens::cut(&file.text));
    let texts: Vec<_> = tokens.iter().filter(|token| token.kind == Kind::Text).collect();
    let local: HashSet<&str> = texts.iter().flat_map(|text| named_queries(text.text)).collect();
    let mut found = Vec::new();
    for text in texts {
        for (table, offset, verb) in in_sql(text.text) {
            if !local.contains(table) {
                let line = text.line + text.text[..offset].matches('\n').count();
                found.push(Mention { table: table.to_owned(), line, verb });
            }
        }
    }
    found
}

/// Tables in a piece of SQL, whose keywords are in capitals and whose names are not: name, offset, verb.
fn in_sql(sql: &str) -> Vec<(&str, usize, Verb)> {
    let words = words(sql);
    let mut found = Vec::new();
    for (at, &(_, word)) in words.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| words[at].1);
        let verb = match (word, before) {
            ("FROM", Some("DELETE")) | ("INTO", _) => Verb::Writes,
            ("FROM", Some("DISTINCT")) => continue, // IS DISTINCT FROM
            ("FROM" | "JOIN", _) => Verb::Reads,
            ("UPDATE", Some("FOR" | "DO" | "ON" | "KEY")) => continue, // FOR UPDATE, DO UPDATE, ON UPDATE
            ("UPDATE", _) => Verb::Writes,
            ("TABLE", Some("CREATE")) => Verb::Creates,
            ("TABLE", Some("ALTER" | "DROP" | "TRUNCATE")) => Verb::Writes,
            _ => continue,
        };
        let skipped = ["ONLY", "IF", "NOT", "EXISTS", "LATERAL"];
        let Some(&(offset, name)) = words[at + 1..].iter().find(|(_, w)| !skipped.contains(w))
        else {
            continue;
        };
        let between = sql[..offset].trim_end_matches(['"', '\\', ' ', '\n']);
        let adjacent = between.ends_with(|c: char| c.is_ascii_alphanumeric());
        // A function that gives rows is no table; before a table's columns there is a space.
        let function = verb == Verb::Reads && sql[offset + name.len()..].starts_with('(');
        if adjacent && !function && is_table(name) {
            found.push((name, offset, verb));
        }
    }
    found
}

/// The names that `WITH name AS (...)` and `WITH name (columns) AS (...)` give to queries.
fn named_queries(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (offset, _) in sql.match_indices(" AS (").chain(sql.match_indices(" AS MATERIALIZED (")) {
        let before = sql[..offset].trim_end();
        let before = match before.strip_suffix(')') {
            Some(columns) => columns.rfind('(').map_or("", |open| columns[..open].trim_end()),
            None => before,
        };
        found.extend(words(before).last().map(|(_, name)| *name));
    }
    found
}

fn is_table(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.contains(|c: char| c.is_ascii_uppercase())
        && !SYSTEM.iter().any(|system| name.starts_with(system))
}

/// The words of a text with their offsets.
fn words(text: &str) -> Vec<(usize, &str)> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(part).map(|start| at + start) {
        let end = text[start..].find(|c| !part(c)).map_or(text.len(), |length| start + length);
        found.push((start, &text[start..end]));
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::samples::{Sample, several};

    fn tables(sql: &str) -> Vec<&str> {
        in_sql(sql).into_iter().map(|(name, ..)| name).collect()
    }

    #[test]
    fn reads_sql() {
        assert_eq!(
            tables("SELECT a FROM user u LEFT JOIN realm r ON r.id = u.realm"),
            ["user", "realm"]
        );
        assert_eq!(
            tables("INSERT INTO grant_row(a) VALUES ($1) ON CONFLICT DO UPDATE SET a = 1"),
            ["grant_row"]
        );
        assert_eq!(tables("DELETE FROM \\\"user\\\" WHERE a IS DISTINCT FROM b"), ["user"]);
        assert_eq!(
            tables("CREATE TABLE IF NOT EXISTS role (id INT); ALTER TABLE role ADD x"),
            ["role", "role"]
        );
        assert_eq!(
            tables(
                "SELECT 1 FROM json_each($1), pg_stat_activity; FROM {table}; SELECT 1 FOR UPDATE of x"
            ),
            [""; 0]
        );
        assert_eq!(tables("Choose one from the list, update it, join us"), [""; 0]);
        assert_eq!(tables("SELECT x FROM pg_locks JOIN (SELECT 1) s"), [""; 0]);
    }

    #[test]
    fn knows_named_queries() {
        let sql = "WITH RECURSIVE up (a, b) AS (SELECT 1), down AS (SELECT 2) SELECT a FROM up";
        assert_eq!(named_queries(sql), ["up", "down"]);
    }

    const REALMS: (&str, &str, &[Sample<'_>]) = (
        "realms",
        "",
        &[
            ("src/store.rs", "\"SELECT * FROM user JOIN node n ON n.id = user.id\""),
            ("src/migrations.rs", "\"CREATE TABLE user (id INT)\""),
        ],
    );
    const STORE: (&str, &str, &[Sample<'_>]) = (
        "store",
        "",
        &[("src/node.rs", "\"CREATE TABLE node (id INT)\" \"UPDATE node SET a = 1\"")],
    );

    fn found(name: &str, path: &str, text: &str) -> Vec<String> {
        let files = [(path, text)];
        let workspace = several(&[REALMS, STORE, (name, "", &files)]);
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn passes_owners_and_what_is_shared() {
        let text = "\"SELECT id FROM node JOIN node m ON m.id = node.id\" #[cfg(test)] mod t { \"DELETE FROM user\" }";
        assert_eq!(found("signin", "src/store.rs", text), [""; 0]);
        assert_eq!(found("signin", "tests/api.rs", "\"DELETE FROM user\""), [""; 0]);
    }

    #[test]
    fn finds_another_crates_table() {
        assert_eq!(
            found("signin", "src/store.rs", "\"SELECT 1\n  FROM user\""),
            ["crates/signin/src/store.rs:2: the table user is realms's: call its functions"]
        );
        assert_eq!(
            found("signin", "src/store.rs", "\"UPDATE node SET a = 2\""),
            ["crates/signin/src/store.rs:1: the table node is store's: call its functions"]
        );
    }

    #[test]
    fn finds_sql_outside_the_store() {
        let text = "\"CREATE TABLE session (id INT)\"";
        let files = [("src/store.rs", text), ("src/login.rs", "\n\"DELETE FROM session\"")];
        let workspace = several(&[("signin", "", &files)]);
        let found: Vec<_> = check(&workspace).iter().map(ToString::to_string).collect();
        let expected =
            "crates/signin/src/login.rs:2: SQL on the table session belongs into store.rs";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn finds_a_table_that_nobody_creates() {
        assert_eq!(
            found("signin", "src/store.rs", "\"SELECT 1 FROM session\""),
            ["crates/signin/src/store.rs:1: no crate creates the table session"]
        );
    }
}
