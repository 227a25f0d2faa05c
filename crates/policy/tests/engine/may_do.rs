//! What someone may do, asked for all permissions at once, is what one decision for each says, whatever was registered,
//! renamed and deleted before.

use std::collections::BTreeMap;

use kernel::{NodeId, PermissionId, PermissionName};
use policy::{Change, Context, Question};

use crate::{
    ids,
    random::{NAMES, NOW, Pair},
};

/// The registrations, as they should be.
type Registered = BTreeMap<PermissionId, PermissionName>;

/// Registers a name, renames one, or deletes one.
fn change_one(pair: &mut Pair, registered: &mut Registered) {
    let known: Vec<PermissionId> = registered.keys().copied().collect();
    let fresh = known.is_empty() || pair.chance(40);
    let id = if fresh { ids::permission(pair.next()) } else { pair.one(&known) };
    if !fresh && pair.chance(60) {
        pair.snapshot.apply(&Change::PermissionDeleted { id }).unwrap();
        registered.remove(&id);
        return;
    }
    let name = ids::name(pair.one(&NAMES));
    let saved = Change::PermissionSaved { id, name: name.clone(), owner: NodeId::GLOBAL };
    pair.snapshot.apply(&saved).unwrap();
    registered.insert(id, name);
}

#[test]
fn all_at_once_is_one_by_one() {
    let mut found = 0;
    for seed in 0..500 {
        let (mut pair, mut registered) = (Pair::new(seed, 15), Registered::new());
        for _ in 0..30 {
            change_one(&mut pair, &mut registered);
            pair.step();
        }
        let mut names: Vec<PermissionName> = registered.values().cloned().collect();
        names.sort();
        names.dedup();
        for _ in 0..6 {
            let (principal, node) = (&pair.principal(), pair.node());
            let (context, now) = (&Context::default(), ids::moment(NOW));
            let may = |name: &&PermissionName| {
                pair.oracle.allows(principal, std::slice::from_ref(*name), node, now)
            };
            let allowed = pair.snapshot.permissions(principal, node, context, now);
            let expected: Vec<&PermissionName> = names.iter().filter(may).collect();
            assert_eq!(allowed, expected, "world {seed}: {principal:?} at {node}");
            let asked = NAMES.map(ids::name);
            let among = pair.snapshot.permissions_among(principal, node, context, now, &asked);
            let one_by_one = |name: &&PermissionName| {
                let permissions = std::slice::from_ref(*name);
                let question = Question { principal, permissions, node, context, now };
                pair.snapshot.decide(&question).is_allow()
            };
            assert_eq!(among, asked.iter().filter(one_by_one).collect::<Vec<_>>(), "world {seed}");
            found += allowed.len();
        }
    }
    assert!(found > 500, "{found}");
}
