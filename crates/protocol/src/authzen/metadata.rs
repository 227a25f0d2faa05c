//! Where the endpoints are (section "Policy Decision Point Metadata").

use serde::Serialize;
use utoipa::ToSchema;

/// The document at [`WELL_KNOWN`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Metadata {
    /// The public address of this server: what the document's own address is made of.
    #[schema(example = "https://id.example.com")]
    pub policy_decision_point: String,
    /// For one evaluation.
    pub access_evaluation_endpoint: String,
    /// For many evaluations.
    pub access_evaluations_endpoint: String,
    /// For a search for subjects.
    pub search_subject_endpoint: String,
    /// For a search for resources.
    pub search_resource_endpoint: String,
    /// For a search for actions.
    pub search_action_endpoint: String,
}

/// Where the document is.
pub const WELL_KNOWN: &str = "/.well-known/authzen-configuration";

impl Metadata {
    /// Of the server at this address, which has no path, query or fragment; a `/` at its end is cut off.
    pub fn of(address: &str) -> Self {
        let address = address.trim_end_matches('/');
        let at = |path: &str| format!("{address}/access/v1/{path}");
        Self {
            policy_decision_point: address.to_owned(),
            access_evaluation_endpoint: at("evaluation"),
            access_evaluations_endpoint: at("evaluations"),
            search_subject_endpoint: at("search/subject"),
            search_resource_endpoint: at("search/resource"),
            search_action_endpoint: at("search/action"),
        }
    }
}
