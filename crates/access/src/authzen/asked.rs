//! An evaluation as a question for the engine.

use context::{Ctx, State};
use kernel::{PermissionName, Problem};
use policy::{Context, Who};
use protocol::authzen::{Action, Decision, Evaluation, Properties};

use super::names::Names;
use crate::ask::{Found, Standing};

/// What is said when the resource is not there, or the caller may not know of it: the two must look alike.
const UNKNOWN_RESOURCE: &str = "The resource is not known.";
const UNKNOWN_SUBJECT: &str = "The subject is not known.";
const UNKNOWN_ACTION: &str = "The action is not known.";

/// A question whose names are found.
pub(super) struct Asked {
    found: Found,
    /// What of it is not known: then it is denied, whoever is asked about.
    unknown: Option<&'static str>,
}

impl Asked {
    /// Of an evaluation whose names were looked up.
    pub(super) fn new(ctx: &Ctx, names: &Names, evaluation: &Evaluation) -> Result<Self, Problem> {
        let Evaluation { subject, action, resource, context } = evaluation;
        let node = names.resource(ctx, resource)?;
        let who = names.subject(subject);
        let permission = PermissionName::parse(&action.name).ok();
        let unknown = match (&node, &who, &permission) {
            (None, ..) => Some(UNKNOWN_RESOURCE),
            (_, None, _) => Some(UNKNOWN_SUBJECT),
            (.., None) => Some(UNKNOWN_ACTION),
            _ => None,
        };
        let facts = facts(&subject.properties, Some(action), &resource.properties, context);
        let permissions = permission.into_iter().collect();
        let found = Found::new(ctx, Some(who.unwrap_or(NOT_KNOWN)), permissions, node, facts);
        Ok(Self { found, unknown })
    }

    /// The decision; 403 if this may not be asked.
    pub(super) fn decide(&self, ctx: &Ctx, state: &State) -> Result<Decision, Problem> {
        Ok(match (standing(&self.found, ctx, state)?, self.unknown) {
            (Standing::Hide, _) => Decision::unknown(UNKNOWN_RESOURCE),
            (Standing::Answer, Some(what)) => Decision::unknown(what),
            (Standing::Answer, None) => {
                Decision::plain(state.engine.decide(&self.found.question(ctx)).is_allow())
            }
        })
    }
}

/// A subject that nobody is: the engine denies it everything.
pub(super) const NOT_KNOWN: Who = Who::Job { name: String::new(), on_behalf_of: None };

/// Whether it may be asked; 403 has the pointer to what may not.
pub(super) fn standing(found: &Found, ctx: &Ctx, state: &State) -> Result<Standing, Problem> {
    if !found.needs_inspect() {
        return Ok(Standing::Answer);
    }
    let at = if found.is_about_caller() { "/resource/properties" } else { "/subject" };
    found.standing_of_inspector(ctx, state, at)
}

/// What conditions may read. The properties of a subject come from the request, so they are `context.subject.*` and
/// never `subject.*`; a `subject` in the context gives way to them.
pub(super) fn facts(
    subject: &Properties,
    action: Option<&Action>,
    resource: &Properties,
    context: &Properties,
) -> Context {
    let mut context = context.clone();
    if subject.is_empty() {
        context.remove("subject");
    } else {
        context.insert("subject".to_owned(), subject.clone().into());
    }
    Context {
        action: action.map(|action| action.properties.clone()).unwrap_or_default(),
        context,
        resource: resource.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: serde_json::Value) -> Properties {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn properties_of_the_subject_stand_in_the_context() {
        let context = map(json!({"subject": {"role": "admin"}, "ip": "::1"}));
        let none = map(json!({}));
        assert_eq!(facts(&none, None, &none, &context).context, map(json!({"ip": "::1"})));
        let said = facts(&map(json!({"role": "guest"})), None, &none, &context).context;
        assert_eq!(said, map(json!({"subject": {"role": "guest"}, "ip": "::1"})));
    }
}
