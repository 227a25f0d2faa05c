//! Reading whole tables: the rows of one statement, taken from the database on one thread and used on another.

use std::pin::pin;

use futures::TryStreamExt;
use sea_orm::{DbErr, QueryResult, StreamTrait};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    StoreError,
    database::NONE,
    transaction::{ReadTransaction, Run, in_time},
};

/// So many rows go from thread to thread at once.
const BLOCK: usize = 4_096;
/// So many blocks may wait: whoever is faster waits for the other.
const BLOCKS: usize = 8;

/// The rows of a statement, as they come.
#[derive(Debug)]
pub struct Rows<T> {
    blocks: mpsc::Receiver<Vec<T>>,
    block: std::vec::IntoIter<T>,
}

impl<T> Iterator for Rows<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        loop {
            if let Some(row) = self.block.next() {
                return Some(row);
            }
            self.block = self.blocks.blocking_recv()?.into_iter();
        }
    }
}

/// Does what takes long on a thread of its own.
pub async fn aside<B: Send + 'static>(
    work: impl FnOnce() -> Result<B, StoreError> + Send + 'static,
) -> Result<B, StoreError> {
    finished(tokio::task::spawn_blocking(work)).await
}

async fn finished<B>(working: JoinHandle<Result<B, StoreError>>) -> Result<B, StoreError> {
    working.await.map_err(|error| StoreError::Corrupt(format!("loading broke off: {error}")))?
}

impl ReadTransaction {
    /// Runs a statement without parameters and hands its rows, decoded, to `work` on a thread of its own. What `work`
    /// makes of them is the answer, unless reading fails: then it has seen a part, and what it made is dropped.
    pub async fn stream<T: Send + 'static, B: Send + 'static>(
        &self,
        sql: &str,
        mut decode: impl FnMut(&QueryResult) -> Result<T, DbErr> + Send,
        work: impl FnOnce(Rows<T>) -> Result<B, StoreError> + Send + 'static,
    ) -> Result<B, StoreError> {
        let decode = |row: &QueryResult, block: &mut Vec<T>| {
            block.push(decode(row)?);
            Ok(())
        };
        self.stream_many(sql, decode, work).await
    }

    /// The same where one row of the answer brings any number of them.
    pub(crate) async fn stream_many<T: Send + 'static, B: Send + 'static>(
        &self,
        sql: &str,
        decode: impl FnMut(&QueryResult, &mut Vec<T>) -> Result<(), DbErr> + Send,
        work: impl FnOnce(Rows<T>) -> Result<B, StoreError> + Send + 'static,
    ) -> Result<B, StoreError> {
        let (sender, blocks) = mpsc::channel(BLOCKS);
        let rows = Rows { blocks, block: Vec::new().into_iter() };
        let working = tokio::task::spawn_blocking(move || work(rows));
        self.send(sql, decode, sender).await?;
        finished(working).await
    }

    async fn send<T>(
        &self,
        sql: &str,
        mut decode: impl FnMut(&QueryResult, &mut Vec<T>) -> Result<(), DbErr> + Send,
        to: mpsc::Sender<Vec<T>>,
    ) -> Result<(), StoreError> {
        let backend = self.backend();
        let statement = self.statement(sql, NONE);
        let rows = in_time(backend, self.transaction().stream_raw(statement)).await?;
        let mut rows = pin!(rows);
        loop {
            let mut block = Vec::with_capacity(BLOCK);
            let filled = async {
                while block.len() < BLOCK
                    && let Some(row) = rows.try_next().await?
                {
                    decode(&row, &mut block)?;
                }
                Ok(())
            };
            in_time(backend, filled).await?;
            // Nobody takes it: the other thread has found a fault, and tells.
            if block.is_empty() || to.send(block).await.is_err() {
                return Ok(());
            }
        }
    }
}
