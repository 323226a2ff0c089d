//! The damage corpus: real servers whose files were damaged, and what each face of the program
//! says of what is gone.
//!
//! A recipe publishes with acknowledgements, which are the truth; damages the store; and after each
//! of the server's next starts every face is held against the truth and against what a client
//! that shares no code with the program is given. [`law`] has the rules.

mod bundle;
mod cells;
mod cluster;
mod faces;
mod group;
mod harm;
mod healthy;
mod law;
mod recipes;
mod single;
mod store;
mod table;
mod truth;

use std::sync::OnceLock;

use group::{Told, When, play};

static STOPPED: OnceLock<Vec<Told>> = OnceLock::new();
static KILLED: OnceLock<Vec<Told>> = OnceLock::new();
static RUNNING: OnceLock<Vec<Told>> = OnceLock::new();

fn stopped() -> &'static [Told] {
    STOPPED.get_or_init(|| play(When::Stopped, recipes::STOPPED))
}

fn killed() -> &'static [Told] {
    KILLED.get_or_init(|| play(When::Killed, recipes::KILLED))
}

fn running() -> &'static [Told] {
    RUNNING.get_or_init(|| play(When::Running, recipes::RUNNING))
}

/// Everything that broke the law, at once: one recipe's failure must not hide another's.
#[track_caller]
fn lawful(told: &[Told]) {
    let wrong = told.iter().filter(|told| !told.wrong.is_empty());
    let wrong: Vec<_> = wrong
        .map(|told| {
            let Told { recipe, stage, cells, wrong } = told;
            let cells = cells.join(" | ");
            format!("{recipe}, {stage}:\n  {cells}\n  - {}", wrong.join("\n  - "))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), told.len(), wrong.join("\n"));
}

#[test]
fn a_store_damaged_under_a_stopped_server_is_never_called_fine_or_deleted() {
    lawful(stopped());
}

#[test]
fn a_store_damaged_after_a_kill_is_never_called_fine_or_deleted() {
    lawful(killed());
}

#[test]
fn a_store_damaged_under_a_running_server_is_never_called_fine_or_deleted() {
    lawful(running());
}
