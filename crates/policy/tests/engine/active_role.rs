//! Acting in one role takes away, and never gives: whatever is allowed in one role is allowed in all of them. (A condition
//! that reads `subject.active_role` says otherwise by itself; there is none in these worlds.)

use policy::{Context, Grant, Principal, Question, Region};

use crate::{
    ids,
    random::{NAMES, NOW, Pair},
    town,
};

#[test]
fn what_is_allowed_in_one_role_is_allowed_in_all() {
    let (mut kept, mut taken) = (0, 0);
    for seed in 0..4_000 {
        let mut pair = Pair::new(seed, 12 + usize::try_from(seed % 30).unwrap());
        for _ in 0..4 {
            let all = Principal { active_role: None, ..pair.principal() };
            let one = Principal { active_role: Some(pair.role()), ..all.clone() };
            let (more, less) = check(seed, &mut pair, &all, &one);
            kept += less;
            taken += more - less;
        }
    }
    assert!(kept > 1_000 && taken > 1_000, "{kept} kept, {taken} taken");
}

/// How many nodes are allowed in all roles, and how many in one of them: the latter are among the former, however it is
/// asked.
fn check(seed: u64, pair: &mut Pair, all: &Principal, one: &Principal) -> (usize, usize) {
    let (now, context) = (ids::moment(NOW), &Context::default());
    let name = ids::name(pair.one(&NAMES));
    let said = format!("world {seed}: {one:?} {name}");
    let snapshot = &pair.snapshot;
    let [more, less] = [all, one].map(|who| town::nodes(snapshot, who, &name, now));
    assert!(less.iter().all(|node| more.contains(node)), "{said}");
    let [wide, narrow] = [all, one].map(|who| snapshot.scope(who, &name, context, now));
    for node in pair.nodes() {
        let label = snapshot.labels(node).unwrap().label;
        assert!(wide.contains(label) || !narrow.contains(label), "{said} at {node}");
        let decide = |principal| {
            let permissions = std::slice::from_ref(&name);
            snapshot.decide(&Question { principal, permissions, node, context, now }).is_allow()
        };
        assert!(decide(all) || !decide(one), "{said} at {node}");
        let [may_all, may_one] = [all, one].map(|who| {
            snapshot.permissions_among(who, node, context, now, std::slice::from_ref(&name)).len()
        });
        assert!(may_all >= may_one, "{said} at {node}");
    }
    check_giving(&said, pair, all, one);
    (more.len(), less.len())
}

/// So with what one may give, and whose place one may take.
fn check_giving(said: &str, pair: &mut Pair, all: &Principal, one: &Principal) {
    let now = ids::moment(NOW);
    let grant = Grant {
        pattern: pair.pattern(),
        except: Vec::new(),
        region: Region::new([pair.node()]),
        until: None,
        when: Vec::new(),
        fields: None,
        rows: None,
    };
    let target = pair.subject();
    let may = |who: &Principal| {
        let (gives, takes) = (
            pair.snapshot.may_grant(who, &grant, now),
            pair.snapshot.may_take_over(who, target, now),
        );
        [gives.is_ok(), takes.is_ok()]
    };
    for (all, one) in may(all).into_iter().zip(may(one)) {
        assert!(all || !one, "{said}: {grant:?} {target}");
    }
}
