//! What every operation is handed: who asks, when, and what he may; and the one way to write.
//!
//! | module | holds |
//! |---|---|
//! | [`system`] | what all requests share: database, clock, entropy, the published [`State`] |
//! | [`loading`] | [`Loading`]: that state, built at the start |
//! | [`ctx`] | [`Ctx`]: one request's principal, time and place |
//! | [`permit`] | [`Permitted`]: a thing, and the proof that an action on it was allowed |
//! | [`reading`], [`writing`] | transactions in which the engine and the rows are of one revision; [`ask`] is what both can be asked |
//! | [`scope`] | [`Scope`]: which nodes a list may show, as SQL |
//! | [`event`] | the audit event of a change |
//! | [`mod@follow`], [`freshness`] | keeping up with other servers, and failing closed when that is not possible |
//! | [`credentials`] | sessions that were ended and keys that exist, in memory |
//! | [`active_role`] | in which of the own roles a request acts |
//! | [`impersonation`] | who may act in whose place, judged at each request |
//! | [`settings`], [`change_setting`] | live settings |
//! | [`properties`] | what the engine is given of the properties that conditions read |
//! | [`roots`] | realms and applications by name and host, and the applications' routes |
//! | [`ip_rules`] | which addresses may come in |
//! | [`source`] | where a request comes from, as limits count it |
//! | [`throttle`] | how much one source may ask of this server |
//! | [`cascade`] | what goes when a node goes |
//! | [`mirror`] | what is written beside the database, before a commit |
//! | [`personal`] | what is told of a user who asks |

pub mod action;
pub mod active_role;
pub mod ask;
pub mod audit_row;
pub mod cascade;
pub mod change;
pub mod change_setting;
pub mod computing;
pub mod credentials;
pub mod ctx;
pub mod event;
pub mod follow;
pub mod freshness;
pub mod idempotency;
pub mod impersonation;
pub mod ip_rules;
pub mod loading;
pub mod mirror;
pub mod permit;
pub mod personal;
pub mod properties;
pub mod reading;
pub mod refusal;
pub mod roots;
pub mod scope;
pub mod settings;
mod settle;
pub mod source;
pub mod system;
pub mod throttle;
pub mod writing;

pub use action::{Action, OwnAction, Resource};
pub use ask::Ask;
pub use cascade::Cascade;
pub use change::Change;
pub use credentials::{ApiKeyFacts, Credential, Credentials};
pub use ctx::{Caller, Ctx, RequestFacts};
pub use event::{Event, EventKind};
pub use impersonation::Impersonator;
pub use ip_rules::{IpList, IpRules};
pub use loading::{Loaded, Loading};
pub use mirror::Mirror;
pub use permit::Permitted;
pub use personal::{Tell, Told};
pub use properties::PropertyRows;
pub use reading::Reading;
pub use roots::{ApplicationFacts, Roots};
pub use scope::Scope;
pub use source::Source;
pub use system::{State, System};
pub use writing::Writing;

use store::Migration;

/// The live settings of this crate.
pub const SETTINGS: &[&kernel::Setting] = &[&active_role::MODE];

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[audit_row::MIGRATION, audit_row::OF_USER, settings::MIGRATION, idempotency::MIGRATION];
