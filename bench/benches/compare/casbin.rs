//! `casbin`: a policy for each rule of each assignment; users are in groups, nodes below nodes.

use std::{collections::BTreeSet, sync::Arc};

use bench::{Asked, World, names, rights::Holder, world::NO_PARENT};
use casbin::{Adapter, CoreApi, DefaultModel, DefaultRoleManager, Enforcer, MemoryAdapter};
use parking_lot::RwLock;

use crate::{check, measure, report::Row, row};

/// So many questions are asked: each takes milliseconds.
const QUESTIONS: usize = 200;
/// The tree is 8 deep, and connections lead further.
const DEEPEST: usize = 64;

/// The cheap test first, so that casbin does as little as it can.
const MODEL: &str = "
[request_definition]
r = sub, act, obj
[policy_definition]
p = sub, act, obj
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && g(r.sub, p.sub) && g2(r.obj, p.obj)
";

pub fn measure(world: &World, asked: &[Asked]) -> Row {
    let asked = &asked[..QUESTIONS.min(asked.len())];
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let before = measure::resident();
    let enforcer = runtime.block_on(enforcer(world));
    let memory = measure::resident().saturating_sub(before) >> 20;
    let texts: Vec<[String; 3]> = asked
        .iter()
        .map(|asked| {
            let permission = names::permission_text(asked.permission);
            [format!("u{}", asked.user), permission, format!("n{}", asked.node)]
        })
        .collect();
    let ask = |at: usize| {
        let [user, permission, node] = &texts[at];
        enforcer.enforce((user.as_str(), permission.as_str(), node.as_str())).expect("an answer")
    };
    check("casbin", world, asked, ask);
    row("casbin", measure::times(asked.len(), ask), format!("{memory} MiB"))
}

async fn enforcer(world: &World) -> Enforcer {
    let mut adapter = MemoryAdapter::default();
    for (section, kind, rules) in
        [("g", "g", members(world)), ("g", "g2", above(world)), ("p", "p", policies(world))]
    {
        adapter.add_policies(section, kind, rules).await.expect("rules");
    }
    let model = DefaultModel::from_str(MODEL).await.expect("a model");
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
    let roles = Arc::new(RwLock::new(DefaultRoleManager::new(DEEPEST)));
    enforcer.set_role_manager(roles).expect("a role manager");
    enforcer.set_adapter(adapter).await.expect("all of it");
    enforcer
}

fn members(world: &World) -> Vec<Vec<String>> {
    let groups = |user| world.people.all_groups_of(user).into_iter();
    (0..world.people.users)
        .flat_map(|user| {
            groups(user).map(move |group| vec![format!("u{user}"), format!("g{group}")])
        })
        .collect()
}

fn above(world: &World) -> Vec<Vec<String>> {
    let mut above = Vec::new();
    for (parent, node) in world.parents.iter().zip(0_u32..) {
        let parent = Some(*parent).filter(|parent| *parent != NO_PARENT);
        for other in world.connected(node).chain(parent) {
            above.push(vec![format!("n{node}"), format!("n{other}")]);
        }
    }
    above
}

fn policies(world: &World) -> Vec<Vec<String>> {
    let mut policies = BTreeSet::new();
    for given in &world.rights.assignments {
        let holder = match given.holder {
            Holder::User(user) => format!("u{user}"),
            Holder::Group(group) => format!("g{group}"),
        };
        for rule in &world.rights.roles[given.role as usize] {
            let permission = rule.pattern.as_str().to_owned();
            policies.insert(vec![holder.clone(), permission, format!("n{}", given.node)]);
        }
    }
    policies.into_iter().collect()
}
