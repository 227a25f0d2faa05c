//! What is asked after the first step of a sign-in.
//!
//! | module | holds |
//! |---|---|
//! | `method` | [`Method`]: the types of second steps |
//! | `challenge` | [`ChallengeView`], and the small trait of the types: what to do before, what is right |
//! | `passkey`, `totp`, `email_code`, `sms_code`, `recovery_code` | the types; `sent_code`: what is the same for two of them |
//! | `demand` | what is asked of whom, by settings and rules |
//! | [`next_step`](mod@next_step) | after a step: which comes next, or none |
//! | [`answer_challenge`](mod@answer_challenge), `code_tries` | an answer: counted, judged, used up |
//! | [`begin_challenge`] | another type than the one that was proposed; a code once more |
//! | [`enrol`] | who has no factor and needs one gets one at the sign-in |
//! | `factor`, `seal` | the factors of a user; how their secrets are kept |
//! | [`list_factors`], [`create_factor`], [`confirm_factor`], [`delete_factor`], [`make_recovery_codes`] | what users do about their own |
//! | [`reset_factors`] | an administrator takes a user's away |
//! | `rule`, [`create_rule`], [`list_rules`], [`delete_rule`] | rules on who needs one |
//! | `notices` | what users are written |
//! | `store` | the tables |

pub mod answer_challenge;
pub mod begin_challenge;
pub mod confirm_factor;
pub mod create_factor;
pub mod create_rule;
pub mod delete_factor;
pub mod delete_rule;
pub mod enrol;
pub mod list_factors;
pub mod list_rules;
pub mod make_recovery_codes;
pub mod next_step;
pub mod reset_factors;

pub(crate) mod challenge;
pub(crate) mod demand;
pub(crate) mod factor;
pub(crate) mod method;
pub(crate) mod notices;
pub(crate) mod seal;
pub(crate) mod store;

pub(crate) mod code_tries;
mod email_code;
mod passkey;
mod recovery_code;
mod rule;
mod sent_code;
mod sms_code;
mod totp;

pub use answer_challenge::{Reply, answer_challenge};
pub use challenge::{ChallengeView, SessionChoice};
pub use method::Method;
pub use next_step::{Complete, Step, next_step};
pub use rule::{FactorRule, Whose};

use ::store::{Migration, StoreError};
use context::Writing;
use kernel::NodeId;

/// The tables of this folder.
pub(crate) const MIGRATIONS: [Migration; 5] = [
    store::challenges::MIGRATION,
    store::factors::MIGRATION,
    store::recovery_codes::MIGRATION,
    store::rules::MIGRATION,
    store::passkeys::MIGRATION,
];

/// Removes what is kept about a node that goes: a user's factors, codes and challenges, and rules for a realm or user.
pub(crate) async fn forget_node(tx: &Writing, node: NodeId) -> Result<(), StoreError> {
    forget_factors(tx, node).await?;
    store::rules::forget_node(tx.as_ref(), node).await
}

/// Removes the factors, recovery codes and challenges of a user; tells how many factors there were.
pub(crate) async fn forget_factors(tx: &Writing, user: NodeId) -> Result<u64, StoreError> {
    store::challenges::forget_user(tx.as_ref(), user).await?;
    store::recovery_codes::forget_user(tx.as_ref(), user).await?;
    store::factors::forget_user(tx.as_ref(), user).await
}
