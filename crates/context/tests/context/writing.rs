use std::time::Duration;

use kernel::{NodeId, ProblemKind, Revision};
use store::{Run, StoreError, change_log, node};
use testkit::{Backend, on_both};

use crate::world::{World, add, ask, done, event};

on_both! {
    async fn a_commit_shows_to_the_next_request(backend: Backend) {
        let world = World::new(backend).await;
        let ctx = world.operator();
        let mut tx = ctx.begin().await.unwrap();
        let id = add(&mut tx, NodeId::GLOBAL, "a").await;
        assert!(tx.engine().parent(id).is_some(), "the draft has it");
        assert!(world.system.state().engine.parent(id).is_none(), "nobody else has");
        let revision = done(tx).await;
        assert_eq!((revision, ctx.revision()), (Revision(2), Some(Revision(2))));
        assert_eq!(world.system.state().revision, revision);
        let read = world.operator().read().await.unwrap();
        assert!(read.engine().parent(id).is_some());
        assert!(node::find(&read, id).await.unwrap().is_some());
    }

    async fn a_dropped_write_leaves_nothing(backend: Backend) {
        let world = World::new(backend).await;
        let events = world.events().await;
        let mut tx = world.operator().begin().await.unwrap();
        let id = add(&mut tx, NodeId::GLOBAL, "a").await;
        tx.audit(event());
        drop(tx);
        let read = world.operator().read().await.unwrap();
        assert!(read.engine().parent(id).is_none());
        assert!(node::find(&read, id).await.unwrap().is_none());
        drop(read);
        assert_eq!(world.events().await, events);
        assert_eq!(world.system.state().revision, Revision(1));
        // And the next one takes the number that was free.
        let tx = world.operator().begin().await.unwrap();
        assert!(tx.engine().parent(id).is_none());
    }

    async fn a_change_without_an_event_is_not_committed(backend: Backend) {
        let world = World::new(backend).await;
        let mut tx = world.operator().begin().await.unwrap();
        let id = add(&mut tx, NodeId::GLOBAL, "a").await;
        assert_eq!(tx.commit().await.unwrap_err().kind(), ProblemKind::Internal);
        let read = world.operator().read().await.unwrap();
        assert!(node::find(&read, id).await.unwrap().is_none());
        assert!(read.engine().parent(id).is_none());
    }

    async fn an_event_alone_makes_no_revision(backend: Backend) {
        let world = World::new(backend).await;
        let events = world.events().await;
        world.operator().audit(event()).await.unwrap();
        assert_eq!(world.events().await, events + 1);
        assert_eq!(world.system.state().revision, Revision(1));
    }

    async fn a_failed_statement_cannot_be_passed_over(backend: Backend) {
        let world = World::new(backend).await;
        let mut tx = world.operator().begin().await.unwrap();
        let id = add(&mut tx, NodeId::GLOBAL, "a").await;
        let again = node::find(&tx, id).await.unwrap().unwrap();
        let refused = node::insert(tx.as_ref(), &again).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))));
        tx.audit(event());
        assert!(tx.commit().await.is_err());
        let read = world.operator().read().await.unwrap();
        assert!(node::find(&read, id).await.unwrap().is_none());
        assert!(read.engine().parent(id).is_none());
    }

    async fn what_the_engine_refuses_is_a_conflict(backend: Backend) {
        let world = World::new(backend).await;
        let mut tx = world.operator().begin().await.unwrap();
        let change = policy::Change::NodeDeleted { id: NodeId::GLOBAL };
        assert_eq!(tx.record(change).unwrap_err().kind(), ProblemKind::Conflict);
    }

    async fn a_client_that_leaves_does_not_stop_a_commit(backend: Backend) {
        let world = World::new(backend).await;
        for round in 0..20_u32 {
            let mut tx = world.operator().begin().await.unwrap();
            let id = add(&mut tx, NodeId::GLOBAL, &format!("n{round}")).await;
            tx.audit(event());
            // The future is polled, so the commit is on its way, and dropped at some point of it.
            let limit = Duration::from_micros(u64::from(round) * 100);
            let _ = tokio::time::timeout(limit, tx.commit()).await;
            let tx = world.operator().begin().await.unwrap();
            assert!(tx.engine().parent(id).is_some(), "{round}");
            assert!(node::find(&tx, id).await.unwrap().is_some(), "{round}");
        }
    }

    async fn writers_that_are_given_up_leave_the_turn_free(backend: Backend) {
        let world = World::new(backend).await;
        for round in 0..40 {
            let ctx = world.operator();
            let task = tokio::spawn(async move {
                let mut tx = ctx.begin().await.unwrap();
                add(&mut tx, NodeId::GLOBAL, "never").await;
                tokio::time::sleep(Duration::from_secs(60)).await;
            });
            tokio::time::sleep(Duration::from_micros(round * 70)).await;
            task.abort();
        }
        let limit = Duration::from_secs(15);
        let tx = tokio::time::timeout(limit, world.operator().begin()).await.unwrap().unwrap();
        assert_eq!(tx.number("SELECT COUNT(*) FROM node WHERE name = 'never'", []).await.unwrap(), 0);
    }

    async fn many_writers_lose_nothing(backend: Backend) {
        let world = World::new(backend).await;
        let tasks: Vec<_> = (0..8).map(|writer| {
            let system = world.system.clone();
            tokio::spawn(async move {
                let mut revisions = Vec::new();
                for round in 0..5 {
                    let ctx = ask(&system, context::Caller::operator());
                    let mut tx = ctx.begin().await.unwrap();
                    add(&mut tx, NodeId::GLOBAL, &format!("{writer}-{round}")).await;
                    if round == 3 { continue }
                    revisions.push(done(tx).await.0);
                }
                revisions
            })
        }).collect();
        let mut revisions = Vec::new();
        for task in tasks {
            revisions.extend(task.await.unwrap());
        }
        revisions.sort_unstable();
        assert_eq!(revisions, (2..=33).collect::<Vec<u64>>());
        same_nodes(&world, 33).await;
    }

    async fn another_server_follows_when_it_writes(backend: Backend) {
        let world = World::new(backend).await;
        let other = world.another().await;
        assert_eq!(other.state().revision, Revision(0));
        let id = world.add(NodeId::GLOBAL, "a").await;
        let ctx = ask(&other, context::Caller::operator());
        let mut tx = ctx.begin().await.unwrap();
        assert!(tx.engine().parent(id).is_some());
        let below = add(&mut tx, id, "b").await;
        assert_eq!(done(tx).await, Revision(3));
        // And back again.
        let tx = world.operator().begin().await.unwrap();
        assert_eq!(tx.engine().parent(below), Some(id));
    }

    async fn another_server_follows_when_it_reads(backend: Backend) {
        let world = World::new(backend).await;
        let other = world.another().await;
        let id = world.add(NodeId::GLOBAL, "a").await;
        let read = ask(&other, context::Caller::operator()).read().await.unwrap();
        assert!(read.engine().parent(id).is_some());
        assert_eq!(read.state().revision, Revision(2));
    }

    async fn memory_that_is_ahead_of_the_database_is_refused(backend: Backend) {
        let world = World::new(backend).await;
        world.add(NodeId::GLOBAL, "a").await;
        world.count("UPDATE head SET revision = 1 RETURNING revision").await;
        assert_eq!(world.operator().begin().await.unwrap_err().kind(), ProblemKind::Internal);
        assert!(world.operator().read().await.is_err());
    }

    async fn a_log_with_a_gap_is_refused(backend: Backend) {
        let world = World::new(backend).await;
        world.add(NodeId::GLOBAL, "a").await;
        let write = world.system.database().write().await.unwrap();
        write.execute("DELETE FROM change_log WHERE revision = 1", []).await.unwrap();
        assert_eq!(change_log::head(&write).await.unwrap(), Revision(2));
        write.commit().await.unwrap();
        let other = world.another().await;
        let ctx = ask(&other, context::Caller::operator());
        assert_eq!(ctx.begin().await.unwrap_err().kind(), ProblemKind::Internal);
        assert_eq!(other.state().revision, Revision(0), "nothing half-way is published");
    }
}

/// The engine and the table have the same nodes, with the same labels.
pub async fn same_nodes(world: &World, expected: usize) {
    let read = world.operator().read().await.unwrap();
    let rows = node::page(&read, i64::MIN, 10_000).await.unwrap();
    assert_eq!(rows.len(), expected);
    for row in rows {
        assert_eq!(read.engine().parent(row.id), row.parent, "{}", row.name);
    }
}
