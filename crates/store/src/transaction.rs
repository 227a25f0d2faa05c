//! Transactions, and the one way to run SQL.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, RuntimeErr, Statement,
    Value,
};

use crate::StoreError;

/// How long PostgreSQL may take for one statement. A network that has forgotten a connection never answers, and whoever
/// waited for it would hold the turn of all writers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs SQL that is written once for both databases: `$1`, `$2` for the parameters.
pub trait Run: Sync {
    /// The connection underneath.
    fn connection(&self) -> &impl ConnectionTrait;

    /// Told of each statement that failed.
    fn note_failure(&self) {}

    /// All rows.
    fn all<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        let statement = self.checked(sql, values);
        async move {
            let work = T::find_by_statement(statement?).all(self.connection());
            noted(self, in_time(self.backend(), work).await)
        }
    }

    /// The first row, if there is one.
    fn one<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send {
        let statement = self.checked(sql, values);
        async move {
            let work = T::find_by_statement(statement?).one(self.connection());
            noted(self, in_time(self.backend(), work).await)
        }
    }

    /// Runs it, and tells how many rows it touched.
    fn execute(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        let statement = self.checked(sql, values);
        async move {
            let work = self.connection().execute_raw(statement?);
            Ok(noted(self, in_time(self.backend(), work).await)?.rows_affected())
        }
    }

    /// The first column of the first row, a number: for counts.
    fn number(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value> + Send,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send {
        let statement = self.checked(sql, values);
        async move {
            let work = self.connection().query_one_raw(statement?);
            let row = noted(self, in_time(self.backend(), work).await)?;
            let row = row.ok_or_else(|| StoreError::Corrupt("a count without a row".into()))?;
            Ok(row.try_get_by_index(0)?)
        }
    }

    /// The statement, if each text can be kept: PostgreSQL knows no NUL, so SQLite is not given one either.
    fn checked(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Statement, StoreError> {
        let statement = self.statement(sql, values);
        let values = statement.values.iter().flat_map(|values| &values.0);
        let has_nul = values.into_iter().any(|value| match value {
            Value::String(text) => text.as_ref().is_some_and(|text| text.contains('\0')),
            _ => false,
        });
        if !has_nul {
            return Ok(statement);
        }
        self.note_failure();
        Err(StoreError::Nul)
    }

    /// The statement in this database's form.
    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.backend(), sql, values)
    }

    /// Which database it is.
    fn backend(&self) -> DbBackend {
        self.connection().get_database_backend()
    }
}

/// Gives up waiting for PostgreSQL.
pub(crate) async fn in_time<T>(
    backend: DbBackend,
    work: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    if backend != DbBackend::Postgres {
        return work.await;
    }
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| {
        Err(DbErr::Conn(RuntimeErr::Internal(format!("no answer within {PATIENCE:?}"))))
    })
}

fn noted<T>(run: &(impl Run + ?Sized), result: Result<T, DbErr>) -> Result<T, StoreError> {
    result.map_err(|error| {
        run.note_failure();
        error.into()
    })
}

/// A transaction that holds the write lock. Dropped without [`commit`](Self::commit), it leaves nothing.
#[derive(Debug)]
pub struct WriteTransaction {
    transaction: DatabaseTransaction,
    failed: AtomicBool,
}

impl WriteTransaction {
    pub(crate) fn new(transaction: DatabaseTransaction) -> Self {
        Self { transaction, failed: AtomicBool::new(false) }
    }

    /// Makes it so. Refused if a statement failed: PostgreSQL would roll back and call it a success. After
    /// [`StoreError::Unavailable`] it is unknown whether it happened: the caller must look again.
    pub async fn commit(self) -> Result<(), StoreError> {
        if self.failed.into_inner() {
            return Err(StoreError::Broken);
        }
        let backend = self.transaction.get_database_backend();
        Ok(in_time(backend, self.transaction.commit()).await?)
    }
}

impl Run for WriteTransaction {
    fn connection(&self) -> &impl ConnectionTrait {
        &self.transaction
    }

    fn note_failure(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }
}

/// A transaction that reads one moment.
#[derive(Debug)]
pub struct ReadTransaction(DatabaseTransaction);

impl ReadTransaction {
    pub(crate) fn new(transaction: DatabaseTransaction) -> Self {
        Self(transaction)
    }

    pub(crate) fn transaction(&self) -> &DatabaseTransaction {
        &self.0
    }
}

impl Run for ReadTransaction {
    fn connection(&self) -> &impl ConnectionTrait {
        &self.0
    }
}
