//! Questions with one part left open (section "Search APIs").

use std::sync::Arc;

use super::{
    evaluation::{Action, Thing},
    malformed::{Malformed, parse},
    page::Paging,
    wire::{Properties, SearchBody, need},
};

/// Which subjects of a type may do this to the resource? An `id` of the subject is ignored.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectSearch {
    /// The type of the subjects.
    pub kind: String,
    /// What is said of each of them.
    pub properties: Properties,
    /// What.
    pub action: Arc<Action>,
    /// On what.
    pub resource: Arc<Thing>,
    /// Under which circumstances.
    pub context: Arc<Properties>,
    /// Which part of the results.
    pub paging: Paging,
}

/// To which resources of a type may the subject do this? An `id` of the resource is ignored.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceSearch {
    /// Who.
    pub subject: Arc<Thing>,
    /// What.
    pub action: Arc<Action>,
    /// The type of the resources.
    pub kind: String,
    /// What is said of each of them.
    pub properties: Properties,
    /// Under which circumstances.
    pub context: Arc<Properties>,
    /// Which part of the results.
    pub paging: Paging,
}

/// What may the subject do to the resource? An `action` is ignored.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionSearch {
    /// Who.
    pub subject: Arc<Thing>,
    /// On what.
    pub resource: Arc<Thing>,
    /// Under which circumstances.
    pub context: Arc<Properties>,
    /// Which part of the results.
    pub paging: Paging,
}

impl SubjectSearch {
    /// Parses the body.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let body: SearchBody = parse(body)?;
        let paging = Paging::of("subject", &body)?;
        let action = need(body.action, "/action")?;
        let (kind, properties) = need(body.subject, "/subject")?.of_type("/subject")?;
        Ok(Self {
            kind,
            properties,
            action: action.complete("/action")?,
            resource: need(body.resource, "/resource")?.complete("/resource")?,
            context: Arc::new(body.context.unwrap_or_default()),
            paging,
        })
    }
}

impl ResourceSearch {
    /// Parses the body.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let body: SearchBody = parse(body)?;
        let paging = Paging::of("resource", &body)?;
        let action = need(body.action, "/action")?;
        let (kind, properties) = need(body.resource, "/resource")?.of_type("/resource")?;
        Ok(Self {
            subject: need(body.subject, "/subject")?.complete("/subject")?,
            action: action.complete("/action")?,
            kind,
            properties,
            context: Arc::new(body.context.unwrap_or_default()),
            paging,
        })
    }
}

impl ActionSearch {
    /// Parses the body.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let body: SearchBody = parse(body)?;
        Ok(Self {
            paging: Paging::of("action", &body)?,
            subject: need(body.subject, "/subject")?.complete("/subject")?,
            resource: need(body.resource, "/resource")?.complete("/resource")?,
            context: Arc::new(body.context.unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn whole() -> Value {
        json!({
            "subject": {"type": "user", "id": "alice"},
            "action": {"name": "read"},
            "resource": {"type": "record", "id": "1"},
        })
    }

    /// The body without one of its members.
    fn without(at: &str) -> Vec<u8> {
        let mut body = whole();
        let (parent, name) = at.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        body.to_string().into_bytes()
    }

    #[test]
    fn the_part_looked_for_needs_a_type_alone() {
        assert!(SubjectSearch::parse(&without("/subject/id")).is_ok());
        assert!(ResourceSearch::parse(&without("/resource/id")).is_ok());
        assert!(ActionSearch::parse(&without("/action")).is_ok());
        // An id that is there is ignored.
        let body = whole().to_string();
        assert_eq!(SubjectSearch::parse(body.as_bytes()).unwrap().kind, "user");
        assert_eq!(ResourceSearch::parse(body.as_bytes()).unwrap().kind, "record");
    }

    #[test]
    fn everything_else_is_required() {
        let error = |at: &str, parse: fn(&[u8]) -> Option<Malformed>| {
            assert_eq!(parse(&without(at)).map(|e| e.pointer).as_deref(), Some(at));
        };
        for at in [
            "/subject",
            "/subject/type",
            "/action",
            "/action/name",
            "/resource",
            "/resource/type",
            "/resource/id",
        ] {
            error(at, |body| SubjectSearch::parse(body).err());
        }
        for at in [
            "/subject",
            "/subject/type",
            "/subject/id",
            "/action",
            "/action/name",
            "/resource",
            "/resource/type",
        ] {
            error(at, |body| ResourceSearch::parse(body).err());
        }
        for at in [
            "/subject",
            "/subject/type",
            "/subject/id",
            "/resource",
            "/resource/type",
            "/resource/id",
        ] {
            error(at, |body| ActionSearch::parse(body).err());
        }
    }
}
