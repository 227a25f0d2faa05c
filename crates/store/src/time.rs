//! Time in the database: microseconds since 1970 (UTC) in a BIGINT.

use jiff::Timestamp;

use crate::StoreError;

/// A moment as it is stored.
pub fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// A stored moment.
pub fn from_micros(stored: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(stored)
        .map_err(|e| StoreError::Corrupt(format!("time {stored}: {e}")))
}
