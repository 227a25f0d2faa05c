//! PostgreSQL goes away at the worst moments.

use std::{sync::Arc, time::Duration};

use context::{Caller, System, Writing};
use kernel::{NodeId, Problem, ProblemKind, Revision};
use store::{Run, node};
use testkit::Backend;

use crate::{
    wire::{Weather, Wire},
    world::{World, add, ask, event, start},
};

/// A world, and a second server that reaches it over a wire.
struct Far {
    world: World,
    wire: Wire,
    system: Arc<System>,
}

async fn far() -> Far {
    let world = World::new(Backend::Postgres).await;
    let wire = Wire::to(&world.target).await;
    let system = start(&wire.target, &world.clock).await;
    drop(ask(&system, Caller::operator()).begin().await.unwrap());
    assert_eq!(system.state().revision, Revision(1));
    Far { world, wire, system }
}

impl Far {
    async fn change(&self, name: &str) -> (NodeId, Writing) {
        let mut tx = ask(&self.system, Caller::operator()).begin().await.unwrap();
        let id = add(&mut tx, NodeId::GLOBAL, name).await;
        tx.audit(event());
        (id, tx)
    }

    /// Whether rows, memory and a fresh server agree that the node is there, or is not.
    async fn agree(&self, id: NodeId, there: bool) {
        let read = ask(&self.system, Caller::operator()).read().await.unwrap();
        assert_eq!(node::find(&read, id).await.unwrap().is_some(), there, "rows");
        assert_eq!(read.engine().parent(id).is_some(), there, "memory");
        let read = self.world.operator().read().await.unwrap();
        assert_eq!(read.engine().parent(id).is_some(), there, "another server");
    }
}

fn kind(result: Result<Revision, Problem>) -> ProblemKind {
    result.unwrap_err().kind()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_found_out() {
    let far = far().await;
    let (id, tx) = far.change("a").await;
    far.wire.set(Weather::LosesAnswer);
    assert_eq!(tx.commit().await.unwrap(), Revision(2), "it happened, so it is answered");
    assert!(far.system.state().engine.parent(id).is_some(), "memory has it at once");
    far.agree(id, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_lost_is_found_out() {
    let far = far().await;
    let (id, tx) = far.change("a").await;
    far.wire.set(Weather::LosesCommit);
    let refused = tx.commit().await.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Unavailable);
    assert!(refused.detail().contains("nothing was changed"), "{refused}");
    far.agree(id, false).await;
    let (id, tx) = far.change("a").await;
    assert_eq!(tx.commit().await.unwrap(), Revision(2));
    far.agree(id, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_alone_is_found_out_too() {
    let far = far().await;
    let before = far.world.events().await;
    for (weather, success, events) in
        [(Weather::LosesAnswer, true, before + 1), (Weather::LosesCommit, false, before + 1)]
    {
        let mut tx = ask(&far.system, Caller::operator()).begin().await.unwrap();
        tx.audit(event());
        far.wire.set(weather);
        assert_eq!(tx.commit().await.is_ok(), success, "{weather:?}");
        assert_eq!(far.world.events().await, events, "{weather:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_follows_by_itself_when_the_database_is_back() {
    let far = far().await;
    let (id, tx) = far.change("a").await;
    far.wire.set(Weather::LosesAnswerAndDies);
    let refused = tx.commit().await.unwrap_err();
    assert!(refused.detail().contains("not known"), "{refused}");
    assert!(far.system.state().engine.parent(id).is_none());
    let unavailable = ask(&far.system, Caller::operator()).read().await.unwrap_err();
    assert_eq!(unavailable.kind(), ProblemKind::Unavailable);
    far.wire.set(Weather::Fine);
    for _ in 0..400 {
        if far.system.state().engine.parent(id).is_some() {
            return far.agree(id, true).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("memory does not follow");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_does_not_pair_new_rows_with_old_memory() {
    let far = far().await;
    // As after a lost answer that nobody could find out about: the rows are ahead of memory.
    let id = far.world.add(NodeId::GLOBAL, "a").await;
    assert!(far.system.state().engine.parent(id).is_none());
    let readers: Vec<_> = (0..12)
        .map(|_| {
            let ctx = ask(&far.system, Caller::operator());
            tokio::spawn(async move {
                let read = ctx.read().await.unwrap();
                let row = node::find(&read, id).await.unwrap().is_some();
                (row, read.engine().parent(id).is_some())
            })
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), (true, true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_dies_between_log_and_commit_keeps_nothing() {
    let far = far().await;
    let (id, tx) = far.change("a").await;
    // Fires at the commit, when the change log and the audit are written.
    let setup = [
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON change_log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
    ];
    for sql in setup {
        tx.execute(sql, []).await.unwrap();
    }
    assert_eq!(kind(tx.commit().await), ProblemKind::Unavailable);
    far.agree(id, false).await;
    assert_eq!(far.world.count("SELECT COUNT(*) FROM change_log").await, 1);
    let (id, tx) = far.change("a").await;
    assert_eq!(tx.commit().await.unwrap(), Revision(2));
    far.agree(id, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_dies_before_the_commit_keeps_nothing() {
    let far = far().await;
    let (id, tx) = far.change("a").await;
    let pid = tx.number("SELECT pg_backend_pid()::bigint", []).await.unwrap();
    far.world.count(&format!("SELECT pg_terminate_backend({pid})::int::bigint")).await;
    assert_eq!(kind(tx.commit().await), ProblemKind::Unavailable);
    far.agree(id, false).await;
}
