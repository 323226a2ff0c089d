//! The goals of speed, measured side by side in one run, on a real nats-server of its own.
//!
//! `cargo bench` measures everything; `cargo bench -- quick` takes fewer rounds and smaller
//! streams; further words choose cases: `cargo bench -- holes listing`.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints what it measures, and fails by panicking"
)]

mod cpu;
mod drawing;
mod holes;
mod idle;
mod listing;
mod memory;
mod opening;
mod paint;
mod proxy;
mod raw;
mod reads;
mod samples;
mod states;
mod table;
mod wire;
mod world;

// The app without a terminal, as the README's picture is made with.
#[path = "../../examples/picture/headless.rs"]
mod headless;

// The server's installer and harness, and the pseudo-terminal, are those of the tests.
#[allow(dead_code, unused_imports, reason = "the benches need a part of it")]
#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::time::Instant;

use table::Table;
use world::World;

/// What to measure and how thoroughly.
pub(crate) struct Plan {
    /// Fewer rounds and smaller streams.
    pub(crate) quick: bool,
    words: Vec<String>,
}

impl Plan {
    fn wants(&self, case: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| case.contains(word.as_str()))
    }

    /// Rounds of a case.
    pub(crate) fn rounds(&self, full: usize) -> usize {
        if self.quick { full.div_ceil(3).min(3) } else { full }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build().unwrap()
    };
    if let Some((memory::CHILD, rest)) = args.split_first().map(|(a, rest)| (a.as_str(), rest)) {
        return runtime().block_on(memory::child(rest));
    }
    // Anything but `cargo bench` (as `cargo test --benches`) only sees that it starts.
    if !args.iter().any(|arg| arg == "--bench") {
        println!("the goals of speed are measured by cargo bench");
        return;
    }
    let words = args.iter().filter(|arg| !arg.starts_with('-'));
    let (quick, words): (Vec<_>, Vec<_>) = words.cloned().partition(|word| word == "quick");
    let plan = Plan { quick: !quick.is_empty(), words };
    let mut table = Table::default();
    let began = Instant::now();
    // Without a server first: nothing else of ours runs meanwhile.
    for (case, measure) in
        [("paint", paint::measure as fn(&Plan, &mut Table)), ("drawing update", drawing::measure)]
    {
        if plan.wants(case) {
            measure(&plan, &mut table);
        }
    }
    runtime().block_on(on_a_server(&plan, &mut table));
    table.print();
    println!("\n{:.0} s in all", began.elapsed().as_secs_f64());
}

async fn on_a_server(plan: &Plan, table: &mut Table) {
    if plan.wants("reads") {
        reads::measure(plan, &World::start().await, table).await;
    }
    if plan.wants("holes") {
        holes::measure(plan, &World::start().await, table).await;
    }
    if plan.wants("opening") {
        opening::measure(plan, &World::start().await, table).await;
    }
    if plan.wants("listing") {
        listing::measure(plan, &World::start().await, table).await;
    }
    if plan.wants("memory") {
        memory::measure(plan, &World::start().await, table).await;
    }
    if plan.wants("idle") {
        idle::measure(&World::start().await, table).await;
    }
}
