//! Listing ten thousand rooms: the first rows, all of it, and the raw calls beside it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt as _};
use roomscope::app::{Effect, Msg, update};
use roomscope::domain::Listed;
use roomscope::store::lister::list_rooms;
use tokio::sync::mpsc;

use crate::Plan;
use crate::cpu::Cpu;
use crate::raw;
use crate::samples::{Samples, time};
use crate::states;
use crate::table::Table;
use crate::world::{Way, World, subject};

pub(crate) async fn measure(plan: &Plan, world: &World, table: &mut Table) {
    let rooms = if plan.quick { 2_000 } else { 10_000 };
    let began = Instant::now();
    let made = stream::iter(0..rooms).map(async |n| {
        let id = format!("room-{n:05}");
        world.make(&id, false, &[]).await;
        world.publish(&subject(&id), 1, 64).await;
    });
    made.buffer_unordered(32).for_each(|()| std::future::ready(())).await;
    table.fact(&format!("making {rooms} streams"), time(began.elapsed().as_secs_f64()));

    for ms in [0, 20] {
        let way = world.way(Duration::from_millis(ms)).await;
        let (mut first, mut all) = (Samples::default(), Samples::default());
        let (mut one, mut four) = (Samples::default(), Samples::default());
        let (mut used, mut raw_used) = (Cpu::default(), Cpu::default());
        let mut pieces = Vec::new();
        for _ in 0..plan.rounds(5) {
            let before = Cpu::now();
            assert_eq!(one_by_one(&mut one, &way, 1).await, rooms);
            raw_used.add(Cpu::since(before));
            let before = Cpu::now();
            pieces = list(&way, &mut first, &mut all).await;
            used.add(Cpu::since(before));
            assert_eq!(one_by_one(&mut four, &way, 4).await, rooms);
        }
        report(table, rooms, ms, [&first, &all, &one, &four]);
        if ms == 0 {
            let rounds = plan.rounds(5) as f64;
            let each = |used: Cpu| {
                format!(
                    "client {}, server {}",
                    time(used.own / rounds),
                    time(used.servers / rounds)
                )
            };
            table.fact(
                &format!("listing {rooms} rooms, 0 ms, processor"),
                format!("{}; raw calls: {}", each(used), each(raw_used)),
            );
            in_the_app(table, rooms, pieces);
        }
    }
}

async fn one_by_one(samples: &mut Samples, way: &Way, depth: usize) -> u64 {
    samples.time(raw::list(&way.plain, depth)).await
}

async fn list(way: &Way, first: &mut Samples, all: &mut Samples) -> Vec<Listed> {
    let (pieces, mut out) = mpsc::channel(16);
    let began = Instant::now();
    let listing = tokio::spawn(list_rooms(Arc::clone(&way.store), Vec::new(), pieces));
    let mut got = Vec::new();
    while let Some(piece) = out.recv().await {
        if got.is_empty() {
            first.push(began.elapsed());
        }
        got.push(piece);
    }
    all.push(began.elapsed());
    listing.await.unwrap();
    got
}

fn report(table: &mut Table, rooms: u64, ms: u64, [first, all, one, four]: [&Samples; 4]) {
    let part = first.over(all);
    let to_raw = all.over(one);
    let case = format!("listing {rooms} rooms, {ms} ms");
    if ms == 0 {
        let measured = format!("1/{:.0} ({first} of {all})", 1.0 / part);
        table.goal(&format!("{case}: first rows"), "under 1/10 of all", measured, part < 0.1);
        let measured = format!("{to_raw:.2}x ({all} to {one})");
        let goal = "at most 1.3x the raw NAMES + LIST calls";
        table.goal(&format!("{case}: all"), goal, measured, to_raw <= 1.3);
    }
    table.fact(
        &case,
        format!(
            "first rows {first}; all {all}; raw calls one after another {one} ({to_raw:.2}x), \
             4 at once {four} ({:.2}x)",
            all.over(four)
        ),
    );
}

/// What the app itself takes to have the pieces of a listing in its room list.
fn in_the_app(table: &mut Table, rooms: u64, pieces: Vec<Listed>) {
    let mut state = states::start(Vec::new(), (200, 60));
    let connection = state.connection.clone();
    let effects = update(&mut state, Msg::Connection(connection));
    let job = effects.iter().find_map(|effect| match effect {
        Effect::List { job, .. } => Some(*job),
        _ => None,
    });
    let count = pieces.len();
    let mut longest = Duration::ZERO;
    let began = Instant::now();
    for piece in pieces {
        let one = Instant::now();
        update(&mut state, Msg::Listed(job.unwrap(), piece));
        longest = longest.max(one.elapsed());
    }
    let took = began.elapsed();
    assert_eq!(state.rooms.len() as u64, rooms);
    table.fact(
        &format!("update: a listing of {rooms} rooms"),
        format!(
            "{} for {count} messages, the longest {}",
            time(took.as_secs_f64()),
            time(longest.as_secs_f64())
        ),
    );
}
