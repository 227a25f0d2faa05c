//! The answer.

use std::collections::BTreeSet;

use access::view::NodeName;
use context::{Ctx, Reading};
use kernel::{NodeId, PermissionName, Problem, Revision};
use policy::{
    Who,
    what_if::{NodeSet, Outcome, PermissionChange, Position, SubjectChange},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::draft::Draft;

/// Who gains and who loses what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhatIfAnswer {
    /// One page of those who gain or lose something: nobody signed in first, then those who are there, then new ones.
    pub items: Vec<SubjectView>,
    /// For the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many gain or lose something.
    pub total: usize,
    /// How many gain something.
    pub gaining: usize,
    /// How many lose something.
    pub losing: usize,
    /// Whether there are nodes that the caller may not inspect: who gains or loses something there is not told, and not
    /// counted.
    pub partial: bool,
    /// Patterns of rules that stand for more than what was compared: permissions that nobody registered may be gained or
    /// lost too.
    #[schema(value_type = Vec<String>)]
    pub unregistered: Vec<kernel::Pattern>,
    /// The revision of the world that it is of.
    #[schema(value_type = u64)]
    pub revision: Revision,
}

/// A user or service account that gains or loses something, or all who are not signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubjectView {
    /// `user`, `service_account`, or `nobody`: whoever is not signed in.
    pub r#type: String,
    /// Who; absent for `nobody`. Without its path if the caller may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<NodeName>,
    /// Whether it is there only after the change.
    pub new: bool,
    /// What. Permissions with the same nodes are together.
    pub changes: Vec<PermissionsView>,
}

/// Permissions, and where they are gained and lost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PermissionsView {
    /// The permissions, sorted.
    #[schema(value_type = Vec<String>)]
    pub permissions: Vec<PermissionName>,
    /// The nodes where they are allowed only after.
    pub gained: NodesView,
    /// The nodes where they are allowed only before.
    pub lost: NodesView,
}

/// Some nodes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NodesView {
    /// How many.
    pub total: usize,
    /// The first of them, in the order of the tree.
    pub nodes: Vec<NodeName>,
}

/// The answer with names. What is there is named as it is; what is new as the change names it.
pub(super) async fn answer(
    ctx: &Ctx,
    draft: &Draft,
    outcome: Outcome,
) -> Result<WhatIfAnswer, Problem> {
    let read = ctx.read().await?;
    let names = Names::find(&read, draft, &outcome).await?;
    Ok(WhatIfAnswer {
        items: outcome.part.iter().map(|subject| names.subject(subject)).collect(),
        next_cursor: outcome.next.map(|next| web::page::to_cursor(&next)),
        total: outcome.total,
        gaining: outcome.gaining,
        losing: outcome.losing,
        partial: outcome.is_partial,
        unregistered: outcome.also,
        revision: draft.before.revision,
    })
}

/// The names of what the answer tells.
struct Names<'a> {
    draft: &'a Draft,
    known: std::collections::BTreeMap<NodeId, String>,
}

impl<'a> Names<'a> {
    async fn find(read: &Reading, draft: &'a Draft, outcome: &Outcome) -> Result<Self, Problem> {
        let changes = outcome.part.iter().flat_map(|subject| &subject.changes);
        let sets = changes.flat_map(|change| [&change.gained, &change.lost]);
        let nodes = sets.flat_map(|set| set.first.iter().copied());
        let subjects = outcome.part.iter().filter_map(|subject| id(&subject.who));
        let all: BTreeSet<NodeId> = nodes.chain(subjects).collect();
        let seen = seen(read)?;
        let all: Vec<NodeId> = all.into_iter().filter(|id| seen(*id)).collect();
        Ok(Self { draft, known: store::node::paths(read, &all).await? })
    }

    fn name(&self, id: NodeId) -> NodeName {
        let path = self.draft.paths.get(&id).or_else(|| self.known.get(&id)).cloned();
        NodeName { id, path }
    }

    fn subject(&self, change: &SubjectChange) -> SubjectView {
        let kind = match change.who {
            Who::Nobody => "nobody",
            Who::ServiceAccount(_) => "service_account",
            _ => "user",
        };
        SubjectView {
            r#type: kind.to_owned(),
            subject: id(&change.who).map(|id| self.name(id)),
            new: matches!(change.position, Position::New(_)),
            changes: change.changes.iter().map(|change| self.permissions(change)).collect(),
        }
    }

    fn permissions(&self, change: &PermissionChange) -> PermissionsView {
        PermissionsView {
            permissions: change.permissions.clone(),
            gained: self.nodes(&change.gained),
            lost: self.nodes(&change.lost),
        }
    }

    fn nodes(&self, set: &NodeSet) -> NodesView {
        let nodes = set.first.iter().map(|id| self.name(*id)).collect();
        NodesView { total: set.total, nodes }
    }
}

fn id(who: &Who) -> Option<NodeId> {
    match who {
        Who::User(id) | Who::ServiceAccount(id) => Some(*id),
        _ => None,
    }
}

/// Whether the caller may know the path of a node. That `$global` exists is no secret.
fn seen(read: &Reading) -> Result<impl Fn(NodeId) -> bool + '_, Problem> {
    let names = [context::action::parse("node:read")?, context::action::parse("read")?];
    Ok(move |id| id == NodeId::GLOBAL || names.iter().any(|name| read.may(name, id)))
}
