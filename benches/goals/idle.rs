//! What an idle program does: how often it wakes up.

use std::time::Duration;

use crate::support::Pty;
use crate::support::rooms::stream;
use crate::table::Table;
use crate::world::World;

/// How long to watch: two of the connection's own pings, which come every 10 s.
const WATCHED: Duration = Duration::from_secs(20);

/// Context switches that a ping may cost: the timer, the write, the answer, each maybe handed from
/// one thread to another.
const A_PING: u64 = 10;

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
        "the connection's own pings alone",
        format!("{} context switches in {seconds} s, 2 pings", woke[1]),
        woke[1] <= 2 * A_PING,
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
