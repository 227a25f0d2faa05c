use kernel::{Name, NodeId, NodeKind, NodePath, NodeRef};
use store::{StoreError, WriteTransaction, node, node::Node};
use testkit::{Backend, on_both};
use uuid::Uuid;

use crate::place::{Place, now};

fn id(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(number))
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn path(text: &str) -> NodePath {
    NodePath::parse(text).unwrap()
}

fn new(number: u128, parent: Option<u128>, called: &str, labels: (i64, i64)) -> Node {
    Node {
        id: id(number),
        parent: parent.map(id),
        kind: NodeKind::parse("folder").unwrap(),
        name: name(called),
        label: labels.0,
        label_end: labels.1,
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

/// `/top/mid/leaf`, and a root `other`.
async fn small_tree(write: &WriteTransaction) {
    for row in [
        new(1, None, "top", (0, 100)),
        new(2, Some(1), "mid", (10, 90)),
        new(3, Some(2), "leaf", (20, 30)),
        new(4, None, "other", (100, 200)),
    ] {
        node::insert(write, &row).await.unwrap();
    }
}

on_both! {
    async fn a_node_comes_back_as_it_went_in(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        let leaf = new(3, Some(2), "leaf", (20, 30));
        assert_eq!(node::find(&write, id(3)).await.unwrap(), Some(leaf.clone()));
        assert_eq!(node::find(&write, id(9)).await.unwrap(), None);
        assert_eq!(node::find_child(&write, Some(id(2)), &name("leaf")).await.unwrap(), Some(leaf.clone()));
        assert_eq!(node::find_child(&write, None, &name("leaf")).await.unwrap(), None);
        assert_eq!(node::resolve(&write, &NodeRef::Id(id(3))).await.unwrap(), Some(leaf.clone()));
        let wanted = [(id(2), &name("leaf")), (id(1), &name("leaf"))];
        assert_eq!(node::find_children(&write, &wanted).await.unwrap(), [leaf]);
    }

    async fn a_path_is_walked_from_the_root(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        let found = |text: &'static str| { let write = &write; async move {
            node::find_path(write, &path(text)).await.unwrap().map(|node| node.id)
        } };
        assert_eq!(found("/top").await, Some(id(1)));
        assert_eq!(found("/top/mid/leaf").await, Some(id(3)));
        assert_eq!(found("/other").await, Some(id(4)));
        for nothing in ["/mid", "/top/leaf", "/other/mid", "/top/mid/leaf/more"] {
            assert_eq!(found(nothing).await, None, "{nothing}");
        }
    }

    async fn a_path_may_be_as_deep_as_names_allow(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        let deep: u32 = u32::try_from(kernel::name::MAX_DEPTH).unwrap();
        let mut text = String::new();
        for number in 1..=deep {
            let parent = (number > 1).then(|| u128::from(number) - 1);
            let row = new(number.into(), parent, "n", (i64::from(number), 1000 - i64::from(number)));
            node::insert(&write, &row).await.unwrap();
            text += "/n";
        }
        let found = node::find_path(&write, &path(&text)).await.unwrap().unwrap();
        assert_eq!(found.id, id(deep.into()));
        assert_eq!(node::path(&write, found.id).await.unwrap(), Some(text));
    }

    async fn a_thousand_paths_at_once(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        let rows: Vec<Node> = (0..1000_u32)
            .map(|i| new(u128::from(i) + 100, Some(2), &format!("n{i}"), (1000 + i64::from(i), 1001 + i64::from(i))))
            .collect();
        node::insert_many(&write, &rows).await.unwrap();
        let mut ids: Vec<NodeId> = rows.iter().map(|row| row.id).collect();
        ids.push(id(999_999));
        let paths = node::paths(&write, &ids).await.unwrap();
        assert_eq!(paths.len(), 1000);
        assert_eq!(paths[&id(100)], "/top/mid/n0");
        assert_eq!(paths[&id(1099)], "/top/mid/n999");
        assert!(node::paths(&write, &[]).await.unwrap().is_empty());
        let names: Vec<(NodeId, &Name)> = rows.iter().map(|row| (id(2), &row.name)).collect();
        assert_eq!(node::find_children(&write, &names).await.unwrap().len(), 1000);
    }

    async fn pages_follow_the_labels(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        let mut seen = Vec::new();
        let mut after = i64::MIN;
        loop {
            let page = node::page(&write, after, 3).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.label;
            seen.extend(page.into_iter().map(|node| node.id));
        }
        assert_eq!(seen, [id(1), id(2), id(3), id(4)]);
    }

    async fn places_are_in_the_order_of_labels(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        let mut all = node::page(&write, i64::MIN, 100).await.unwrap();
        write.commit().await.unwrap();
        let places = node::places(&database.read().await.unwrap()).await.unwrap();
        let found = places.nodes.iter().map(|found| {
            let kind = places.kinds[found.kind as usize].as_str();
            (found.id, found.parent, kind, (found.label, found.label_end))
        });
        all.sort_by_key(|node| node.label);
        let stored = all.iter().map(|node| {
            (node.id, node.parent, node.kind.as_str(), (node.label, node.label_end))
        });
        assert!(found.eq(stored));
    }

    async fn new_labels_change_nothing_else(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        node::relabel(&write, &[(id(3), 40, 50), (id(2), 35, 60)]).await.unwrap();
        let leaf = node::find(&write, id(3)).await.unwrap().unwrap();
        assert_eq!(leaf, new(3, Some(2), "leaf", (40, 50)));
        assert_eq!(node::find(&write, id(2)).await.unwrap().unwrap().label_end, 60);
        assert!(node::relabel(&write, &[(id(3), 50, 50)]).await.is_err(), "an empty interval");
    }

    async fn a_change_counts_the_version_up(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        let later = now() + jiff::SignedDuration::from_mins(1);
        let mut leaf = node::find(&write, id(3)).await.unwrap().unwrap();
        leaf.name = name("renamed");
        leaf.parent = Some(id(4));
        node::update(&write, &leaf, later).await.unwrap();
        node::touch(&write, id(3), later).await.unwrap();
        let found = node::find_path(&write, &path("/other/renamed")).await.unwrap().unwrap();
        assert_eq!((found.version, found.updated_at, found.created_at), (3, later, now()));
    }

    async fn names_are_unique_under_a_parent_and_among_roots(backend: Backend) {
        for row in [new(7, Some(1), "mid", (300, 301)), new(7, None, "top", (300, 301)), new(3, None, "x", (300, 301))] {
            let (_place, database) = Place::ready(backend).await;
            let write = database.write().await.unwrap();
            small_tree(&write).await;
            let refused = node::insert(&write, &row).await;
            assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
        }
    }

    async fn what_has_children_cannot_go(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        small_tree(&write).await;
        node::delete(&write, id(3)).await.unwrap();
        assert_eq!(node::find(&write, id(3)).await.unwrap(), None);
        let refused = node::delete(&write, id(1)).await;
        assert!(matches!(refused, Err(StoreError::Reference(_))), "{refused:?}");
    }

    async fn a_parent_must_be_there(backend: Backend) {
        let (_place, database) = Place::ready(backend).await;
        let write = database.write().await.unwrap();
        let refused = node::insert(&write, &new(2, Some(1), "mid", (1, 2))).await;
        assert!(matches!(refused, Err(StoreError::Reference(_))), "{refused:?}");
    }
}
