//! Trees with so many ranges that labels are tested in other ways than in small ones.

use kernel::{AssignmentId, Effect, NodeId, NodeKind, Pattern, PermissionName, RoleId};
use policy::{
    Assignment, Change, Context, Form, Lock, Principal, Question, Rows, Rule, Snapshot, Subject,
    SubjectKind,
};
use testkit::{Backend, on_both};

use crate::{databases::Connection, ids};

fn save(snapshot: &mut Snapshot, id: NodeId, parent: Option<NodeId>, kind: &str) {
    let place = snapshot.place(parent, 1).unwrap();
    if !place.renumbered.is_empty() {
        snapshot.apply(&Change::NodesLabelled { labels: place.renumbered }).unwrap();
    }
    let (label, label_end) = (place.label, place.label_end);
    let kind = NodeKind::parse(kind).unwrap();
    snapshot.apply(&Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
}

/// Places in a row below one node; somebody may see every third, by a connection, and has a role without a limit there.
fn world(places: usize) -> (Snapshot, Principal, Vec<NodeId>) {
    let mut snapshot = Snapshot::new();
    save(&mut snapshot, NodeId::GLOBAL, None, NodeKind::GLOBAL);
    let (root, seen, user) = (ids::node(1), ids::node(2), ids::node(3));
    save(&mut snapshot, root, None, "place");
    save(&mut snapshot, seen, None, "place");
    save(&mut snapshot, user, None, NodeKind::USER);
    let nodes: Vec<NodeId> = (10..10 + places).map(ids::node).collect();
    for (at, id) in nodes.iter().enumerate() {
        save(&mut snapshot, *id, Some(root), "place");
        if at % 3 == 0 {
            snapshot.apply(&Change::Connected { from: seen, to: *id }).unwrap();
        }
    }
    let subject = Subject {
        id: user,
        kind: SubjectKind::User,
        realm: None,
        username: "u".to_owned(),
        superuser: false,
        disabled: false,
        lock: Lock::None,
        expires_at: None,
        attributes: std::collections::BTreeMap::default(),
    };
    snapshot.apply(&Change::SubjectSaved(subject)).unwrap();
    let rule = Rule {
        effect: Effect::Allow,
        pattern: Pattern::parse("x").unwrap(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    };
    let role: RoleId = ids::role(1);
    let (name, owner) = ("R".to_owned(), NodeId::GLOBAL);
    snapshot.apply(&Change::RoleSaved { id: role, name, owner, rules: vec![rule] }).unwrap();
    let id: AssignmentId = ids::assignment(1);
    let assignment =
        Assignment { id, subject: user, role, node: seen, expires_at: None, when: None };
    snapshot.apply(&Change::AssignmentSaved(assignment)).unwrap();
    (snapshot, Principal::user(user), nodes)
}

on_both! {
    async fn every_number_of_ranges_is_searched_rightly(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        connection.run("CREATE TABLE place (id bigint, label bigint)").await;
        // Around the powers of four, where a search by quarters could miss an end.
        for places in [3, 12, 15, 45, 48, 51, 96, 99, 189, 192, 195, 768, 771, 3072, 4500] {
            let (snapshot, principal, nodes) = world(places);
            let name = PermissionName::parse("x").unwrap();
            let names = std::slice::from_ref(&name);
            let (context, now) = (Context::default(), ids::moment(0));
            let rows: Vec<String> = nodes
                .iter()
                .enumerate()
                .map(|(at, id)| format!("({at}, {})", snapshot.labels(*id).unwrap().label))
                .chain(["(-1, NULL)".to_owned(), "(-2, 0)".to_owned(), format!("(-3, {})", i64::MAX)])
                .collect();
            connection.run(&format!("DELETE FROM place; INSERT INTO place VALUES {}", rows.join(", "))).await;
            let expected: Vec<i64> = (0i64..)
                .zip(&nodes)
                .filter(|(_, node)| {
                    let (principal, context) = (&principal, &context);
                    let question = Question { principal, permissions: names, node: **node, context, now };
                    snapshot.decide(&question).is_allow()
                })
                .map(|(at, _)| at)
                .collect();
            assert_eq!(expected.len(), places.div_ceil(3));
            for form in [Form::Test, Form::Probe] {
                let rows = Rows {
                    dialect: connection.dialect(),
                    first_parameter: 1,
                    node: None,
                    label: "place.label".parse().unwrap(),
                    columns: std::collections::BTreeMap::new(),
                    table_rows: None,
                    form: Some(form),
                };
                let filter = snapshot.filter(&principal, names, &context, now, &rows).unwrap();
                let sql = format!("SELECT id FROM place WHERE {} ORDER BY id", filter.sql);
                let found = connection.numbers(&sql, &filter.parameters).await;
                let found: Vec<i64> = found.into_iter().map(|row| row[0].unwrap()).collect();
                assert_eq!(found, expected, "{places} places, {form:?}");
            }
        }
    }
}
