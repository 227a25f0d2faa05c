use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use context::{Caller, RequestFacts, System};
use kernel::{NodeId, ProblemKind, Revision};
use policy::{Change, Labelled};
use sea_orm::FromQueryResult;
use store::{Run, change_log, node};
use testkit::{Backend, on_both};

use crate::world::{See, World, add, ask, done, user_caller};

const LEAVES: usize = 12;
const WIDTH: i64 = 1000;

#[derive(FromQueryResult)]
struct Found {
    name: String,
}

/// Three folders with leaves, of which a user may see the second.
struct Farm {
    world: World,
    user: NodeId,
    folders: Vec<(NodeId, Vec<NodeId>)>,
    /// Where free labels begin.
    free: i64,
}

async fn farm(backend: Backend) -> Farm {
    let world = World::new(backend).await;
    let user = world.new_user("ann").await;
    let mut folders = Vec::new();
    for name in ["first", "second", "third"] {
        let folder = world.add(NodeId::GLOBAL, name).await;
        let mut leaves = Vec::new();
        for leaf in 0..LEAVES {
            leaves.push(world.add(folder, &format!("{name}-{leaf}")).await);
        }
        folders.push((folder, leaves));
    }
    world.let_see(user, &[folders[1].0]).await;
    let free = world.count("SELECT label_end FROM node WHERE name = 'third'").await;
    Farm { world, user, folders, free }
}

impl Farm {
    /// Numbers so that each folder has the place that its neighbour had before.
    async fn renumber(&self, system: &Arc<System>, round: i64) {
        let base = self.free + (round % 3) * WIDTH;
        let mut labels = Vec::new();
        for (number, (folder, leaves)) in (0_i64..).zip(&self.folders) {
            let start = base + number * WIDTH;
            labels.push(Labelled { id: *folder, label: start, label_end: start + WIDTH });
            for (leaf, id) in (1_i64..).zip(leaves) {
                let label = start + leaf * 10;
                labels.push(Labelled { id: *id, label, label_end: label + 10 });
            }
        }
        let mut tx = ask(system, Caller::operator()).begin().await.unwrap();
        let rows: Vec<_> = labels.iter().map(|l| (l.id, l.label, l.label_end)).collect();
        node::relabel(tx.as_ref(), &rows).await.unwrap();
        tx.record(Change::NodesLabelled { labels }).unwrap();
        done(tx).await;
    }

    /// What the user finds in a list.
    async fn list(&self, system: &Arc<System>) -> Vec<String> {
        let read = ask(system, user_caller(self.user)).read().await.unwrap();
        let scope = read.scope::<See>().unwrap();
        let sql = format!("SELECT n.name FROM node n WHERE {}", scope.sql("n.label"));
        let found: Vec<Found> = read.all(&sql, []).await.unwrap();
        found.into_iter().map(|row| row.name).collect()
    }
}

on_both! {
    async fn a_scope_never_shows_a_foreign_row_while_labels_change(backend: Backend) {
        let farm = Arc::new(farm(backend).await);
        let other = farm.world.another().await;
        let stop = Arc::new(AtomicBool::new(false));
        let writer = {
            let (farm, stop) = (farm.clone(), stop.clone());
            let systems = [farm.world.system.clone(), other.clone()];
            tokio::spawn(async move {
                let mut round = 0;
                while !stop.load(Ordering::Relaxed) {
                    // Mostly this server; now and then the other, so that the first has to follow.
                    farm.renumber(&systems[usize::from(round % 7 == 6)], round).await;
                    round += 1;
                }
                round
            })
        };
        let readers: Vec<_> = (0..4).map(|_| {
            let (farm, stop) = (farm.clone(), stop.clone());
            tokio::spawn(async move {
                let mut lists = 0;
                while !stop.load(Ordering::Relaxed) {
                    let found = farm.list(&farm.world.system).await;
                    assert_eq!(found.len(), LEAVES + 1, "{found:?}");
                    assert!(found.iter().all(|name| name.starts_with("second")), "{found:?}");
                    lists += 1;
                }
                lists
            })
        }).collect();
        tokio::time::sleep(Duration::from_secs(3)).await;
        stop.store(true, Ordering::Relaxed);
        let written = writer.await.unwrap();
        for reader in readers {
            let lists = reader.await.unwrap();
            assert!(lists > 5 && written > 5, "{lists} lists, {written} commits");
        }
    }

    async fn a_reader_keeps_its_moment(backend: Backend) {
        let farm = farm(backend).await;
        let read = ask(&farm.world.system, user_caller(farm.user)).read().await.unwrap();
        let scope = read.scope::<See>().unwrap();
        farm.renumber(&farm.world.system, 1).await;
        farm.renumber(&farm.world.system, 2).await;
        let sql = format!("SELECT COUNT(*) FROM node n WHERE n.name LIKE 'second%' AND {}", scope.sql("n.label"));
        assert_eq!(read.number(&sql, []).await.unwrap(), 1 + i64::try_from(LEAVES).unwrap());
        let sql = format!("SELECT COUNT(*) FROM node n WHERE {}", scope.sql("n.label"));
        assert_eq!(read.number(&sql, []).await.unwrap(), 1 + i64::try_from(LEAVES).unwrap());
    }

    async fn a_revision_that_is_not_there_yet_is_not_answered(backend: Backend) {
        let world = World::new(backend).await;
        let request = RequestFacts { seen: Some(Revision(9)), ..RequestFacts::default() };
        let ctx = context::Ctx::new(world.system.clone(), Caller::operator(), request);
        let limit = Duration::from_secs(2);
        let refused = tokio::time::timeout(limit, ctx.read()).await.unwrap().unwrap_err();
        assert_eq!((refused.kind(), refused.retry_after_seconds()), (ProblemKind::Unavailable, Some(1)));
        assert_eq!(ctx.state().await.unwrap_err().kind(), ProblemKind::Unavailable);
    }

    async fn many_catch_up_with_a_long_history_at_once(backend: Backend) {
        let world = World::new(backend).await;
        let other = world.another().await;
        let mut tx = world.operator().begin().await.unwrap();
        // More than are read at once, twice.
        for _ in 0..2500 {
            change_log::append(tx.as_ref(), tx.ctx().now(), "[]").await.unwrap();
        }
        let id = add(&mut tx, NodeId::GLOBAL, "a").await;
        let head = done(tx).await;
        let all: Vec<_> = (0..6).map(|_| {
            let other = other.clone();
            tokio::spawn(async move { other.see(head).await })
        }).collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
        assert!(other.state().engine.parent(id).is_some());
    }

    async fn a_seen_revision_is_reached_by_following(backend: Backend) {
        let world = World::new(backend).await;
        let other = world.another().await;
        let id = world.add(NodeId::GLOBAL, "a").await;
        let request = RequestFacts { seen: Some(Revision(2)), ..RequestFacts::default() };
        let ctx = context::Ctx::new(other, Caller::operator(), request);
        assert!(ctx.state().await.unwrap().engine.parent(id).is_some());
    }
}
