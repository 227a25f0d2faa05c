//! The tables of this crate, each in a file below.

pub(crate) mod invitations;
pub(crate) mod registrations;
