//! Nobody gives what he does not have.

use kernel::{AssignmentId, Effect, NodeId, NodeKind, RoleId};
use policy::{
    Assignment, Change, Context, Grant, Principal, Question, Reason, Region, Rule, Snapshot,
};

use crate::{
    ids,
    random::{NAMES, NOW, Pair},
    town,
};

/// Whoever may grant something can do it himself wherever the receiver then can.
#[test]
fn a_receiver_can_do_nothing_that_the_giver_cannot() {
    let (mut granted, mut refused) = (0, 0);
    for seed in 0..4_000 {
        let mut pair = Pair::new(seed, 30);
        let giver = pair.principal();
        for _ in 0..4 {
            let grant = random_grant(&mut pair);
            match pair.snapshot.may_grant(&giver, &grant, ids::moment(NOW)) {
                Ok(()) => granted += 1,
                Err(_) => {
                    refused += 1;
                    continue;
                }
            }
            check(seed, &mut pair, &giver, &grant);
        }
    }
    assert!(granted > 500 && refused > 500, "{granted} granted, {refused} refused");
}

fn random_grant(pair: &mut Pair) -> Grant {
    let mut except = Vec::new();
    if pair.chance(20) {
        except.push(pair.pattern());
    }
    let count = 1 + pair.below(3);
    let nodes: Vec<_> = (0..count).map(|_| pair.node()).collect();
    Grant {
        pattern: pair.pattern(),
        except,
        region: Region::new(nodes),
        until: pair.chance(40).then(|| ids::moment(NOW + 10)),
        when: Vec::new(),
        fields: None,
        rows: None,
    }
}

fn check(seed: u64, pair: &mut Pair, giver: &Principal, grant: &Grant) {
    let (receiver, role, id) =
        (ids::node(pair.next()), ids::role(pair.next()), ids::assignment(pair.next()));
    // Computed groups may give the receiver more than the grant: only what the grant adds is looked at.
    let without = with_receiver(&pair.snapshot, receiver);
    let mut after = without.clone();
    for change in given(receiver, role, id, grant) {
        after.apply(&change).unwrap();
    }
    let (context, alone) = (&Context::default(), Principal::user(receiver));
    // Those who are free of rules may give for longer than they last.
    let free = is_free(&pair.snapshot, giver);
    let moments = [NOW, NOW + 5, NOW + 9].into_iter().filter(|seconds| !free || *seconds == NOW);
    for (seconds, name) in moments.flat_map(|s| NAMES.map(|n| (s, n))) {
        let (now, permissions) = (ids::moment(seconds), &[ids::name(name)]);
        for node in pair.nodes() {
            let ask = |snapshot: &Snapshot, principal: &Principal| {
                let question = Question { principal, permissions, node, context, now };
                snapshot.decide(&question).is_allow()
            };
            let gained = ask(&after, &alone) && !ask(&without, &alone);
            assert!(
                !gained || ask(&pair.snapshot, giver),
                "world {seed}: {giver:?} gives {grant:?}: {name} at {node}, {seconds}"
            );
        }
    }
}

/// The world with one more user.
fn with_receiver(snapshot: &Snapshot, id: NodeId) -> Snapshot {
    let mut after = snapshot.clone();
    let place = after.place(None, 1).unwrap();
    assert!(place.renumbered.is_empty());
    let (label, label_end, kind) = (place.label, place.label_end, ids::kind(NodeKind::USER));
    after.apply(&Change::NodeSaved { id, parent: None, kind, label, label_end }).unwrap();
    after.apply(&Change::SubjectSaved(town::subject(id))).unwrap();
    after
}

/// The role and assignment that give it.
fn given(subject: NodeId, role: RoleId, id: AssignmentId, grant: &Grant) -> [Change; 2] {
    let bounds = grant.region.nodes();
    let bound = |at: usize| bounds[at.min(bounds.len() - 1)];
    let rule = Rule {
        effect: Effect::Allow,
        pattern: grant.pattern.clone(),
        except: grant.except.clone(),
        owner: bound(2),
        when: None,
        fields: None,
        rows: None,
    };
    let (node, expires_at) = (bound(0), grant.until);
    let assignment = Assignment { id, subject, role, node, expires_at, when: None };
    let role_saved =
        Change::RoleSaved { id: role, name: "G".to_owned(), owner: bound(1), rules: vec![rule] };
    [role_saved, Change::AssignmentSaved(assignment)]
}

fn is_free(snapshot: &Snapshot, principal: &Principal) -> bool {
    let (context, now) = (&Context::default(), ids::moment(NOW));
    let node = NodeId::GLOBAL;
    let question = Question { principal, permissions: &[], node, context, now };
    matches!(snapshot.explain(&question).reason, Reason::Superuser | Reason::Operator)
}

/// Whoever may take over a subject can do all that it can.
#[test]
fn a_taker_can_do_all_that_the_taken_can() {
    let mut taken = 0;
    for seed in 0..3_000 {
        let mut pair = Pair::new(seed, 30);
        let (actor, target) = (pair.principal(), pair.subject());
        let now = ids::moment(NOW);
        if pair.snapshot.may_take_over(&actor, target, now).is_err() {
            continue;
        }
        taken += 1;
        let context = &Context::default();
        for name in NAMES {
            let permissions = &[ids::name(name)];
            for node in pair.nodes() {
                let ask = |principal: &Principal| {
                    let question = Question { principal, permissions, node, context, now };
                    pair.snapshot.decide(&question).is_allow()
                };
                let denied = ask(&Principal::user(target)) && !ask(&actor);
                assert!(!denied, "world {seed}: {actor:?} takes {target}: {name} at {node}");
            }
        }
    }
    assert!(taken > 100, "{taken}");
}
