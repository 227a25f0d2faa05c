mod attacks;
mod envoy;
mod forward;
mod proxies;
pub(crate) mod raw;
mod routes;
mod shop;
mod world;
