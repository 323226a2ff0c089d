//! What an idle program does: how often it wakes up.

use std::time::Duration;

use crate::support::Pty;
use crate::support::rooms::stream;
use crate::table::Table;
use crate::world::World;

/// How long to watch: ten signs of life.
const WATCHED: Duration = Duration::from_secs(20);

/// Context switches for one sign of life: three looks, and sending and receiving.
const A_SIGN: u64 = 15;

pub(crate) async fn measure(world: &World, table: &mut Table) {
    world.fill("idle", false, 300, 1 << 10).await;
    let demo = Pty::start(&["demo", "support"]);
    demo.wait_for("200 slots =");
    let url = world.server.url();
    let real = Pty::start(&["--server", &url, "idle"]);
    real.wait_for("200 slots =");
    // Until what opening left to do is done: toasts, the end of a listing.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = [&demo, &real].map(|pty| switches(pty.pid()));
    tokio::time::sleep(WATCHED).await;
    let after = [&demo, &real].map(|pty| switches(pty.pid()));
    let woke = [after[0] - before[0], after[1] - before[1]];
    let seconds = WATCHED.as_secs();
    table.goal(
        "idle, demo",
        "no wake-ups",
        format!("{} context switches in {seconds} s", woke[0]),
        woke[0] == 0,
    );
    table.goal(
        &format!("idle, {} open on a server", stream("idle")),
        "one sign of life of the server every 2 s alone",
        format!("{} context switches in {seconds} s", woke[1]),
        woke[1] <= seconds / 2 * A_SIGN,
    );
}

/// Context switches of all threads of a process so far, voluntary and not.
fn switches(pid: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads
        .map(|thread| {
            let status = std::fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
            let lines = status.lines().filter(|line| line.contains("_ctxt_switches:"));
            lines.map(|line| line.rsplit('\t').next().unwrap().parse::<u64>().unwrap()).sum::<u64>()
        })
        .sum()
}
