//! The start: permissions, roles and assignments, streamed to the engine. It comes after the tree and the
//! realms, whose nodes, users and groups it refers to.

use std::collections::BTreeSet;

use context::Loading;
use policy::{Assignment, Change, ChangeRefused, Snapshot, load::Assignments};
use store::{ReadTransaction, StoreError, stream::Rows};

use crate::store as rows;

/// So many rows at once.
const PAGE: i64 = 5_000;

/// Streams permissions, then roles, then assignments.
pub async fn load(read: &ReadTransaction, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = rows::permissions_page(read, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for row in page {
            loading.apply(Change::PermissionSaved {
                id: row.id,
                name: row.name,
                owner: row.owner,
            })?;
        }
    }
    let mut after = None;
    loop {
        let page = rows::roles_page(read, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for role in page {
            let (id, owner, rules) = (role.id, role.owner, role.rules);
            loading.apply(Change::RoleSaved { id, name: role.name.to_string(), owner, rules })?;
        }
    }
    let building =
        Assignments::new(loading.take_engine()).map_err(|e| damaged("assignments", &e))?;
    let (engine, unfilled) =
        rows::all_assignments(read, |rows| assignments(building, rows)).await?;
    loading.put_engine(engine, unfilled);
    Ok(())
}

fn assignments(
    mut building: Assignments,
    rows: Rows<Result<Assignment, StoreError>>,
) -> Result<(Snapshot, BTreeSet<String>), StoreError> {
    for row in rows {
        let row = row?;
        building
            .add(&row)
            .map_err(|refused| damaged(&format!("assignment {}", row.id), &refused))?;
    }
    building.finish().map_err(|refused| damaged("assignments", &refused))
}

fn damaged(what: &str, refused: &ChangeRefused) -> StoreError {
    StoreError::Corrupt(format!("{what}: {refused}"))
}
