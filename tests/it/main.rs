//! Integration tests: everything on loopback, on a real nats-server where there is one.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod bundle;
mod check;
mod cli;
mod commands;
mod config;
mod connection;
mod contexts;
mod damage;
mod ensure;
mod floors;
mod jumps;
mod listing;
mod login;
mod logins;
mod nats_store;
mod outages;
mod permissions;
mod picture;
mod prefixes;
mod printed;
mod read_paths;
mod reader;
mod readme;
mod seed;
mod seeder;
mod serve;
mod server_headers;
mod support;
mod tls;
mod tui_demo;
mod tui_end;
mod tui_hostile;
mod tui_nats;
mod tui_permissions;
mod tui_wire;
mod why;
mod wire_compat;
