//! What a body may hold. Everything can be missing here: what a request needs is asked where it is completed.

use std::{fmt, marker::PhantomData, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;

use super::{
    evaluation::{Action, Evaluation, Thing},
    malformed::Malformed,
};

/// Members of `properties` or of `context`.
pub type Properties = Map<String, Value>;

/// A structure that is written as an object, and in no other way: serde would take a list of its members too.
#[derive(Debug, Clone, Default)]
pub struct Object<T>(pub T);

/// A subject or a resource (sections "Subject" and "Resource").
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct GivenThing {
    /// What it is.
    #[schema(required = true, value_type = String, example = "user")]
    pub r#type: Option<String>,
    /// Which of these it is.
    #[schema(example = "jane@staff")]
    pub id: Option<String>,
    /// What is said of it beside.
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// An action (section "Action").
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct GivenAction {
    /// Its name.
    #[schema(required = true, value_type = String, example = "contract.edit")]
    pub name: Option<String>,
    /// What is said of it beside.
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// The body of an evaluation.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct EvaluationBody {
    /// Who.
    #[schema(required = true, value_type = GivenThing)]
    pub subject: Option<Object<GivenThing>>,
    /// What.
    #[schema(required = true, value_type = GivenAction)]
    pub action: Option<Object<GivenAction>>,
    /// On what.
    #[schema(required = true, value_type = GivenThing)]
    pub resource: Option<Object<GivenThing>>,
    /// Under which circumstances.
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
}

/// The body of many evaluations.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EvaluationsBody {
    /// Who, where an evaluation names nobody.
    #[schema(value_type = Option<GivenThing>)]
    pub subject: Option<Object<GivenThing>>,
    /// What, where an evaluation names nothing.
    #[schema(value_type = Option<GivenAction>)]
    pub action: Option<Object<GivenAction>>,
    /// On what, where an evaluation names nothing.
    #[schema(value_type = Option<GivenThing>)]
    pub resource: Option<Object<GivenThing>>,
    /// The context of an evaluation that has none.
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// At most 1000. They are read one by one, so that a wrong one harms no other.
    #[schema(value_type = Option<Vec<EvaluationBody>>)]
    pub evaluations: Option<Vec<Box<RawValue>>>,
    /// How they are executed.
    #[schema(value_type = Option<OptionsBody>)]
    pub options: Option<Object<OptionsBody>>,
}

/// How many evaluations are executed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct OptionsBody {
    /// `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`.
    #[schema(example = "execute_all")]
    pub evaluations_semantic: Option<String>,
}

/// The body of a search.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct SearchBody {
    /// Who; of a search for subjects the `type` alone.
    #[schema(required = true, value_type = GivenThing)]
    pub subject: Option<Object<GivenThing>>,
    /// What; not of a search for actions.
    #[schema(value_type = Option<GivenAction>)]
    pub action: Option<Object<GivenAction>>,
    /// On what; of a search for resources the `type` alone.
    #[schema(required = true, value_type = GivenThing)]
    pub resource: Option<Object<GivenThing>>,
    /// Under which circumstances.
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// Which part of the results.
    #[schema(value_type = Option<PageBody>)]
    pub page: Option<Object<PageBody>>,
}

/// Which part of the results.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct PageBody {
    /// The `next_token` of the page before.
    pub token: Option<String>,
    /// How many at most; more than 500 count as 500.
    #[schema(example = 50)]
    pub limit: Option<u64>,
}

impl GivenThing {
    /// With a type and an id.
    pub(crate) fn complete(self, pointer: &str) -> Result<Arc<Thing>, Malformed> {
        let kind = self.r#type.ok_or_else(|| Malformed::missing(format!("{pointer}/type")))?;
        let id = self.id.ok_or_else(|| Malformed::missing(format!("{pointer}/id")))?;
        Ok(Arc::new(Thing { kind, id, properties: self.properties.unwrap_or_default() }))
    }

    /// With a type; an id is ignored.
    pub(crate) fn of_type(self, pointer: &str) -> Result<(String, Properties), Malformed> {
        let kind = self.r#type.ok_or_else(|| Malformed::missing(format!("{pointer}/type")))?;
        Ok((kind, self.properties.unwrap_or_default()))
    }
}

impl GivenAction {
    /// With a name.
    pub(crate) fn complete(self, pointer: &str) -> Result<Arc<Action>, Malformed> {
        let name = self.name.ok_or_else(|| Malformed::missing(format!("{pointer}/name")))?;
        Ok(Arc::new(Action { name, properties: self.properties.unwrap_or_default() }))
    }
}

impl EvaluationBody {
    /// With all that an evaluation needs.
    pub(crate) fn complete(self) -> Result<Evaluation, Malformed> {
        let subject = need(self.subject, "/subject")?;
        let action = need(self.action, "/action")?;
        let resource = need(self.resource, "/resource")?;
        Ok(Evaluation {
            subject: subject.complete("/subject")?,
            action: action.complete("/action")?,
            resource: resource.complete("/resource")?,
            context: Arc::new(self.context.unwrap_or_default()),
        })
    }
}

/// A part that is required.
pub(crate) fn need<T>(given: Option<Object<T>>, pointer: &str) -> Result<T, Malformed> {
    given.map(|Object(given)| given).ok_or_else(|| Malformed::missing(pointer))
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}
