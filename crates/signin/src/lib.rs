//! Signing in: who somebody is, for how long, and when not.
//!
//! | module | holds |
//! |---|---|
//! | [`signin`](mod@signin) | [`Signin`]: what the operations share |
//! | [`authenticator`] | [`Authenticator`]: the trait of the types of sign-in; [`Attempt`], [`Proven`] |
//! | `password` | the type `password` |
//! | [`authenticate`](mod@authenticate) | from an attempt to who it is |
//! | [`again`](mod@again) | the sign-in of who is signed in |
//! | [`lockout`] | failures in a row lock a user for a while, many from one source lock the source |
//! | [`device`] | devices that are known again, which strangers do not lock out |
//! | [`notices`], `place` | mail about what happens to a user: a lock, a sign-in from elsewhere, another address, a new key |
//! | [`offers`] | what a page may offer to whoever wants to sign in |
//! | [`source_locks`] | the sources that are locked out |
//! | [`hasher`] | hashing on threads of its own |
//! | [`password_policy`], `password_strength`, [`read_password_policy`] | what makes a password good enough, and telling it |
//! | [`password_life`] | when it expires or must be changed |
//! | [`passwords`] | the port of `realms` |
//! | [`session`], [`model`] | opening, judging, ending sessions |
//! | [`cookie`] | the session of a browser |
//! | [`remember`] | sign-ins that a device remembers |
//! | [`list_realm_sessions`], [`end_realm_sessions`] | the sessions of all users of a realm |
//! | [`impersonation`](mod@impersonation) | sessions in somebody else's place |
//! | [`me`], [`update_profile`], [`change_password`], [`list_sessions`], [`end_sessions`] | what users do about themselves |
//! | [`forgot_password`], [`reset_forgotten_password`], `letters` | a link to a new password, by mail |
//! | [`passkey`] | passkeys: what browsers are asked, what they answer, signing in by one alone |
//! | [`second_factor`] | challenges, factors, recovery codes, and who needs them |
//! | [`change_email`], [`verify_email`], [`confirm_email`], [`cancel_email_change`], `email_letters` | an address counts when links that went there were used |
//! | `first_password` | passwords of who is no user yet |
//! | [`mirrored`] | passwords that are kept beside the database too |
//! | [`first_start`](mod@first_start), [`setup`] | the first user |
//! | [`personal`] | what is kept here about a user |
//! | [`settings`] | live settings |
//!
//! `POST /auth/login`, `/auth/reauthenticate`, `/auth/remember`, `/auth/forget`, `/auth/token`, `/auth/logout` and `/auth/password` are in `tokens`, since they make and read tokens; they call
//! [`authenticate()`] and [`open_session`].

pub mod again;
pub mod authenticate;
pub mod authenticator;
pub mod cancel_email_change;
pub mod change_email;
pub mod change_password;
pub mod confirm_email;
pub mod cookie;
pub mod device;
pub mod end_realm_sessions;
pub mod end_sessions;
mod first_password;
pub mod first_start;
pub mod forgot_password;
pub mod hasher;
pub mod impersonation;
pub mod last_seen;
pub mod list_realm_sessions;
pub mod list_sessions;
pub mod lockout;
pub mod me;
pub mod mirrored;
pub mod model;
pub mod notices;
pub mod offers;
pub mod passkey;
pub mod password_life;
pub mod password_policy;
pub mod passwords;
pub mod personal;
pub mod read_password_policy;
pub mod remember;
pub mod reset_forgotten_password;
pub mod second_factor;
pub mod session;
pub mod settings;
pub mod setup;
pub mod signin;
pub mod source_locks;
pub mod update_profile;
pub mod user_path;
pub mod verify_email;

mod email_letters;
mod letters;
mod own;
mod password;
mod password_strength;
mod place;
mod store;
mod turns;

pub use authenticate::{authenticate, authenticate_once};
pub use authenticator::{Attempt, Authenticator, Proven};
pub use cookie::{
    SessionCookie, clear_cookies, clear_impersonation, sessions_of_cookies, set_cookie,
};
pub use device::{check_device, device_of, know_device, set_device_cookie};
pub use first_start::{FirstStart, InitRoot, first_start, has_superuser};
pub use hasher::Hasher;
pub use impersonation::{end_impersonation, impersonate};
pub use last_seen::LastSeen;
pub use lockout::reset_lockout;
pub use me::roles_of;
pub use mirrored::{password_hashes, take_password_away};
pub use model::{Session, is_active};
pub use notices::Notice;
pub use offers::{Offers, Passkeys};
pub use own::{fresh_own_id, need_sign_in};
pub use passkey::{Assertion, is_begun, sign_in_by_passkey};
pub use password_life::PasswordLife;
pub use second_factor::{
    ChallengeView, Complete, Method, Reply, SessionChoice, Step, answer_challenge, next_step,
};
pub use session::{
    Keeping, Opened, Shown, end_session, end_sessions_of, end_stolen, find_alive, open_session,
    session_caller, sign_out, step_up,
};
pub use settings::SETTINGS;
pub use signin::{Post, Signin};
pub use store::end_all_sessions;
pub use user_path::UserPath;

use ::store::{Migration, Run, StoreError, node::Node};
use context::{Change, Loading, Writing, cascade};
use uuid::Uuid;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    store::MIGRATION,
    store::tries::MIGRATION,
    store::devices::MIGRATION,
    store::PASSWORD_LIFE,
    store::password_links::MIGRATION,
    store::impersonations::MIGRATION,
    second_factor::MIGRATIONS[0],
    second_factor::MIGRATIONS[1],
    second_factor::MIGRATIONS[2],
    second_factor::MIGRATIONS[3],
    store::notices::MIGRATION,
    second_factor::MIGRATIONS[4],
    store::remembered::MIGRATION,
];

/// How many rows are read at once when the server starts.
const PAGE: i64 = 1000;

/// Streams the sessions that were ended and whose tokens may still live.
pub async fn load(run: &impl Run, loading: &mut Loading) -> Result<(), StoreError> {
    let mut after = Uuid::nil();
    loop {
        let page = store::ended_sessions(run, after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = last.0;
        for (session, until) in page {
            loading.apply(Change::SessionEnded { session, until })?;
        }
    }
}

/// Removes what is kept about a user that goes: password, second factors, failed tries, sessions.
pub fn cascade<'a>(tx: &'a mut Writing, node: &'a Node) -> cascade::Step<'a> {
    Box::pin(async move {
        store::password_links::forget_user(tx.as_ref(), node.id).await?;
        impersonation::end_by(tx, node.id).await?;
        second_factor::forget_node(tx, node.id).await?;
        for session in store::forget_user(tx.as_ref(), node.id).await? {
            let until = session.expires_at;
            tx.record(Change::SessionEnded { session: session.id, until })?;
        }
        Ok(())
    })
}
