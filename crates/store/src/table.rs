//! A whole table at the start of a server, in no order.
//!
//! SQLite's driver hands each row from one thread to another and wakes it, which takes several times as long as to read the
//! row. So there, many rows are put together by SQL and come as one text; from PostgreSQL they come one by one.

use std::str::Split;

use data_encoding::HEXUPPER;
use sea_orm::{DbBackend, DbErr, QueryResult};
use uuid::Uuid;

use crate::{
    StoreError,
    stream::Rows,
    transaction::{ReadTransaction, Run},
};

/// So many rows of SQLite come as one: enough that handing over does not count, few enough that their texts, which may be
/// long, fit into memory.
const PORTION: usize = 512;

/// What is read of a table.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The table; in `joined` and `columns` its name is `t`.
    pub name: &'static str,
    /// What is joined to it, at most one row for each of its: `JOIN node n ON n.id = t.id`. Or nothing.
    pub joined: &'static str,
    /// The columns, in the order in which they are taken from [`Cells`].
    pub columns: &'static [Column],
}

/// A column, by what it holds.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// An id, or NULL.
    Id(&'static str),
    /// A number, or NULL.
    Number(&'static str),
    /// True or false.
    Truth(&'static str),
    /// A text.
    Text(&'static str),
}

/// The values of one row, taken in the order of the columns.
#[derive(Debug)]
pub struct Cells<'a>(Source<'a>);

#[derive(Debug)]
enum Source<'a> {
    Row { row: &'a QueryResult, next: usize },
    Line(Split<'a, char>),
}

impl ReadTransaction {
    /// Reads a whole table and hands its rows, decoded, to `work` on a thread of its own; otherwise as
    /// [`stream`](Self::stream).
    pub async fn table<T: Send + 'static, B: Send + 'static>(
        &self,
        table: &Table,
        mut decode: impl FnMut(&mut Cells<'_>) -> Result<T, DbErr> + Send,
        work: impl FnOnce(Rows<T>) -> Result<B, StoreError> + Send + 'static,
    ) -> Result<B, StoreError> {
        if self.backend() == DbBackend::Postgres {
            let decode = |row: &QueryResult| decode(&mut Cells(Source::Row { row, next: 0 }));
            return self.stream(&table.rows(), decode, work).await;
        }
        let decode = |row: &QueryResult, block: &mut Vec<T>| {
            let lines: Option<String> = row.try_get_by_index(0)?;
            for line in lines.iter().flat_map(|lines| lines.split(';')) {
                block.push(decode(&mut Cells(Source::Line(line.split(','))))?);
            }
            Ok(())
        };
        self.stream_many(&table.portions(), decode, work).await
    }
}

impl Table {
    fn rows(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
        format!("SELECT {} FROM {} t {}", columns.join(", "), self.name, self.joined)
    }

    /// For SQLite: a row for each portion of the table, its lines separated by `;`, their cells by `,`.
    fn portions(&self) -> String {
        let Self { name, joined, columns } = self;
        let cells: Vec<String> = columns.iter().map(Column::cell).collect();
        let line = cells.join(" || ',' || ");
        format!(
            "WITH RECURSIVE portion (start) AS (
               SELECT MIN(rowid) FROM {name}
               UNION ALL
               SELECT start + {PORTION} FROM portion WHERE start + {PORTION} <= (SELECT MAX(rowid) FROM {name})
             ) SELECT (
               SELECT group_concat({line}, ';') FROM {name} t {joined}
               WHERE t.rowid >= start AND t.rowid < start + {PORTION}
             ) FROM portion"
        )
    }
}

impl Column {
    fn name(&self) -> &'static str {
        match self {
            Self::Id(name) | Self::Number(name) | Self::Truth(name) | Self::Text(name) => name,
        }
    }

    /// In a line: digits alone, so that no text is taken for a separator. NULL is nothing.
    fn cell(&self) -> String {
        match self {
            Self::Id(name) | Self::Text(name) => format!("hex({name})"),
            Self::Number(name) | Self::Truth(name) => format!("ifnull({name}, '')"),
        }
    }
}

impl Cells<'_> {
    /// An id.
    pub fn id(&mut self) -> Result<Uuid, DbErr> {
        self.optional_id()?.ok_or_else(unreadable)
    }

    /// An id, if it is not NULL.
    pub fn optional_id(&mut self) -> Result<Option<Uuid>, DbErr> {
        match &mut self.0 {
            Source::Row { row, next } => row.try_get_by_index(step(next)),
            Source::Line(cells) => match cell(cells)? {
                "" => Ok(None),
                hex => Uuid::try_parse(hex).map(Some).map_err(|_| unreadable()),
            },
        }
    }

    /// A number.
    pub fn number(&mut self) -> Result<i64, DbErr> {
        self.optional_number()?.ok_or_else(unreadable)
    }

    /// A number, if it is not NULL.
    pub fn optional_number(&mut self) -> Result<Option<i64>, DbErr> {
        match &mut self.0 {
            Source::Row { row, next } => row.try_get_by_index(step(next)),
            Source::Line(cells) => match cell(cells)? {
                "" => Ok(None),
                number => number.parse().map(Some).map_err(|_| unreadable()),
            },
        }
    }

    /// True or false.
    pub fn truth(&mut self) -> Result<bool, DbErr> {
        match &mut self.0 {
            Source::Row { row, next } => row.try_get_by_index(step(next)),
            Source::Line(cells) => match cell(cells)? {
                "0" => Ok(false),
                "1" => Ok(true),
                _ => Err(unreadable()),
            },
        }
    }

    /// A text. Of SQLite, NULL is the empty one.
    pub fn text(&mut self) -> Result<String, DbErr> {
        match &mut self.0 {
            Source::Row { row, next } => row.try_get_by_index(step(next)),
            Source::Line(cells) => {
                let bytes = HEXUPPER.decode(cell(cells)?.as_bytes()).map_err(|_| unreadable())?;
                String::from_utf8(bytes).map_err(|_| unreadable())
            }
        }
    }
}

fn step(next: &mut usize) -> usize {
    *next += 1;
    *next - 1
}

fn cell<'a>(cells: &mut Split<'a, char>) -> Result<&'a str, DbErr> {
    cells.next().ok_or_else(unreadable)
}

fn unreadable() -> DbErr {
    DbErr::Type("a value is not what its column holds".into())
}
