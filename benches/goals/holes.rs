//! Windows with holes in them, and a page across a hole of a million.

use std::time::Duration;

use roomscope::domain::{Page, Place};
use serde_json::json;

use crate::Plan;
use crate::raw;
use crate::samples::Samples;
use crate::support::rooms::stream;
use crate::table::Table;
use crate::world::{Way, World, subject};

const N: u64 = 1000;

/// The length of the long hole.
const LONG: u64 = 1_000_000;

pub(crate) async fn measure(plan: &Plan, world: &World, table: &mut Table) {
    windows(plan, world, table).await;
    long_hole(plan, world, table).await;
}

async fn windows(plan: &Plan, world: &World, table: &mut Table) {
    world.fill("whole", false, N, 1 << 10).await;
    thin(world, "half", 2, N).await;
    // Too many deleted sequences to ask for their list, so that their holes have to be found.
    thin(world, "few", 1000, 100 * N).await;
    for ms in [0, 20] {
        let way = world.way(Duration::from_millis(ms)).await;
        for (id, holes) in [("whole", "0 %"), ("half", "50 %"), ("few", "99.9 %")] {
            let (mut reference, mut reader) = (Samples::default(), Samples::default());
            let name = stream(id);
            let gets = if ms == 0 { N } else { 50 };
            let mut page = None;
            for _ in 0..plan.rounds(5) {
                let began = std::time::Instant::now();
                let frames = raw::reference(&way.plain, name.as_str(), N, gets).await;
                reference.push_scaled(began.elapsed(), N as f64 / gets as f64);
                let read = reader.time(way.page(&name, Place::Newest, N)).await;
                if gets == N {
                    assert_eq!(frames.len() as u64, read.ledger().frames);
                }
                page = Some(read);
            }
            let page = page.unwrap();
            table.fact(
                &format!("window of {N} with {holes} holes, {ms} ms"),
                format!(
                    "reference {}{reference}; reader {reader} ({:.1}x), {} requests for {} frames",
                    if gets < N { "~" } else { "" },
                    reference.over(&reader),
                    page.cost.requests(),
                    page.ledger().frames,
                ),
            );
        }
    }
}

/// A stream of `count` sequences of which every `one_in`th holds a frame, the last one too.
async fn thin(world: &World, id: &str, one_in: u64, count: u64) {
    let hole = format!("hole.{id}");
    world.make(id, false, &[&hole]).await;
    for _ in 0..count / one_in {
        world.publish(&hole, one_in - 1, 16).await;
        world.publish(&subject(id), 1, 1 << 10).await;
    }
    world.purge_subject(id, false, &hole).await;
}

async fn long_hole(plan: &Plan, world: &World, table: &mut Table) {
    let long = if plan.quick { LONG / 10 } else { LONG };
    world.make("long", false, &["hole.long"]).await;
    world.publish("room.long", 600, 1 << 10).await;
    world.publish("hole.long", long, 1).await;
    world.publish("room.long", 300, 1 << 10).await;
    world.purge_subject("long", false, "hole.long").await;
    let state = world.api("INFO", "long", &json!({})).await["state"].clone();
    assert_eq!(state["num_deleted"], long);

    world.fill("plain", false, 900, 1 << 10).await;
    let (name, without) = (stream("long"), stream("plain"));
    for ms in [0, 20] {
        let way = world.way(Duration::from_millis(ms)).await;
        let mut times = [Samples::default(), Samples::default(), Samples::default()];
        let mut sent = [0; 3];
        for _ in 0..plan.rounds(15) {
            // The page below the first frame above the hole takes the hole in whole, and 200 frames.
            let places = [(&name, 601 + long), (&name, 501), (&without, 501)];
            for (n, (name, seq)) in places.into_iter().enumerate() {
                let read = older(&way, name, seq);
                let page = times[n].time(read).await;
                assert_eq!(page.ledger().frames, 200);
                sent[n] = page.cost.requests();
            }
        }
        let [across, same, other] = &times;
        table.fact(
            &format!("page of 200 frames across {long} missing, {ms} ms"),
            format!(
                "{across}, {} requests; without a hole in the same stream {same}, {}; in a stream \
                 without holes {other}, {}",
                sent[0], sent[1], sent[2]
            ),
        );
        if ms == 0 {
            let case = format!("page across a hole of {long}, loopback");
            let more = sent[0].saturating_sub(sent[1]);
            let measured = format!("{more} more ({} and {})", sent[0], sent[1]);
            table.goal(&case, "at most 4 requests more", measured, more <= 4);
            let ratio = across.over(same);
            let measured = format!("{ratio:.2}x ({across} and {same})");
            table.goal(&case, "at most 2x the time", measured, ratio <= 2.0);
        }
    }
}

async fn older(way: &Way, name: &roomscope::domain::StreamName, seq: u64) -> Page {
    way.page(name, Place::Before(seq), 200).await
}
