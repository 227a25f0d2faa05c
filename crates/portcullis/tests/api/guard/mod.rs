mod attacks;
mod envoy;
mod forward;
mod proxies;
mod raw;
mod routes;
mod shop;
mod world;
