//! Codes to a phone. They go to the number that was confirmed with one.

use kernel::Problem;
use zeroize::Zeroizing;

use super::{
    challenge::{Asked, Beginning, ChallengeType, Made, Making, Sent, Shown, Work},
    sent_code::{self, Carrier},
    store::UseUp,
};

/// The type `sms`.
pub(super) struct SmsCode;

impl ChallengeType for SmsCode {
    fn make(&self, making: Making<'_>) -> Result<Made, Problem> {
        if !making.signin.outbox.sends_texts() {
            return Err(Problem::invalid("/type", "is not possible: this server sends no texts"));
        }
        let number = making.phone.filter(|number| is_number(number)).ok_or_else(|| {
            Problem::invalid("/phone", "must be a number as +32470123456, with + and country")
        })?;
        Ok(Made { secret: Zeroizing::new(number.as_bytes().to_vec()), shown: Shown::default() })
    }

    fn begin<'a>(&'a self, at: Beginning<'a>) -> Work<'a, Sent> {
        Box::pin(sent_code::begin(at, Carrier::Sms))
    }

    fn judge<'a>(&'a self, asked: Asked<'a>) -> Work<'a, Option<UseUp>> {
        Box::pin(sent_code::judge(asked))
    }
}

/// E.164: a country, which begins with no 0, and 15 digits in all at most.
fn is_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (8..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_country() {
        assert!(is_number("+32470123456"));
        for wrong in [
            "",
            "+",
            "0470123456",
            "+0470123456",
            "+32 470 12 34",
            "+3247\n123456",
            "+1234567890123456",
        ] {
            assert!(!is_number(wrong), "{wrong}");
        }
    }
}
