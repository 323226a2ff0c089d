//! Servers that are killed, frozen, stepped down and restarted, and bad ways to them, under each
//! face of the program: what was acknowledged is shown with its bytes or said to be unread.
//!
//! `ROOMSCOPE_RUNS=50 ROOMSCOPE_FRAMES=100000` makes more and longer runs than there is time for
//! every day.

mod commands;
mod create;
mod faces;
mod frozen;
mod http;
mod matrix;
mod midway;
mod proxies;
mod quorum;
mod site;
mod storms;
mod told;
mod truth;
mod words;
