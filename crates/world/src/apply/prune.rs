//! Deleting what the file does not have. The rule, section by section:
//!
//! - Only a section that the file names is pruned, be it empty; and in it only what stands in a *named root*: a root that
//!   `realms` or `nodes` list, or in which the section itself has something. A thing stands where its path begins: a
//!   user in its realm, a group, role or permission with its owner, an assignment at its node (at `$global`: with its
//!   subject), a connection where both ends stand in named roots, routes at their application.
//! - `factor_rules` and `ip_rules` stand nowhere: where the file names the section, what it lacks goes.
//! - `groups` of a user or group, and `roles` of a user, are lists of their own: where given, what they lack goes.
//! - Never: roots (realms, applications, other roots), built-in groups and roles, the caller and its assignments, the
//!   last superuser, service accounts and their assignments, settings; nor a role that somebody still holds, a node that
//!   the file refers to, or one that has something below it that stays.

use std::collections::HashSet;

use ::realms::{Group, User};
use kernel::{NodeId, NodeKind, Problem, RoleId};
use policy::{Membership, SubjectKind};
use tree::delete_node::DeleteNode;
use web::IfMatch;

use super::{Apply, assignments, connections, groups, permissions, roles, users};
use crate::file::{Assignment, Place, UserName};

/// Nodes by id.
type Ids = HashSet<NodeId>;

impl Apply<'_> {
    pub(super) async fn prune(&mut self) -> Result<(), Problem> {
        self.prune_ip_rules().await?;
        self.prune_factor_rules().await?;
        self.prune_routes().await?;
        self.prune_assignments().await?;
        self.prune_connections().await?;
        self.prune_roles().await?;
        self.prune_permissions().await?;
        self.prune_users().await?;
        self.prune_groups().await?;
        self.prune_nodes().await
    }

    /// The roots that the file names for a section: those it lists, and those of the section's own places.
    pub(super) fn named_roots(&self, own: impl Iterator<Item = Place>) -> Ids {
        let world = self.world;
        let realms = world.realms.list.iter().map(|realm| Place::root(&realm.says.name));
        let nodes = world.nodes.list.iter().map(|node| node.says.path.clone());
        let listed = nodes.filter(|place| place.depth() == 1);
        let all = realms.chain(listed).chain(own.map(|place| place.top()));
        all.filter_map(|place| self.places.get(&place)).map(|node| node.id).collect()
    }

    /// The root above a node.
    fn root(&self, node: NodeId) -> NodeId {
        let mut at = node;
        while let Some(parent) = self.tx.engine().parent(at) {
            at = parent;
        }
        at
    }

    /// All nodes of these roots, each after what is below it.
    fn below(&self, roots: &Ids) -> Vec<NodeId> {
        let mut roots: Vec<NodeId> = roots.iter().copied().collect();
        roots.sort_unstable();
        roots.iter().flat_map(|root| self.tx.engine().subtree(*root).into_iter().rev()).collect()
    }

    pub(super) async fn path(&self, node: NodeId) -> Result<String, Problem> {
        Ok(store::node::path(&*self.tx, node).await?.unwrap_or_else(|| node.to_string()))
    }

    async fn prune_assignments(&mut self) -> Result<(), Problem> {
        let world = self.world;
        let stand = world.assignments.list.iter().filter_map(|from| stands_at(&from.says));
        let roots = if world.assignments.is_named { self.named_roots(stand) } else { Ids::new() };
        let listed: Ids = world
            .users
            .list
            .iter()
            .filter(|from| from.says.roles.is_some())
            .filter_map(|from| self.places.get(&users::name(&from.says).place()))
            .map(|node| node.id)
            .collect();
        let wanted = self.wanted_assignments()?;
        let engine = self.tx.engine();
        let mut others = Vec::new();
        for held in engine.roles().flat_map(|role| engine.assignments_of_role(role)) {
            let is_global = held.node == NodeId::GLOBAL;
            let stands_at = if is_global { held.subject } else { held.node };
            let in_scope = roots.contains(&self.root(stands_at))
                || (is_global && listed.contains(&held.subject));
            let key = (held.subject, held.role, held.node);
            if in_scope && !wanted.contains_key(&key) && self.is_user_or_group(held.subject) {
                others.push(held.clone());
            }
        }
        for held in others {
            let line = self.assignment_line((held.subject, held.role, held.node)).await?;
            if self.tx.ctx().principal().subject() == Some(held.subject) {
                self.plan.keep(assignments::SECTION, line, "it is your own");
            } else {
                self.unassign(held.id, line).await?;
            }
        }
        Ok(())
    }

    fn is_user_or_group(&self, subject: NodeId) -> bool {
        let engine = self.tx.engine();
        engine.membership(subject).is_some()
            || engine.subject(subject).is_some_and(|found| found.kind == SubjectKind::User)
    }

    async fn assignment_line(
        &self,
        (subject, role, node): assignments::Key,
    ) -> Result<String, Problem> {
        let name = self.tx.engine().role(role).map(|role| role.name.to_owned()).unwrap_or_default();
        Ok(format!("{}: {name} at {}", self.path(subject).await?, self.path(node).await?))
    }

    async fn prune_connections(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.connections.is_named {
            return Ok(());
        }
        let ends = world.connections.list.iter().map(connections::ends);
        let wanted: HashSet<(NodeId, NodeId)> = ends
            .clone()
            .filter_map(|(from, to)| Some((self.places.get(from)?.id, self.places.get(to)?.id)))
            .collect();
        let roots = self.named_roots(ends.flat_map(|(from, to)| [from.clone(), to.clone()]));
        let engine = self.tx.engine();
        let mut others = Vec::new();
        for from in self.below(&roots) {
            for to in engine.connections_from(from) {
                if roots.contains(&self.root(to)) && !wanted.contains(&(from, to)) {
                    others.push((from, to));
                }
            }
        }
        for (from, to) in others {
            let line = format!("{} -> {}", self.path(from).await?, self.path(to).await?);
            let (from, to) = (self.stored_node(from).await?, self.stored_node(to).await?);
            self.disconnect(from, to).await?;
            self.plan.delete(connections::SECTION, line);
        }
        Ok(())
    }

    async fn prune_roles(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.roles.is_named {
            return Ok(());
        }
        let names = world.roles.list.iter().map(|from| roles::name(&from.says));
        let wanted: HashSet<RoleId> = names
            .clone()
            .filter_map(|name| self.role_of(self.places.get(&name.owner)?.id, name.name.as_str()))
            .collect();
        let roots = self.named_roots(names.map(|name| name.owner));
        let engine = self.tx.engine();
        let others: Vec<(RoleId, String, NodeId)> = engine
            .roles()
            .filter(|role| !role.is_built_in() && !wanted.contains(role))
            .filter_map(|role| engine.role(role))
            .filter(|role| roots.contains(&self.root(role.owner)))
            .map(|role| (role.id, role.name.to_owned(), role.owner))
            .collect();
        for (id, name, owner) in others {
            let line = format!("{name}@{}", self.path(owner).await?);
            if !self.tx.engine().assignments_of_role(id).is_empty() {
                self.plan.keep(roles::SECTION, line, "somebody holds it");
                continue;
            }
            let role = access::store::find_role(&*self.tx, id).await?;
            let role = role.ok_or_else(|| Problem::internal("a role without its row"))?;
            access::delete_role::run(self.tx, role, &IfMatch::Any).await?;
            self.plan.delete(roles::SECTION, line);
        }
        Ok(())
    }

    async fn prune_permissions(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.permissions.is_named {
            return Ok(());
        }
        let owner = |from: &crate::world::Placed<crate::file::Permission>| {
            from.says.owner.clone().unwrap_or_else(Place::global)
        };
        let list = &world.permissions.list;
        let wanted: HashSet<_> = list
            .iter()
            .filter_map(|from| Some((self.places.get(&owner(from))?.id, &from.says.name)))
            .collect();
        let roots = self.named_roots(list.iter().map(owner));
        let engine = self.tx.engine();
        let mut others = Vec::new();
        for node in self.below(&roots) {
            for id in engine.permissions_owned(node) {
                if let Some((name, owner)) = engine.permission(id)
                    && !wanted.contains(&(owner, name))
                {
                    others.push((id, name.clone(), owner));
                }
            }
        }
        for (id, name, owner) in others {
            let line = format!("{name}@{}", self.path(owner).await?);
            access::delete_permission::run(self.tx, id).await?;
            self.plan.delete(permissions::SECTION, line);
        }
        Ok(())
    }

    async fn prune_users(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.users.is_named {
            return Ok(());
        }
        let names = world.users.list.iter().map(|from| users::name(&from.says));
        let wanted: Ids = names
            .clone()
            .filter_map(|name| self.places.get(&name.place()))
            .map(|node| node.id)
            .collect();
        let roots = self.named_roots(names.map(|name| Place::root(&name.realm)));
        let others = self.others(&roots, &wanted, NodeKind::USER);
        for id in others {
            let user = ::realms::find_user_by_id(&*self.tx, id).await?;
            let user = user.ok_or_else(|| Problem::internal("a user without its row"))?;
            self.prune_user(user).await?;
        }
        Ok(())
    }

    async fn prune_user(&mut self, user: User) -> Result<(), Problem> {
        let realm = self.stored_node(user.realm).await?.name;
        let line = format!("{}@{realm}", user.username);
        let now = self.tx.ctx().now();
        if self.tx.ctx().principal().subject() == Some(user.id) {
            self.plan.keep("users", line, "it is you");
        } else if self.tx.engine().is_last_active_superuser(user.id, now) {
            self.plan.keep("users", line, "the last superuser stays");
        } else {
            ::realms::delete_user::run(self.tx, user, &IfMatch::Any).await?;
            self.plan.delete("users", line);
        }
        Ok(())
    }

    async fn prune_groups(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.groups.is_named {
            return Ok(());
        }
        let names = world.groups.list.iter().map(|from| groups::name(&from.says));
        let wanted: Ids = names
            .clone()
            .filter_map(|name| self.places.get(&name.place().ok()?))
            .map(|node| node.id)
            .collect();
        let roots = self.named_roots(names.map(|name| name.owner));
        for id in self.others(&roots, &wanted, NodeKind::GROUP) {
            let group: Group = self.stored_group(id).await?;
            if group.membership != Membership::Listed {
                continue;
            }
            let line = format!("{}@{}", group.name, self.path(group.owner).await?);
            ::realms::delete_group::run(self.tx, group, &IfMatch::Any).await?;
            self.plan.delete("groups", line);
        }
        Ok(())
    }

    async fn prune_nodes(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.nodes.is_named {
            return Ok(());
        }
        let roots = self.named_roots(world.nodes.list.iter().map(|from| from.says.path.clone()));
        let referred = self.referred();
        for id in self.below(&roots) {
            let engine = self.tx.engine();
            let is_plain = engine.kind(id).is_some_and(|kind| !kind.is_managed());
            if !is_plain || engine.parent(id).is_none() || referred.contains(&id) {
                continue;
            }
            let line = self.path(id).await?;
            if !engine.children(Some(id)).is_empty() {
                self.plan.keep("nodes", line, "something below it stays");
                continue;
            }
            let node = self.tx.permit::<DeleteNode>(self.stored_node(id).await?)?;
            tree::delete_node::remove(self.tx, &node).await?;
            self.plan.delete("nodes", line);
        }
        Ok(())
    }

    /// Every node that the file names in any section, and all above them.
    fn referred(&self) -> Ids {
        let mut referred = Ids::new();
        for place in self.world.places() {
            let mut next = self.places.get(&place).map(|node| node.id);
            while let Some(id) = next.filter(|id| referred.insert(*id)) {
                next = self.tx.engine().parent(id);
            }
        }
        referred
    }

    /// The nodes of one kind in these roots that are not wanted.
    fn others(&self, roots: &Ids, wanted: &Ids, kind: &str) -> Vec<NodeId> {
        let engine = self.tx.engine();
        let mut found = self.below(roots);
        found.retain(|id| {
            !wanted.contains(id) && engine.kind(*id).is_some_and(|found| found.as_str() == kind)
        });
        found
    }

    async fn stored_node(&self, id: NodeId) -> Result<store::node::Node, Problem> {
        let node = store::node::find(&*self.tx, id).await?;
        node.ok_or_else(|| Problem::internal("a node of the engine without its row"))
    }
}

/// Where an assignment of the file stands.
fn stands_at(says: &Assignment) -> Option<Place> {
    let node = says.node.clone().filter(|place| !place.is_global());
    node.or_else(|| says.user.as_ref().map(UserName::place))
        .or_else(|| says.group.as_ref().and_then(|group| group.place().ok()))
}
