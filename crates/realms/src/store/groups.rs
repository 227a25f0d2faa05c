//! Groups and who is in them.

use context::{Action, Permitted, Writing};
use kernel::{Name, NodeId, Problem};
use policy::{
    Membership, Snapshot,
    load::{Members, People},
};
use sea_orm::FromQueryResult;
use store::{
    ReadTransaction, Run, StoreError, Value, from_micros, micros,
    stream::Rows,
    table::{Cells, Column, Table},
};
use uuid::Uuid;

use super::damaged;
use crate::{
    group::{Group, GroupKind, MemberRow},
    refs::GroupRef,
};

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    parent: Option<Uuid>,
    name: String,
    created_at: i64,
    updated_at: i64,
    version: i64,
    kind: String,
    membership: String,
    realm: Option<Uuid>,
}

impl TryFrom<Row> for Group {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |what: String| StoreError::Corrupt(format!("group {}: {what}", row.id));
        Ok(Self {
            id: NodeId(row.id),
            owner: NodeId(row.parent.ok_or_else(|| corrupt("no owner".into()))?),
            name: Name::parse(&row.name).map_err(|e| corrupt(e.to_string()))?,
            kind: GroupKind::parse(&row.kind).ok_or_else(|| corrupt(row.kind.clone()))?,
            membership: membership(&row.membership, row.realm.map(NodeId))
                .ok_or_else(|| corrupt(row.membership.clone()))?,
            created_at: from_micros(row.created_at)?,
            updated_at: from_micros(row.updated_at)?,
            version: row.version,
        })
    }
}

/// The group of this id.
pub async fn find_group_by_id(run: &impl Run, id: NodeId) -> Result<Option<Group>, StoreError> {
    Ok(list_groups(run, "n.id = $1", vec![id.0.into()]).await?.pop())
}

/// The group that is meant.
pub async fn find_group(run: &impl Run, reference: &GroupRef) -> Result<Option<Group>, StoreError> {
    let (name, owner) = match reference {
        GroupRef::Id(id) => return find_group_by_id(run, *id).await,
        GroupRef::Named { name, owner: None } => (name, Some(NodeId::GLOBAL)),
        GroupRef::Named { name, owner: Some(path) } => {
            (name, store::node::find_path(run, path).await?.map(|node| node.id))
        }
    };
    let Some(owner) = owner else { return Ok(None) };
    let values = vec![owner.0.into(), name.as_str().into()];
    Ok(list_groups(run, "n.parent = $1 AND n.name = $2", values).await?.pop())
}

/// The groups that a condition on `n` (node) admits; the caller scopes it.
pub async fn list_groups(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<Group>, StoreError> {
    let sql = format!(
        "SELECT n.id, n.parent, n.name, n.created_at, n.updated_at, n.version, g.kind, g.membership, g.realm
         FROM user_group g JOIN node n ON n.id = g.id WHERE {condition}"
    );
    let rows: Vec<Row> = run.all(&sql, values).await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// The members of a listed group after a node id, in the order of ids: direct ones alone.
pub async fn list_members(
    run: &impl Run,
    group: NodeId,
    after: Option<NodeId>,
    limit: usize,
) -> Result<Vec<MemberRow>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        kind: String,
        name: String,
        created_at: i64,
    }
    let sql = "SELECT n.id, n.kind, n.name, m.created_at FROM group_member m JOIN node n ON n.id = m.member
        WHERE m.group_id = $1 AND m.member > $2 ORDER BY m.member LIMIT $3";
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<Row> = run.all(sql, [group.0.into(), after.into(), limit.into()]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(MemberRow {
                id: NodeId(row.id),
                kind: row.kind,
                name: row.name,
                since: from_micros(row.created_at)?,
            })
        })
        .collect()
}

/// The groups that have this user, service account or group as a member, direct ones alone.
pub async fn groups_with(run: &impl Run, member: NodeId) -> Result<Vec<NodeId>, StoreError> {
    Ok(pairs(run, "member = $1", vec![member.0.into()])
        .await?
        .into_iter()
        .map(|pair| pair.0)
        .collect())
}

/// The pairs (member, group) of these members, direct ones alone.
pub async fn memberships(
    run: &impl Run,
    members: &[NodeId],
) -> Result<Vec<(NodeId, NodeId)>, StoreError> {
    let mut found = Vec::new();
    for portion in members.chunks(500) {
        let places: Vec<String> = (1..=portion.len()).map(|i| format!("${i}")).collect();
        let values = portion.iter().map(|id| id.0.into()).collect();
        let condition = format!("member IN ({})", places.join(", "));
        let rows = pairs(run, &condition, values).await?;
        found.extend(rows.into_iter().map(|(group, member)| (member, group)));
    }
    Ok(found)
}

/// Adds a group.
pub async fn insert_group<A: Action>(
    tx: &Writing,
    group: &Permitted<A, Group>,
) -> Result<(), StoreError> {
    let (word, realm) = words(group.membership);
    let sql = "INSERT INTO user_group (id, kind, membership, realm) VALUES ($1, $2, $3, $4)";
    let values: [Value; 4] =
        [group.id.0.into(), group.kind.as_str().into(), word.into(), realm.map(|id| id.0).into()];
    tx.execute(sql, values).await.map(drop)
}

/// Writes the kind and name of a group.
pub async fn save_group<A: Action>(
    tx: &Writing,
    group: &Permitted<A, Group>,
) -> Result<(), StoreError> {
    let sql = "UPDATE user_group SET kind = $2 WHERE id = $1";
    tx.execute(sql, [group.id.0.into(), group.kind.as_str().into()]).await?;
    if let Some(mut node) = store::node::find(tx, group.id).await? {
        node.name = group.name.clone();
        store::node::update(tx.as_ref(), &node, tx.ctx().now()).await?;
    }
    Ok(())
}

/// Adds a member.
pub async fn insert_member<A: Action>(
    tx: &Writing,
    group: &Permitted<A, Group>,
    member: NodeId,
) -> Result<(), StoreError> {
    let now = tx.ctx().now();
    let sql = "INSERT INTO group_member (group_id, member, created_at) VALUES ($1, $2, $3)";
    tx.execute(sql, [group.id.0.into(), member.0.into(), micros(now).into()]).await?;
    store::node::touch(tx.as_ref(), group.id, now).await
}

/// Removes a member, and tells whether it was one.
pub async fn delete_member<A: Action>(
    tx: &Writing,
    group: &Permitted<A, Group>,
    member: NodeId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM group_member WHERE group_id = $1 AND member = $2";
    let removed = tx.execute(sql, [group.id.0.into(), member.0.into()]).await? > 0;
    store::node::touch(tx.as_ref(), group.id, tx.ctx().now()).await?;
    Ok(removed)
}

/// Ends all memberships in a node and of a node that is about to be deleted. Where a group goes, its members and the
/// groups around it part: what its denies held back from them comes free, so the caller must be able to give it.
pub(super) async fn forget_memberships(tx: &mut Writing, id: NodeId) -> Result<(), Problem> {
    let is_group = tx.engine().membership(id).is_some();
    for (group, member) in pairs(tx, "group_id = $1 OR member = $1", vec![id.0.into()]).await? {
        if is_group {
            access::granting::leaving(tx, group, member).await?;
        }
        tx.record(policy::Change::MemberRemoved { group, member })?;
    }
    tx.execute("DELETE FROM group_member WHERE group_id = $1 OR member = $1", [id.0.into()])
        .await?;
    Ok(())
}

/// Removes the row of a group that is about to be deleted; nothing if the node is no group.
pub(super) async fn forget_group(tx: &mut Writing, id: NodeId) -> Result<(), Problem> {
    if tx.execute("DELETE FROM user_group WHERE id = $1", [id.0.into()]).await? > 0 {
        tx.record(policy::Change::GroupDeleted { id })?;
    }
    Ok(())
}

const GROUPS: Table = Table {
    name: "user_group",
    joined: "",
    columns: &[Column::Id("id"), Column::Text("membership"), Column::Id("realm")],
};

const MEMBERS: Table = Table {
    name: "group_member",
    joined: "",
    columns: &[Column::Id("group_id"), Column::Id("member")],
};

/// Every group, in no order.
pub(super) async fn load_groups(
    read: &ReadTransaction,
    mut people: People,
) -> Result<People, StoreError> {
    let decode = |cells: &mut Cells<'_>| {
        Ok((NodeId(cells.id()?), cells.text()?, cells.optional_id()?.map(NodeId)))
    };
    let work = move |rows: Rows<(NodeId, String, Option<NodeId>)>| {
        for (id, word, realm) in rows {
            let corrupt = || StoreError::Corrupt(format!("group {id}: {word}"));
            let membership = membership(&word, realm).ok_or_else(corrupt)?;
            people
                .add_group(id, membership)
                .map_err(|refused| damaged(&format!("group {id}"), &refused))?;
        }
        Ok(people)
    };
    read.table(&GROUPS, decode, work).await
}

/// Every membership, in no order.
pub(super) async fn load_members(
    read: &ReadTransaction,
    mut members: Members,
) -> Result<Snapshot, StoreError> {
    let decode = |cells: &mut Cells<'_>| Ok((NodeId(cells.id()?), NodeId(cells.id()?)));
    let work = move |rows: Rows<(NodeId, NodeId)>| {
        for (group, member) in rows {
            members
                .add(group, member)
                .map_err(|refused| damaged(&format!("{member} in group {group}"), &refused))?;
        }
        members.finish().map_err(|refused| damaged("the members of groups", &refused))
    };
    read.table(&MEMBERS, decode, work).await
}

/// Pairs (group, member).
async fn pairs(
    run: &impl Run,
    condition: &str,
    values: Vec<Value>,
) -> Result<Vec<(NodeId, NodeId)>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        group_id: Uuid,
        member: Uuid,
    }
    let sql = format!("SELECT group_id, member FROM group_member WHERE {condition}");
    let rows: Vec<Row> = run.all(&sql, values).await?;
    Ok(rows.into_iter().map(|row| (NodeId(row.group_id), NodeId(row.member))).collect())
}

fn membership(word: &str, realm: Option<NodeId>) -> Option<Membership> {
    match word {
        "listed" => Some(Membership::Listed),
        "authenticated" => Some(Membership::Authenticated { realm }),
        "anonymous" => Some(Membership::Anonymous),
        _ => None,
    }
}

fn words(membership: Membership) -> (&'static str, Option<NodeId>) {
    match membership {
        Membership::Listed => ("listed", None),
        Membership::Authenticated { realm } => ("authenticated", realm),
        Membership::Anonymous => ("anonymous", None),
    }
}
