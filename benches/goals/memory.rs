//! The most memory the program takes while it pages through a stream: the app without a terminal,
//! in a process of its own, on a real server.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use roomscope::app::{Key, KeyCode};
use roomscope::domain::room::KnownFrom;
use roomscope::domain::{Room, RoomId};
use roomscope::runtime::effects::Services;
use roomscope::store::nats::{ConnectOptions, NatsStore};

use crate::Plan;
use crate::headless::Headless;
use crate::samples::time;
use crate::states;
use crate::table::Table;
use crate::world::World;

/// What this process is called with, to be the one that pages.
pub(crate) const CHILD: &str = "--page-through";

const ROOM: &str = "deep";

pub(crate) async fn measure(plan: &Plan, world: &World, table: &mut Table) {
    let frames = if plan.quick { 50_000 } else { 1_000_000 };
    let began = Instant::now();
    world.fill(ROOM, false, frames, 1 << 10).await;
    table.fact(&format!("storing {frames} frames of 1 KiB"), time(began.elapsed().as_secs_f64()));
    let child = Command::new(std::env::current_exe().unwrap())
        .args([CHILD, &world.server.url()])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let words = String::from_utf8(child.stdout).unwrap();
    assert!(child.status.success(), "{words}");
    let numbers: Vec<f64> = words.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let [read, at_first, most, seconds] = numbers[..] else { panic!("{words}") };
    assert_eq!(read, frames as f64);
    let (at_first, most) = (at_first / 1024.0, most / 1024.0);
    table.goal(
        &format!("memory after paging through {frames} frames of 1 KiB"),
        "under 64 MB resident",
        format!(
            "{most:.1} MiB at most ({at_first:.1} MiB after the first page), in {}",
            time(seconds)
        ),
        most * 1.048_576 < 64.0,
    );
}

/// Pages from the newest frame to the oldest, 1,000 at a time, and prints the frames read, the
/// most memory after the first page and in all in kB, and the seconds it took.
pub(crate) async fn child(args: &[String]) {
    let mut options = ConnectOptions::new(&args[0]);
    options.read_only = true;
    let store = NatsStore::connect_now(&options, Duration::from_secs(10)).await.unwrap();
    let known_from = KnownFrom { server: true, ..KnownFrom::default() };
    let room = Room::bare(RoomId::new(ROOM).unwrap(), known_from);
    let state = states::start(vec![room], (120, 40));
    let services = Services::new(Arc::new(store), states::CACHE, Duration::ZERO);
    let mut app = Headless::start(state, services, Timestamp::now()).await.unwrap();
    let began = Instant::now();
    app.press(Key::plain(KeyCode::Enter)).await.unwrap();
    let at_first = most_resident();
    let mut frames = 0;
    loop {
        let view = &app.state().view;
        let page = view.page().unwrap();
        assert_eq!(page.ledger().unread, 0);
        frames += page.ledger().frames;
        if view.is_oldest() {
            break;
        }
        app.press(Key::char('[')).await.unwrap();
    }
    println!("{frames} {at_first} {} {}", most_resident(), began.elapsed().as_secs_f64());
}

/// The most memory this process ever had resident, in kB.
fn most_resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
