//! Histories at random in which nothing is lost: whatever was removed, by whatever rule, no face
//! calls it lost or unreadable, and nothing that can be read is called missing.
//!
//! `ROOMSCOPE_SEED` plays another set.

mod history;
mod random;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::faces::{Faces, Verdict, page};
use super::law::Moment;
use super::truth::{Server, Truth};
use crate::support::program::run;
use crate::support::{NatsServer, RawNats};
use history::{History, SORTS, Sort};
use random::Random;

const ROOMS: usize = 210;

#[test]
fn no_healthy_history_is_called_lost_unreadable_or_damaged() {
    let seed = std::env::var("ROOMSCOPE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(9);
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut histories: Vec<_> = (0..ROOMS)
        .map(|at| {
            let sort = SORTS[at % SORTS.len()];
            History::play(&mut raw, sort, format!("h{at:03}"), Random::of(seed, at as u64))
        })
        .collect();
    let busy: Vec<_> = histories.iter().filter(|history| history.sort == Sort::Busy).collect();
    let busy: Vec<_> = busy.iter().map(|history| history.id.clone()).collect();
    let is_over = AtomicBool::new(false);
    let published = Mutex::new(Vec::new());
    let (reports, pages) = std::thread::scope(|scope| {
        scope.spawn(|| *published.lock().unwrap() = publish(&server, &busy, &is_over));
        let all = ["check", "--all", "--last", "all", "--json", "--read-only", "--no-config"];
        let reports = run(&[&all[..], &["--server", &server.url()]].concat()).json();
        let url = server.url();
        let pages: Vec<_> = histories.iter().map(|history| page(&url, &history.id)).collect();
        is_over.store(true, Ordering::Relaxed);
        (reports, pages)
    });
    for (id, truth) in published.into_inner().unwrap() {
        let history = histories.iter_mut().find(|history| history.id == id).unwrap();
        for (seq, digests) in truth.acked {
            history.truth.acked.entry(seq).or_default().extend(digests);
        }
    }
    let mut wrong = Vec::new();
    for (history, page) in histories.iter_mut().zip(pages) {
        let report = reports.iter().find(|report| report["room"] == history.id.as_str());
        let verdict = Verdict::read(report.cloned().unwrap_or_default());
        let server = Server::look(&mut raw, &history.id, history.truth.last());
        // Nothing was lost, so what is not given was removed by a request or a rule.
        history.truth.removed.extend(history.truth.acked.keys());
        let is_fair = ["whole", "explained", "not-explained"].contains(&&*verdict.completeness);
        if !is_fair {
            wrong.push(format!("{} {:?}: {}", history.id, history.sort, verdict.report));
        }
        let moment = Moment { truth: &history.truth, server: &server, blind: None };
        let faces = Faces { verdict, accounts: vec![page], answer: None, why: None };
        let said = match history.sort {
            Sort::Busy => moment.busy(&faces),
            _ => moment.judge(&faces),
        };
        let all = |said| format!("{} {:?}: {said}", history.id, history.sort);
        wrong.extend(said.into_iter().map(all));
    }
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
}

/// Publishes to rooms in turn until told to end. Gives what was acknowledged.
fn publish(server: &NatsServer, rooms: &[String], end: &AtomicBool) -> Vec<(String, Truth)> {
    let mut raw: RawNats = server.raw();
    let mut all: Vec<_> = rooms.iter().map(|id| (id.clone(), Truth::default())).collect();
    let mut turn = 1_000_000;
    while !end.load(Ordering::Relaxed) {
        for (id, truth) in &mut all {
            truth.publish_from(&mut raw, id, turn, 20, 60);
        }
        turn += 20;
    }
    all
}
