//! `roomscope serve` as a process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::program;
use super::wait;

/// A running service; killed when dropped.
pub(crate) struct Serving {
    child: Child,
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    _folder: TempDir,
}

impl Serving {
    /// Serves the rooms of a rooms file (TOML) from a NATS server, on a free port.
    pub(crate) fn start(server: &str, rooms: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.toml");
        std::fs::write(&path, rooms).unwrap();
        let args = ["--rooms", path.to_str().unwrap(), "--server", server];
        Self::run(&[&args, more].concat(), folder)
    }

    /// Serves the demo.
    pub(crate) fn demo(more: &[&str]) -> Self {
        Self::run(&[&["--demo"], more].concat(), tempfile::tempdir().unwrap())
    }

    fn run(args: &[&str], folder: TempDir) -> Self {
        let mut child = command(args).args(["--listen", "127.0.0.1:0"]).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (stderr, kept) = (child.stderr.take().unwrap(), Arc::clone(&lines));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        let mut serving = Self { child, port: 0, lines, _folder: folder };
        serving.port = wait::until("the port it listens on", || {
            let ended = serving.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", serving.log());
            let log = serving.log();
            let (_, rest) = log.split_once("listening on http://127.0.0.1:")?;
            rest.split(',').next()?.parse().ok()
        });
        serving
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All that it said so far.
    pub(crate) fn log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// Waits until it said this.
    pub(crate) fn wait_for(&self, text: &str) {
        wait::until(text, || self.log().contains(text).then_some(()));
    }

    /// Tells it to stop (SIGTERM).
    pub(crate) fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        wait::until("its end", || self.child.try_wait().unwrap())
    }

    /// The most memory it ever had resident, in bytes (Linux).
    pub(crate) fn peak(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(Path::new(&status)).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `roomscope serve` with nothing from outside.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = program::command(&["serve"]);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// A room of a rooms file on subject `room.<id>`.
pub(crate) fn room(id: &str, more: &str) -> String {
    format!("[[rooms]]\nid = '{id}'\nsubject = 'room.{id}'\n{more}\n")
}
