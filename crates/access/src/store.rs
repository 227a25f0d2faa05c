//! The tables `permission`, `role`, `role_rule` and `assignment`.

use std::collections::BTreeMap;

use context::{Permitted, Writing};
use jiff::Timestamp;
use kernel::{
    AssignmentId, ConditionText, Effect, Name, NodeId, Pattern, PermissionId, PermissionName,
    RoleId,
};
use policy::{Assignment, Rule};
use serde::{Serialize, de::DeserializeOwned};
use store::{
    FromQueryResult, Migration, QueryResult, ReadTransaction, Run, StoreError, Value, from_micros,
    micros, stream::Rows,
};
use uuid::Uuid;

use crate::model::{Assign, ManageRole, Role};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "20261122_access",
    sql: "
CREATE TABLE permission (
  id {uuid} PRIMARY KEY,
  name TEXT NOT NULL,
  owner {uuid} NOT NULL REFERENCES node (id),
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (owner, name)
);
CREATE INDEX permission_name ON permission (name, id);
CREATE TABLE role (
  id {uuid} PRIMARY KEY,
  name TEXT NOT NULL,
  owner {uuid} NOT NULL REFERENCES node (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  UNIQUE (owner, name)
);
CREATE INDEX role_name ON role (name, id);
CREATE TABLE role_rule (
  role {uuid} NOT NULL REFERENCES role (id),
  position BIGINT NOT NULL,
  effect TEXT NOT NULL,
  pattern TEXT NOT NULL,
  exceptions TEXT NOT NULL,
  owner {uuid} NOT NULL REFERENCES node (id),
  condition TEXT,
  fields TEXT,
  row_condition TEXT,
  PRIMARY KEY (role, position)
);
CREATE INDEX role_rule_owner ON role_rule (owner);
CREATE TABLE assignment (
  id {uuid} PRIMARY KEY,
  subject {uuid} NOT NULL REFERENCES node (id),
  role {uuid} NOT NULL REFERENCES role (id),
  node {uuid} NOT NULL REFERENCES node (id),
  expires_at BIGINT,
  condition TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX assignment_subject ON assignment (subject);
CREATE INDEX assignment_role ON assignment (role);
CREATE INDEX assignment_node ON assignment (node);
",
}];

/// A registered permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// Its name.
    pub name: PermissionName,
    /// The node that owns it.
    pub owner: NodeId,
    /// What it lets one do.
    pub description: String,
}

#[derive(FromQueryResult)]
struct PermissionRow {
    id: Uuid,
    name: String,
    owner: Uuid,
    description: String,
}

#[derive(FromQueryResult)]
struct RoleRow {
    id: Uuid,
    name: String,
    owner: Uuid,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

#[derive(FromQueryResult)]
struct RuleRow {
    role: Uuid,
    effect: String,
    pattern: String,
    exceptions: String,
    owner: Uuid,
    condition: Option<String>,
    fields: Option<String>,
    row_condition: Option<String>,
}

#[derive(FromQueryResult)]
struct AssignmentRow {
    id: Uuid,
    subject: Uuid,
    role: Uuid,
    node: Uuid,
    expires_at: Option<i64>,
    condition: Option<String>,
}

const PERMISSION: &str = "p.id, p.name, p.owner, p.description";
const ROLE: &str = "r.id, r.name, r.owner, r.created_at, r.updated_at, r.version";
const RULE: &str = "role, effect, pattern, exceptions, owner, condition, fields, row_condition";
const ASSIGNMENT: &str = "a.id, a.subject, a.role, a.node, a.expires_at, a.condition";

/// Adds a permission.
pub(crate) async fn insert_permission(
    tx: &Writing,
    permission: &Permitted<ManageRole, Permission>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO permission (id, name, owner, description, created_at) VALUES ($1, $2, $3, $4, $5)";
    let values: [Value; 5] = [
        permission.id.0.into(),
        permission.name.as_str().into(),
        permission.owner.0.into(),
        permission.description.as_str().into(),
        micros(tx.ctx().now()).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Removes a permission; rules that name it stay.
pub(crate) async fn delete_permission(tx: &Writing, id: PermissionId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM permission WHERE id = $1", [id.0.into()]).await.map(drop)
}

/// A permission.
pub async fn find_permission(
    run: &impl Run,
    id: PermissionId,
) -> Result<Option<Permission>, StoreError> {
    let found = list_permissions(run, "p.id = $1", vec![id.0.into()]).await?;
    Ok(found.into_iter().next())
}

/// Permissions that a condition on `p` and its owner `n` admits.
pub(crate) async fn list_permissions(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Permission>, StoreError> {
    let sql = format!(
        "SELECT {PERMISSION} FROM permission p JOIN node n ON n.id = p.owner WHERE {condition}"
    );
    let rows: Vec<PermissionRow> = run.all(&sql, values).await?;
    rows.into_iter().map(as_permission).collect()
}

/// How many permissions a condition admits.
pub(crate) async fn count_permissions(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM permission p JOIN node n ON n.id = p.owner WHERE";
    run.number(&format!("{sql} {condition}"), values).await
}

/// The permissions after one, in the order of ids: for the start.
pub(crate) async fn permissions_page(
    run: &impl Run,
    after: Option<PermissionId>,
    limit: i64,
) -> Result<Vec<Permission>, StoreError> {
    let sql = format!("SELECT {PERMISSION} FROM permission p");
    let rows: Vec<PermissionRow> = page(run, &sql, "p.id", after.map(|id| id.0), limit).await?;
    rows.into_iter().map(as_permission).collect()
}

/// Adds a role with its rules.
pub(crate) async fn insert_role(
    tx: &Writing,
    role: &Permitted<ManageRole, Role>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO role (id, name, owner, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6)";
    let values: [Value; 6] = [
        role.id.0.into(),
        role.name.as_str().into(),
        role.owner.0.into(),
        micros(role.created_at).into(),
        micros(role.updated_at).into(),
        role.version.into(),
    ];
    tx.execute(sql, values).await?;
    insert_rules(tx, role).await
}

/// Writes a role's name and rules.
pub(crate) async fn update_role(
    tx: &Writing,
    role: &Permitted<ManageRole, Role>,
) -> Result<(), StoreError> {
    write_rules(tx, role).await
}

/// Writes a role without a permission of its own: when rules go with the node that owns them.
pub(crate) async fn write_rules(tx: &Writing, role: &Role) -> Result<(), StoreError> {
    let sql = "UPDATE role SET name = $2, updated_at = $3, version = $4 WHERE id = $1";
    let values: [Value; 4] = [
        role.id.0.into(),
        role.name.as_str().into(),
        micros(role.updated_at).into(),
        role.version.into(),
    ];
    tx.execute(sql, values).await?;
    tx.execute("DELETE FROM role_rule WHERE role = $1", [role.id.0.into()]).await?;
    insert_rules(tx, role).await
}

async fn insert_rules(tx: &Writing, role: &Role) -> Result<(), StoreError> {
    for (position, rule) in (0_i64..).zip(&role.rules) {
        let effect = if rule.effect == Effect::Deny { "deny" } else { "allow" };
        let values: [Value; 9] = [
            role.id.0.into(),
            position.into(),
            effect.into(),
            rule.pattern.as_str().into(),
            to_json(&rule.except)?.into(),
            rule.owner.0.into(),
            rule.when.as_ref().map(|when| when.as_str().to_owned()).into(),
            rule.fields.as_ref().map(to_json).transpose()?.into(),
            rule.rows.as_ref().map(|rows| rows.as_str().to_owned()).into(),
        ];
        let sql = "INSERT INTO role_rule (role, position, effect, pattern, exceptions, owner, condition, fields, row_condition)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// Removes a role with its rules.
pub(crate) async fn delete_role(tx: &Writing, id: RoleId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM role_rule WHERE role = $1", [id.0.into()]).await?;
    tx.execute("DELETE FROM role WHERE id = $1", [id.0.into()]).await.map(drop)
}

/// A role.
pub async fn find_role(run: &impl Run, id: RoleId) -> Result<Option<Role>, StoreError> {
    Ok(list_roles(run, "r.id = $1", vec![id.0.into()]).await?.into_iter().next())
}

/// The role of this name that a node owns.
pub async fn find_role_named(
    run: &impl Run,
    owner: NodeId,
    name: &Name,
) -> Result<Option<Role>, StoreError> {
    let values = vec![owner.0.into(), name.as_str().into()];
    let found = list_roles(run, "r.owner = $1 AND r.name = $2", values).await?;
    Ok(found.into_iter().next())
}

/// Roles that a condition on `r` and its owner `n` admits.
pub(crate) async fn list_roles(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Role>, StoreError> {
    let sql = format!("SELECT {ROLE} FROM role r JOIN node n ON n.id = r.owner WHERE {condition}");
    let rows: Vec<RoleRow> = run.all(&sql, values).await?;
    with_rules(run, rows).await
}

/// How many roles a condition admits.
pub(crate) async fn count_roles(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM role r JOIN node n ON n.id = r.owner WHERE";
    run.number(&format!("{sql} {condition}"), values).await
}

/// The roles after one, in the order of ids: for the start.
pub(crate) async fn roles_page(
    run: &impl Run,
    after: Option<RoleId>,
    limit: i64,
) -> Result<Vec<Role>, StoreError> {
    let sql = format!("SELECT {ROLE} FROM role r");
    let rows: Vec<RoleRow> = page(run, &sql, "r.id", after.map(|id| id.0), limit).await?;
    with_rules(run, rows).await
}

async fn with_rules(run: &impl Run, rows: Vec<RoleRow>) -> Result<Vec<Role>, StoreError> {
    let mut rules: BTreeMap<Uuid, Vec<Rule>> = BTreeMap::new();
    for portion in rows.chunks(500) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let places = places.join(", ");
        let sql = format!(
            "SELECT {RULE} FROM role_rule WHERE role IN ({places}) ORDER BY role, position"
        );
        let values: Vec<Value> = portion.iter().map(|row| row.id.into()).collect();
        for row in run.all::<RuleRow>(&sql, values).await? {
            rules.entry(row.role).or_default().push(as_rule(row)?);
        }
    }
    rows.into_iter()
        .map(|row| {
            let found = rules.remove(&row.id);
            as_role(row, found.unwrap_or_default())
        })
        .collect()
}

/// Adds an assignment.
pub(crate) async fn insert_assignment(
    tx: &Writing,
    assignment: &Permitted<Assign, Assignment>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO assignment (id, subject, role, node, expires_at, condition, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values: [Value; 7] = [
        assignment.id.0.into(),
        assignment.subject.0.into(),
        assignment.role.0.into(),
        assignment.node.0.into(),
        assignment.expires_at.map(micros).into(),
        assignment.when.as_ref().map(|when| when.as_str().to_owned()).into(),
        micros(tx.ctx().now()).into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Removes an assignment.
pub(crate) async fn delete_assignment(tx: &Writing, id: AssignmentId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM assignment WHERE id = $1", [id.0.into()]).await.map(drop)
}

/// Assignments that a condition on `a` and its node `n` admits.
pub(crate) async fn list_assignments(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Assignment>, StoreError> {
    let sql = format!(
        "SELECT {ASSIGNMENT} FROM assignment a JOIN node n ON n.id = a.node WHERE {condition}"
    );
    let rows: Vec<AssignmentRow> = run.all(&sql, values).await?;
    rows.into_iter().map(as_assignment).collect()
}

/// How many assignments a condition admits.
pub(crate) async fn count_assignments(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM assignment a JOIN node n ON n.id = a.node WHERE";
    run.number(&format!("{sql} {condition}"), values).await
}

/// Every assignment, or why it is none, in no order: for the start.
pub(crate) async fn all_assignments<B: Send + 'static>(
    read: &ReadTransaction,
    work: impl FnOnce(Rows<Result<Assignment, StoreError>>) -> Result<B, StoreError> + Send + 'static,
) -> Result<B, StoreError> {
    let sql = format!("SELECT {ASSIGNMENT} FROM assignment a");
    let decode = |row: &QueryResult| Ok(as_assignment(AssignmentRow::from_query_result(row, "")?));
    read.stream(&sql, decode, work).await
}

async fn page<T: FromQueryResult + Send>(
    run: &impl Run,
    select: &str,
    column: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<T>, StoreError> {
    let order = format!("ORDER BY {column} LIMIT");
    match after {
        None => run.all(&format!("{select} {order} $1"), [limit.into()]).await,
        Some(after) => {
            let sql = format!("{select} WHERE {column} > $1 {order} $2");
            run.all(&sql, [after.into(), limit.into()]).await
        }
    }
}

fn as_permission(row: PermissionRow) -> Result<Permission, StoreError> {
    Ok(Permission {
        id: PermissionId(row.id),
        name: PermissionName::parse(&row.name).map_err(|e| corrupt("permission", row.id, e))?,
        owner: NodeId(row.owner),
        description: row.description,
    })
}

fn as_role(row: RoleRow, rules: Vec<Rule>) -> Result<Role, StoreError> {
    Ok(Role {
        id: RoleId(row.id),
        name: Name::parse(&row.name).map_err(|e| corrupt("role", row.id, e))?,
        owner: NodeId(row.owner),
        rules,
        created_at: from_micros(row.created_at)?,
        updated_at: from_micros(row.updated_at)?,
        version: row.version,
    })
}

fn as_rule(row: RuleRow) -> Result<Rule, StoreError> {
    let effect = match row.effect.as_str() {
        "allow" => Effect::Allow,
        "deny" => Effect::Deny,
        other => return Err(corrupt("role", row.role, format!("effect {other}"))),
    };
    Ok(Rule {
        effect,
        pattern: Pattern::parse(&row.pattern).map_err(|e| corrupt("role", row.role, e))?,
        except: from_json(&row.exceptions, row.role)?,
        owner: NodeId(row.owner),
        when: row.condition.map(ConditionText),
        fields: row.fields.map(|fields| from_json(&fields, row.role)).transpose()?,
        rows: row.row_condition.map(ConditionText),
    })
}

fn as_assignment(row: AssignmentRow) -> Result<Assignment, StoreError> {
    let expires_at: Option<Timestamp> = row.expires_at.map(from_micros).transpose()?;
    Ok(Assignment {
        id: AssignmentId(row.id),
        subject: NodeId(row.subject),
        role: RoleId(row.role),
        node: NodeId(row.node),
        expires_at,
        when: row.condition.map(ConditionText),
    })
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str, role: Uuid) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| corrupt("role", role, e))
}

fn corrupt(what: &str, id: Uuid, error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("{what} {id}: {error}"))
}

/// The condition that an assignment `a` is of a role whose owner has one of these labels, numbers with commas between.
pub(crate) fn of_a_role_owned_at(labels: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM role r JOIN node o ON o.id = r.owner WHERE r.id = a.role AND o.label IN ({labels}))"
    )
}
