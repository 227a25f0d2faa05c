//! Which guard stands before which request of an application: a table from method and path to what is asked.
//!
//! | module | holds |
//! |---|---|
//! | [`host`] | host names, as configured and as requested |
//! | [`method`] | method names |
//! | [`path`] | the path of a request, normalised once and strictly |
//! | [`pattern`] | `/orders/{order}/**` |
//! | [`table`] | the table of an application, as it is stored |
//! | [`matcher`] | the same, compiled: which entry is for this request |

pub mod host;
pub mod matcher;
pub mod method;
pub mod path;
pub mod pattern;
pub mod table;

pub use host::Host;
pub use matcher::{Match, Matcher, NoMatch};
pub use method::MethodName;
pub use path::{PathRefused, RequestPath};
pub use pattern::{PathPattern, PatternRefused};
pub use table::{Access, Place, Route, RouteTable, Step};
