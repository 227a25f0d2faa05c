use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use context::{Caller, System, Writing};
use kernel::{NodeId, ProblemKind, Revision, RoleId};
use policy::{Change, Context, Principal, Question};
use store::{Run, change_log};
use testkit::{Backend, on_both};

use crate::world::{World, ask, assigned, done, fresh_id, role_saved_if, see};

const OPEN: Option<&str> = Some("resource.status == 'open'");

/// A user who may see a thing while its status is open, once the role reads it.
struct Case {
    world: World,
    user: NodeId,
    thing: NodeId,
    role: RoleId,
}

impl Case {
    async fn new(backend: Backend) -> Self {
        let world = World::new(backend).await;
        let user = world.new_user("ann").await;
        let thing = world.add(NodeId::GLOBAL, "thing").await;
        let case = Self { world, user, thing, role: RoleId(fresh_id()) };
        let mut tx = case.begin().await;
        tx.record(role_saved_if(case.role, Some("false"))).unwrap();
        tx.record(assigned(user, case.role, NodeId::GLOBAL)).unwrap();
        done(tx).await;
        case
    }

    async fn begin(&self) -> Writing {
        self.world.operator().begin().await.unwrap()
    }

    async fn set(&self, tx: &mut Writing, value: &str) {
        let sql = "INSERT INTO thing_property (node, name, value) VALUES ($1, 'status', $2)
            ON CONFLICT (node, name) DO UPDATE SET value = excluded.value";
        let value = serde_json::Value::from(value);
        tx.execute(sql, [self.thing.0.into(), value.to_string().into()]).await.unwrap();
        tx.record(Change::PropertySet { node: self.thing, name: "status".into(), value }).unwrap();
    }

    async fn set_alone(&self, value: &str) {
        let mut tx = self.begin().await;
        self.set(&mut tx, value).await;
        done(tx).await;
    }

    async fn read_if(&self, when: Option<&str>) -> Revision {
        let mut tx = self.begin().await;
        tx.record_conditions(role_saved_if(self.role, when)).await.unwrap();
        done(tx).await
    }

    /// What this server says, when it has seen all.
    async fn sees(&self, system: &Arc<System>) -> bool {
        let read = ask(system, Caller::operator()).read().await.unwrap();
        self.allows(read.engine(), read.ctx().now())
    }

    fn allows(&self, engine: &policy::Snapshot, now: jiff::Timestamp) -> bool {
        let (principal, permissions) = (&Principal::user(self.user), &[see()]);
        let (node, context) = (self.thing, &Context::default());
        engine.decide(&Question { principal, permissions, node, context, now }).is_allow()
    }
}

on_both! {
    async fn a_condition_reads_what_was_written_before_it(backend: Backend) {
        let case = Case::new(backend).await;
        case.set_alone("open").await;
        let system = &case.world.system;
        assert!(!system.state().engine.conditions_read_property("status"));
        case.read_if(OPEN).await;
        assert!(case.sees(system).await);
        // Changed while nobody reads it.
        case.read_if(None).await;
        assert!(!system.state().engine.conditions_read_property("status"));
        case.set_alone("shut").await;
        case.read_if(OPEN).await;
        assert!(!case.sees(system).await);
        case.set_alone("open").await;
        assert!(case.sees(system).await);
    }

    async fn what_the_same_commit_wrote_is_read(backend: Backend) {
        let case = Case::new(backend).await;
        let mut tx = case.begin().await;
        case.set(&mut tx, "open").await;
        tx.record_conditions(role_saved_if(case.role, OPEN)).await.unwrap();
        assert!(case.allows(tx.engine(), tx.ctx().now()));
        done(tx).await;
        assert!(case.sees(&case.world.system).await);
    }

    async fn a_draft_leaves_nothing_in_memory(backend: Backend) {
        let case = Case::new(backend).await;
        case.set_alone("open").await;
        let mut tx = case.begin().await;
        tx.record_conditions(role_saved_if(case.role, OPEN)).await.unwrap();
        assert!(case.allows(tx.engine(), tx.ctx().now()));
        drop(tx);
        assert!(!case.world.system.state().engine.conditions_read_property("status"));
    }

    async fn what_nobody_gave_is_refused(backend: Backend) {
        let case = Case::new(backend).await;
        let mut tx = case.begin().await;
        let refused = tx.record(role_saved_if(case.role, OPEN)).unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Internal);
    }

    async fn another_server_reads_the_same(backend: Backend) {
        let case = Case::new(backend).await;
        case.set_alone("open").await;
        let other = case.world.another().await;
        assert!(!case.sees(&other).await);
        case.read_if(OPEN).await;
        assert!(case.sees(&other).await);
        case.set_alone("shut").await;
        assert!(!case.sees(&other).await);
        // In one step: read no more, changed, read again.
        case.read_if(None).await;
        case.set_alone("open").await;
        case.read_if(OPEN).await;
        assert!(case.sees(&other).await && case.sees(&case.world.another().await).await);
    }

    async fn nodes_that_come_and_go_meanwhile_do_no_harm(backend: Backend) {
        let case = Case::new(backend).await;
        case.set_alone("open").await;
        let other = case.world.another().await;
        assert!(!case.sees(&other).await);
        case.read_if(OPEN).await;
        let mut tx = case.begin().await;
        tx.execute("DELETE FROM thing_property WHERE node = $1", [case.thing.0.into()]).await.unwrap();
        tx.execute("DELETE FROM node WHERE id = $1", [case.thing.0.into()]).await.unwrap();
        tx.record(Change::PropertyRemoved { node: case.thing, name: "status".into() }).unwrap();
        tx.record(Change::NodeDeleted { id: case.thing }).unwrap();
        done(tx).await;
        let later = Case { thing: case.world.add(NodeId::GLOBAL, "later").await, ..case };
        later.set_alone("open").await;
        assert!(later.sees(&other).await && later.sees(&later.world.system).await);
    }

    async fn a_property_of_later_is_not_seen_before(backend: Backend) {
        let case = Arc::new(Case::new(backend).await);
        let other = case.world.another().await;
        assert!(!case.sees(&other).await);
        let before = other.state().revision;
        case.set_alone("shut").await;
        case.read_if(OPEN).await;
        // More entries than are read at once, and only then the value that lets him see: nobody sees it with the roles of
        // before.
        let mut tx = case.begin().await;
        for _ in 0..2500 {
            change_log::append(tx.as_ref(), tx.ctx().now(), "[]").await.unwrap();
        }
        case.set(&mut tx, "open").await;
        let after = done(tx).await;
        let stop = Arc::new(AtomicBool::new(false));
        let looking = {
            let (other, stop) = (other.clone(), stop.clone());
            std::thread::spawn(move || {
                let mut seen = BTreeSet::new();
                while !stop.load(Ordering::Relaxed) {
                    seen.insert(other.state().revision);
                    std::thread::yield_now();
                }
                seen
            })
        };
        other.see(after).await.unwrap();
        assert!(case.sees(&other).await);
        stop.store(true, Ordering::Relaxed);
        let seen = looking.join().unwrap();
        assert!(seen.is_subset(&BTreeSet::from([before, after])), "{seen:?}");
    }
}
