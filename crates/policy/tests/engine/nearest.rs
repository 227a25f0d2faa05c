//! Explanations in random worlds: what is told is told whatever came first, and the smallest grant really turns a deny.

use std::collections::BTreeSet;

use kernel::{Effect, NodeId, NodeKind, Pattern};
use policy::{
    Assignment, Change, Context, Explanation, Membership, Nearest, Principal, Question, Reason,
    Rule, Snapshot, Step, Who,
};

use crate::{
    ids,
    random::{NAMES, NOW, Pair},
};

/// Makes the grant that is told.
fn grant(pair: &mut Pair, nearest: &Nearest) -> Snapshot {
    let mut snapshot = pair.snapshot.clone();
    let mut apply = |change: Change| snapshot.apply(&change).unwrap();
    let rule = Rule {
        effect: Effect::Allow,
        pattern: Pattern::parse(nearest.permission.as_str()).unwrap(),
        except: Vec::new(),
        owner: NodeId::GLOBAL,
        when: None,
        fields: None,
        rows: None,
    };
    let (role, owner, mut rules) = match nearest.role {
        Some(role) => {
            let (owner, rules) = pair.oracle.roles[&role].clone();
            (role, owner, rules)
        }
        None => (ids::role(pair.next()), NodeId::GLOBAL, Vec::new()),
    };
    rules.push(rule);
    apply(Change::RoleSaved { id: role, name: "R".to_owned(), owner, rules });
    let subject = nearest.subject.unwrap_or_else(|| {
        let id = ids::node(pair.next());
        let place = pair.snapshot.place(None, 1).unwrap();
        if !place.renumbered.is_empty() {
            apply(Change::NodesLabelled { labels: place.renumbered });
        }
        let (kind, label, label_end) = (ids::kind(NodeKind::GROUP), place.label, place.label_end);
        apply(Change::NodeSaved { id, parent: None, kind, label, label_end });
        apply(Change::GroupSaved { id, membership: Membership::Anonymous });
        id
    });
    let (id, node) = (ids::assignment(pair.next()), nearest.node);
    let assignment = Assignment { id, subject, role, node, expires_at: None, when: None };
    apply(Change::AssignmentSaved(assignment));
    snapshot
}

#[test]
fn the_smallest_grant_turns_a_deny() {
    let (mut turned, mut hopeless) = (0, 0);
    for seed in 0..700 {
        let mut pair = Pair::new(seed, 40);
        for _ in 0..6 {
            let (principal, node) = (&pair.principal(), pair.node());
            let permissions = &[ids::name(pair.one(&NAMES)), ids::name(pair.one(&NAMES))];
            let (context, now) = (&Context::default(), ids::moment(NOW));
            let question = Question { principal, permissions, node, context, now };
            let missing = pair.snapshot.missing(&question);
            if pair.snapshot.explain(&question).reason != Reason::NoAllow {
                assert_eq!(missing, policy::NotAllowed::default(), "world {seed}");
                continue;
            }
            let Some(nearest) = missing.nearest else {
                hopeless += 1;
                let is_key = matches!(principal.who, Who::ApiKey { .. });
                let is_limited = is_key || principal.active_role.is_some();
                assert!(is_limited || principal.subject().is_none(), "{principal:?}");
                continue;
            };
            let granted = grant(&mut pair, &nearest);
            assert!(granted.decide(&question).is_allow(), "world {seed}: {nearest:?}");
            turned += 1;
        }
    }
    assert!(turned > 500 && hopeless > 5, "{turned}, {hopeless}");
}

/// The rule that is told is one that applies, and the ways lead from the principal to the group and from the node of the
/// assignment to the node in question.
#[test]
fn what_is_told_is_so() {
    let mut ways = 0;
    for seed in 0..700 {
        let mut pair = Pair::new(seed, 50);
        for _ in 0..6 {
            let (principal, node) = (&pair.principal(), pair.node());
            let permissions = &[ids::name(pair.one(&NAMES))];
            let (context, now) = (&Context::default(), ids::moment(NOW));
            let question = Question { principal, permissions, node, context, now };
            let Explanation { decision, reason: Reason::Rule(rule) } =
                pair.snapshot.explain(&question)
            else {
                continue;
            };
            assert_eq!(rule.effect == Effect::Allow, decision.is_allow());
            let assignment = pair.snapshot.assignment(rule.assignment).unwrap();
            assert_eq!((assignment.subject, assignment.node), (rule.subject, rule.node));
            let told = &pair.snapshot.role(rule.role).unwrap().rules[rule.rule].clone();
            assert_eq!((told.effect, told.owner), (rule.effect, rule.owner));
            assert!(told.pattern.matches(&permissions[0]), "world {seed}");
            let way = pair.snapshot.way(&question, &rule);
            check_groups(&pair, principal, rule.subject, &way.group_path);
            check_path(&pair, rule.node, node, &way.path);
            ways += 1;
        }
    }
    assert!(ways > 150, "{ways}");
}

fn check_groups(pair: &Pair, principal: &Principal, subject: NodeId, path: &[NodeId]) {
    let mut at = principal.subject();
    for group in path {
        let listed = at.is_some_and(|member| pair.oracle.members.contains(&(*group, member)));
        let computed = pair.oracle.groups[group] != Membership::Listed;
        assert!(listed || computed, "{group}");
        at = Some(*group);
    }
    assert_eq!(at, Some(subject));
}

fn check_path(pair: &Pair, from: NodeId, to: NodeId, path: &[Step]) {
    let mut at = from;
    for step in path {
        let next = match *step {
            Step::Child { to } => (pair.oracle.parents[&to] == Some(at)).then_some(to),
            Step::Connection { to } => pair.oracle.connections.contains(&(at, to)).then_some(to),
            Step::Root { to } => (pair.oracle.parents[&to].is_none()).then_some(to),
        };
        at = next.unwrap_or_else(|| panic!("{step:?} from {at}"));
    }
    let once: BTreeSet<String> = path.iter().map(|step| format!("{step:?}")).collect();
    assert_eq!((at, once.len()), (to, path.len()));
}
