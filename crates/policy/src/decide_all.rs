//! Decisions for many questions at once.
//!
//! In a large world a decision waits for memory several times, each time for what the read before told it to read next.
//! Here the questions of a block take these steps together, so that they wait at the same time. What is read ahead only
//! has to be near: no answer hangs on it.

use std::hint::black_box;

use kernel::NodeId;

use crate::{
    index::hash_of_id,
    question::{Decision, Question},
    snapshot::Snapshot,
};

/// About as many as a processor waits for at once.
const BLOCK: usize = 16;

/// What a question is about, as far as it is known.
#[derive(Clone, Copy, Default)]
struct Located {
    node_hash: u64,
    subject_hash: u64,
    subject_id: Option<NodeId>,
    node: Option<u32>,
    subject: Option<u32>,
}

impl Snapshot {
    /// The answers of [`decide`](Self::decide), in the order of the questions. In a large world it takes less time than
    /// asking one by one.
    pub fn decide_all(&self, questions: &[Question<'_>]) -> Vec<Decision> {
        let mut decisions = Vec::with_capacity(questions.len());
        for block in questions.chunks(BLOCK) {
            let mut located = [Located::default(); BLOCK];
            let located = &mut located[..block.len()];
            self.locate(block, located);
            self.read_ahead(located);
            decisions.extend(block.iter().zip(located).map(|(question, located)| {
                self.decide_located(question, located.node, located.subject)
            }));
        }
        decisions
    }

    /// Looks up the node and the subject of each question.
    fn locate(&self, block: &[Question<'_>], located: &mut [Located]) {
        let (nodes, subjects) = (self.forest.by_id(), self.holders.subjects());
        let mut read = 0;
        for (question, located) in block.iter().zip(&mut *located) {
            located.subject_id = question.principal.subject();
            located.node_hash = hash_of_id(question.node);
            located.subject_hash = located.subject_id.map_or(0, hash_of_id);
            read ^= nodes.touch(located.node_hash) ^ subjects.touch(located.subject_hash);
        }
        for located in &mut *located {
            located.node = nodes.likely(located.node_hash);
            located.subject = subjects.likely(located.subject_hash);
        }
        for located in &*located {
            read ^= located.node.map_or(0, |node| self.forest.row(node).entries);
            read ^= located.subject.map_or(0, |subject| self.holders.row(subject).touch());
        }
        for (question, located) in block.iter().zip(located) {
            located.node = self.forest.confirm(question.node, located.node);
            let likely = located.subject;
            located.subject = located.subject_id.and_then(|id| self.holders.confirm(id, likely));
        }
        black_box(read);
    }

    /// Reads what hangs on the nodes and subjects.
    fn read_ahead(&self, located: &[Located]) {
        let mut read = 0;
        for node in located.iter().filter_map(|located| located.node) {
            read ^= self.lists.row(self.forest.row(node).entries).touch();
        }
        let subjects = located.iter().filter_map(|located| located.subject);
        for subject in subjects.clone().map(|subject| self.holders.row(subject)) {
            let groups = subject.groups().iter();
            read ^= groups.fold(0, |read, group| read ^ self.holders.row(*group).touch());
        }
        for subject in subjects.map(|subject| self.holders.row(subject)) {
            let groups = subject.groups().iter();
            read ^= groups.fold(subject.touch_far(), |read, group| {
                read ^ self.holders.row(*group).touch_far()
            });
        }
        black_box(read);
    }
}
