//! Codes by mail. They go to the address that was confirmed with one.

use kernel::Problem;
use zeroize::Zeroizing;

use super::{
    challenge::{Asked, Beginning, ChallengeType, Made, Making, Sent, Shown, Work},
    sent_code::{self, Carrier},
    store::UseUp,
};
use crate::letters::address;

/// The type `email`.
pub(super) struct EmailCode;

impl ChallengeType for EmailCode {
    fn make(&self, making: Making<'_>) -> Result<Made, Problem> {
        if !making.signin.outbox.is_on() {
            return Err(Problem::invalid("/type", "is not possible: this server sends no mail"));
        }
        let address = address(making.user).ok_or_else(|| {
            Problem::invalid("/type", "is not possible without an e-mail address")
        })?;
        Ok(Made { secret: Zeroizing::new(address.into_bytes()), shown: Shown::default() })
    }

    fn begin<'a>(&'a self, at: Beginning<'a>) -> Work<'a, Sent> {
        Box::pin(sent_code::begin(at, Carrier::Mail))
    }

    fn judge<'a>(&'a self, asked: Asked<'a>) -> Work<'a, Option<UseUp>> {
        Box::pin(sent_code::judge(asked))
    }
}
