//! Hashing and verifying passwords. What makes a password good enough is not decided here.
//!
//! - New hashes are Argon2id. Those of Argon2id, scrypt (NocoBase's form too) and bcrypt are verified;
//!   [`Verdict::Match`] says when to hash anew.
//! - A password is a text. Before hashing it is brought into the form of the OpaqueString profile (RFC 8265, section
//!   4.2): other spaces become the ASCII space, then NFC, so that one password typed on two systems is one. Hashes that
//!   other systems made may be of the text as it was typed; so where that differs, both are tried.
//! - A password over 4 KiB is refused before any work. One that bcrypt would cut (over 72 bytes, or a NUL) does not
//!   match a bcrypt hash.
//! - A stored hash states its own cost. It is bounded when the hash is read, so an imported row cannot take the machine.
//! - [`verify_nobody`] costs what a match against a hash of the present cost does, so that unknown users do not show. An
//!   imported scrypt or bcrypt hash costs what it costs, until the first sign-in replaces it.

mod argon2id;
mod bcrypt;
mod cost;
mod form;
mod memory;
mod phc;
mod scrypt;
mod text;

use kernel::Entropy;
use secrecy::SecretString;

pub use cost::{Argon2Cost, CostRefused};
pub use form::{HashRefused, PasswordHash};
pub use memory::Memory;
pub use text::{LONGEST, PasswordTooLong};

use form::Form;
use text::Candidates;

/// What verifying found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is the one that was hashed.
    Match {
        /// The hash is of another algorithm, cost or text form than a new one would be; store a new one.
        rehash: bool,
    },
    /// It is not.
    NoMatch,
}

/// Hashes a password with Argon2id and a fresh salt of 16 bytes. Takes tens of milliseconds and the memory of the cost:
/// run it on a thread for that, which keeps the memory while there is more to do.
pub fn hash(
    password: &SecretString,
    cost: &Argon2Cost,
    entropy: &dyn Entropy,
    memory: &mut Memory,
) -> Result<PasswordHash, PasswordTooLong> {
    let candidates = Candidates::of(password)?;
    let (password, salt) = (candidates.normal(), entropy.bytes());
    Ok(argon2id::Argon2id::make(password, cost, salt, memory).into())
}

/// Verifies a password. `cost` is that of new hashes and decides about `rehash`. Takes as long as [`hash`].
pub fn verify(
    password: &SecretString,
    stored: &PasswordHash,
    cost: &Argon2Cost,
    memory: &mut Memory,
) -> Result<Verdict, PasswordTooLong> {
    let candidates = Candidates::of(password)?;
    let normal = matches(candidates.normal(), stored.form(), cost, memory);
    // The second try is made whether or not the first one matched, as it is for nobody.
    let typed = candidates.typed().is_some_and(|typed| matches(typed, stored.form(), cost, memory));
    Ok(match (normal, typed) {
        (true, _) => Verdict::Match { rehash: !stored.is_of(cost) },
        (false, true) => Verdict::Match { rehash: true },
        (false, false) => Verdict::NoMatch,
    })
}

/// Does the work of [`verify`] for a user who does not exist or has no password. Always [`Verdict::NoMatch`].
pub fn verify_nobody(
    password: &SecretString,
    cost: &Argon2Cost,
    memory: &mut Memory,
) -> Result<Verdict, PasswordTooLong> {
    let candidates = Candidates::of(password)?;
    let normal = argon2id::work_for_nothing(candidates.normal(), cost, memory);
    let typed =
        candidates.typed().is_some_and(|typed| argon2id::work_for_nothing(typed, cost, memory));
    // No password gives the dummy's output; the results are used so that the work is not left out.
    std::hint::black_box((normal, typed));
    Ok(Verdict::NoMatch)
}

fn matches(password: &[u8], form: &Form, cost: &Argon2Cost, memory: &mut Memory) -> bool {
    match form {
        Form::Argon2id(stored) => stored.matches(password, memory),
        Form::Scrypt(stored) => stored.matches(password),
        // What bcrypt would cut off is refused, and takes its time all the same.
        Form::Bcrypt(_) if !bcrypt::takes(password) => {
            std::hint::black_box(argon2id::work_for_nothing(password, cost, memory));
            false
        }
        Form::Bcrypt(stored) => stored.matches(password),
    }
}

#[cfg(test)]
mod tests;
