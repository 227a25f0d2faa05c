//! The tables of second factors, challenges, recovery codes, and the rules on who needs a factor.

pub(crate) mod challenges;
pub(crate) mod factors;
pub(crate) mod passkeys;
pub(crate) mod recovery_codes;
pub(crate) mod rules;

use store::{Run, StoreError, Value, WriteTransaction};

/// One statement that uses up what is good once: it touches one row, or somebody else was first.
pub(crate) struct UseUp {
    sql: &'static str,
    values: Vec<Value>,
}

impl UseUp {
    /// Uses it up; false if somebody else has.
    pub(crate) async fn run(self, tx: &WriteTransaction) -> Result<bool, StoreError> {
        Ok(tx.execute(self.sql, self.values).await? == 1)
    }
}

/// Words in one column.
fn joined<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
    words.join(",")
}

fn hash(bytes: &[u8], of: &str) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt(format!("the hash of {of} is not 32 bytes")))
}
