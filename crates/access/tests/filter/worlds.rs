//! Random worlds, written to tables: the filter, run, has exactly the rows that the oracle allows.

use std::{collections::BTreeSet, fmt::Write};

use kernel::NodeId;
use policy::{
    Context, Filter, Form, Principal, Rows,
    condition::sql::{Column, ColumnType, Dialect, Parameter},
};
use serde_json::Value;
use testkit::{Backend, on_both};

use crate::{
    databases::{Connection, quoted},
    ids,
    oracle::{Oracle, property_values},
    random::{NAMES, NOW, Pair},
};

/// `PORTCULLIS_WORLDS` asks for another number of worlds.
fn worlds() -> u64 {
    std::env::var("PORTCULLIS_WORLDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5000)
}

/// How many questions each world is asked, all in one statement.
const QUESTIONS: usize = 3;
/// After so many worlds their rows are removed.
const KEPT: u64 = 100;

/// A row of a business table.
struct Item {
    node: Option<NodeId>,
    a: Option<Value>,
}

on_both! {
    async fn the_filter_has_what_the_oracle_allows(backend: Backend) {
        let mut connection = Connection::open(backend).await;
        let json = if backend == Backend::Sqlite { "text" } else { "jsonb" };
        connection.run(&format!("CREATE TABLE place (world bigint, node text, label bigint, PRIMARY KEY (world, node)); \
            CREATE INDEX place_label ON place (label); \
            CREATE TABLE item (world bigint, id bigint, node text, a {json}, PRIMARY KEY (world, id))")).await;
        let mut allowed = [0, 0];
        for seed in 0..worlds() {
            if seed % KEPT == 0 {
                connection.run("DELETE FROM place; DELETE FROM item").await;
            }
            let size = 12 + usize::try_from(seed % 30).unwrap();
            let mut pair = Pair::new(seed, size);
            let items = items(&mut pair);
            fill(&mut connection, seed, &pair, &items).await;
            let found = check(&mut connection, seed, &mut pair, &items).await;
            allowed = [allowed[0] + found[0], allowed[1] + found[1]];
        }
        // Both answers come up often enough to mean something.
        let all = allowed[0] + allowed[1];
        assert!(allowed.iter().all(|count| count * 20 > all), "{allowed:?}");
    }
}

/// One at each node, as it is stored; some with other values; some at no node, and some at a node that is not there.
fn items(pair: &mut Pair) -> Vec<Item> {
    let stored =
        |pair: &Pair, node: NodeId| pair.oracle.properties.get(&(node, "a".to_owned())).cloned();
    let mut items: Vec<Item> = pair
        .nodes()
        .into_iter()
        .map(|node| Item { node: Some(node), a: stored(pair, node) })
        .collect();
    for _ in 0..6 {
        let node = if pair.chance(60) { Some(pair.node()) } else { None };
        let a = if pair.chance(80) { Some(pair.one(&property_values())) } else { None };
        items.push(Item { node, a });
    }
    let nowhere = ids::node(1_000_000);
    items.push(Item { node: Some(nowhere), a: Some(Value::from(1)) });
    items.push(Item { node: Some(nowhere), a: None });
    items
}

async fn fill(connection: &mut Connection, world: u64, pair: &Pair, items: &[Item]) {
    let mut places = Vec::new();
    for node in pair.nodes() {
        places.push(format!("({world}, '{node}', {})", pair.snapshot.labels(node).unwrap().label));
    }
    let mut rows = Vec::new();
    for (id, item) in items.iter().enumerate() {
        let node = item.node.map_or("NULL".to_owned(), |node| format!("'{node}'"));
        let a = item.a.as_ref().map_or("NULL".to_owned(), |a| quoted(&a.to_string()));
        rows.push(format!("({world}, {id}, {node}, {a})"));
    }
    connection
        .run(&format!(
            "INSERT INTO place VALUES {}; INSERT INTO item VALUES {}",
            places.join(", "),
            rows.join(", ")
        ))
        .await;
}

/// Asks some questions, each in both forms. Counts what was denied and what was allowed.
async fn check(
    connection: &mut Connection,
    world: u64,
    pair: &mut Pair,
    items: &[Item],
) -> [usize; 2] {
    let (mut tests, mut parameters, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    let mut said = String::new();
    let mut counts = [0, 0];
    for _ in 0..QUESTIONS {
        let (principal, name) = (pair.principal(), pair.one(&NAMES));
        let allowed = allowed(&pair.oracle, &principal, name, items);
        counts[1] += allowed.len();
        counts[0] += items.len() - allowed.len();
        for form in [None, Some(Form::Probe), Some(Form::Test)] {
            let rows = rows(connection.dialect(), parameters.len() + 1, form);
            let filter = filter(pair, &principal, name, &rows);
            check_promises(pair, &filter, allowed.len());
            writeln!(said, "{principal:?} {name}: {filter:?}").unwrap();
            if form.is_none() {
                check_alone(connection, world, pair, (&principal, name), &allowed).await;
            }
            tests.push(filter.sql);
            parameters.extend(filter.parameters);
            expected.push(allowed.clone());
        }
    }
    let tests: Vec<String> =
        tests.iter().map(|t| format!("CAST(CASE WHEN {t} THEN 1 ELSE 0 END AS bigint)")).collect();
    let sql =
        format!("SELECT item.id, {} FROM item {JOIN} WHERE item.world = {world}", tests.join(", "));
    let found = connection.numbers(&sql, &parameters).await;
    assert_eq!(found.len(), items.len());
    for (at, expected) in expected.iter().enumerate() {
        let found: BTreeSet<usize> = found
            .iter()
            .filter(|row| row[at + 1] == Some(1))
            .map(|row| usize::try_from(row[0].unwrap()).unwrap())
            .collect();
        assert_eq!(found, *expected, "world {world}, {at}: {said}");
    }
    counts
}

const JOIN: &str = "LEFT JOIN place ON place.world = item.world AND place.node = item.node";

/// As people use it: behind WHERE, where the database may use its indexes. Now and then, as it is slow.
async fn check_alone(
    connection: &mut Connection,
    world: u64,
    pair: &Pair,
    (principal, name): (&Principal, &str),
    expected: &BTreeSet<usize>,
) {
    if !world.is_multiple_of(10) {
        return;
    }
    for form in [Form::Probe, Form::Test] {
        let rows = rows(connection.dialect(), 2, Some(form));
        let filter = filter(pair, principal, name, &rows);
        let first = match connection.dialect() {
            Dialect::Postgresql => "CAST($1::text AS bigint)",
            Dialect::Sqlite => "CAST(?1 AS INTEGER)",
        };
        let sql = format!(
            "SELECT item.id FROM item {JOIN} WHERE item.world = {first} AND {} ORDER BY item.id DESC LIMIT 1000",
            filter.sql
        );
        let mut parameters = vec![Parameter::Text(world.to_string())];
        parameters.extend(filter.parameters);
        let found = connection.numbers(&sql, &parameters).await;
        let found: BTreeSet<usize> =
            found.iter().map(|row| usize::try_from(row[0].unwrap()).unwrap()).collect();
        assert_eq!(
            found, *expected,
            "world {world}: {principal:?} {name} {form:?}: {}",
            filter.sql
        );
    }
}

fn check_promises(pair: &Pair, filter: &Filter, allowed: usize) {
    assert!(filter.nodes <= pair.snapshot.count_nodes());
    match filter.form {
        Form::None => assert_eq!((filter.nodes, allowed, filter.sql.as_str()), (0, 0, "FALSE")),
        Form::All => assert_eq!(filter.nodes, pair.snapshot.count_nodes()),
        Form::Probe | Form::Test => assert!(filter.nodes > 0 || allowed == 0),
    }
}

fn rows(dialect: Dialect, first_parameter: usize, form: Option<Form>) -> Rows {
    let a = Column { name: "item.a".parse().unwrap(), holds: Some(ColumnType::Json) };
    Rows {
        dialect,
        first_parameter,
        node: Some("item.node".parse().unwrap()),
        label: "place.label".parse().unwrap(),
        columns: [("a".to_owned(), a)].into(),
        table_rows: None,
        form,
    }
}

fn filter(pair: &Pair, principal: &Principal, name: &str, rows: &Rows) -> Filter {
    let names = [ids::name(name)];
    pair.snapshot.filter(principal, &names, &Context::default(), ids::moment(NOW), rows).unwrap()
}

/// The rows that the oracle allows: each as if its values were stored at its node, of which it has `a` at most.
fn allowed(oracle: &Oracle, principal: &Principal, name: &str, items: &[Item]) -> BTreeSet<usize> {
    let mut oracle = oracle.clone();
    oracle.properties.clear();
    let names = [ids::name(name)];
    let mut found = BTreeSet::new();
    for (id, item) in items.iter().enumerate() {
        let node = item.node.unwrap_or(NodeId::GLOBAL);
        let at = (node, "a".to_owned());
        if let Some(a) = &item.a {
            oracle.properties.insert(at.clone(), a.clone());
        }
        if oracle.allows(principal, &names, node, ids::moment(NOW)) {
            found.insert(id);
        }
        oracle.properties.remove(&at);
    }
    found
}
