//! Sign-ins that a device remembers, so that its user comes back without showing anything.
//!
//! | module | holds |
//! |---|---|
//! | `remembered` | [`Remembered`]: what is kept of a device, and for how long |
//! | [`cookie`] | the one-time secret in a browser |
//! | [`begin`](mod@begin) | a sign-in that is to be remembered |
//! | [`come_back`](mod@come_back) | a session for what a browser shows |
//! | [`forget`](mod@forget) | its end: by hand, with its sessions, when it was stolen |
//! | [`list_devices`], [`forget_device`] | what users see of their own, and end |

pub mod begin;
pub mod come_back;
pub mod cookie;
pub mod forget;
pub mod forget_device;
pub mod list_devices;

mod remembered;

pub use begin::{Kept, begin};
pub use come_back::{Back, Return, come_back, is_known};
pub use cookie::{
    Browser, RememberCookie, browser_of, clear_remember_cookie, refuse_other_sites,
    set_remember_cookie,
};
pub use forget::forget_shown;

pub(crate) use forget::forget;
pub(crate) use remembered::Remembered;
