use kernel::NodeId;
use store::{Run, node};
use testkit::{Backend, on_both};

use crate::world::{See, World, add, done, see};

/// Many folders; the user may see every second of the first `2 * seen`.
async fn world_with(backend: Backend, seen: usize, folders: usize) -> (World, NodeId) {
    let world = World::new(backend).await;
    let user = world.new_user("ann").await;
    let mut tx = world.operator().begin().await.unwrap();
    let mut allowed = Vec::new();
    for number in 0..folders {
        let id = add(&mut tx, NodeId::GLOBAL, &format!("n{number}")).await;
        if number % 2 == 0 && allowed.len() < seen {
            allowed.push(id);
        }
    }
    done(tx).await;
    world.let_see(user, &allowed).await;
    (world, user)
}

/// The list has exactly the nodes at which the engine allows.
async fn list_agrees_with_decisions(backend: Backend, seen: usize, folders: usize) {
    let (world, user) = world_with(backend, seen, folders).await;
    let ctx = world.user(user);
    let read = ctx.read().await.unwrap();
    let scope = read.scope::<See>().unwrap();
    assert_eq!(scope.is_empty(), seen == 0);
    let condition = format!("{} ORDER BY n.label", scope.sql("n.label"));
    let listed = node::list(&read, &condition, Vec::new()).await.unwrap();
    assert_eq!(listed.len(), seen);
    let all = node::page(&read, i64::MIN, 100_000).await.unwrap();
    let allowed: Vec<_> = all.into_iter().filter(|node| read.may(&see(), node.id)).collect();
    assert_eq!(listed, allowed);
    let sql = format!("SELECT COUNT(*) FROM node n WHERE n.kind = $1 AND {}", scope.sql("n.label"));
    let count = read.number(&sql, ["folder".into()]).await.unwrap();
    assert_eq!(count, i64::try_from(seen).unwrap());
}

on_both! {
    async fn nothing(backend: Backend) {
        list_agrees_with_decisions(backend, 0, 6).await;
    }

    async fn one_range(backend: Backend) {
        list_agrees_with_decisions(backend, 1, 6).await;
    }

    async fn as_many_as_are_written_out(backend: Backend) {
        list_agrees_with_decisions(backend, 20, 44).await;
    }

    async fn one_more(backend: Backend) {
        list_agrees_with_decisions(backend, 21, 44).await;
    }

    async fn a_thousand_ranges(backend: Backend) {
        list_agrees_with_decisions(backend, 1000, 2002).await;
    }

    async fn the_operator_sees_everything(backend: Backend) {
        let (world, _) = world_with(backend, 1, 3).await;
        let read = world.operator().read().await.unwrap();
        let condition = read.scope::<See>().unwrap().sql("n.label");
        assert_eq!(node::list(&read, &condition, Vec::new()).await.unwrap().len(), 5);
    }
}
