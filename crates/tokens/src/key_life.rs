//! How long a new API key lives: `1d`, `7d`, `30d`, `90d`, any other number of days or hours, `never`, or `custom` with
//! the moment itself.

use jiff::{SignedDuration, Timestamp};
use kernel::Problem;

/// Without a word about it.
const DEFAULT: &str = "90d";
/// Longest life in hours: ten years.
const LONGEST: i64 = 10 * 365 * 24;

/// When the key ends; none: never. 422 for what cannot be read and for a moment that is past.
pub(crate) fn end(
    expires_in: Option<&str>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Problem> {
    let text = expires_in.unwrap_or(if expires_at.is_some() { "custom" } else { DEFAULT });
    match (text, expires_at) {
        ("custom", Some(at)) if at > now => Ok(Some(at)),
        ("custom", Some(_)) => Err(Problem::invalid("/expires_at", "must be in the future")),
        ("custom", None) => Err(Problem::invalid("/expires_at", "is needed with custom")),
        (_, Some(_)) => Err(Problem::invalid("/expires_at", "goes with custom alone")),
        ("never", None) => Ok(None),
        (text, None) => {
            let hours = hours(text).ok_or_else(|| {
                let detail = "must be a number of days or hours such as 30d, never, or custom";
                Problem::invalid("/expires_in", detail)
            })?;
            let end = now.checked_add(SignedDuration::from_hours(hours));
            end.map(Some).map_err(Problem::internal)
        }
    }
}

fn hours(text: &str) -> Option<i64> {
    let (digits, hours) = match text.strip_suffix('d') {
        Some(digits) => (digits, 24),
        None => (text.strip_suffix('h')?, 1),
    };
    if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours = digits.parse::<i64>().ok()? * hours;
    (1..=LONGEST).contains(&hours).then_some(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_usual_lives() {
        let day = 86_400;
        for (text, seconds) in [("1d", day), ("90d", 90 * day), ("12h", day / 2)] {
            assert_eq!(end(Some(text), None, at(0)).unwrap(), Some(at(seconds)), "{text}");
        }
        assert_eq!(end(None, None, at(0)).unwrap(), Some(at(90 * day)));
        assert_eq!(end(Some("never"), None, at(0)).unwrap(), None);
        assert_eq!(end(Some("custom"), Some(at(5)), at(0)).unwrap(), Some(at(5)));
        assert_eq!(end(None, Some(at(5)), at(0)).unwrap(), Some(at(5)));
    }

    #[test]
    fn what_is_unclear_or_past_is_refused() {
        for text in ["", "d", "0d", "-1d", "+1d", "1.5d", "1w", "99999d", "123456h", "Never", "1 d"]
        {
            let problem = end(Some(text), None, at(0)).unwrap_err();
            assert_eq!(problem.errors()[0].pointer, "/expires_in", "{text}");
        }
        for (text, moment) in [("custom", None), ("custom", Some(at(0))), ("1d", Some(at(9)))] {
            let problem = end(Some(text), moment, at(0)).unwrap_err();
            assert_eq!(problem.errors()[0].pointer, "/expires_at", "{text}");
        }
    }
}
