//! The program in a pseudo-terminal: keys in, a screen out, and what it leaves behind.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use vt100::{MouseProtocolMode, Parser, Screen};

use super::program::NOWHERE;
use super::wait;

/// A terminal with the program on it; the program is killed when this is dropped.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    // Held open, so that the terminal's modes can be read after the program ended.
    _slave: Box<dyn SlavePty + Send>,
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    modes: String,
}

struct Seen {
    parser: Parser,
    bytes: Vec<u8>,
    shown: usize,
}

impl Seen {
    /// Takes in what the program wrote. Like a terminal, shows a synchronized update only when
    /// all of it is there: otherwise a test would now and then see half a frame.
    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let last = |mark: &[u8]| self.bytes.windows(mark.len()).rposition(|part| part == mark);
        let open = last(b"\x1b[?2026h").filter(|begin| last(b"\x1b[?2026l") < Some(*begin));
        let whole = open.unwrap_or(self.bytes.len());
        if let Some(fresh) = self.bytes.get(self.shown..whole) {
            self.parser.process(fresh);
            self.shown = whole;
        }
    }
}

/// How the program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: u32,
    pub(crate) signal: Option<String>,
}

impl Pty {
    /// Starts the program on a terminal of 120x40.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::start_with(args, &[])
    }

    /// The same with more variables in an environment that is otherwise always the same.
    pub(crate) fn start_with(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_roomscope"));
        command.args(args);
        Self::spawn(command, variables)
    }

    /// A line of shell in a folder; its terminal is like any other here.
    pub(crate) fn shell(line: &str, folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", line]);
        command.cwd(folder);
        Self::spawn(command, variables)
    }

    fn spawn(mut command: CommandBuilder, variables: &[(&str, &str)]) -> Self {
        let (columns, rows) = (120, 40);
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let modes = format!("{:?}", pair.master.get_termios().unwrap());
        command.env_clear();
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"),
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            ("XDG_CONFIG_HOME", NOWHERE),
        ]
        .iter()
        .chain(variables)
        {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let seen = Arc::new(Mutex::new(Seen {
            parser: Parser::new(rows, columns, 0),
            bytes: Vec::new(),
            shown: 0,
        }));
        listen(pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        Self {
            child,
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            _slave: pair.slave,
            seen,
            modes,
        }
    }

    /// Types text, or sends an escape sequence.
    pub(crate) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.seen.lock().unwrap().parser.screen_mut().set_size(rows, columns);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// The same, and waits until the bottom line is where it belongs: the input library may hold
    /// back keys that come in the same moment as the signal, until the next key.
    pub(crate) fn resize_and_settle(&mut self, columns: u16, rows: u16) {
        self.resize(columns, rows);
        self.wait("the new size", |text| {
            let bottom = text.lines().nth(usize::from(rows) - 1);
            bottom.is_some_and(|line| line.trim_end().ends_with("q quit"))
        });
    }

    /// The text on the screen.
    pub(crate) fn text(&self) -> String {
        self.screen(Screen::contents)
    }

    /// Something of the screen.
    pub(crate) fn screen<T>(&self, look: impl Fn(&Screen) -> T) -> T {
        look(self.seen.lock().unwrap().parser.screen())
    }

    /// Every byte the program wrote.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen.lock().unwrap().bytes.clone()
    }

    /// Waits until the screen's text satisfies a condition.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let end = std::time::Instant::now() + wait::BOUND;
        loop {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            assert!(std::time::Instant::now() < end, "waited for {what}; the screen is:\n{text}");
            thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Waits until a text is on the screen.
    pub(crate) fn wait_for(&self, wanted: &str) -> String {
        self.wait(wanted, |text| text.contains(wanted))
    }

    /// Sends a signal to the program: `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// The program's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits for the program to end, and until all it wrote was read.
    pub(crate) fn ended(&mut self) -> Ended {
        let status = wait::until("the program to end", || self.child.try_wait().unwrap());
        Ended { code: status.exit_code(), signal: status.signal().map(str::to_owned) }
    }

    /// Asserts that the terminal is as it was before the program.
    pub(crate) fn assert_restored(&self) {
        wait::until("the terminal's modes to be restored", || {
            let restored = self.screen(|screen| {
                !screen.alternate_screen()
                    && !screen.hide_cursor()
                    && !screen.bracketed_paste()
                    && screen.mouse_protocol_mode() == MouseProtocolMode::None
            });
            restored.then_some(())
        });
        assert_eq!(format!("{:?}", self.master.get_termios().unwrap()), self.modes);
    }

    /// Asserts that the program has taken the terminal.
    pub(crate) fn assert_taken(&self, mouse: bool) {
        self.screen(|screen| {
            assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
            assert_eq!(screen.mouse_protocol_mode() != MouseProtocolMode::None, mouse);
        });
        assert_ne!(format!("{:?}", self.master.get_termios().unwrap()), self.modes);
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn listen(mut out: Box<dyn Read + Send>, seen: Arc<Mutex<Seen>>) {
    thread::spawn(move || {
        let mut buffer = [0; 16_384];
        // The end of a terminal is an error on Linux and zero bytes elsewhere.
        while let Ok(length @ 1..) = out.read(&mut buffer) {
            seen.lock().unwrap().take(&buffer[..length]);
        }
    });
}
