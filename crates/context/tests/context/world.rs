//! A small world made by direct changes: `$global`, people below it, folders.

use std::sync::Arc;

use context::{
    Action, Caller, Ctx, Event, EventKind, Loading, PropertyRows, RequestFacts, System, Writing,
    audit_row,
};
use jiff::Timestamp;
use kernel::{
    AssignmentId, Clock, ConditionText, Effect, Name, NodeId, NodeKind, Pattern, PermissionName,
    Revision, RoleId,
};
use policy::{Assignment, Change, Lock, Principal, Rule, Subject, SubjectKind};
use store::{
    Database, Migration, Run, Target,
    change_log::{self, Tip},
    migration::migrate,
    node::{self, Node},
};
use tempfile::TempDir;
use testkit::{Backend, FixedClock, OsEntropy, TestDatabase};
use uuid::Uuid;

/// Signs the audit head in these tests.
pub const AUDIT_KEY: [u8; 32] = [7; 32];

/// Seeing a node.
#[derive(Debug)]
pub struct See;

impl Action for See {
    type Resource = NodeId;
    const PERMISSION: &'static str = "thing:see";
}

/// A database, and one server on it.
pub struct World {
    /// The server.
    pub system: Arc<System>,
    /// Its clock.
    pub clock: FixedClock,
    /// Where the data are.
    pub target: Target,
    _directory: TempDir,
    _database: Option<TestDatabase>,
}

impl World {
    /// Nothing but `$global`.
    pub async fn new(backend: Backend) -> Self {
        let directory = testkit::directory();
        let (target, database) = match backend {
            Backend::Sqlite => (Target::Sqlite(directory.path().join("test.db")), None),
            Backend::Postgres => {
                let database = testkit::database().await;
                (Target::Postgres(database.url.clone()), Some(database))
            }
        };
        let clock = FixedClock::default();
        let system = start(&target, &clock).await;
        let world = Self { system, clock, target, _directory: directory, _database: database };
        let mut tx = world.operator().begin().await.unwrap();
        add_as(&mut tx, NodeId::GLOBAL, None, NodeKind::GLOBAL, "$global").await;
        done(tx).await;
        world
    }

    /// One more server on the same data, loaded from nothing by following the change log.
    pub async fn another(&self) -> Arc<System> {
        start(&self.target, &self.clock).await
    }

    /// A request of the operator.
    pub fn operator(&self) -> Ctx {
        ask(&self.system, Caller::operator())
    }

    /// A request of a user.
    pub fn user(&self, user: NodeId) -> Ctx {
        ask(&self.system, user_caller(user))
    }

    /// A user without any right.
    pub async fn new_user(&self, name: &str) -> NodeId {
        let mut tx = self.operator().begin().await.unwrap();
        let id = add_kind(&mut tx, Some(NodeId::GLOBAL), NodeKind::USER, name).await;
        tx.record(Change::SubjectSaved(subject(id, name))).unwrap();
        done(tx).await;
        id
    }

    /// Adds a node in a commit of its own.
    pub async fn add(&self, parent: NodeId, name: &str) -> NodeId {
        let mut tx = self.operator().begin().await.unwrap();
        let id = add(&mut tx, parent, name).await;
        done(tx).await;
        id
    }

    /// Lets a user see these nodes and what is below.
    pub async fn let_see(&self, user: NodeId, nodes: &[NodeId]) {
        let mut tx = self.operator().begin().await.unwrap();
        let role = RoleId(fresh_id());
        tx.record(role_saved_if(role, None)).unwrap();
        for node in nodes {
            tx.record(assigned(user, role, *node)).unwrap();
        }
        done(tx).await;
    }

    /// What is in the database, by this SQL.
    pub async fn count(&self, sql: &str) -> i64 {
        self.system.database().single().number(sql, []).await.unwrap()
    }

    /// How many events the audit has.
    pub async fn events(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM audit_event").await
    }
}

/// Properties of things, as a capability would keep them.
const PROPERTIES: Migration = Migration {
    name: "20261124_thing_property",
    sql:
        "CREATE TABLE thing_property (node {uuid} NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (node, name))",
};
const PROPERTY_ROWS: PropertyRows = PropertyRows {
    sql: "SELECT node, value FROM thing_property WHERE name = $1 AND node > $2 ORDER BY node LIMIT $3",
};

/// A server on this database.
pub async fn start(target: &Target, clock: &FixedClock) -> Arc<System> {
    let database = Database::open(target).await.unwrap();
    let own = [change_log::MIGRATIONS, &[node::MIGRATION, PROPERTIES]].concat();
    migrate(&database, [own, context::MIGRATIONS.to_vec()].concat()).await.unwrap();
    let loading = Loading::new(Tip::default(), [].into());
    let loaded = loading.finish(&database.single(), PROPERTY_ROWS).await.unwrap();
    let clock = Arc::new(clock.clone());
    System::new(database, clock, Arc::new(OsEntropy), AUDIT_KEY, loaded, Vec::new())
}

/// A request of somebody.
pub fn ask(system: &Arc<System>, caller: Caller) -> Ctx {
    let request = RequestFacts { id: "r-1".into(), path: "/test".into(), ..Default::default() };
    Ctx::new(system.clone(), caller, request)
}

/// A user, without a session.
pub fn user_caller(user: NodeId) -> Caller {
    Caller { principal: Principal::user(user), username: Some("ann".into()), ..Caller::operator() }
}

/// Commits with an event.
pub async fn done(mut tx: Writing) -> Revision {
    tx.audit(event());
    tx.commit().await.unwrap()
}

/// An event.
pub fn event() -> Event {
    Event::new(EventKind::DataUpdate, "test").about("node", NodeId::GLOBAL, NodeId::GLOBAL)
}

/// Adds a folder.
pub async fn add(tx: &mut Writing, parent: NodeId, name: &str) -> NodeId {
    add_kind(tx, Some(parent), "folder", name).await
}

async fn add_kind(tx: &mut Writing, parent: Option<NodeId>, kind: &str, name: &str) -> NodeId {
    let id = NodeId(fresh_id());
    add_as(tx, id, parent, kind, name).await;
    id
}

async fn add_as(tx: &mut Writing, id: NodeId, parent: Option<NodeId>, kind: &str, name: &str) {
    let place = tx.engine().place(parent, 1).unwrap();
    let labels = place.renumbered;
    let rows: Vec<_> = labels.iter().map(|l| (l.id, l.label, l.label_end)).collect();
    node::relabel(tx.as_ref(), &rows).await.unwrap();
    if !labels.is_empty() {
        tx.record(Change::NodesLabelled { labels }).unwrap();
    }
    let row = Node {
        id,
        parent,
        kind: NodeKind::parse(kind).unwrap(),
        name: Name::parse(name).unwrap(),
        label: place.label,
        label_end: place.label_end,
        created_at: tx.ctx().now(),
        updated_at: tx.ctx().now(),
        version: 1,
    };
    node::insert(tx.as_ref(), &row).await.unwrap();
    let Node { kind, label, label_end, .. } = row;
    tx.record(Change::NodeSaved { id, parent, kind, label, label_end }).unwrap();
}

fn subject(id: NodeId, name: &str) -> Subject {
    Subject {
        id,
        kind: SubjectKind::User,
        realm: None,
        username: name.to_owned(),
        superuser: false,
        disabled: false,
        lock: Lock::None,
        expires_at: None,
        attributes: [].into(),
    }
}

/// A role whose holders see where the condition is true.
pub fn role_saved_if(id: RoleId, when: Option<&str>) -> Change {
    let rule = Rule {
        effect: Effect::Allow,
        pattern: Pattern::parse("thing:see").unwrap(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: when.map(|text| ConditionText(text.to_owned())),
        fields: None,
        rows: None,
    };
    Change::RoleSaved { id, name: id.to_string(), owner: NodeId::GLOBAL, rules: vec![rule] }
}

/// A role whose holders may do these.
pub fn role_of(id: RoleId, permissions: &[&str]) -> Change {
    let rule = |permission: &&str| Rule {
        effect: Effect::Allow,
        pattern: Pattern::parse(permission).unwrap(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    };
    let rules = permissions.iter().map(rule).collect();
    Change::RoleSaved { id, name: id.to_string(), owner: NodeId::GLOBAL, rules }
}

/// An assignment.
pub fn assigned(subject: NodeId, role: RoleId, node: NodeId) -> Change {
    let id = AssignmentId(fresh_id());
    Change::AssignmentSaved(Assignment { id, subject, role, node, expires_at: None, when: None })
}

/// The permission of [`See`].
pub fn see() -> PermissionName {
    PermissionName::parse(See::PERMISSION).unwrap()
}

/// The head of the audit chain.
pub async fn audit_head(system: &System) -> audit_row::AuditHead {
    audit_row::head(&system.database().single()).await.unwrap().unwrap()
}

/// A moment in the future of all tests.
pub fn far() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

/// An id that nothing has.
pub fn fresh_id() -> Uuid {
    NodeId::new(Clock::now(&FixedClock::default()), &OsEntropy).0
}
