//! The world, made by SQL.

use std::fmt;

use kernel::{NodeId, RoleId};
use uuid::Uuid;

use crate::connection::Connection;

/// Levels of the tree; a node has four children, but in the last one.
const DEPTH: u32 = 8;
/// The nodes below a root, itself included.
const SUBTREE: u64 = (4_u64.pow(DEPTH) - 1) / 3;
const MEMBERSHIPS: u64 = 5;
const PERMISSIONS: u64 = 400;
const ROLES: u64 = 50;
const RULES: u64 = 8;

// Where the numbers of things start, from which ids are made.
const GROUPS: u64 = 20_000_000;
const USERS: u64 = 21_000_000;
const ROLE: u64 = 30_000_000;
const PERMISSION: u64 = 31_000_000;
const ASSIGNMENT: u64 = 32_000_000;
const REALM: u64 = 19_999_999;

/// The labels of a root; those of a child are a 32nd of its parent's.
const ROOT_WIDTH: u32 = 48;
const CHILD_WIDTH: u32 = 5;

/// How large it is.
pub struct World {
    roots: u64,
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (nodes, users, groups) = (self.nodes(), self.users(), self.groups());
        let (members, assignments) = (users * MEMBERSHIPS, self.assignments());
        write!(
            f,
            "{nodes} nodes, {users} users, {groups} groups, {members} memberships, {assignments} assignments"
        )
    }
}

impl World {
    pub fn new(nodes: u64) -> Self {
        let roots = nodes.div_ceil(SUBTREE);
        assert!(roots * SUBTREE < REALM, "ids are for fewer nodes");
        Self { roots }
    }

    fn nodes(&self) -> u64 {
        self.roots * SUBTREE
    }

    fn users(&self) -> u64 {
        self.nodes() / 10
    }

    fn groups(&self) -> u64 {
        self.nodes() / 100
    }

    pub fn assignments(&self) -> u64 {
        self.nodes() / 50
    }

    /// With `$global`, the realm, users and groups.
    pub fn all_nodes(&self) -> usize {
        usize::try_from(2 + self.nodes() + self.users() + self.groups()).unwrap()
    }

    pub fn role(number: u64) -> RoleId {
        RoleId(uuid(ROLE + number))
    }

    pub fn user(number: u64) -> NodeId {
        NodeId(uuid(USERS + number))
    }

    /// How many assignments are of the role.
    pub fn assignments_of(&self, role: u64) -> usize {
        usize::try_from((self.assignments() - role).div_ceil(ROLES)).unwrap()
    }

    pub fn assert_memberships(count: usize) {
        assert!(count >= usize::try_from(MEMBERSHIPS).unwrap());
    }

    fn level_size(&self, level: u32) -> u64 {
        self.roots * 4_u64.pow(level)
    }

    /// The number of the first node of a level.
    fn level_start(&self, level: u32) -> u64 {
        1 + (0..level).map(|above| self.level_size(above)).sum::<u64>()
    }

    pub async fn fill(&self, to: &mut Connection) {
        let indexes = to.drop_indexes().await;
        let sql = Sql { sqlite: to.is_sqlite() };
        for statement in self.statements(&sql) {
            to.run(&statement).await;
        }
        for index in indexes {
            to.run(&index).await;
        }
        to.settle().await;
    }

    fn statements(&self, sql: &Sql) -> Vec<String> {
        let (realm, global) = (sql.literal(uuid(REALM)), sql.literal(NodeId::GLOBAL.0));
        let start = 1 + (self.roots << ROOT_WIDTH);
        let end = start + (1 << ROOT_WIDTH);
        let mut all = vec![
            format!("INSERT INTO node VALUES ({global}, NULL, 'global', '$global', 0, 1, 0, 0, 1)"),
            format!(
                "INSERT INTO node VALUES ({realm}, NULL, 'realm', 'main', {start}, {end}, 0, 0, 1)"
            ),
            format!("INSERT INTO realm VALUES ({realm})"),
        ];
        all.extend((0..DEPTH).map(|level| self.level(level, sql)));
        all.push(self.connections(sql));
        all.extend(self.people(sql, &realm, start));
        all.extend(self.rights(sql, &global));
        all
    }

    /// The nodes of a level, in an order that is not theirs in the tree.
    fn level(&self, level: u32, sql: &Sql) -> String {
        let (size, start) = (self.level_size(level), self.level_start(level));
        let id = sql.id(&format!("{start} + k"));
        let (parent, mut label) = if level == 0 {
            ("NULL".to_owned(), format!("1 + i * {}", 1_u64 << ROOT_WIDTH))
        } else {
            let (above, start) = (self.level_size(level - 1), self.level_start(level - 1));
            let back = inverse(STRIDE % above, above);
            let parent = sql.id(&format!("{start} + (i / 4 * {back}) % {above}"));
            (parent, format!("1 + i / {} * {}", 4_u64.pow(level), 1_u64 << ROOT_WIDTH))
        };
        for step in 1..=level {
            let (below, width) = (4_u64.pow(level - step), ROOT_WIDTH - CHILD_WIDTH * step);
            label += &format!(" + 1 + i / {below} % 4 * {}", 1_u64 << width);
        }
        let width = 1_u64 << (ROOT_WIDTH - CHILD_WIDTH * level);
        let series = sql.series(size);
        format!(
            "INSERT INTO node SELECT {id}, {parent}, 'place', 'Node ' || ({start} + k), {label}, {label} + {width},
             0, 0, 1 FROM (SELECT k, (k * {STRIDE}) % {size} AS i FROM {series}) AS s ORDER BY k"
        )
    }

    /// From a node of one of the first five levels to one of the last.
    fn connections(&self, sql: &Sql) -> String {
        let (last, size) = (self.level_start(DEPTH - 1), self.level_size(DEPTH - 1));
        let levels: Vec<String> = (0..5)
            .map(|level| {
                let (start, size) = (self.level_start(level), self.level_size(level));
                format!("WHEN {level} THEN {start} + (k * 7919) % {size}")
            })
            .collect();
        let from = sql.id(&format!("CASE k % 5 {} END", levels.join(" ")));
        let to = sql.id(&format!("{last} + (k * 15485863) % {size}"));
        format!(
            "INSERT INTO connection SELECT {from}, {to}, 0 FROM {}",
            sql.series(self.nodes() / 20)
        )
    }

    fn people(&self, sql: &Sql, realm: &str, start: u64) -> Vec<String> {
        let (users, groups) = (self.users(), self.groups());
        let (user, group) = (sql.id(&format!("{USERS} + k")), sql.id(&format!("{GROUPS} + k")));
        let (some_users, some_groups) = (sql.series(users), sql.series(groups));
        let node = |id: &str, kind: &str, before: u64, series: &str| {
            let label = format!("{start} + 1 + ({before} + k) * 1024");
            format!(
                "INSERT INTO node SELECT {id}, {realm}, '{kind}', '{kind} ' || k, {label}, {label} + 1024, 0, 0, 1
                 FROM {series}"
            )
        };
        let of_user =
            sql.id(&format!("{GROUPS} + (k * 7919 + m * {}) % {groups}", groups / MEMBERSHIPS));
        let (inner, outer) = (&group, sql.id(&format!("{GROUPS} + 2 * k + 1")));
        let nested = sql.series(groups / 10);
        vec![
            node(&group, "group", 0, &some_groups),
            node(&user, "user", groups, &some_users),
            format!("INSERT INTO user_group SELECT {group}, 'group', 'listed', NULL FROM {some_groups}"),
            format!(
                "INSERT INTO app_user SELECT {user}, {realm}, 'user' || k || '@example.com', 'User ' || k, '{{}}', '{{}}',
                 FALSE, FALSE, NULL, NULL, NULL, NULL FROM {some_users}"
            ),
            format!(
                "INSERT INTO alias SELECT {realm}, 'user ' || k, {user}, 'username', 'user ' || k, TRUE FROM {some_users}"
            ),
            format!(
                "INSERT INTO group_member SELECT {of_user}, {user}, 0 FROM {some_users},
                 (SELECT k AS m FROM {}) AS five",
                sql.series(MEMBERSHIPS)
            ),
            format!("INSERT INTO group_member SELECT {outer}, {inner}, 0 FROM {nested}"),
        ]
    }

    fn rights(&self, sql: &Sql, global: &str) -> Vec<String> {
        let (permission, role) =
            (sql.id(&format!("{PERMISSION} + k")), sql.id(&format!("{ROLE} + k")));
        let rule_of = sql.id(&format!("{ROLE} + k / {RULES}"));
        let subject = sql.id(&format!(
            "CASE k % 2 WHEN 0 THEN {USERS} + (k * 7919) % {} ELSE {GROUPS} + (k * 104729) % {} END",
            self.users(),
            self.groups()
        ));
        let (id, of_role) =
            (sql.id(&format!("{ASSIGNMENT} + k")), sql.id(&format!("{ROLE} + k % {ROLES}")));
        let node = sql.id(&format!("1 + (k * 15485863) % {}", self.nodes()));
        vec![
            format!(
                "INSERT INTO permission SELECT {permission}, 'part' || k || ':read', {global}, '', 0 FROM {}",
                sql.series(PERMISSIONS)
            ),
            format!(
                "INSERT INTO role SELECT {role}, 'Role ' || k, {global}, 0, 0, 1 FROM {}",
                sql.series(ROLES)
            ),
            format!(
                "INSERT INTO role_rule SELECT {rule_of}, k % {RULES}, CASE k % 80 WHEN 0 THEN 'deny' ELSE 'allow' END,
                 'part' || k || ':read', '[]', {global}, NULL, NULL, NULL FROM {}",
                sql.series(ROLES * RULES)
            ),
            format!(
                "INSERT INTO assignment SELECT {id}, {subject}, {of_role}, {node},
                 CASE k % 10 WHEN 0 THEN 4102444800000000 ELSE NULL END,
                 CASE k % 20 WHEN 0 THEN 'resource.archived == false' ELSE NULL END, 0 FROM {}",
                sql.series(self.assignments())
            ),
        ]
    }
}

/// A prime, so that it walks through all of a level.
const STRIDE: u64 = 1_000_003;

/// The number by which one walks back.
fn inverse(number: u64, modulus: u64) -> u64 {
    let (mut old, mut new) = ((i128::from(number), 1), (i128::from(modulus), 0));
    while new.0 != 0 {
        let times = old.0 / new.0;
        (old, new) = (new, (old.0 - times * new.0, old.1 - times * new.1));
    }
    u64::try_from(old.1.rem_euclid(i128::from(modulus))).unwrap()
}

/// The id of a thing: as the server makes them, later ones are higher.
fn uuid(number: u64) -> Uuid {
    let (middle, low) = (number * 2_654_435_761 % 4096, number * 48_271_048_271 % (1 << 60));
    let high = u128::from(number << 16 | 7 << 12 | middle);
    Uuid::from_u128(high << 64 | 8 << 60 | u128::from(low))
}

/// What the two databases write differently.
struct Sql {
    sqlite: bool,
}

impl Sql {
    /// The id of the thing of this number; as [`uuid`] makes it.
    fn id(&self, number: &str) -> String {
        let (middle, low) = (
            format!("({number}) * 2654435761 % 4096"),
            format!("({number}) * 48271048271 % {}", 1_u64 << 60),
        );
        if self.sqlite {
            return format!("unhex(printf('%012x7%03x8%015x', {number}, {middle}, {low}))");
        }
        let hex = |number: &str, digits: u32| format!("lpad(to_hex({number}), {digits}, '0')");
        let (number, middle, low) =
            (hex(&format!("({number})::bigint"), 12), hex(&middle, 3), hex(&low, 15));
        format!("({number} || '7' || {middle} || '8' || {low})::uuid")
    }

    fn literal(&self, id: Uuid) -> String {
        if self.sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'::uuid") }
    }

    /// The numbers from 0 as `k`.
    fn series(&self, count: u64) -> String {
        if self.sqlite {
            return format!(
                "(WITH RECURSIVE g (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM g WHERE k < {count} - 1) SELECT k FROM g) AS g"
            );
        }
        format!("generate_series(0, {count}::bigint - 1) AS g (k)")
    }
}
