//! Groups and users.

use std::collections::HashMap;

use context::Reading;
use kernel::{Name, NodeId, Problem};
use policy::Membership;
use realms::{User as Stored, store as rows};
use store::node;

use super::{Out, PORTION, owner, place, send};
use crate::file::{Alias, Document, Group, OwnedName, User};

pub(super) async fn groups(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut after = i64::MIN;
    loop {
        let condition = "n.label > $1 ORDER BY n.label LIMIT $2";
        let values = vec![after.into(), (PORTION as i64).into()];
        let page = rows::list_groups(read, condition, values).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = label(read, last.id)?;
        let listed: Vec<_> =
            page.into_iter().filter(|group| group.membership == Membership::Listed).collect();
        if listed.is_empty() {
            continue;
        }
        let ids: Vec<NodeId> = listed.iter().map(|group| group.id).collect();
        let mut within = memberships(read, &ids).await?;
        let owners: Vec<NodeId> = listed.iter().map(|group| group.owner).collect();
        let paths = node::paths(read, &owners).await?;
        let mut groups = Vec::with_capacity(listed.len());
        for group in listed {
            groups.push(Group {
                name: group.name,
                owner: owner(group.owner, paths.get(&group.owner))?,
                kind: Some(group.kind),
                groups: within.remove(&group.id),
            });
        }
        send(out, &Document { groups: Some(groups), ..Document::default() }).await?;
    }
}

pub(super) async fn users(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut after = i64::MIN;
    loop {
        let condition = "n.label > $1 ORDER BY n.label LIMIT $2";
        let values = vec![after.into(), (PORTION as i64).into()];
        let page = rows::list_users(read, condition, values).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = label(read, last.id)?;
        let ids: Vec<NodeId> = page.iter().map(|user| user.id).collect();
        let mut within = memberships(read, &ids).await?;
        let realms: Vec<NodeId> = page.iter().map(|user| user.realm).collect();
        let paths = node::paths(read, &realms).await?;
        let mut users = Vec::with_capacity(page.len());
        for user in page {
            let realm = place(paths.get(&user.realm))?.name();
            let groups = within.remove(&user.id);
            users.push(written(user, realm, groups));
        }
        send(out, &Document { users: Some(users), ..Document::default() }).await?;
    }
}

fn written(user: Stored, realm: Name, groups: Option<Vec<OwnedName>>) -> User {
    let disabled = user.state.is_disabled();
    let email_verified = user.verified_email().is_some().then_some(true);
    let aliases: Vec<Alias> = user
        .aliases
        .into_iter()
        .map(|alias| Alias { kind: alias.kind.to_string(), value: alias.value })
        .collect();
    User {
        realm,
        username: user.username,
        email_verified,
        email: user.email.map(String::from),
        full_name: user.full_name.map(String::from),
        aliases: Some(aliases).filter(|list| !list.is_empty()),
        password: None,
        password_hash: None,
        must_change_password: None,
        groups,
        attributes: Some(user.attributes.into())
            .filter(|map: &std::collections::BTreeMap<_, _>| !map.is_empty()),
        roles: None,
        superuser: user.superuser.then_some(true),
        disabled: disabled.then_some(true),
        expires_at: user.expires_at,
    }
}

/// The groups that each of these is in, as a file names them, sorted.
async fn memberships(
    read: &Reading,
    members: &[NodeId],
) -> Result<HashMap<NodeId, Vec<OwnedName>>, Problem> {
    let pairs = rows::memberships(read, members).await?;
    let groups: Vec<NodeId> = pairs.iter().map(|(_, group)| *group).collect();
    let paths = node::paths(read, &groups).await?;
    let mut found: HashMap<NodeId, Vec<OwnedName>> = HashMap::new();
    for (member, group) in pairs {
        found.entry(member).or_default().push(owned(paths.get(&group))?);
    }
    found.values_mut().for_each(|groups| groups.sort_unstable());
    Ok(found)
}

/// A node that has an owner, named by it.
pub(super) fn owned(path: Option<&String>) -> Result<OwnedName, Problem> {
    let place = place(path)?;
    let owner = place.parent().ok_or_else(|| Problem::internal("a root where none can be"))?;
    Ok(OwnedName { name: place.name(), owner })
}

fn label(read: &Reading, id: NodeId) -> Result<i64, Problem> {
    let labels = read.engine().labels(id);
    labels
        .map(|labels| labels.label)
        .ok_or_else(|| Problem::internal("a node that the engine lacks"))
}
