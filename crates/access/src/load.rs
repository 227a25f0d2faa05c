//! The start: permissions, roles and assignments, streamed to the engine in pages. It comes after the tree and the
//! realms, whose nodes, users and groups it refers to.

use context::Loading;
use policy::Change;
use store::{Run, StoreError};

use crate::store as rows;

/// So many rows at once.
const PAGE: i64 = 5_000;

/// Streams permissions, then roles, then assignments.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = rows::permissions_page(run, after, PAGE).await?;
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
        let page = rows::roles_page(run, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for role in page {
            let (id, owner, rules) = (role.id, role.owner, role.rules);
            loading.apply(Change::RoleSaved { id, name: role.name.to_string(), owner, rules })?;
        }
    }
    let mut after = None;
    loop {
        let page = rows::assignments_page(run, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for assignment in page {
            loading.apply(Change::AssignmentSaved(assignment))?;
        }
    }
}
