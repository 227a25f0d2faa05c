//! What is kept beside users and groups for the sake of decisions follows every change: the decision agrees with the
//! explanation, which looks everything up anew.

use kernel::{Effect, NodeId, NodeKind, Pattern};
use policy::{Assignment, Change, Context, Membership, Principal, Question, Rule, Snapshot, Who};
use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{ids, town::Town};

struct Churn {
    town: Town,
    rng: ChaCha8Rng,
    users: Vec<NodeId>,
    groups: Vec<NodeId>,
    places: Vec<NodeId>,
    realms: Vec<NodeId>,
}

#[test]
fn decisions_follow_every_change() {
    for seed in 0..40 {
        let mut churn = Churn::new(seed);
        let mut copies = Vec::new();
        for step in 0..150 {
            churn.step();
            if step % 10 == 0 {
                churn.check(&churn.town.snapshot, seed);
                copies.push((churn.town.snapshot.clone(), churn.answers(&churn.town.snapshot)));
            }
        }
        for (copy, answers) in &copies {
            assert_eq!(churn.answers(copy), *answers, "world {seed}: a copy changed");
        }
        let allowed = copies.iter().flat_map(|(_, answers)| answers).filter(|answer| **answer);
        assert!(allowed.count() > 0, "world {seed}: nothing was ever allowed");
    }
}

impl Churn {
    fn new(seed: u64) -> Self {
        let mut town = Town::new();
        let places = ["a", "b", "c"].map(|name| town.add(name, None, "place"));
        let below = ["a", "b", "c"].map(|name| town.add(&format!("{name}1"), Some(name), "place"));
        let realms = ["r", "s"].map(|name| town.add(name, None, NodeKind::REALM));
        let users = ["jane", "joe", "jack"].map(|name| town.user(name));
        let groups = ["g", "h", "i", "j", "k"].map(|name| town.group(name));
        let mut churn = Self {
            town,
            rng: ChaCha8Rng::seed_from_u64(seed),
            users: users.to_vec(),
            groups: groups.to_vec(),
            places: [places, below].concat(),
            realms: realms.to_vec(),
        };
        (0..4).for_each(|role| churn.save_role(role));
        churn
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u64() % end as u64).unwrap()
    }

    fn one(&mut self, of: fn(&Self) -> &[NodeId]) -> NodeId {
        let at = self.below(of(self).len());
        of(self)[at]
    }

    fn member(&mut self) -> NodeId {
        if self.below(2) == 0 { self.one(|c| &c.users) } else { self.one(|c| &c.groups) }
    }

    /// One change; some are refused.
    fn step(&mut self) {
        let change = match self.below(10) {
            0..=2 => Change::MemberAdded { group: self.one(|c| &c.groups), member: self.member() },
            3 => Change::MemberRemoved { group: self.one(|c| &c.groups), member: self.member() },
            4 => self.group(),
            5 => {
                let mut subject = self.town.snapshot.subject(self.users[0]).unwrap().clone();
                subject.realm = (self.below(3) > 0).then(|| self.one(|c| &c.realms));
                subject.disabled = self.below(5) == 0;
                Change::SubjectSaved(subject)
            }
            6..=7 => self.assignment(),
            8 => {
                let (id, parent) = (self.one(|c| &c.places), self.one(|c| &c.places));
                match self.town.snapshot.place_move(id, parent) {
                    Ok(labels) => Change::NodeMoved { id, parent, labels },
                    Err(_) => return,
                }
            }
            _ => {
                let role = self.below(4);
                return self.save_role(role);
            }
        };
        _ = self.town.snapshot.apply(&change);
    }

    fn group(&mut self) -> Change {
        let membership = match self.below(5) {
            0 => Membership::Anonymous,
            1 => Membership::Authenticated { realm: None },
            2 => Membership::Authenticated { realm: Some(self.one(|c| &c.realms)) },
            _ => Membership::Listed,
        };
        Change::GroupSaved { id: self.one(|c| &c.groups), membership }
    }

    fn assignment(&mut self) -> Change {
        let id = ids::assignment(self.below(12));
        if self.below(4) == 0 {
            return Change::AssignmentDeleted { id };
        }
        Change::AssignmentSaved(Assignment {
            id,
            subject: self.member(),
            role: ids::role(self.below(4)),
            node: self.one(|c| &c.places),
            expires_at: None,
            when: None,
        })
    }

    fn save_role(&mut self, role: usize) {
        let deny = self.below(4) == 0;
        let rule = Rule {
            effect: if deny { Effect::Deny } else { Effect::Allow },
            pattern: Pattern::everything(),
            except: Vec::new(),
            owner: if self.below(3) == 0 { self.one(|c| &c.places) } else { NodeId::GLOBAL },
            when: None,
            fields: None,
            rows: None,
        };
        let (id, name) = (ids::role(role), "R".to_owned());
        let change = Change::RoleSaved { id, name, owner: NodeId::GLOBAL, rules: vec![rule] };
        self.town.snapshot.apply(&change).unwrap();
    }

    fn everyone(&self) -> impl Iterator<Item = Who> + '_ {
        self.users.iter().copied().map(Who::User).chain([Who::Nobody])
    }

    fn answers(&self, snapshot: &Snapshot) -> Vec<bool> {
        self.ask(|question| snapshot.decide(&question).is_allow())
    }

    fn check(&self, snapshot: &Snapshot, seed: u64) {
        let explained = self.ask(|question| snapshot.explain(&question).decision.is_allow());
        assert_eq!(self.answers(snapshot), explained, "world {seed}");
        assert_eq!(self.together(snapshot), explained, "world {seed}: asked together");
    }

    /// The same, all asked at once, about many subjects.
    fn together(&self, snapshot: &Snapshot) -> Vec<bool> {
        let (permissions, context, now) = (&[ids::name("x")], &Context::default(), ids::moment(0));
        let principals: Vec<Principal> = self.everyone().map(Principal::new).collect();
        let pairs =
            principals.iter().flat_map(|who| self.places.iter().map(move |node| (who, *node)));
        let questions: Vec<_> = pairs
            .map(|(principal, node)| Question { principal, permissions, node, context, now })
            .collect();
        snapshot.decide_all(&questions).into_iter().map(policy::Decision::is_allow).collect()
    }

    fn ask(&self, ask: impl Fn(Question<'_>) -> bool) -> Vec<bool> {
        let (permissions, context, now) = (&[ids::name("x")], &Context::default(), ids::moment(0));
        let mut answers = Vec::new();
        for who in self.everyone() {
            let principal = &Principal::new(who);
            for node in self.places.iter().copied() {
                answers.push(ask(Question { principal, permissions, node, context, now }));
            }
        }
        answers
    }
}
