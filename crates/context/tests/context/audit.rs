use context::{
    Caller,
    audit_row::{AuditRow, COLUMNS},
};
use jiff::SignedDuration;
use kernel::NodeId;
use protocol::chain::{self, Walk};
use store::Run;
use testkit::{Backend, on_both};

use crate::world::{AUDIT_KEY, See, World, add, ask, audit_head, event};

async fn rows(world: &World) -> Vec<AuditRow> {
    let sql = format!("SELECT {COLUMNS} FROM audit_event ORDER BY sequence");
    world.system.database().single().all(&sql, []).await.unwrap()
}

on_both! {
    async fn events_are_one_chain_with_a_signed_end(backend: Backend) {
        let world = World::new(backend).await;
        let mut tx = world.operator().begin().await.unwrap();
        add(&mut tx, NodeId::GLOBAL, "a").await;
        for number in 0..3 {
            tx.audit(event().with("number", number).personal("email", "ann@example.com"));
        }
        tx.commit().await.unwrap();
        world.operator().audit(event().failed("because")).await.unwrap();
        let rows = rows(&world).await;
        assert_eq!(rows.len(), 5);
        let mut walk = Walk::from_genesis();
        for row in &rows {
            let hash = row.hash.as_slice().try_into().unwrap();
            walk.step(row.sequence.unsigned_abs(), &row.canonical(), hash).unwrap();
            assert!(row.personal_is_genuine());
        }
        let head = audit_head(&world.system).await;
        let (sequence, hash) = walk.head();
        assert_eq!((head.sequence.unsigned_abs(), head.hash.as_slice()), (sequence, &hash[..]));
        let mac = head.mac.as_slice().try_into().unwrap();
        assert!(chain::head_is_genuine(&AUDIT_KEY, sequence, hash, mac));
        assert!(!chain::head_is_genuine(&[8; 32], sequence, hash, mac));
    }

    async fn the_chain_holds_when_many_write(backend: Backend) {
        let world = World::new(backend).await;
        let other = world.another().await;
        let tasks: Vec<_> = (0..8).map(|writer| {
            let system = if writer % 2 == 0 { world.system.clone() } else { other.clone() };
            tokio::spawn(async move {
                for _ in 0..4 {
                    ask(&system, Caller::operator()).audit(event()).await.unwrap();
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let rows = rows(&world).await;
        assert_eq!(rows.len(), 33);
        let mut walk = Walk::from_genesis();
        for row in &rows {
            walk.step(row.sequence.unsigned_abs(), &row.canonical(), row.hash.as_slice().try_into().unwrap()).unwrap();
        }
    }

    async fn an_event_tells_who_and_from_where(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        world.user(user).audit(event()).await.unwrap();
        let row = rows(&world).await.pop().unwrap();
        assert_eq!((row.user_id, row.principal.as_str()), (Some(user.0), "user"));
        assert_eq!((row.request_id.as_str(), row.request_path.as_str()), ("r-1", "/test"));
        assert!(!row.metadata.contains("ann"), "what is about a person stands in the personal part");
        assert!(row.personal.unwrap().contains("\"username\":\"ann\""));
    }

    async fn a_refusal_is_written_once_a_minute(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let (one, two) = (world.add(NodeId::GLOBAL, "one").await, world.add(NodeId::GLOBAL, "two").await);
        let before = world.events().await;
        let refuse = |user: NodeId, node: NodeId| { let world = &world; async move {
            let ctx = world.user(user);
            assert!(ctx.permit::<See>(node).is_err());
            let refusal = ctx.take_refusal().unwrap();
            ctx.audit_refusal(&refusal).await.unwrap();
        } };
        for _ in 0..5 {
            refuse(user, one).await;
        }
        assert_eq!(world.events().await, before + 1);
        refuse(user, two).await;
        assert_eq!(world.events().await, before + 2, "of another thing");
        let bob = world.new_user("bob").await;
        let before = world.events().await;
        refuse(bob, one).await;
        assert_eq!(world.events().await, before + 1, "of another user");
        world.clock.advance(SignedDuration::from_secs(60));
        refuse(user, one).await;
        refuse(user, one).await;
        assert_eq!(world.events().await, before + 2, "a minute later");
        let row = rows(&world).await.pop().unwrap();
        assert_eq!((row.event_type.as_str(), row.success), ("ACCESS_DENIED", false));
        assert!(row.metadata.contains("thing:see"));
    }

    async fn refusals_at_once_are_written_once(backend: Backend) {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let before = world.events().await;
        let tasks: Vec<_> = (0..10).map(|_| {
            let ctx = world.user(user);
            tokio::spawn(async move {
                let _ = ctx.permit::<See>(NodeId::GLOBAL);
                let refusal = ctx.take_refusal().unwrap();
                ctx.audit_refusal(&refusal).await.unwrap();
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(world.events().await, before + 1);
    }
}
