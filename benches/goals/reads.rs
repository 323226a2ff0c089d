//! The last N frames, by every method, over every way: the reader against the reference.

use std::time::{Duration, Instant};

use roomscope::domain::Place;

use crate::Plan;
use crate::cpu::Cpu;
use crate::raw;
use crate::samples::Samples;
use crate::support::rooms::stream;
use crate::table::Table;
use crate::wire::Wire;
use crate::world::{Way, World};

/// Frames of one size, in a stream by the contract and in one that allows direct gets.
struct Size {
    name: &'static str,
    bytes: usize,
    count: u64,
}

const SIZES: [Size; 4] = [
    Size { name: "100 B", bytes: 100, count: 1000 },
    Size { name: "1 KiB", bytes: 1 << 10, count: 1000 },
    Size { name: "64 KiB", bytes: 1 << 16, count: 200 },
    Size { name: "1 MiB", bytes: 1 << 20, count: 40 },
];

/// Round trips in milliseconds, the reference's gets at each (the rest of its time is reckoned
/// from them, since each takes one round trip), and rounds.
const WAYS: [(u64, u64, usize); 4] = [(0, 1000, 9), (5, 200, 5), (20, 50, 5), (100, 20, 3)];

/// The times of all methods in one case.
#[derive(Default)]
struct Race {
    reference: Samples,
    pipelined: Samples,
    contract: Samples,
    direct: Samples,
    drain: Samples,
}

pub(crate) async fn measure(plan: &Plan, world: &World, table: &mut Table) {
    for size in &SIZES {
        world.fill(&room(size, false), false, size.count, size.bytes).await;
        world.fill(&room(size, true), true, size.count, size.bytes).await;
    }
    for (ms, gets, rounds) in WAYS {
        let way = world.way(Duration::from_millis(ms)).await;
        println!("a way of {ms} ms: {:.2} ms measured", way.round_trip().await * 1e3);
        for size in &SIZES {
            let main = size.name == "1 KiB";
            if !(main || ms == 0 || ms == 20) {
                continue;
            }
            let rounds = plan.rounds(if main { rounds } else { rounds.min(5) });
            let race = race(&way, size, gets, rounds).await;
            report(table, size, ms, gets, &race);
        }
    }
    profile(plan, world, table).await;
    if !plan.quick {
        whole_reference(world, table).await;
    }
}

fn room(size: &Size, direct: bool) -> String {
    format!("{}{}", size.bytes, if direct { "-direct" } else { "" })
}

async fn race(way: &Way, size: &Size, gets: u64, rounds: usize) -> Race {
    let (contract, direct) = (stream(&room(size, false)), stream(&room(size, true)));
    let (n, all) = (size.count, usize::try_from(size.count).unwrap());
    let gets = gets.min(n);
    let mut race = Race::default();
    // The first round warms the server's and our own memory up, and is not counted.
    for round in 0..=rounds {
        if round == 1 {
            race = Race::default();
        }
        let began = Instant::now();
        let frames = raw::reference(&way.plain, contract.as_str(), n, gets).await;
        assert_eq!(frames.len() as u64, gets);
        race.reference.push_scaled(began.elapsed(), n as f64 / gets as f64);
        let page = race.contract.time(way.page(&contract, Place::Newest, n)).await;
        assert_eq!(page.ledger().frames, n);
        let page = race.direct.time(way.page(&direct, Place::Newest, n)).await;
        assert_eq!(page.ledger().frames, n);
        let frames = race.drain.time(raw::drain(&way.plain, direct.as_str(), 1, all)).await;
        assert_eq!(frames, all);
        // Great frames pipelined without a bound on bytes get a client cut off.
        let depth = (8_000_000 / (size.bytes * 4 / 3)).clamp(1, 64);
        let piped = raw::pipelined(&way.plain, contract.as_str(), n, depth);
        assert_eq!(race.pipelined.time(piped).await, all);
    }
    race
}

fn report(table: &mut Table, size: &Size, ms: u64, gets: u64, race: &Race) {
    let reckoned = if gets < size.count { "~" } else { "" };
    let case = format!("last {} x {}, {ms} ms", size.count, size.name);
    let (by_contract, by_direct) =
        (race.reference.over(&race.contract), race.reference.over(&race.direct));
    let of_drain = race.direct.over(&race.drain);
    table.fact(
        &case,
        format!(
            "reference {reckoned}{}; 64 at once {} ({:.1}x); reader {} ({by_contract:.1}x); \
             reader, direct {} ({by_direct:.1}x); batch drain {} ({:.1}x)",
            race.reference,
            race.pipelined,
            race.reference.over(&race.pipelined),
            race.contract,
            race.direct,
            race.drain,
            race.reference.over(&race.drain),
        ),
    );
    if size.name != "1 KiB" {
        return;
    }
    match ms {
        0 => {
            table.goal(
                "contract stream, 1000 x 1 KiB, loopback",
                "at least 10x the reference",
                format!("{by_contract:.1}x ({} to {})", race.reference, race.contract),
                by_contract >= 10.0,
            );
            table.goal(
                "allow_direct stream, 1000 x 1 KiB, loopback",
                "at least 40x the reference",
                format!("{by_direct:.1}x ({} to {})", race.reference, race.direct),
                by_direct >= 40.0,
            );
            table.goal(
                "the same against the raw batch drain",
                "at most 1.5x its time",
                format!("{of_drain:.2}x ({} to {})", race.direct, race.drain),
                of_drain <= 1.5,
            );
        }
        20 => table.goal(
            "contract stream, 1000 x 1 KiB, 20 ms",
            "at least 50x the reference",
            format!("{by_contract:.1}x ({reckoned}{} to {})", race.reference, race.contract),
            by_contract >= 50.0,
        ),
        _ => {}
    }
}

/// One reference read in full at 20 ms, to hold the reckoned one against.
async fn whole_reference(world: &World, table: &mut Table) {
    let way = world.way(Duration::from_millis(20)).await;
    let mut whole = Samples::default();
    let name = stream(&room(&SIZES[1], false));
    let frames = whole.time(raw::reference(&way.plain, name.as_str(), 1000, 1000)).await;
    assert_eq!(frames.len(), 1000);
    table.fact("reference, all 1000 gets at 20 ms, once", whole.to_string());
}

/// Where the time of the loopback case goes: processor time of the client and of the server for
/// one frame, by method.
async fn profile(plan: &Plan, world: &World, table: &mut Table) {
    const METHODS: [&str; 7] = [
        "reference",
        "64 gets at once, bare socket",
        "256 gets at once, bare socket",
        "64 gets at once",
        "reader",
        "reader, direct",
        "batch drain",
    ];
    let way = world.way(Duration::ZERO).await;
    let mut wire = Wire::connect(world.server.port());
    let (contract, direct) = (stream(&room(&SIZES[1], false)), stream(&room(&SIZES[1], true)));
    let mut times = [const { None }; METHODS.len()].map(Option::<Samples>::unwrap_or_default);
    let mut used = [Cpu::default(); METHODS.len()];
    let rounds = plan.rounds(9);
    for _ in 0..rounds {
        for (n, (times, used)) in times.iter_mut().zip(&mut used).enumerate() {
            let (before, began) = (Cpu::now(), Instant::now());
            match n {
                0 => drop(raw::reference(&way.plain, contract.as_str(), 1000, 1000).await),
                1 | 2 => {
                    let depth = if n == 1 { 64 } else { 256 };
                    wire.gets(contract.as_str(), 1000, depth);
                }
                3 => assert!(raw::pipelined(&way.plain, contract.as_str(), 1000, 64).await > 0),
                4 => drop(way.page(&contract, Place::Newest, 1000).await),
                5 => drop(way.page(&direct, Place::Newest, 1000).await),
                _ => assert!(raw::drain(&way.plain, direct.as_str(), 1, 1000).await > 0),
            }
            times.push(began.elapsed());
            used.add(Cpu::since(before));
        }
    }
    for ((method, times), used) in METHODS.iter().zip(&times).zip(&used) {
        let each = |seconds: f64| crate::samples::time(seconds / rounds as f64 / 1000.0);
        table.fact(
            &format!("a frame of the last 1000 x 1 KiB, loopback, {method}"),
            format!(
                "{}; processor: client {}, server {}",
                crate::samples::time(times.median() / 1000.0),
                each(used.own),
                each(used.servers)
            ),
        );
    }
}
