//! The role in which a user acts where nothing else is said.

use context::{Change, Loading, Writing};
use kernel::{NodeId, Problem, RoleId};
use sea_orm::FromQueryResult;
use store::{Migration, Run, StoreError, Value};
use uuid::Uuid;

/// The table. A role that went leaves its row: its id is never used again, and who does not hold a role does not act in it.
pub(crate) const MIGRATION: Migration = Migration {
    name: "20261201_default_role",
    sql: "
CREATE TABLE default_role (user_id {uuid} PRIMARY KEY REFERENCES node (id), role {uuid} NOT NULL);
",
};

/// How many rows are read at once when the server starts.
const PAGE: i64 = 1000;

/// Writes the default role of a user, or removes it. Who may was asked by the operation.
pub(crate) async fn save_default_role(
    tx: &mut Writing,
    user: NodeId,
    role: Option<RoleId>,
) -> Result<(), Problem> {
    match role {
        None => tx.execute("DELETE FROM default_role WHERE user_id = $1", [user.0.into()]).await?,
        Some(role) => {
            let sql = "INSERT INTO default_role (user_id, role) VALUES ($1, $2)
                ON CONFLICT (user_id) DO UPDATE SET role = excluded.role";
            tx.execute(sql, [user.0.into(), role.0.into()]).await?
        }
    };
    tx.record(Change::DefaultRoleSaved { user, role })
}

/// Removes what is kept about a user that goes.
pub(super) async fn forget_default_role(tx: &mut Writing, user: NodeId) -> Result<(), Problem> {
    if tx.state().default_roles.of(user).is_some() {
        save_default_role(tx, user, None).await?;
    }
    Ok(())
}

/// Streams the default roles.
pub(super) async fn load_default_roles(
    run: &impl Run,
    loading: &mut Loading,
) -> Result<(), StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        user_id: Uuid,
        role: Uuid,
    }
    let sql = "SELECT user_id, role FROM default_role WHERE user_id > $1 ORDER BY user_id LIMIT $2";
    let mut after = Uuid::nil();
    loop {
        let values: [Value; 2] = [after.into(), PAGE.into()];
        let rows: Vec<Row> = run.all(sql, values).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.user_id;
        for row in rows {
            let (user, role) = (NodeId(row.user_id), Some(RoleId(row.role)));
            loading.apply(Change::DefaultRoleSaved { user, role })?;
        }
    }
}
