//! The words that every other crate speaks: ids, names, permissions, rules, problems, and the two doors to the
//! outside world (clock and entropy). Pure: no I/O, no clock and no randomness of its own.
//!
//! | module | holds |
//! |---|---|
//! | [`id`] | typed UUIDv7 ids, and the fixed ids of what the system makes |
//! | [`name`] | names of nodes, paths, references |
//! | [`permission`] | permission names, patterns, and when one covers or overlaps another |
//! | [`rule`] | the short form of a rule: `!sql:crm:*@/acme` |
//! | [`condition`] | the source text of a condition |
//! | [`problem`] | what a caller is told when something is refused (RFC 9457) |
//! | [`remark`] | what people write for people |
//! | [`credential_fault`] | why a credential is not good, for programs |
//! | [`clock`] | time and randomness, as traits |
//! | [`setting`] | the declaration of a setting |

pub mod clock;
pub mod condition;
pub mod credential_fault;
pub mod id;
pub mod name;
pub mod permission;
pub mod problem;
pub mod remark;
pub mod rule;
pub mod setting;

pub use clock::{Clock, Entropy};
pub use condition::ConditionText;
pub use credential_fault::CredentialFault;
pub use id::{
    ApiKeyId, AssignmentId, DeviceId, EventId, FactorId, FactorRuleId, IpRuleId, NodeId,
    PermissionId, RememberedId, Revision, RoleId, SessionId,
};
pub use name::{Name, NodeKind, NodePath, NodeRef};
pub use permission::{Pattern, PermissionName};
pub use problem::{Problem, ProblemKind};
pub use remark::Remark;
pub use rule::{Effect, RuleText};
pub use setting::{Setting, SettingForm, SettingKind};
