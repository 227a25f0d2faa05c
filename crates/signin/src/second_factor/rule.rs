//! Rules on who needs a second factor: the users of a realm, those who hold a role, or one user.

use context::{Resource, change_setting::Section};
use jiff::Timestamp;
use kernel::{FactorRuleId, NodeId, Problem, RoleId};
use realms::UserRef;
use serde::Serialize;
use store::{Run, node};
use utoipa::ToSchema;
use uuid::Uuid;

use super::method::Method;
use crate::settings::REQUIRED_OF;

/// A rule.
#[derive(Debug, Clone)]
pub struct FactorRule {
    /// Its id.
    pub id: FactorRuleId,
    /// For whom it is.
    pub whose: Whose,
    /// How many types of factors a sign-in must show.
    pub steps: usize,
    /// The types that count, of those that count at all; `passkey` always does.
    pub methods: Vec<Method>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// For whom a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// All users of a realm.
    Realm(NodeId),
    /// Whoever holds a role, wherever.
    Role(RoleId),
    /// One user.
    User(NodeId),
}

impl Whose {
    /// The kind of thing, as tables and the audit name it, and its id.
    pub(crate) fn named(&self) -> (&'static str, Uuid) {
        match self {
            Self::Realm(id) => ("realm", id.0),
            Self::Role(id) => ("role", id.0),
            Self::User(id) => ("user", id.0),
        }
    }
}

impl Resource for FactorRule {
    fn node(&self) -> NodeId {
        NodeId::GLOBAL
    }
}

/// A rule as it is shown. For one of `realm`, `role` and `user`.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactorRuleView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: FactorRuleId,
    /// The name of the realm.
    #[serde(skip_serializing_if = "Option::is_none")]
    realm: Option<String>,
    /// The id of the role. One that is gone asks nothing of anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    role: Option<RoleId>,
    /// The user, `name@realm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// How many types of factors a sign-in must show.
    steps: usize,
    /// The types that count.
    methods: Vec<Method>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// The section of the settings whose permission rules ask.
pub(crate) fn section() -> Section {
    Section(REQUIRED_OF.section().to_owned())
}

impl FactorRule {
    /// As it is shown.
    pub(crate) async fn view(&self, run: &impl Run) -> Result<FactorRuleView, Problem> {
        let mut view = FactorRuleView {
            id: self.id,
            realm: None,
            role: None,
            user: None,
            steps: self.steps,
            methods: self.methods.clone(),
            created_at: self.created_at,
        };
        match self.whose {
            Whose::Realm(id) => view.realm = name(run, id).await?,
            Whose::Role(id) => view.role = Some(id),
            Whose::User(id) => view.user = user_name(run, id).await?,
        }
        Ok(view)
    }
}

async fn name(run: &impl Run, id: NodeId) -> Result<Option<String>, Problem> {
    Ok(node::find(run, id).await?.map(|node| node.name.as_str().to_owned()))
}

async fn user_name(run: &impl Run, id: NodeId) -> Result<Option<String>, Problem> {
    let Some(user) = realms::find_user_by_id(run, id).await? else { return Ok(None) };
    let Some(realm) = node::find(run, user.realm).await? else { return Ok(None) };
    Ok(Some(UserRef { username: user.username, realm: realm.name }.to_string()))
}
