//! What a file would change, readable for a person: grouped by section, `+` made, `~` changed, `-` deleted, `=` kept
//! although the file does not have it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most lines that a plan lists; the counts are of all.
pub const MAX_LINES: usize = 10_000;

/// What happens to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// It is made.
    Create,
    /// It is changed.
    Change,
    /// It is deleted, because the file prunes.
    Delete,
    /// It would be pruned, and has to stay.
    Keep,
}

impl Sign {
    /// One character for it.
    pub fn mark(self) -> char {
        match self {
            Self::Create => '+',
            Self::Change => '~',
            Self::Delete => '-',
            Self::Keep => '=',
        }
    }
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The field.
    pub field: String,
    /// Before; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// After; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// One thing that is not as the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// The section of the file.
    pub section: String,
    /// What happens.
    pub sign: Sign,
    /// The thing, as a file names it.
    pub name: String,
    /// What is different about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Why it stays, for [`Sign::Keep`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// How many things there are of each sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// Made.
    pub created: u64,
    /// Changed.
    pub changed: u64,
    /// Deleted.
    pub deleted: u64,
    /// As the file says already.
    pub unchanged: u64,
    /// Not in the file, and kept all the same.
    pub kept: u64,
}

/// The plan of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// How many.
    pub counts: Counts,
    /// What, at most 10,000 of them, in the order of the sections.
    pub lines: Vec<Line>,
    /// How many more lines there are.
    #[serde(default)]
    pub omitted: u64,
}

impl Plan {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        let Counts { created, changed, deleted, .. } = self.counts;
        created + changed + deleted == 0
    }

    /// A thing that is made.
    pub fn create(&mut self, section: &str, name: impl fmt::Display) {
        self.counts.created += 1;
        self.line(section, Sign::Create, &name, Vec::new());
    }

    /// A thing that was compared: changed where there are differences.
    pub fn compare(
        &mut self,
        section: &str,
        name: impl fmt::Display,
        differences: Vec<Difference>,
    ) {
        if differences.is_empty() {
            self.counts.unchanged += 1;
        } else {
            self.counts.changed += 1;
            self.line(section, Sign::Change, &name, differences);
        }
    }

    /// A thing that is deleted.
    pub fn delete(&mut self, section: &str, name: impl fmt::Display) {
        self.counts.deleted += 1;
        self.line(section, Sign::Delete, &name, Vec::new());
    }

    /// A thing that the file does not have, and that stays.
    pub fn keep(&mut self, section: &str, name: impl fmt::Display, because: &str) {
        self.counts.kept += 1;
        self.line(section, Sign::Keep, &name, Vec::new());
        if let Some(line) = self.lines.last_mut().filter(|line| line.sign == Sign::Keep) {
            line.because = Some(because.to_owned());
        }
    }

    fn line(
        &mut self,
        section: &str,
        sign: Sign,
        name: &dyn fmt::Display,
        differences: Vec<Difference>,
    ) {
        if self.lines.len() >= MAX_LINES {
            self.omitted += 1;
            return;
        }
        let (section, name) = (section.to_owned(), name.to_string());
        self.lines.push(Line { section, sign, name, differences, because: None });
    }
}

impl Difference {
    /// The difference of a field, if there is one.
    pub fn of<T: PartialEq + Serialize>(field: &str, before: &T, after: &T) -> Option<Self> {
        (before != after).then(|| Self {
            field: field.to_owned(),
            before: show(before),
            after: show(after),
        })
    }
}

/// A value as a person reads it: text plain, the rest as JSON; nothing for what is not there.
fn show(value: &impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::Null) | Err(_) => None,
        Ok(serde_json::Value::String(text)) => Some(text),
        Ok(value) => Some(value.to_string()),
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut section = "";
        for line in &self.lines {
            if line.section != section {
                section = &line.section;
                writeln!(f, "{section}")?;
            }
            writeln!(f, "  {line}")?;
        }
        if self.omitted > 0 {
            writeln!(f, "and {} more", self.omitted)?;
        }
        let Counts { created, changed, deleted, unchanged, kept } = self.counts;
        write!(
            f,
            "{created} to create, {changed} to change, {deleted} to delete, {unchanged} unchanged"
        )?;
        if kept > 0 { write!(f, ", {kept} kept") } else { Ok(()) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sign.mark(), self.name)?;
        for (number, Difference { field, before, after }) in self.differences.iter().enumerate() {
            f.write_str(if number == 0 { "  " } else { "; " })?;
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".into());
            write!(f, "{field}: {} -> {}", text(before), text(after))?;
        }
        self.because.iter().try_for_each(|because| write!(f, "  ({because})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let mut plan = Plan::default();
        plan.create("nodes", "/acme/companyA");
        plan.compare("nodes", "/acme", Vec::new());
        let email = Difference::of("email", &Some("a@x"), &Some("b@x"));
        let grade = Difference::of("attributes", &None, &Some(serde_json::json!({"grade": 3})));
        plan.compare("users", "jane@staff", email.into_iter().chain(grade).collect());
        plan.delete("users", "old@staff");
        plan.keep("users", "root@main", "the last superuser stays");
        plan
    }

    #[test]
    fn a_person_can_read_it() {
        insta::assert_snapshot!(plan().to_string(), @r#"
        nodes
          + /acme/companyA
        users
          ~ jane@staff  email: a@x -> b@x; attributes: (none) -> {"grade":3}
          - old@staff
          = root@main  (the last superuser stays)
        1 to create, 1 to change, 1 to delete, 1 unchanged, 1 kept
        "#);
    }

    #[test]
    fn it_survives_json() {
        let text = serde_json::to_string(&plan()).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan());
    }

    #[test]
    fn what_is_equal_is_no_difference() {
        assert_eq!(Difference::of("email", &Some("a"), &Some("a")), None);
        let mut plan = Plan::default();
        plan.compare("users", "jane@staff", Vec::new());
        plan.keep("users", "x", "it is you");
        assert!(plan.is_empty());
    }

    #[test]
    fn a_long_plan_is_cut_and_counted() {
        let mut plan = Plan::default();
        (0..MAX_LINES + 2).for_each(|number| plan.create("nodes", number));
        plan.keep("nodes", "last", "why");
        assert_eq!((plan.lines.len(), plan.omitted), (MAX_LINES, 3));
        assert_eq!(plan.counts.created, MAX_LINES as u64 + 2);
        assert!(plan.lines.iter().all(|line| line.because.is_none()));
    }
}
