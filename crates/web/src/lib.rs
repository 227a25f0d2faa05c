//! The edge of HTTP: what every route shares, so that an operation holds nothing but itself.
//!
//! | module | holds |
//! |---|---|
//! | [`gate`] | the one way in: request id, client address, authentication, CSRF, idempotency; the one way out |
//! | [`op`] | [`Op`], [`Incomplete`] and [`Public`]: the extractors that hand an operation its `Ctx` |
//! | `admission` | who comes in at all |
//! | [`authenticate`] | the trait that credentials are read by |
//! | [`failure`] | problems as responses (RFC 9457) |
//! | [`json`] | bodies, queries and paths, with the pointer to the field in error |
//! | [`page`] | lists |
//! | [`etag`] | `ETag` and `If-Match` |
//! | [`cookie`] | cookies that are safe |
//! | [`cross_site`] | whether a page of somebody else made a request |
//! | [`settings`] | live settings |
//! | [`client`] | the client's address behind trusted proxies |

mod admission;
pub mod authenticate;
pub mod client;
pub mod cookie;
pub mod cross_site;
pub mod etag;
pub mod failure;
pub mod gate;
pub mod json;
pub mod op;
pub mod page;
mod safe_headers;
pub mod settings;

pub use authenticate::Authenticate;
pub use etag::{IfMatch, Tagged};
pub use failure::{Failure, ProblemBody, Result};
pub use gate::Edge;
pub use json::{Created, Json, Path, Query};
pub use op::{Incomplete, Op, Public};
pub use page::{Page, PageQuery};
pub use settings::SETTINGS;
