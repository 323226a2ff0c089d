//! `GET /rooms/{id}/history` by the contract, for clients that speak no NATS. What the contract
//! leaves open is in `docs/http.md`.
//!
//! A connection runs `wire` (one checked head at a time) -> hyper -> `access` (the log) ->
//! `auth` -> `history`, and the answer comes back part by part, as the caller takes it.

mod access;
mod answer;
pub mod auth;
mod failed;
mod health;
mod history;
pub mod limits;
mod missing;
mod outage;
mod pulse;
mod query;
mod reply;
mod rooms;
mod router;
mod server;
mod service;
#[cfg(test)]
mod tests;
mod weights;
mod wire;

pub use access::Journal;
pub use limits::Limits;
pub use server::{listen, serve};
pub use service::Service;
