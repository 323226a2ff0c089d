//! From starting the program to its first screen, in a pseudo-terminal.

use std::io::Read;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::Plan;
use crate::samples::Samples;
use crate::table::Table;

/// The end of a synchronized update: a whole frame is there.
const END: &[u8] = b"\x1b[?2026l";

/// A room of the demo, near the end of its list.
const ROOM: &str = "legacy-ops";

pub(crate) fn measure(plan: &Plan, table: &mut Table) {
    let (mut first, mut rooms, mut process) =
        (Samples::default(), Samples::default(), Samples::default());
    for round in 0..=plan.rounds(20) {
        let (frame, listed) = start();
        let began = Instant::now();
        let version =
            std::process::Command::new(env!("CARGO_BIN_EXE_roomscope")).arg("--version").output();
        let ran = began.elapsed();
        assert!(version.unwrap().status.success());
        // The first start reads the program from the disk.
        if round > 0 {
            first.push(frame);
            rooms.push(listed);
            process.push(ran);
        }
    }
    table.fact("roomscope --version, from start to end", process.to_string());
    table.goal(
        "start to first paint, demo",
        "under 50 ms",
        format!("{first}; with its rooms {rooms}"),
        rooms.median() < 0.050,
    );
}

/// Runs the demo until its rooms are on the screen. Gives when the first whole frame was there,
/// and when the rooms were.
fn start() -> (Duration, Duration) {
    let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut out = pair.master.try_clone_reader().unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_roomscope"));
    command.args(["demo", "--no-config"]);
    command.env_clear();
    for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC")] {
        command.env(name, value);
    }
    let began = Instant::now();
    let mut child = pair.slave.spawn_command(command).unwrap();
    let mut screen = vt100::Parser::new(40, 120, 0);
    let (mut bytes, mut buffer, mut first) = (Vec::new(), [0; 65_536], None);
    let rooms = loop {
        let length = out.read(&mut buffer).unwrap();
        let now = began.elapsed();
        assert!(length > 0 && now < Duration::from_secs(10), "the demo shows its rooms");
        bytes.extend_from_slice(&buffer[..length]);
        screen.process(&buffer[..length]);
        if first.is_none() && bytes.windows(END.len()).any(|part| part == END) {
            first = Some(now);
        }
        if first.is_some() && screen.screen().contents().contains(ROOM) {
            break now;
        }
    };
    child.kill().unwrap();
    child.wait().unwrap();
    (first.unwrap(), rooms)
}
