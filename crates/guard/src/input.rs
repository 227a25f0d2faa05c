//! A table of routes as people write it: over HTTP and in world files.

use kernel::{NodeRef, PermissionName};
use protocol::route::{Host, MethodName, PathPattern};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What guards the requests of an application. What matches no entry gets through to nobody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutesInput {
    /// The hosts that are this application's, at most 32. Each belongs to one application.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["shop.example.com"]))]
    pub hosts: Vec<Host>,
    /// Where a browser is sent that has to sign in, with `return_to` added; absent: it gets 401.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://id.example.com/sign-in")]
    pub sign_in: Option<String>,
    /// Whether the application is told the names of the caller's groups. That reads the database at each request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub groups: bool,
    /// The entries, at most 1000, in any order: the most specific path decides, then the method.
    #[serde(default)]
    pub routes: Vec<RouteInput>,
}

/// What is asked of requests with these methods and this path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteInput {
    /// The methods, in upper case; absent: all that no other entry of the same path lists. GET stands for HEAD too,
    /// where HEAD is not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, example = json!(["GET"]))]
    pub methods: Vec<MethodName>,
    /// The path: literal segments (decoded), `{name}` for any one segment, at the end `**` for none, one or more.
    #[schema(value_type = String, example = "/orders/{order}")]
    pub path: PathPattern,
    /// What is asked; absent: `permission` if one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessWord>,
    /// The permission, for access `permission`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "order.read")]
    pub permission: Option<PermissionName>,
    /// Where the permission is asked; absent: at the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<PlaceInput>,
}

/// What is asked, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessWord {
    /// The permission.
    Permission,
    /// That the caller is signed in, and his realm may sign in at the application.
    SignedIn,
    /// Nothing.
    Public,
    /// What nobody has.
    Deny,
}

/// A node: the application itself, or one that inherits from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceInput {
    /// This one, by id or path.
    #[schema(value_type = String)]
    Fixed(NodeRef),
    /// The one with this id in another system.
    ExternalId(ExternalIdInput),
    /// The one on this way down from the application: names and `{captured}` segments.
    #[schema(example = "companies/{company}")]
    Below(String),
}

/// A node by its id in another system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalIdInput {
    /// The system.
    pub system: String,
    /// The name of the captured segment that is the id.
    pub segment: String,
}
