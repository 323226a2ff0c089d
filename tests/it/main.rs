//! Integration tests: everything on loopback, on a real nats-server where there is one.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod cli;
mod connection;
mod floors;
mod jumps;
mod nats_store;
mod permissions;
mod reader;
mod readme;
mod seed;
mod seeder;
mod support;
mod tui_demo;
mod tui_nats;
mod wire_compat;
