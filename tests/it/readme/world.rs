//! What the README's examples are run in: a folder, a seeded server, the program on the path.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use nkeys::KeyPair;
use tempfile::TempDir;

use super::shell;
use crate::login::write_creds;
use crate::support::program::command;
use crate::support::{NatsServer, Pty, rooms, wait};

/// Longest time an example may take.
const BOUND: Duration = Duration::from_secs(60);
/// Where `serve` listens unless told otherwise, and so where examples ask.
const LISTEN: &str = "127.0.0.1:8480";
/// The room that examples are about, beside those of the demo.
const ROOM: &str = "general";

pub(super) struct World {
    folder: TempDir,
    server: NatsServer,
    /// Where `serve` listens here.
    listen: String,
    background: Vec<Child>,
}

impl World {
    /// A seeded server, a rooms file for it, credentials and a key.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_roomscope"), path("bin/roomscope")).unwrap();
        write_creds(&path("user.creds"), &KeyPair::new_account());
        std::fs::write(path("user.nk"), KeyPair::new_user().seed().unwrap()).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let server = NatsServer::start();
        let seeded = command(&["seed", "--server", &server.url(), "--write-rooms", "rooms.toml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(seeded.status.success(), "{seeded:?}");
        let world = Self { folder, server, listen: free.to_string(), background: Vec::new() };
        world.add_room("rooms.toml");
        world
    }

    /// Starts another server, as the README does.
    pub(super) fn another_server(&mut self) {
        self.server = NatsServer::start();
    }

    /// Adds the room of the examples to a rooms file, and makes its stream where there is none.
    fn add_room(&self, file: &str) {
        let mut text = std::fs::read_to_string(self.path(file)).unwrap();
        let subject = format!("unibus.room.{ROOM}");
        text.push_str(&format!("\n[[rooms]]\nid = \"{ROOM}\"\nsubject = \"{subject}\"\n"));
        std::fs::write(self.path(file), text).unwrap();
        rooms::fill(&mut self.server.raw(), ROOM, &subject, 30);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The variables of an example; nothing else of this machine's environment is seen.
    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display())),
            ("HOME", self.folder.path().display().to_string()),
            ("XDG_CONFIG_HOME", self.path(".config").display().to_string()),
            ("NATS_URL", self.server.url()),
            ("LANG", "C.UTF-8".into()),
            ("TERM", "xterm-256color".into()),
            ("TZ", "UTC".into()),
        ]
    }

    /// The line with the addresses of this world.
    fn here(&self, line: &str) -> String {
        let nats = format!("127.0.0.1:{}", self.server.port());
        let line = line.replace("127.0.0.1:4222", &nats).replace("@host", &format!("@{nats}"));
        let line = line.replace(LISTEN, &self.listen).replace("localhost:8480", &self.listen);
        if line.contains("roomscope serve") && !line.contains("--listen") {
            line.replace("roomscope serve", &format!("roomscope serve --listen {}", self.listen))
        } else {
            line
        }
    }

    /// Runs a line: on pipes, and where it wants a terminal to draw on, on one.
    pub(super) fn run(&self, line: &str, exits: i32) {
        let file = line.split_once("--write-rooms ").map(|(_, rest)| {
            let file = rest.split_whitespace().next().unwrap();
            // The README is read from the top, but run in a folder that has one already.
            let _ = std::fs::remove_file(self.path(file));
            file
        });
        if line.starts_with("curl ") && !is_there("curl") {
            return get(&self.here(line));
        }
        let here = self.here(line);
        let text = shell::without_missing(&here, is_there);
        if text.is_empty() {
            return;
        }
        let output = self.output(text);
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(2) && said.contains("roomscope draws on one") {
            self.draws(text);
        } else {
            let printed = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(exits), "{line}\n{said}\n{printed}");
        }
        if let Some(file) = file {
            self.add_room(file);
        }
    }

    fn shell(&self, line: &str) -> Command {
        let mut command = if is_there("bash") { Command::new("bash") } else { Command::new("sh") };
        if is_there("bash") {
            command.args(["-o", "pipefail"]);
        }
        command.args(["-c", line]).current_dir(self.folder.path()).env_clear();
        command.envs(self.variables()).stdin(Stdio::null());
        command
    }

    fn output(&self, line: &str) -> Output {
        let mut command = self.shell(line);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = child.id();
        let (send, ended) = mpsc::channel();
        std::thread::spawn(move || send.send(child.wait_with_output()));
        match ended.recv_timeout(BOUND) {
            Ok(output) => output.unwrap(),
            Err(_) => {
                let _ = Command::new("kill").arg(pid.to_string()).status();
                panic!("{line}: did not end within {BOUND:?}");
            }
        }
    }

    /// It draws a screen, and ends on `q` with the terminal as it was.
    fn draws(&self, line: &str) {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = Pty::shell(&format!("exec {line}"), self.folder.path(), &variables);
        pty.wait_for("q quit");
        if !line.contains(" demo") {
            pty.wait_for("connected");
        }
        pty.assert_taken(true);
        pty.send("q");
        let ended = pty.ended();
        assert_eq!((ended.code, ended.signal), (0, None), "{line}");
        pty.assert_restored();
    }

    /// Starts a line that serves, and waits until it answers.
    pub(super) fn start(&mut self, line: &str) {
        let line = self.here(line);
        let (_, rest) = line.split_once("--listen ").unwrap_or_else(|| {
            panic!("{line}: what runs in the background listens, as roomscope serve does")
        });
        let address = rest.split_whitespace().next().unwrap().to_owned();
        let log = std::fs::File::create(self.path("background.log")).unwrap();
        let mut command = self.shell(&format!("exec {line}"));
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        self.background.push(child);
        wait::until(&format!("{line} to answer"), || {
            let gone = self.background.last_mut().and_then(|child| child.try_wait().unwrap());
            assert!(
                gone.is_none(),
                "{line}: ended ({gone:?}): {}",
                std::fs::read_to_string(self.path("background.log")).unwrap_or_default()
            );
            TcpStream::connect(&address).ok()
        });
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for child in &mut self.background {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether a command is on this machine.
fn is_there(word: &str) -> bool {
    let folders = ["/usr/local/bin", "/usr/bin", "/bin"];
    word == "roomscope" || folders.iter().any(|folder| Path::new(folder).join(word).exists())
}

/// What an example with curl asks for, where there is no curl: the address must answer.
fn get(line: &str) {
    let url = line.split(['\'', '"', ' ']).find_map(|word| word.strip_prefix("http://"));
    let url = url.unwrap_or_else(|| panic!("{line}: asks for no http:// address"));
    let (host, path) = url.split_once('/').unwrap_or((url, ""));
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn without_curl_an_address_is_asked_all_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 512];
        let length = stream.read(&mut asked).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}").unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    get(&format!("curl -s 'http://{address}/rooms/a/history?limit=2' | jq ."));
    assert!(server.join().unwrap().starts_with("GET /rooms/a/history?limit=2 HTTP/1.1\r\n"));
}
