//! The table of configurations beside the nats CLI, where there is one on the `PATH`: which server
//! each program asks for streams, and what each server is told. `cargo bench --bench nats_cli`;
//! further words choose rows by their names.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints what it finds, and fails by panicking"
)]

mod came;
mod nats;

// The table is that of the tests, and so are the servers that write down what they are told.
#[allow(dead_code, unused_imports, reason = "the tests that are left out need the rest")]
#[path = "../../tests/it/logins/mod.rs"]
mod logins;
#[allow(dead_code, unused_imports, reason = "the tests that are left out need the rest")]
#[path = "../../tests/it/support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use came::Came;
use logins::case::{Answer, Case};
use logins::drive::World;
use nats::Nats;

/// Rows that run at the same time.
const AT_ONCE: usize = 3;
/// The nats CLI takes a list of servers in random order: a row with a list is run so often, unless
/// it is alike before.
const TRIES: usize = 12;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Anything but `cargo bench` (as `cargo test --benches`) only sees that it starts.
    if !args.iter().any(|arg| arg == "--bench") {
        println!("roomscope is held beside the nats CLI by cargo bench");
        return ExitCode::SUCCESS;
    }
    let Some(nats) = Nats::find() else {
        println!("there is no nats CLI on the PATH to hold roomscope beside");
        return ExitCode::SUCCESS;
    };
    let words: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let mut cases = logins::table::all();
    cases.retain(|case| words.is_empty() || words.iter().any(|word| case.name.contains(*word)));
    let count = cases.len();
    cases.retain(nats::can_be_asked);
    println!("roomscope beside nats {}: {count} rows", nats.version);
    print(&all(&nats, &cases), count - cases.len())
}

/// What both programs came to, row by row.
fn all<'a>(nats: &Nats, cases: &'a [Case]) -> Vec<(&'a Case, Came, Came)> {
    let (waiting, rows) = (Mutex::new(cases.iter().enumerate()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((at, case)) = waiting.lock().unwrap().next() else { break };
                    let (ours, theirs) = both(nats, case);
                    rows.lock().unwrap().push((at, case, ours, theirs));
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort_by_key(|(at, ..)| *at);
    rows.into_iter().map(|(_, case, ours, theirs)| (case, ours, theirs)).collect()
}

/// Each in a folder and with servers of its own.
fn both(nats: &Nats, case: &Case) -> (Came, Came) {
    let world = World::new(case);
    let ours = Came::of(&world, Some(world.run(&[]).0));
    let mut tries = 0..if case.servers.len() > 1 { TRIES } else { 1 };
    loop {
        let world = World::new(case);
        let theirs = Came::of(&world, nats.run(&world));
        tries.next();
        if ours.is_like(&theirs) || tries.is_empty() {
            return (ours, theirs);
        }
    }
}

fn print(rows: &[(&Case, Came, Came)], left_out: usize) -> ExitCode {
    let (mut alike, mut on_purpose, mut unexplained) = (0, 0, 0);
    for (case, ours, theirs) in rows {
        let name = case.name;
        match (ours.is_like(theirs), case.differs) {
            (true, None) => alike += 1,
            (true, Some(why)) => {
                alike += 1;
                println!("{name}: alike, and yet: {why}");
            }
            (false, why) => {
                let why = if let Some(why) = why {
                    on_purpose += 1;
                    why
                } else {
                    unexplained += 1;
                    "NO REASON IS GIVEN"
                };
                println!("{name}: roomscope {ours}; nats {theirs}; {why}");
            }
        }
    }
    println!(
        "{alike} alike, {on_purpose} different on purpose, {unexplained} different without a \
         reason, {left_out} that cannot be held beside it"
    );
    ExitCode::from(u8::from(unexplained > 0))
}
