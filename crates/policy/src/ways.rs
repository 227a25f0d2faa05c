//! The ways to a rule that decided: from the principal up to the group, and from the assignment's node down to the node in
//! question.

use std::collections::{BTreeMap, VecDeque};

use kernel::NodeId;

use crate::{
    bearer::{Bearer, Standing},
    question::Question,
    reason::{RuleReason, Step, Way},
    snapshot::Snapshot,
};

impl Snapshot {
    /// How the rule that decided the question comes to count: the shortest way through groups and through the tree.
    pub fn way(&self, question: &Question<'_>, rule: &RuleReason) -> Way {
        let find = |node| self.forest.find(node);
        let (Some(subject), Some(above), Some(node), Standing::Bears(bearer)) = (
            find(rule.subject),
            find(rule.node),
            find(question.node),
            self.standing(question.principal, question.now),
        ) else {
            return Way::default();
        };
        Way { group_path: self.group_path(&bearer, subject), path: self.path(above, node) }
    }

    /// The shortest way from the bearer up to the assigned group; empty if that is the bearer itself.
    fn group_path(&self, bearer: &Bearer, assigned: u32) -> Vec<NodeId> {
        if bearer.subject == Some(assigned) {
            return Vec::new();
        }
        let holders = bearer.holders(self);
        let computed = self.people.computed().filter(|group| holders.contains(group));
        let mut from: BTreeMap<u32, Option<u32>> = BTreeMap::new();
        let mut open = VecDeque::new();
        for start in bearer.subject.into_iter().chain(computed) {
            from.insert(start, None);
            open.push_back(start);
        }
        while let Some(holder) = open.pop_front() {
            for group in self.people.members.lefts(holder) {
                from.entry(group).or_insert_with(|| {
                    open.push_back(group);
                    Some(holder)
                });
            }
        }
        let up = std::iter::successors(Some(assigned), |at| from.get(at).copied().flatten());
        let mut path: Vec<NodeId> = up
            .filter(|holder| bearer.subject != Some(*holder))
            .map(|holder| self.forest.id(holder))
            .collect();
        path.reverse();
        path
    }

    /// The shortest way down from a node to one that inherits from it.
    fn path(&self, above: u32, node: u32) -> Vec<Step> {
        let mut steps: BTreeMap<u32, Option<(u32, Step)>> = BTreeMap::from([(node, None)]);
        let mut open = VecDeque::from([node]);
        while let Some(at) = open.pop_front() {
            if at == above {
                break;
            }
            for (next, step) in self.steps_up(at) {
                steps.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    Some((at, step))
                });
            }
        }
        let mut path = Vec::new();
        let mut at = above;
        while let Some((below, step)) = steps.get(&at).copied().flatten() {
            path.push(step);
            at = below;
        }
        path
    }

    fn steps_up(&self, node: u32) -> Vec<(u32, Step)> {
        let to = self.forest.id(node);
        let parent = self.forest.row(node).parent();
        let global = self.forest.find(NodeId::GLOBAL).filter(|global| *global != node);
        let mut steps = match (parent, global) {
            (Some(parent), _) => vec![(parent, Step::Child { to })],
            (None, Some(global)) => vec![(global, Step::Root { to })],
            (None, None) => Vec::new(),
        };
        let connected = self.links.inherited.lefts(node);
        steps.extend(connected.map(|from| (from, Step::Connection { to })));
        steps
    }
}
