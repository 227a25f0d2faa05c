//! A filter that would be longer than is good for anybody is refused, exactly from the limit on.

use kernel::{Effect, NodeId, NodeKind};
use policy::{
    Assignment, Change, Context, Filter, FilterRefused, Form, Principal, Rows, Rule, Snapshot,
    condition::sql::Dialect, filter::MOST_WRITTEN, load::Nodes,
};

use crate::{ids, town};

const USER: usize = 1;
const SEEN: usize = 2;

/// Somebody sees one node, and by connections every second of a row of nodes.
fn world(connected: usize) -> Snapshot {
    let place = ids::kind("place");
    let mut nodes = Nodes::new();
    nodes.add(NodeId::GLOBAL, None, &ids::kind(NodeKind::GLOBAL), (0, 1)).unwrap();
    nodes.add(ids::node(USER), None, &ids::kind(NodeKind::USER), (1, 2)).unwrap();
    nodes.add(ids::node(SEEN), None, &place, (3, 4)).unwrap();
    let row = |number: usize| i64::try_from(number).unwrap() * 2 + 10;
    for number in 0..connected {
        let label = row(number);
        nodes.add(ids::node(10 + number), None, &place, (label, label + 1)).unwrap();
    }
    let mut connections = nodes.finish().unwrap();
    for number in 0..connected {
        connections.add(ids::node(SEEN), ids::node(10 + number)).unwrap();
    }
    let mut snapshot = connections.finish().unwrap();
    [subject(), role(), assignment()].iter().for_each(|change| snapshot.apply(change).unwrap());
    snapshot
}

fn subject() -> Change {
    Change::SubjectSaved(town::subject(ids::node(USER)))
}

fn role() -> Change {
    let rule = Rule {
        effect: Effect::Allow,
        pattern: kernel::Pattern::parse("x").unwrap(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    };
    let (name, owner) = ("R".to_owned(), NodeId::GLOBAL);
    Change::RoleSaved { id: ids::role(1), name, owner, rules: vec![rule] }
}

fn assignment() -> Change {
    Change::AssignmentSaved(Assignment {
        id: ids::assignment(1),
        subject: ids::node(USER),
        role: ids::role(1),
        node: ids::node(SEEN),
        expires_at: None,
        when: None,
    })
}

fn filter(snapshot: &Snapshot, dialect: Dialect, form: Form) -> Result<Filter, FilterRefused> {
    let rows = Rows {
        dialect,
        first_parameter: 1,
        node: None,
        label: "n.label".parse().unwrap(),
        columns: Default::default(),
        table_rows: None,
        form: Some(form),
    };
    let (principal, names) = (Principal::user(ids::node(USER)), [ids::name("x")]);
    snapshot.filter(&principal, &names, &Context::default(), ids::moment(0), &rows)
}

#[test]
fn a_filter_has_a_limit() {
    // With the node that is seen by itself, as many as may be, and one more.
    let (fits, over) = (world(MOST_WRITTEN - 1), world(MOST_WRITTEN));
    for dialect in [Dialect::Postgresql, Dialect::Sqlite] {
        for form in [Form::Test, Form::Probe] {
            assert_eq!(filter(&fits, dialect, form).unwrap().nodes, MOST_WRITTEN);
        }
        let more = MOST_WRITTEN + 1;
        assert_eq!(filter(&over, dialect, Form::Test), Err(FilterRefused::Scattered(more)));
        assert_eq!(filter(&over, dialect, Form::Probe), Err(FilterRefused::Many(more)));
    }
}
