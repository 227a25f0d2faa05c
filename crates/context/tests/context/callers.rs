use context::{ApiKeyFacts, Caller, Change, Credential};
use jiff::SignedDuration;
use kernel::{ApiKeyId, NodeId, ProblemKind, RoleId, SessionId};
use testkit::{Backend, on_both};

use crate::world::{See, World, ask, done, far, fresh_id, user_caller};

async fn record(world: &World, change: Change) {
    let mut tx = world.operator().begin().await.unwrap();
    tx.record(change).unwrap();
    done(tx).await;
}

on_both! {
    async fn an_ended_session_cannot_begin(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let session = SessionId(fresh_id());
        let caller = Caller { credential: Credential::Session(session), ..user_caller(user) };
        // The request is on its way when the session ends.
        let ctx = ask(&world.system, caller.clone());
        drop(ctx.begin().await.unwrap());
        record(&world, Change::SessionEnded { session, until: far() }).await;
        assert_eq!(ctx.begin().await.unwrap_err().kind(), ProblemKind::Unauthenticated);
        // On another server too.
        let other = world.another().await;
        let refused = ask(&other, caller).begin().await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Unauthenticated);
        // An event about it can still be written.
        ctx.audit(crate::world::event()).await.unwrap();
    }

    async fn a_session_that_ends_while_its_request_waits_cannot_begin(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let session = SessionId(fresh_id());
        let caller = Caller { credential: Credential::Session(session), ..user_caller(user) };
        let mut tx = world.operator().begin().await.unwrap();
        let ctx = ask(&world.system, caller);
        let waiting = tokio::spawn(async move { ctx.begin().await.map(drop) });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(!waiting.is_finished());
        tx.record(Change::SessionEnded { session, until: far() }).unwrap();
        done(tx).await;
        assert_eq!(waiting.await.unwrap().unwrap_err().kind(), ProblemKind::Unauthenticated);
    }

    async fn an_impersonation_that_ends_while_its_request_waits_cannot_begin(backend: Backend) {
        let world = World::new(backend).await;
        let (ann, bob) = (world.new_user("ann").await, world.new_user("bob").await);
        let role = RoleId(fresh_id());
        record(&world, crate::world::role_of(role, &["user:impersonate"]).into()).await;
        record(&world, crate::world::assigned(bob, role, ann).into()).await;
        let (session, from) = (SessionId(fresh_id()), SessionId(fresh_id()));
        let mut caller = user_caller(ann);
        caller.principal.impersonator = Some(bob);
        caller.credential = Credential::Impersonation { session, from };
        drop(ask(&world.system, caller.clone()).begin().await.unwrap());
        let ends: [Change; 3] = [
            crate::world::role_of(role, &[]).into(),
            Change::SessionEnded { session: from, until: far() },
            Change::SessionEnded { session, until: far() },
        ];
        for (round, end) in ends.into_iter().enumerate() {
            let mut tx = world.operator().begin().await.unwrap();
            let ctx = ask(&world.system, caller.clone());
            let waiting = tokio::spawn(async move { ctx.begin().await.map(drop) });
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            assert!(!waiting.is_finished());
            tx.record(end).unwrap();
            done(tx).await;
            let refused = waiting.await.unwrap().unwrap_err();
            assert_eq!(refused.kind(), ProblemKind::Unauthenticated, "{round}");
            record(&world, crate::world::role_of(role, &["user:impersonate"]).into()).await;
            // Another session for the next round.
            caller.credential = match round {
                0 => Credential::Impersonation { session, from },
                _ => Credential::Impersonation { session, from: SessionId(fresh_id()) },
            };
        }
    }

    async fn a_revoked_or_expired_key_cannot_begin(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let key = ApiKeyId(fresh_id());
        let caller = Caller { credential: Credential::ApiKey(key), ..user_caller(user) };
        let begin = || ask(&world.system, caller.clone());
        assert!(begin().begin().await.is_err(), "a key that nobody made");
        let facts = ApiKeyFacts { owner: user, role: RoleId::VIEWER, hash: [1; 32], expires_at: Some(
            context::Ctx::new(world.system.clone(), Caller::operator(), Default::default()).now() + SignedDuration::from_mins(5)
        ) };
        record(&world, Change::ApiKeySaved { key, facts: facts.clone() }).await;
        drop(begin().begin().await.unwrap());
        world.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(begin().begin().await.unwrap_err().kind(), ProblemKind::Unauthenticated);
        let facts = ApiKeyFacts { expires_at: None, ..facts };
        record(&world, Change::ApiKeySaved { key, facts }).await;
        drop(begin().begin().await.unwrap());
        record(&world, Change::ApiKeyRevoked { key }).await;
        assert_eq!(begin().begin().await.unwrap_err().kind(), ProblemKind::Unauthenticated);
    }

    async fn an_ended_session_is_forgotten_when_its_tokens_are_dead(backend: Backend) {
        let world = World::new(backend).await;
        let session = SessionId(fresh_id());
        let until = world.operator().now() + SignedDuration::from_mins(10);
        record(&world, Change::SessionEnded { session, until }).await;
        let ended = || world.system.state().credentials.fault(&Credential::Session(session), far()).is_some();
        world.clock.advance(SignedDuration::from_mins(10));
        world.add(NodeId::GLOBAL, "a").await;
        assert!(ended(), "to the very end");
        world.clock.advance(SignedDuration::from_secs(1));
        world.add(NodeId::GLOBAL, "b").await;
        assert!(!ended());
    }

    async fn a_refusal_hides_what_may_not_be_seen(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let node = world.add(NodeId::GLOBAL, "secret").await;
        let ctx = world.user(user);
        assert_eq!(ctx.permit::<See>(node).unwrap_err().kind(), ProblemKind::NotFound);
        assert_eq!(ctx.take_refusal().unwrap().node, node);
        let nobody = ask(&world.system, Caller::nobody());
        assert_eq!(nobody.permit::<See>(node).unwrap_err().kind(), ProblemKind::Unauthenticated);
        world.let_see(user, &[node]).await;
        assert!(world.user(user).permit::<See>(node).is_ok());
    }
}
