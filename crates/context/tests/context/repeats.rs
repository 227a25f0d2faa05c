use context::{Caller, Ctx, RequestFacts, idempotency, idempotency::Repeatable};
use jiff::SignedDuration;
use kernel::{NodeId, ProblemKind};
use store::micros;
use testkit::{Backend, on_both};

use crate::world::{World, add, done};

fn key(caller: &str) -> Repeatable {
    Repeatable { caller: caller.into(), key: "k-1".into(), request: [1; 32] }
}

fn repeat(world: &World, caller: &str) -> Ctx {
    let request = RequestFacts { repeatable: Some(key(caller)), ..RequestFacts::default() };
    Ctx::new(world.system.clone(), Caller::operator(), request)
}

on_both! {
    async fn a_key_is_taken_by_one_of_many(backend: Backend) {
        let world = World::new(backend).await;
        let tasks: Vec<_> = (0..6).map(|number| {
            let ctx = repeat(&world, "ann");
            tokio::spawn(async move {
                let mut tx = ctx.begin().await?;
                add(&mut tx, NodeId::GLOBAL, &format!("n{number}")).await;
                done(tx).await;
                Ok::<(), kernel::Problem>(())
            })
        }).collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => won += 1,
                Err(problem) => assert_eq!(problem.kind(), ProblemKind::Conflict),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM node WHERE name LIKE 'n%'").await, 1);
        // The same key of somebody else is another key.
        drop(repeat(&world, "bob").begin().await.unwrap());
    }

    async fn two_servers_take_a_key_once_too(backend: Backend) {
        let world = World::new(backend).await;
        let other = world.another().await;
        done(repeat(&world, "ann").begin().await.unwrap()).await;
        let request = RequestFacts { repeatable: Some(key("ann")), ..RequestFacts::default() };
        let refused = Ctx::new(other, Caller::operator(), request).begin().await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Conflict);
    }

    async fn a_failed_request_gives_its_key_back(backend: Backend) {
        let world = World::new(backend).await;
        drop(repeat(&world, "ann").begin().await.unwrap());
        let tx = repeat(&world, "ann").begin().await.unwrap();
        done(tx).await;
        assert!(repeat(&world, "ann").begin().await.is_err());
    }

    async fn an_answer_is_kept_for_a_day(backend: Backend) {
        let world = World::new(backend).await;
        done(repeat(&world, "ann").begin().await.unwrap()).await;
        let database = world.system.database();
        idempotency::keep(database, &key("ann"), 201, Some("application/json"), b"{}").await.unwrap();
        let now = || micros(world.operator().now());
        let find = || async { idempotency::find(&database.single(), &key("ann"), now()).await.unwrap() };
        let used = find().await.unwrap();
        assert_eq!((used.status, used.body.as_deref(), &used.request[..]), (Some(201), Some(&b"{}"[..]), &[1; 32][..]));
        world.clock.advance(SignedDuration::from_secs(24 * 3600 - 1));
        assert!(find().await.is_some());
        assert!(repeat(&world, "ann").begin().await.is_err());
        world.clock.advance(SignedDuration::from_secs(1));
        assert!(find().await.is_none());
        drop(repeat(&world, "ann").begin().await.unwrap());
    }
}
