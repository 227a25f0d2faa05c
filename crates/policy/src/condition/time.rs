//! Moments and durations as a condition writes them.

use jiff::{SignedDuration, Timestamp};

/// Reads a moment of RFC 3339 section 5.6, narrower in four ways so that every store can read it
/// alike: `T` and `Z` are upper case, no leap second, 1 to 9 digits of fraction, and an offset of
/// less than 24 hours. `None` if it is not one.
pub(super) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (date_time, rest) = bytes.split_at_checked(19)?;
    if !matches_shape(date_time, b"dddd-dd-ddTdd:dd:dd") || date_time[17..] > b"59"[..] {
        return None;
    }
    let fraction = match rest.strip_prefix(b".") {
        Some(digits) => digits.iter().take_while(|b| b.is_ascii_digit()).count(),
        None => 0,
    };
    let zone = match (rest.first(), fraction) {
        (Some(b'.'), 1..=9) => &rest[1 + fraction..],
        (Some(b'.'), _) => return None,
        _ => rest,
    };
    let utc = zone == b"Z";
    let offset = (matches_shape(zone, b"+dd:dd") || matches_shape(zone, b"-dd:dd"))
        && zone[1..3] <= b"23"[..]
        && zone[4..] <= b"59"[..];
    if utc || offset { text.parse().ok() } else { None }
}

/// Whether `bytes` has the form of `shape`, in which `d` stands for a digit.
fn matches_shape(bytes: &[u8], shape: &[u8]) -> bool {
    bytes.len() == shape.len()
        && bytes.iter().zip(shape).all(|(b, s)| match s {
            b'd' => b.is_ascii_digit(),
            _ => b == s,
        })
}

/// Reads a duration as CEL writes it: an optional sign and then numbers with units, `1h30m`,
/// `1.5h`, `300ms`. Units are `h`, `m`, `s`, `ms`, `us`, `ns`; `0` needs none. `None` if it is not
/// one, finer than a nanosecond, or beyond what 64 bits of seconds hold.
pub(super) fn parse_duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut nanoseconds: i128 = 0;
    while !rest.is_empty() {
        let (part, after) = parse_part(rest)?;
        nanoseconds = nanoseconds.checked_add(part)?;
        rest = after;
    }
    let signed = if negative { -nanoseconds } else { nanoseconds };
    let seconds = i64::try_from(signed / NANOS_PER_SECOND).ok()?;
    let below = i32::try_from(signed % NANOS_PER_SECOND).ok()?;
    Some(SignedDuration::new(seconds, below))
}

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// One number with its unit, in nanoseconds, and what follows it.
fn parse_part(text: &str) -> Option<(i128, &str)> {
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => match split_digits(rest) {
            ("", _) => return None,
            split => split,
        },
        None => ("", rest),
    };
    let unit_length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (unit, rest) = rest.split_at(unit_length);
    let unit: i128 = match unit {
        "h" => 3600 * NANOS_PER_SECOND,
        "m" => 60 * NANOS_PER_SECOND,
        "s" => NANOS_PER_SECOND,
        "ms" => 1_000_000,
        "us" => 1_000,
        "ns" => 1,
        _ => return None,
    };
    let whole: i128 = whole.parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scaled = fraction.checked_mul(unit)?;
    if scaled % scale != 0 {
        return None;
    }
    let nanoseconds = whole.checked_mul(unit)?.checked_add(scaled / scale)?;
    Some((nanoseconds, rest))
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    use super::{parse_duration, parse_timestamp};
    use jiff::SignedDuration;

    #[test]
    fn moments() {
        let expected = "2026-06-01T10:00:00.25Z".parse().unwrap();
        for text in ["2026-06-01T10:00:00.25Z", "2026-06-01T12:00:00.250000000+02:00"] {
            assert_eq!(parse_timestamp(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "2026-06-01",
            "2026-06-01T10:00:00",
            "2026-06-01 10:00:00Z",
            "2026-06-01t10:00:00z",
            "2026-06-01T23:59:60Z",
            "2026-13-01T10:00:00Z",
            "2026-02-30T10:00:00Z",
            "2026-06-01T10:00:00.Z",
            "2026-06-01T10:00:00.1234567890Z",
            "2026-06-01T10:00:00+24:00",
            "2026-06-01T10:00:00+0200",
            "2026-06-01T10:00:00Z[UTC]",
            "20260601T100000Z",
            "+002026-06-01T10:00:00Z",
            "2026-06-01T10:00:00Zé",
            "éééééééééé",
            "9999-12-31T23:59:59-23:59",
            " 2026-06-01T10:00:00Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn durations() {
        for (text, seconds, nanoseconds) in [
            ("0", 0, 0),
            ("-0", 0, 0),
            ("90s", 90, 0),
            ("1h30m", 5400, 0),
            ("1.5h", 5400, 0),
            ("300ms", 0, 300_000_000),
            ("-1.5s", -1, -500_000_000),
            ("1us2ns", 0, 1002),
            ("0.5us", 0, 500),
        ] {
            let expected = SignedDuration::new(seconds, nanoseconds);
            assert_eq!(parse_duration(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "1",
            "h",
            ".5h",
            "1.h",
            "1d",
            "1 h",
            "+1h",
            "--1h",
            "1h ",
            "0.5ns",
            "1H",
            "99999999999999999999999h",
            "9999999999999999999s",
            "1.00000000000000000000000000000000000000000000000h",
            "1é",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
