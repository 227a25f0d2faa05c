//! What the conditions of one question read.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Value;

use crate::{bearer::Bearer, condition::Facts, question::Context, snapshot::Snapshot};

/// Names that are computed and so cannot be attributes or properties.
pub(crate) const BUILT_IN: [&str; 6] =
    ["id", "realm", "username", "groups", "active_role", "superuser"];

/// The facts of a question at a node.
pub(crate) struct QuestionFacts<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) bearer: &'a Bearer,
    pub(crate) node: u32,
    pub(crate) context: &'a Context,
    pub(crate) now: Timestamp,
}

impl Facts for QuestionFacts<'_> {
    fn resource(&self, name: &str) -> Option<Cow<'_, Value>> {
        if name == "id" {
            return Some(text(self.snapshot.forest.id(self.node)));
        }
        let stored = self.snapshot.properties.get(self.node, name);
        stored.or_else(|| self.context.resource.get(name)).map(Cow::Borrowed)
    }

    fn subject(&self, name: &str) -> Option<Cow<'_, Value>> {
        match name {
            "groups" => Some(Cow::Owned(self.groups())),
            "active_role" => self.bearer.roles.iter().flatten().next().map(|role| text(*role)),
            // Whoever has the power of a superuser is decided before any condition is read.
            "superuser" => Some(Cow::Owned(Value::Bool(false))),
            _ => self.of_subject(name),
        }
    }

    fn action(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.context.action.get(name).map(Cow::Borrowed)
    }

    fn context(&self, path: &[String]) -> Option<Cow<'_, Value>> {
        let (first, rest) = path.split_first()?;
        let start = self.context.context.get(first)?;
        rest.iter().try_fold(start, |at, name| at.as_object()?.get(name)).map(Cow::Borrowed)
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

impl QuestionFacts<'_> {
    fn of_subject(&self, name: &str) -> Option<Cow<'_, Value>> {
        let subject = self.snapshot.people.subject(self.bearer.subject?)?;
        match name {
            "id" => Some(text(subject.id)),
            "realm" => subject.realm.map(text),
            "username" => Some(text(&subject.username)),
            _ => subject.attributes.get(name).map(Cow::Borrowed),
        }
    }

    fn groups(&self) -> Value {
        let holders = self.bearer.holders(self.snapshot).iter();
        let groups = holders.filter(|holder| Some(**holder) != self.bearer.subject);
        groups.map(|group| Value::String(self.snapshot.forest.id(*group).to_string())).collect()
    }
}

fn text<'a>(value: impl ToString) -> Cow<'a, Value> {
    Cow::Owned(Value::String(value.to_string()))
}
