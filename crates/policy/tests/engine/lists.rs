//! Lists in random worlds: all pages together are what the oracle finds, also while the world changes.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ConditionText, NodeId, NodeKind, PermissionName};
use policy::{AllowedNodes, Change, Context, NodeSearch, Principal, Snapshot, Stopped};

use crate::{
    ids,
    random::{NAMES, NOW, Pair},
    town::Town,
};

/// What is searched for.
struct Wanted {
    principal: Principal,
    name: PermissionName,
    under: Option<NodeId>,
    kind: Option<NodeKind>,
    told: Option<(Principal, PermissionName)>,
    context: Context,
}

impl Wanted {
    fn random(pair: &mut Pair) -> Self {
        let under = match pair.below(10) {
            0..=3 => Some(pair.node()),
            4 => Some(ids::node(9_999)),
            _ => None,
        };
        let kinds = ["place", NodeKind::GROUP, NodeKind::USER, NodeKind::GLOBAL, "nothing"];
        let kind = pair.chance(30).then(|| ids::kind(pair.one(&kinds)));
        let told = pair.chance(40).then(|| (pair.principal(), ids::name(pair.one(&NAMES))));
        let name = ids::name(pair.one(&NAMES));
        Self { principal: pair.principal(), name, under, kind, told, context: Context::default() }
    }

    fn search<'a>(&'a self, snapshot: &'a Snapshot) -> AllowedNodes<'a> {
        snapshot.nodes(&NodeSearch {
            principal: &self.principal,
            permission: &self.name,
            under: self.under,
            kind: self.kind.as_ref(),
            told: self.told.as_ref().map(|(principal, name)| (principal, name)),
            context: &self.context,
            now: ids::moment(NOW),
        })
    }

    /// What the oracle finds.
    fn expected(&self, pair: &Pair) -> BTreeSet<NodeId> {
        let may = |principal: &Principal, name: &PermissionName, node: NodeId| {
            pair.oracle.allows(principal, std::slice::from_ref(name), node, ids::moment(NOW))
        };
        let fits = |node: &NodeId| {
            let told = self.told.as_ref();
            self.under.is_none_or(|under| lineage(pair, *node).contains(&under))
                && self.kind.as_ref().is_none_or(|kind| pair.snapshot.kind(*node) == Some(kind))
                && may(&self.principal, &self.name, *node)
                && told.is_none_or(|(principal, name)| may(principal, name, *node))
        };
        pair.nodes().into_iter().filter(fits).collect()
    }
}

/// The node and those above it; everything is below `$global`.
fn lineage(pair: &Pair, node: NodeId) -> Vec<NodeId> {
    let parent = |node: &NodeId| pair.oracle.parents.get(node).copied().flatten();
    let mut above: Vec<NodeId> = std::iter::successors(Some(node), parent).collect();
    if !above.contains(&NodeId::GLOBAL) {
        above.push(NodeId::GLOBAL);
    }
    above
}

#[test]
fn all_pages_together_are_what_the_oracle_finds() {
    let mut found = 0;
    for seed in 0..1_000 {
        let mut pair = Pair::new(seed, 50);
        for _ in 0..4 {
            let wanted = Wanted::random(&mut pair);
            let expected = wanted.expected(&pair);
            let limit = 1 + pair.below(5);
            let nodes = wanted.search(&pair.snapshot);
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let page = nodes.page(after.as_ref(), limit).unwrap();
                assert!(page.items.len() == limit || page.next.is_none());
                all.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let once: BTreeSet<NodeId> = all.iter().copied().collect();
            assert_eq!((once.len(), &once), (all.len(), &expected), "world {seed}");
            assert_eq!(nodes.total(), Ok(all.len()), "world {seed}");
            assert_eq!(nodes.page(None, usize::MAX).unwrap().items, all, "world {seed}");
            found += all.len();
        }
    }
    assert!(found > 1_500, "{found}");
}

/// Between two pages something is written. Whatever stayed in its place, and in the answer, is told once; nothing is
/// told that is not allowed at that moment.
#[test]
fn what_stays_is_told_once_while_the_world_changes() {
    let mut stayed_in_all = 0;
    for seed in 0..1_500 {
        let mut pair = Pair::new(seed, 50);
        let wanted = Wanted::random(&mut pair);
        let mut stayed: BTreeMap<NodeId, Vec<NodeId>> =
            wanted.expected(&pair).into_iter().map(|node| (node, lineage(&pair, node))).collect();
        let (mut told, mut after) = (Vec::new(), None);
        for _ in 0..60 {
            let expected = wanted.expected(&pair);
            stayed.retain(|node, above| expected.contains(node) && lineage(&pair, *node) == *above);
            let page = wanted.search(&pair.snapshot).page(after.as_ref(), 2).unwrap();
            assert!(page.items.iter().all(|node| expected.contains(node)), "world {seed}");
            told.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
            pair.step();
        }
        for node in stayed.keys() {
            let times = told.iter().filter(|other| *other == node).count();
            assert_eq!(times, 1, "world {seed}: {node} in {told:?}");
        }
        stayed_in_all += stayed.len();
    }
    assert!(stayed_in_all > 400, "{stayed_in_all}");
}

/// A walk that meets too much that is denied is given up; what follows is found by ranges, in the same order.
#[test]
fn what_is_denied_through_a_connection_is_passed_over() {
    let mut town = Town::new();
    for (name, parent) in [("top", None), ("shut", Some("top")), ("last", Some("top"))] {
        town.add(name, parent, "place");
    }
    town.add("closed", None, "place");
    let shut: Vec<String> = (0..600).map(|at| format!("s{at}")).collect();
    shut.iter().for_each(|name| _ = town.add(name, Some("shut"), "place"));
    let open: Vec<String> = (0..20).map(|at| format!("o{at}")).collect();
    open.iter().for_each(|name| _ = town.add(name, Some("last"), "place"));
    town.apply(Change::Connected { from: town.nodes["closed"], to: town.nodes["shut"] });
    let u = town.user("u");
    town.role("R", "$global", vec![town.rule("x"), town.rule("y")]);
    town.role("D", "$global", vec![town.rule("!x")]);
    town.assign("u", "R", "top");
    town.assign("u", "D", "closed");
    let names = ["top", "last"].into_iter().chain(open.iter().map(String::as_str));
    let expected: Vec<NodeId> = names.map(|name| town.nodes[name]).collect();
    let (principal, context) = (&Principal::user(u), &Context::default());
    let search = |permission, under| {
        let (kind, told, now) = (None, None, ids::moment(NOW));
        town.snapshot.nodes(&NodeSearch { principal, permission, under, kind, told, context, now })
    };
    let x = ids::name("x");
    let nodes = search(&x, None);
    let first = nodes.page(None, 4).unwrap();
    let second = nodes.page(first.next.as_ref(), 50).unwrap();
    assert_eq!([first.items, second.items].concat(), expected);
    assert_eq!((second.next, nodes.total()), (None, Ok(expected.len())));
    let y = ids::name("y");
    let below = search(&y, Some(town.nodes["shut"]));
    assert_eq!((below.page(None, 2).unwrap().items.len(), below.total()), (2, Ok(601)));
}

/// Neither a page nor a number that is only a part.
#[test]
fn a_search_that_may_not_go_on_has_no_answer() {
    let mut town = Town::new();
    town.add("top", None, "place");
    (0..600).for_each(|at| _ = town.add(&format!("n{at}"), Some("top"), "place"));
    let u = town.user("u");
    let mut rule = town.rule("x");
    rule.when = Some(ConditionText("action.colour == 'red'".to_owned()));
    town.role("R", "$global", vec![rule, town.rule("y")]);
    town.assign("u", "R", "top");
    let (principal, context) = (&Principal::user(u), &Context::default());
    let nodes = |permission| {
        let (under, kind, told, now) = (None, None, None, ids::moment(NOW));
        town.snapshot.nodes(&NodeSearch { principal, permission, under, kind, told, context, now })
    };
    let (x, y) = (ids::name("x"), ids::name("y"));
    assert!(nodes(&x).may_take_long() && !nodes(&y).may_take_long());
    assert_eq!(nodes(&x).while_goes_on(&|| false).total(), Err(Stopped));
    assert_eq!(nodes(&x).while_goes_on(&|| false).page(None, 50), Err(Stopped));
    assert_eq!(nodes(&x).while_goes_on(&|| true).total(), Ok(0));
    assert_eq!(nodes(&y).while_goes_on(&|| false).total(), Ok(601));
}
