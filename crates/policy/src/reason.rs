//! Why the answer is what it is. Speaks in ids: the edge resolves names, and hides what the reader may not see.

use jiff::Timestamp;
use kernel::{AssignmentId, Effect, NodeId, PermissionName, RoleId};
use serde::Serialize;

use crate::question::Decision;

/// The answer and why. The answer is always the one of [`Snapshot::decide`](crate::Snapshot::decide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The answer.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// Allowed: a superuser.
    Superuser,
    /// Allowed: the operator of the machine.
    Operator,
    /// Denied: the principal's subject, or who impersonates it, is switched off.
    NotActive {
        /// Which one.
        subject: NodeId,
        /// How.
        why: Inactive,
    },
    /// Denied: a challenge, an expired password or an enrolment is open.
    Restricted,
    /// Denied: no such user or service account.
    UnknownSubject,
    /// Denied: no such node.
    UnknownNode,
    /// Denied: a job that runs for nobody.
    JobForNobody,
    /// Denied: only superusers may; no rule can give it.
    SuperusersOnly,
    /// A rule decided; [`Snapshot::way`](crate::Snapshot::way) tells how it came to count.
    Rule(RuleReason),
    /// Denied: no rule allows it, and none denies it; [`Snapshot::missing`](crate::Snapshot::missing) tells what would.
    NoAllow,
}

/// How a subject is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inactive {
    /// By hand.
    Disabled,
    /// Locked out.
    Locked,
    /// Past its time.
    Expired,
    /// The impersonator is not there any more.
    Unknown,
}

/// The rule that decided. Of several, the one with the smallest assignment id, then the first in its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RuleReason {
    /// Allow or deny.
    pub effect: Effect,
    /// Through which assignment.
    pub assignment: AssignmentId,
    /// To whom the role is assigned: the principal's subject or one of its groups.
    pub subject: NodeId,
    /// The role.
    pub role: RoleId,
    /// Which of its rules, from 0.
    pub rule: usize,
    /// The rule's owner.
    pub owner: NodeId,
    /// The assignment's node.
    pub node: NodeId,
}

/// How a rule comes to count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Way {
    /// From the principal's subject (not included) up to the assigned group; empty if assigned directly.
    pub group_path: Vec<NodeId>,
    /// From the assignment's node (not included) down to the node in question.
    pub path: Vec<Step>,
}

/// One step down through the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "through", rename_all = "snake_case")]
pub enum Step {
    /// To a child.
    Child {
        /// The child.
        to: NodeId,
    },
    /// Along a connection.
    Connection {
        /// The inheriting end.
        to: NodeId,
    },
    /// From `$global` to a root.
    Root {
        /// The root.
        to: NodeId,
    },
}

/// What is missing where no rule allows.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NotAllowed {
    /// The smallest grant that would turn it; `None` if no grant would.
    pub nearest: Option<Nearest>,
    /// What almost allowed it.
    pub near_misses: Vec<NearMiss>,
}

/// The smallest grant that would turn a deny: one rule, assigned at the node itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    /// What.
    pub permission: PermissionName,
    /// Where.
    pub node: NodeId,
    /// To whom; absent: to the anonymous.
    pub subject: Option<NodeId>,
    /// In which role, where the principal is limited to one.
    pub role: Option<RoleId>,
}

/// An allow that would have applied but for one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearMiss {
    /// Through which assignment.
    pub assignment: AssignmentId,
    /// Of which role.
    pub role: RoleId,
    /// Which of its rules, from 0.
    pub rule: usize,
    /// What was missing.
    pub missing: Missing,
}

/// What was missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "missing", rename_all = "snake_case")]
pub enum Missing {
    /// The assignment is past its time.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// The condition is false.
    ConditionFalse,
    /// The condition cannot be told: something it reads is not there or of another type.
    ConditionUnknown,
    /// The rule's or the role's owner is not above the node.
    OwnerOutOfReach {
        /// The owner.
        owner: NodeId,
    },
    /// The active role, or the key's, is another one.
    ActiveRole,
}
