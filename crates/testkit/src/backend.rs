//! The two databases that Portcullis runs on, for tests that must pass on both.

/// A database that Portcullis runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// A file in a data directory.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// Turns each test into two, `NAME::sqlite` and `NAME::postgres`, on a runtime with two threads:
///
/// ```
/// use testkit::{Backend, on_both};
///
/// on_both! {
///     async fn locks_a_user(backend: Backend) {
///         assert!(Backend::ALL.contains(&backend));
///     }
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! on_both {
    ($(
        $(#[$attribute:meta])*
        async fn $name:ident($backend:ident: $type:ty) $(-> $result:ty)? $body:block
    )+) => {$(
        mod $name {
            use super::*;

            async fn run($backend: $type) $(-> $result)? $body

            $(#[$attribute])*
            #[test]
            fn sqlite() $(-> $result)? {
                $crate::backend::block_on(run($crate::Backend::Sqlite))
            }

            $(#[$attribute])*
            #[test]
            fn postgres() $(-> $result)? {
                $crate::backend::block_on(run($crate::Backend::Postgres))
            }
        }
    )+};
}

/// Runs a test's future to its end on a runtime with two threads.
///
/// # Panics
/// When the runtime cannot be made.
#[expect(clippy::panic, reason = "a test without its runtime must fail")]
pub fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("no runtime for this test: {error}"))
        .block_on(test)
}

#[cfg(test)]
mod tests {
    use crate::Backend;

    on_both! {
        async fn runs_on_each(backend: Backend) {
            let here = std::thread::current().name().unwrap_or_default().to_owned();
            let expected = format!("runs_on_each::{}", format!("{backend:?}").to_lowercase());
            assert!(here.ends_with(&expected), "{here} got {backend:?}");
        }

        #[should_panic(expected = "the body must run")]
        async fn keeps_attributes(backend: Backend) {
            assert!(!Backend::ALL.contains(&backend), "the body must run");
        }

        async fn may_return_a_result(backend: Backend) -> Result<(), &'static str> {
            Backend::ALL.contains(&backend).then_some(()).ok_or("neither")
        }
    }
}
