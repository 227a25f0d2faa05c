//! What of a change is told: which things, and what happened to them. Not their content: no attribute, property, rule,
//! setting's value, nothing of a credential. Whoever needs that asks for it, with his own rights.

use context::Change;
use jiff::Timestamp;
use kernel::{
    ApiKeyId, AssignmentId, NodeId, NodeKind, PermissionId, PermissionName, RoleId, SessionId,
};
use policy::{Labelled, SubjectKind};
use serde::Serialize;
use utoipa::ToSchema;

/// How many labels one change tells.
const LABELS: usize = 500;

/// A node and its place in the numbering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LabelView {
    /// The node.
    #[schema(value_type = String, format = Uuid)]
    pub node: NodeId,
    /// Its label, unique, 0 or more.
    pub label: i64,
}

/// One change, as the feed tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; docs/guide/changes.md tells what each means")]
pub enum ChangeView {
    NodeSaved { node: NodeId, parent: Option<NodeId>, kind: NodeKind },
    NodeMoved { node: NodeId, parent: NodeId },
    NodeDeleted { node: NodeId },
    Labels { labels: Vec<LabelView> },
    Connected { from: NodeId, to: NodeId },
    Disconnected { from: NodeId, to: NodeId },
    PropertyChanged { node: NodeId, name: String },
    PermissionSaved { permission: PermissionId, name: PermissionName, owner: NodeId },
    PermissionDeleted { permission: PermissionId },
    RoleSaved { role: RoleId, name: String, owner: NodeId },
    RoleDeleted { role: RoleId },
    SubjectSaved { subject: NodeId, kind: SubjectKind },
    SubjectDeleted { subject: NodeId },
    GroupSaved { group: NodeId },
    GroupDeleted { group: NodeId },
    MemberAdded { group: NodeId, member: NodeId },
    MemberRemoved { group: NodeId, member: NodeId },
    AssignmentSaved { assignment: AssignmentId, subject: NodeId, role: RoleId, node: NodeId },
    AssignmentDeleted { assignment: AssignmentId },
    SessionEnded { session: SessionId, until: Timestamp },
    ApiKeySaved { key: ApiKeyId },
    ApiKeyRevoked { key: ApiKeyId },
    SettingSaved { setting: String },
    RealmSaved { realm: NodeId, name: String },
    RealmDeleted { realm: NodeId },
    ApplicationSaved { application: NodeId, name: String, realm: NodeId },
    ApplicationDeleted { application: NodeId },
    RoutesSaved { application: NodeId },
    IpRulesChanged,
    DefaultRoleSaved { user: NodeId },
}

/// What is told of the changes of one revision, in their order.
pub fn views(changes: Vec<Change>) -> Vec<ChangeView> {
    let mut views = Vec::new();
    for change in changes {
        let view = match change {
            Change::Engine(change) => {
                engine(change, &mut views);
                continue;
            }
            Change::SessionEnded { session, until } => ChangeView::SessionEnded { session, until },
            Change::ApiKeySaved { key, .. } => ChangeView::ApiKeySaved { key },
            Change::ApiKeyRevoked { key } => ChangeView::ApiKeyRevoked { key },
            Change::SettingSaved { key, .. } => ChangeView::SettingSaved { setting: key },
            Change::RealmSaved { id, name } => ChangeView::RealmSaved { realm: id, name },
            Change::RealmDeleted { id } => ChangeView::RealmDeleted { realm: id },
            Change::ApplicationSaved { id, name, realm } => {
                ChangeView::ApplicationSaved { application: id, name, realm }
            }
            Change::ApplicationDeleted { id } => ChangeView::ApplicationDeleted { application: id },
            Change::RoutesSaved { application, .. } => ChangeView::RoutesSaved { application },
            Change::IpRuleSaved { .. } | Change::IpRuleDeleted { .. } => ChangeView::IpRulesChanged,
            Change::DefaultRoleSaved { user, .. } => ChangeView::DefaultRoleSaved { user },
        };
        views.push(view);
    }
    views
}

fn engine(change: policy::Change, views: &mut Vec<ChangeView>) {
    use policy::Change as Engine;
    let view = match change {
        Engine::NodeSaved { id, parent, kind, label, .. } => {
            views.push(ChangeView::NodeSaved { node: id, parent, kind });
            ChangeView::Labels { labels: vec![LabelView { node: id, label }] }
        }
        Engine::NodeMoved { id, parent, labels: moved } => {
            views.push(ChangeView::NodeMoved { node: id, parent });
            return labels(&moved, views);
        }
        Engine::NodesLabelled { labels: given } => return labels(&given, views),
        Engine::NodeDeleted { id } => ChangeView::NodeDeleted { node: id },
        Engine::Connected { from, to } => ChangeView::Connected { from, to },
        Engine::Disconnected { from, to } => ChangeView::Disconnected { from, to },
        Engine::PropertySet { node, name, .. } | Engine::PropertyRemoved { node, name } => {
            ChangeView::PropertyChanged { node, name }
        }
        Engine::PermissionSaved { id, name, owner } => {
            ChangeView::PermissionSaved { permission: id, name, owner }
        }
        Engine::PermissionDeleted { id } => ChangeView::PermissionDeleted { permission: id },
        Engine::RoleSaved { id, name, owner, .. } => {
            ChangeView::RoleSaved { role: id, name, owner }
        }
        Engine::RoleDeleted { id } => ChangeView::RoleDeleted { role: id },
        Engine::SubjectSaved(subject) => {
            ChangeView::SubjectSaved { subject: subject.id, kind: subject.kind }
        }
        Engine::SubjectDeleted { id } => ChangeView::SubjectDeleted { subject: id },
        Engine::GroupSaved { id, .. } => ChangeView::GroupSaved { group: id },
        Engine::GroupDeleted { id } => ChangeView::GroupDeleted { group: id },
        Engine::MemberAdded { group, member } => ChangeView::MemberAdded { group, member },
        Engine::MemberRemoved { group, member } => ChangeView::MemberRemoved { group, member },
        Engine::AssignmentSaved(given) => ChangeView::AssignmentSaved {
            assignment: given.id,
            subject: given.subject,
            role: given.role,
            node: given.node,
        },
        Engine::AssignmentDeleted { id } => ChangeView::AssignmentDeleted { assignment: id },
    };
    views.push(view);
}

fn labels(given: &[Labelled], views: &mut Vec<ChangeView>) {
    views.extend(given.chunks(LABELS).map(|part| ChangeView::Labels {
        labels: part.iter().map(|l| LabelView { node: l.id, label: l.label }).collect(),
    }));
}

#[cfg(test)]
mod tests {
    use context::ApiKeyFacts;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn node(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    #[test]
    fn nothing_of_a_credential_or_a_value_is_told() {
        let facts =
            ApiKeyFacts { owner: node(1), role: RoleId::ADMIN, hash: [7; 32], expires_at: None };
        let key = ApiKeyId(Uuid::from_u128(5));
        let set = policy::Change::PropertySet {
            node: node(2),
            name: "iban".into(),
            value: json!("BE68"),
        };
        let saved =
            Change::SettingSaved { key: "mail.password".into(), value: Some("sesame".into()) };
        let views = views(vec![Change::ApiKeySaved { key, facts }, set.into(), saved]);
        assert_eq!(
            serde_json::to_value(&views).unwrap(),
            json!([
                {"change": "api_key_saved", "key": key},
                {"change": "property_changed", "node": node(2), "name": "iban"},
                {"change": "setting_saved", "setting": "mail.password"},
            ])
        );
    }

    #[test]
    fn many_labels_come_in_portions() {
        let labels: Vec<_> = (0..1200_i64)
            .map(|n| Labelled { id: node(n.unsigned_abs().into()), label: n, label_end: n + 1 })
            .collect();
        let moved = policy::Change::NodeMoved { id: node(1), parent: node(2), labels };
        let views = views(vec![moved.into()]);
        let sizes: Vec<_> = views
            .iter()
            .map(|view| match view {
                ChangeView::Labels { labels } => labels.len(),
                _ => 0,
            })
            .collect();
        assert_eq!(sizes, [0, 500, 500, 200]);
    }
}
