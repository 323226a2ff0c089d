//! The terminal: taken at the start and given back on every way out, whichever thread finds it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// Alternate screen, bracketed paste, hidden cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l";
/// Clicks and the wheel with coordinates of any size. Not motion: an idle program would wake at
/// every move of the pointer.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// End of a synchronized update, should one be open, then [`ENTER`] undone in reverse, colours
/// reset in between.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1049l";
const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

struct Gate {
    out: Box<dyn Write + Send>,
    mouse: bool,
    raw: bool,
    active: bool,
}

/// Access to the terminal, shared by the drawing, the clipboard and the panic hook. What is
/// written while the terminal is not taken is dropped, so that a frame drawn by one thread cannot
/// land on the shell's screen after a panic in another gave the terminal back.
#[derive(Clone)]
pub struct Tty(Arc<Mutex<Gate>>);

impl Tty {
    /// The process's own terminal; `mouse` says whether clicks and the wheel are asked for.
    pub fn stdout(mouse: bool) -> Self {
        Self::over(Box::new(io::stdout()), mouse, true)
    }

    fn over(out: Box<dyn Write + Send>, mouse: bool, raw: bool) -> Self {
        Self(Arc::new(Mutex::new(Gate { out, mouse, raw, active: false })))
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the terminal. Taking it twice sets all modes again, as is needed after another
    /// program had it.
    ///
    /// # Errors
    /// When there is no terminal, or it cannot be written to.
    pub fn enter(&self) -> io::Result<()> {
        let mut gate = self.gate();
        if gate.raw {
            if gate.active {
                // Raw mode counts as on already, and would not be set again.
                disable_raw_mode()?;
            }
            enable_raw_mode()?;
        }
        gate.active = true;
        gate.out.write_all(ENTER)?;
        if gate.mouse {
            gate.out.write_all(MOUSE_ON)?;
        }
        gate.out.flush()
    }

    /// Gives the terminal back as it was; does nothing when it is not taken. Each part is tried
    /// even when another fails.
    pub fn leave(&self) {
        let mut gate = self.gate();
        if !gate.active {
            return;
        }
        gate.active = false;
        if gate.mouse {
            let _ = gate.out.write_all(MOUSE_OFF);
        }
        let _ = gate.out.write_all(LEAVE);
        let _ = gate.out.flush();
        if gate.raw {
            let _ = disable_raw_mode();
        }
    }

    /// Writes bytes as they are, between two frames.
    ///
    /// # Errors
    /// When the terminal is not taken, or cannot be written to.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut gate = self.gate();
        if !gate.active {
            return Err(io::Error::other("the terminal is not ours now"));
        }
        gate.out.write_all(bytes)?;
        gate.out.flush()
    }
}

/// Gives the terminal back when dropped.
pub struct Guard(Tty);

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// As [`Tty::enter`]; the terminal is then as it was.
    pub fn new(tty: Tty) -> io::Result<Self> {
        let guard = Self(tty);
        guard.0.enter()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// What ratatui draws to: whole frames, each one write within a synchronized update.
pub struct Screen {
    tty: Tty,
    frame: Vec<u8>,
}

impl Screen {
    /// A screen on a terminal.
    pub const fn new(tty: Tty) -> Self {
        Self { tty, frame: Vec::new() }
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.frame.is_empty() {
            self.frame.extend_from_slice(BEGIN_UPDATE);
        }
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        self.frame.extend_from_slice(END_UPDATE);
        let mut gate = self.tty.gate();
        let sent = if gate.active {
            gate.out.write_all(&self.frame).and_then(|()| gate.out.flush())
        } else {
            Ok(())
        };
        self.frame.clear();
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Sink {
        fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn tty(mouse: bool) -> (Sink, Tty) {
        let sink = Sink::default();
        let tty = Tty::over(Box::new(sink.clone()), mouse, false);
        (sink, tty)
    }

    #[test]
    fn everything_set_is_unset_and_only_once() {
        let (sink, tty) = tty(true);
        let guard = Guard::new(tty.clone()).unwrap();
        let set = sink.take();
        tty.leave();
        let unset = sink.take();
        for mode in ["1049", "2004", "1000", "1006"] {
            assert!(set.contains(&format!("\x1b[?{mode}h")), "{mode}");
            assert!(unset.contains(&format!("\x1b[?{mode}l")), "{mode}");
        }
        assert!(set.contains("\x1b[?25l") && unset.contains("\x1b[?25h"));
        drop(guard);
        assert_eq!(sink.take(), "");
    }

    #[test]
    fn without_the_mouse_it_is_left_alone() {
        let (sink, tty) = tty(false);
        drop(Guard::new(tty).unwrap());
        assert!(!sink.take().contains("100"));
    }

    #[test]
    fn a_frame_is_one_synchronized_update_and_none_comes_after_leaving() {
        let (sink, tty) = tty(false);
        let mut screen = Screen::new(tty.clone());
        tty.enter().unwrap();
        sink.take();
        screen.write_all(b"one").unwrap();
        screen.write_all(b" two").unwrap();
        assert_eq!(sink.take(), "");
        screen.flush().unwrap();
        assert_eq!(sink.take(), "\x1b[?2026hone two\x1b[?2026l");
        screen.flush().unwrap();
        assert_eq!(sink.take(), "");

        screen.write_all(b"late").unwrap();
        tty.leave();
        sink.take();
        screen.flush().unwrap();
        assert_eq!(sink.take(), "");
        assert!(tty.send(b"late").is_err());
    }
}
