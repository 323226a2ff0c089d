//! Looks into the durable history of end-to-end encrypted chat rooms kept in NATS JetStream.
//!
//! Data walks one way, server to store to reader to page to state to screen; a key walks one way
//! back, key to action to update to effect to executor to store. `ARCHITECTURE.md` is the map.

pub mod app;
pub mod cli;
pub mod domain;
pub mod http;
pub mod runtime;
pub mod store;
pub mod ui;
