//! What is refused before the parser sees it.
//!
//! The parser of the `cel` crate takes about 170 KiB of stack for each nested bracket in a build
//! without optimisation, and recurses once more for each link of a chain such as `a.b.c` or
//! `a + b + c`. A stack that overflows ends the process, so the text is scanned here first, in one
//! loop: brackets, chains and the number of tokens are bounded. So that the scan and the parser see
//! the same tokens, what they could read differently is refused too: raw, triple-quoted and byte
//! strings, unknown escapes, and characters outside of the language.

use super::error::ConditionError;
use kernel::condition::MAX_CONDITION;

/// Deepest nesting of `(` and `[`.
pub const MAX_DEPTH: usize = 12;
/// Most tokens.
pub const MAX_TOKENS: usize = 1024;
/// Most `&&` and `||`.
pub const MAX_CONNECTIVES: usize = 128;
/// Most `!`, `+` and `-` in one side of a comparison.
pub const MAX_SIGNS: usize = 8;
/// Most of `.`, calls and indexes in one side of a comparison.
pub const MAX_STEPS: usize = 12;

/// Refuses a text that is too long, too deep, or has a token outside of the subset.
pub(super) fn check(text: &str) -> Result<(), ConditionError> {
    if text.len() > MAX_CONDITION {
        return Err(ConditionError::whole(format!(
            "a condition has at most {MAX_CONDITION} bytes, this one {}",
            text.len()
        )));
    }
    let mut scan = Scan {
        text,
        at: 0,
        tokens: 0,
        connectives: 0,
        ends_value: false,
        levels: vec![Level::default()],
    };
    while let Some(byte) = scan.peek(0) {
        scan.token(byte)?;
    }
    match scan.levels.as_slice() {
        [_] if scan.tokens == 0 => Err(ConditionError::whole("the condition is empty")),
        [_, .., open] => Err(scan.refuse(open.opened_at, "this bracket is not closed")),
        _ => Ok(()),
    }
}

struct Scan<'a> {
    text: &'a str,
    /// Byte that is read next.
    at: usize,
    tokens: usize,
    connectives: usize,
    /// Whether the last token ends a value, so that a bracket after it is a call or an index.
    ends_value: bool,
    /// The text itself, then one for each open bracket.
    levels: Vec<Level>,
}

/// What was counted since the last `&&`, `||` or `,` between the same brackets.
#[derive(Default, Clone, Copy)]
struct Level {
    opened_at: usize,
    closes_with: u8,
    relations: usize,
    signs: usize,
    steps: usize,
}

impl Scan<'_> {
    fn token(&mut self, byte: u8) -> Result<(), ConditionError> {
        let next = self.peek(1).unwrap_or(0);
        match (byte, next) {
            (b' ' | b'\t' | b'\r' | b'\n' | b'\x0C', _) => {
                self.at += 1;
                return Ok(());
            }
            (b'/', b'/') => {
                self.skip_while(|b| b != b'\n');
                return Ok(());
            }
            _ => self.count_token()?,
        }
        match (byte, next) {
            (b'"' | b'\'', _) => self.string(byte),
            (b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_', _) => self.word(),
            (b'(', _) => self.open(b')'),
            (b'[', _) => self.open(b']'),
            (b')' | b']', _) => self.close(byte),
            (b'.', _) => self.step().map(|()| self.advance(1, false)),
            (b',', _) => {
                self.restart();
                self.advance(1, false);
                Ok(())
            }
            (b'&', b'&') | (b'|', b'|') => self.connective(),
            (b'=' | b'!' | b'<' | b'>', b'=') => self.relation(2),
            (b'<' | b'>', _) => self.relation(1),
            (b'!' | b'+' | b'-', _) => self.sign(),
            _ => Err(self.refuse(self.at, self.describe(byte))),
        }
    }

    fn describe(&self, byte: u8) -> String {
        match byte {
            b'=' => "`=` is not an operator; to compare, write `==`".into(),
            b'&' => "`&` is not an operator; write `&&`".into(),
            b'|' => "`|` is not an operator; write `||`".into(),
            b'?' | b':' => "a choice (`a ? b : c`) is not supported; use && and ||".into(),
            b'{' | b'}' => "maps and messages are not supported".into(),
            b'*' | b'/' | b'%' => "arithmetic is not supported".into(),
            b'`' => "names in backticks are not supported".into(),
            _ => {
                let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
                format!("unexpected character {:?}", found.unwrap_or('\u{FFFD}'))
            }
        }
    }

    /// A string from quote to quote, in one line.
    fn string(&mut self, quote: u8) -> Result<(), ConditionError> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    return Err(self.refuse(start, "this string is not closed in its line"));
                }
                Some(b'\\') => self.escape()?,
                Some(byte) if byte == quote => break,
                Some(_) => self.at += 1,
            }
        }
        if matches!(self.peek(1), Some(b'"' | b'\'')) {
            return Err(self.refuse(start, "strings in triple quotes are not supported"));
        }
        self.advance(1, true);
        Ok(())
    }

    /// One escape, as the grammar of CEL has them.
    fn escape(&mut self) -> Result<(), ConditionError> {
        let hex = |count: usize| {
            (2..2 + count).all(|i| self.peek(i).is_some_and(|b| b.is_ascii_hexdigit()))
        };
        let octal = |i| matches!(self.peek(i), Some(b'0'..=b'7'));
        let length = match self.peek(1) {
            Some(b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v') => 2,
            Some(b'"' | b'\'' | b'\\' | b'?' | b'`') => 2,
            Some(b'x' | b'X') if hex(2) => 4,
            Some(b'u') if hex(4) => 6,
            Some(b'U') if hex(8) => 10,
            Some(b'0'..=b'3') if octal(2) && octal(3) => 4,
            _ => return Err(self.refuse(self.at, "unknown escape; for a backslash, write `\\\\`")),
        };
        self.at += length;
        Ok(())
    }

    /// A name, a keyword, or the digits of a number.
    fn word(&mut self) -> Result<(), ConditionError> {
        let start = self.at;
        self.skip_while(|b| b.is_ascii_alphanumeric() || b == b'_');
        if matches!(self.peek(0), Some(b'"' | b'\'')) {
            return Err(self.refuse(start, "strings with a prefix (r'', b'') are not supported"));
        }
        self.ends_value = true;
        if &self.text[start..self.at] == "in" {
            self.at = start;
            return self.relation(2);
        }
        Ok(())
    }

    fn open(&mut self, closes_with: u8) -> Result<(), ConditionError> {
        if self.ends_value {
            self.step()?;
        }
        if self.levels.len() > MAX_DEPTH {
            let detail = format!("brackets are nested deeper than {MAX_DEPTH}");
            return Err(self.refuse(self.at, detail));
        }
        self.levels.push(Level { opened_at: self.at, closes_with, ..Level::default() });
        self.advance(1, false);
        Ok(())
    }

    fn close(&mut self, byte: u8) -> Result<(), ConditionError> {
        if self.level().closes_with != byte {
            return Err(self.refuse(self.at, "this bracket closes nothing"));
        }
        self.levels.pop();
        self.advance(1, true);
        Ok(())
    }

    fn connective(&mut self) -> Result<(), ConditionError> {
        self.connectives += 1;
        if self.connectives > MAX_CONNECTIVES {
            let detail = format!("more than {MAX_CONNECTIVES} of && and ||");
            return Err(self.refuse(self.at, detail));
        }
        self.restart();
        self.advance(2, false);
        Ok(())
    }

    fn relation(&mut self, length: usize) -> Result<(), ConditionError> {
        let level = self.level();
        level.relations += 1;
        level.signs = 0;
        level.steps = 0;
        if level.relations > 1 {
            let detail = "comparisons cannot be chained; join them with &&";
            return Err(self.refuse(self.at, detail));
        }
        self.advance(length, false);
        Ok(())
    }

    fn sign(&mut self) -> Result<(), ConditionError> {
        let level = self.level();
        level.signs += 1;
        level.steps = 0;
        if level.signs > MAX_SIGNS {
            let detail = format!("more than {MAX_SIGNS} of !, + and - in one value");
            return Err(self.refuse(self.at, detail));
        }
        self.advance(1, false);
        Ok(())
    }

    /// One more link of a chain of members, calls and indexes.
    fn step(&mut self) -> Result<(), ConditionError> {
        let level = self.level();
        level.steps += 1;
        if level.steps > MAX_STEPS {
            let detail = format!("more than {MAX_STEPS} members and calls in one value");
            return Err(self.refuse(self.at, detail));
        }
        Ok(())
    }

    fn count_token(&mut self) -> Result<(), ConditionError> {
        self.tokens += 1;
        if self.tokens > MAX_TOKENS {
            let detail = format!("more than {MAX_TOKENS} words and signs");
            return Err(self.refuse(self.at, detail));
        }
        Ok(())
    }

    fn restart(&mut self) {
        let level = self.level();
        (level.relations, level.signs, level.steps) = (0, 0, 0);
    }

    fn level(&mut self) -> &mut Level {
        match self.levels.len() {
            0 => unreachable!("INVARIANT: the first level closes with no byte, so it stays"),
            count => &mut self.levels[count - 1],
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn advance(&mut self, length: usize, ends_value: bool) {
        self.at += length;
        self.ends_value = ends_value;
    }

    fn skip_while(&mut self, matches: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&matches) {
            self.at += 1;
        }
    }

    fn refuse(&self, offset: usize, detail: impl Into<String>) -> ConditionError {
        ConditionError::at(self.text, offset, detail)
    }
}
