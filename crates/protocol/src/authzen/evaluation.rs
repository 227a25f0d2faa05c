//! One question (section "Access Evaluation API").

use std::sync::Arc;

use super::{
    malformed::{Malformed, parse},
    wire::{EvaluationBody, Properties},
};

/// May the subject do this to the resource? The parts are shared, as many evaluations of one request have the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Who.
    pub subject: Arc<Thing>,
    /// What.
    pub action: Arc<Action>,
    /// On what.
    pub resource: Arc<Thing>,
    /// Under which circumstances; empty if there is none.
    pub context: Arc<Properties>,
}

/// A subject or a resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thing {
    /// Its `type`.
    pub kind: String,
    /// Its id, unique within the type.
    pub id: String,
    /// What is said of it beside; empty if there is nothing.
    pub properties: Properties,
}

/// An action.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// What is said of it beside; empty if there is nothing.
    pub properties: Properties,
}

impl Evaluation {
    /// Parses the body of one evaluation.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        parse::<EvaluationBody>(body)?.complete()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn whole() -> Value {
        json!({
            "subject": {"type": "user", "id": "alice", "properties": {"role": "manager"}},
            "action": {"name": "read", "properties": {"method": "GET"}},
            "resource": {"type": "record", "id": "record-1", "properties": {"status": "active"}},
            "context": {"ip": "192.0.2.1"},
        })
    }

    fn pointer(body: &str) -> String {
        Evaluation::parse(body.as_bytes()).unwrap_err().pointer
    }

    #[test]
    fn all_four_parts_are_read() {
        let read = Evaluation::parse(whole().to_string().as_bytes()).unwrap();
        assert_eq!((read.subject.kind.as_str(), read.subject.id.as_str()), ("user", "alice"));
        assert_eq!(read.subject.properties["role"], "manager");
        assert_eq!(
            (read.action.name.as_str(), &read.action.properties["method"]),
            ("read", &json!("GET"))
        );
        assert_eq!(read.resource.properties["status"], "active");
        assert_eq!(read.context["ip"], "192.0.2.1");
    }

    #[test]
    fn each_required_member_is_missed() {
        for at in [
            "/subject",
            "/action",
            "/resource",
            "/subject/type",
            "/subject/id",
            "/action/name",
            "/resource/type",
            "/resource/id",
        ] {
            let mut body = whole();
            let (parent, name) = at.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
            assert_eq!(pointer(&body.to_string()), at);
            // A null is no value.
            let mut body = whole();
            *body.pointer_mut(at).unwrap() = Value::Null;
            assert_eq!(pointer(&body.to_string()), at);
        }
    }

    #[test]
    fn each_wrong_type_is_found() {
        for at in [
            "/subject",
            "/subject/type",
            "/subject/id",
            "/subject/properties",
            "/action",
            "/action/name",
            "/action/properties",
            "/resource",
            "/resource/type",
            "/resource/id",
            "/resource/properties",
            "/context",
        ] {
            for wrong in [json!(123), json!(true), json!(["user", "alice", {}])] {
                let mut body = whole();
                *body.pointer_mut(at).unwrap() = wrong;
                let found = pointer(&body.to_string());
                assert_eq!(found, at);
            }
        }
    }

    #[test]
    fn unknown_members_are_ignored() {
        let mut body = whole();
        for at in ["", "/subject", "/action", "/resource"] {
            body.pointer_mut(at).unwrap()["future"] = json!({"nested": [true, null]});
        }
        let read = Evaluation::parse(body.to_string().as_bytes()).unwrap();
        assert_eq!(read, Evaluation::parse(whole().to_string().as_bytes()).unwrap());
    }

    #[test]
    fn what_is_no_utf8_is_refused_even_in_what_is_ignored() {
        let body = whole().to_string().replacen('{', "{\"future\": \"x\", ", 1);
        assert!(Evaluation::parse(body.as_bytes()).is_ok());
        let broken: Vec<u8> = body.bytes().map(|b| if b == b'x' { 0xff } else { b }).collect();
        assert_eq!(Evaluation::parse(&broken).unwrap_err().detail, "is no UTF-8");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let deep = format!("{{\"subject\": {}", "{\"properties\": ".repeat(10_000));
        for body in [
            "",
            " ",
            "{",
            "null",
            "\"a\"",
            "5",
            "{} x",
            "{\"subject\": {}, \"subject\": {}}",
            deep.as_str(),
        ] {
            assert!(Evaluation::parse(body.as_bytes()).is_err(), "{body:.20}");
        }
    }
}
