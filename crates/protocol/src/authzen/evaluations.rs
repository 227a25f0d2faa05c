//! Many questions in one request (section "Access Evaluations API").

use std::sync::Arc;

use super::{
    evaluation::{Action, Evaluation, Thing},
    malformed::{Malformed, parse},
    wire::{EvaluationBody, EvaluationsBody, GivenAction, GivenThing, Object, Properties},
};

/// Most evaluations of one request.
pub const MAX_EVALUATIONS: usize = 1000;

/// What was asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Evaluations {
    /// One question: there were no `evaluations`, or none in them. The answer is a decision, as of one evaluation.
    One(Evaluation),
    /// Several, in order. One that is malformed is a denied decision with its error, and harms no other.
    Several {
        /// The questions.
        evaluations: Vec<Result<Evaluation, Malformed>>,
        /// How they are executed.
        semantic: Semantic,
    },
}

/// How many evaluations are executed (section "Evaluations semantics").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Semantic {
    /// All of them.
    #[default]
    ExecuteAll,
    /// Up to the first that is denied or malformed: a conjunction.
    DenyOnFirstDeny,
    /// Up to the first that is permitted: a disjunction.
    PermitOnFirstPermit,
}

impl Semantic {
    /// Whether a decision is the last one.
    pub fn ends_with(self, permitted: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !permitted,
            Self::PermitOnFirstPermit => permitted,
        }
    }

    fn parse(text: &str) -> Result<Self, Malformed> {
        match text {
            "execute_all" => Ok(Self::ExecuteAll),
            "deny_on_first_deny" => Ok(Self::DenyOnFirstDeny),
            "permit_on_first_permit" => Ok(Self::PermitOnFirstPermit),
            _ => Err(Malformed::at(
                "/options/evaluations_semantic",
                "must be execute_all, deny_on_first_deny or permit_on_first_permit",
            )),
        }
    }
}

impl Evaluations {
    /// Parses the body. What is wrong with the body as a whole is an error; what is wrong with one evaluation is kept
    /// in its place.
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let EvaluationsBody { subject, action, resource, context, evaluations, options } =
            parse(body)?;
        let semantic = options.and_then(|Object(options)| options.evaluations_semantic);
        let semantic = semantic.map_or(Ok(Semantic::default()), |text| Semantic::parse(&text))?;
        let evaluations = evaluations.unwrap_or_default();
        if evaluations.is_empty() {
            let one = EvaluationBody { subject, action, resource, context };
            return one.complete().map(Self::One);
        }
        if evaluations.len() > MAX_EVALUATIONS {
            let detail = format!("must be at most {MAX_EVALUATIONS}");
            return Err(Malformed::at("/evaluations", detail));
        }
        let defaults = Defaults {
            subject: subject.map(|Object(given)| given.complete("/subject")),
            action: action.map(|Object(given)| given.complete("/action")),
            resource: resource.map(|Object(given)| given.complete("/resource")),
            context: Arc::new(context.unwrap_or_default()),
        };
        let each = evaluations.iter().enumerate().map(|(index, raw)| {
            let body = parse(raw.get().as_bytes());
            body.and_then(|body| defaults.fill(body))
                .map_err(|error| error.below(&format!("/evaluations/{index}")))
        });
        Ok(Self::Several { evaluations: each.collect(), semantic })
    }
}

/// The parts of an evaluation that names none of its own. One that is incomplete harms only whoever needs it.
struct Defaults {
    subject: Option<Result<Arc<Thing>, Malformed>>,
    action: Option<Result<Arc<Action>, Malformed>>,
    resource: Option<Result<Arc<Thing>, Malformed>>,
    context: Arc<Properties>,
}

impl Defaults {
    /// The evaluation with what it lacks. A part replaces its default as a whole: no property of a default is ever
    /// taken over into a part that has come in its place.
    fn fill(&self, body: EvaluationBody) -> Result<Evaluation, Malformed> {
        let thing =
            |given: Option<Object<GivenThing>>, default: &Option<_>, pointer: &str| match given {
                Some(Object(given)) => given.complete(pointer),
                None => default.clone().unwrap_or_else(|| Err(Malformed::missing(pointer))),
            };
        let action = |given: Option<Object<GivenAction>>| match given {
            Some(Object(given)) => given.complete("/action"),
            None => self.action.clone().unwrap_or_else(|| Err(Malformed::missing("/action"))),
        };
        Ok(Evaluation {
            subject: thing(body.subject, &self.subject, "/subject")?,
            action: action(body.action)?,
            resource: thing(body.resource, &self.resource, "/resource")?,
            context: body.context.map_or_else(|| self.context.clone(), Arc::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(body: Value) -> Result<Evaluations, Malformed> {
        Evaluations::parse(body.to_string().as_bytes())
    }

    fn several(body: Value) -> Vec<Result<Evaluation, Malformed>> {
        match parsed(body).unwrap() {
            Evaluations::Several { evaluations, .. } => evaluations,
            Evaluations::One(_) => Vec::new(),
        }
    }

    fn defaults(evaluations: Value) -> Value {
        json!({
            "subject": {"type": "user", "id": "alice", "properties": {"a": 1}},
            "action": {"name": "read"},
            "resource": {"type": "record", "id": "1", "properties": {"status": "active"}},
            "context": {"time": "noon"},
            "evaluations": evaluations,
        })
    }

    #[test]
    fn without_evaluations_it_is_one_question() {
        for evaluations in [json!([]), Value::Null] {
            assert!(matches!(parsed(defaults(evaluations)), Ok(Evaluations::One(_))));
        }
        assert_eq!(parsed(json!({"evaluations": []})).unwrap_err().pointer, "/subject");
    }

    #[test]
    fn a_part_replaces_its_default_as_a_whole() {
        let read = several(defaults(json!([
            {},
            {"resource": {"type": "record", "id": "2"}, "context": {"ip": "::1"}},
            {"subject": {"type": "user", "id": "bob"}, "action": {"name": "write"}},
            {"resource": null},
        ])));
        let [all, other, person, null] = &read[..] else { panic!("four") };
        let (all, other, person) =
            (all.as_ref().unwrap(), other.as_ref().unwrap(), person.as_ref().unwrap());
        assert_eq!((all.subject.properties["a"].as_i64(), all.context.len()), (Some(1), 1));
        assert!(other.resource.properties.is_empty() && !other.context.contains_key("time"));
        assert_eq!(other.subject, all.subject);
        assert_eq!((person.subject.id.as_str(), person.subject.properties.len()), ("bob", 0));
        assert_eq!((person.action.name.as_str(), &person.resource), ("write", &all.resource));
        assert_eq!(null.as_ref().unwrap(), all);
    }

    #[test]
    fn a_wrong_one_harms_no_other() {
        let read = several(json!({
            "subject": {"type": "user", "id": "alice"},
            "resource": {"type": "record"},
            "evaluations": [
                {"action": {"name": "read"}, "resource": {"type": "record", "id": "1"}},
                {"action": {"name": "read"}},
                {"resource": {"type": "record", "id": "1"}},
                {"action": {"name": 5}, "resource": {"type": "record", "id": "1"}},
                {"action": {"name": "read"}, "resource": {"id": "1"}},
                17,
            ],
        }));
        let pointers: Vec<_> =
            read.iter().map(|one| one.as_ref().err().map(|e| e.pointer.as_str())).collect();
        assert_eq!(
            pointers,
            [
                None,
                Some("/evaluations/1/resource/id"),
                Some("/evaluations/2/action"),
                Some("/evaluations/3/action/name"),
                Some("/evaluations/4/resource/type"),
                Some("/evaluations/5"),
            ]
        );
    }

    #[test]
    fn what_is_wrong_as_a_whole_is_refused() {
        let many = vec![json!({}); MAX_EVALUATIONS + 1];
        for (body, pointer) in [
            (json!({"evaluations": {}}), "/evaluations"),
            (json!({"subject": "alice", "evaluations": [{}]}), "/subject"),
            (
                json!({"evaluations": [{}], "options": {"evaluations_semantic": "any"}}),
                "/options/evaluations_semantic",
            ),
            (
                json!({"evaluations": [{}], "options": {"evaluations_semantic": 1}}),
                "/options/evaluations_semantic",
            ),
            (json!({"evaluations": many}), "/evaluations"),
        ] {
            assert_eq!(parsed(body).unwrap_err().pointer, pointer);
        }
    }

    #[test]
    fn the_three_semantics_end_where_they_should() {
        for (text, ends) in [
            (None, [false, false]),
            (Some("execute_all"), [false, false]),
            (Some("deny_on_first_deny"), [true, false]),
            (Some("permit_on_first_permit"), [false, true]),
        ] {
            let mut body = defaults(json!([{}]));
            body["options"] = json!({"evaluations_semantic": text, "another": 1});
            let Ok(Evaluations::Several { semantic, .. }) = parsed(body) else { panic!("several") };
            assert_eq!([false, true].map(|permitted| semantic.ends_with(permitted)), ends);
        }
    }
}
