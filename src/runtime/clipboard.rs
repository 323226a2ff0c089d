//! Copying: OSC 52 to the terminal, which works over ssh but tells nothing back, and a native
//! helper where there is one.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;

use super::terminal::Tty;

/// Longest wait for a helper.
const PATIENCE: Duration = Duration::from_secs(2);
/// Base64 characters above which common terminals drop an OSC 52 sequence without a word.
const OFTEN_REFUSED: usize = 100_000;

/// A program that puts its standard input on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Helper {
    program: &'static str,
    args: &'static [&'static str],
}

const WL_COPY: Helper = Helper { program: "wl-copy", args: &[] };
const XCLIP: Helper = Helper { program: "xclip", args: &["-selection", "clipboard"] };
const XSEL: Helper = Helper { program: "xsel", args: &["--clipboard", "--input"] };
const PBCOPY: Helper = Helper { program: "pbcopy", args: &[] };

/// Copies; blocks for up to two seconds. `Ok` says by which way, `Err` why by none.
///
/// # Errors
/// When neither the terminal nor a helper took the text.
pub(super) fn copy(tty: &Tty, text: &str) -> Result<String, String> {
    let mut sequence = String::new();
    let written = CopyToClipboard::to_clipboard_from(text)
        .write_ansi(&mut sequence)
        .map_err(io::Error::other)
        .and_then(|()| tty.send(sequence.as_bytes()));
    let native = helper(|name| env::var_os(name).is_some_and(|v| !v.is_empty()), on_path)
        .map(|helper| (helper.program, feed(helper, text)));
    outcome(written, native, sequence.len())
}

/// What to tell the person. That a terminal was sent OSC 52 does not mean that it obeyed.
fn outcome(
    written: io::Result<()>,
    native: Option<(&str, io::Result<()>)>,
    sent: usize,
) -> Result<String, String> {
    let large = if sent > OFTEN_REFUSED { ", which may refuse this much" } else { "" };
    match (written, native) {
        (_, Some((program, Ok(())))) => Ok(format!("with {program}")),
        (Ok(()), None) => Ok(format!("sent to the terminal (OSC 52){large}")),
        (Ok(()), Some((program, Err(error)))) => {
            Ok(format!("sent to the terminal (OSC 52){large}; {program} failed: {error}"))
        }
        (Err(error), None) => Err(format!("the terminal could not be written to: {error}")),
        (Err(error), Some((program, Err(cause)))) => {
            Err(format!("the terminal could not be written to: {error}; {program} failed: {cause}"))
        }
    }
}

/// The helper to use. None over ssh, where it would fill the clipboard of the far machine.
fn helper(set: impl Fn(&str) -> bool, there: impl Fn(&str) -> bool) -> Option<Helper> {
    if ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"].into_iter().any(&set) {
        return None;
    }
    let mut fit = Vec::new();
    if cfg!(target_os = "macos") {
        fit.push(PBCOPY);
    }
    if set("WAYLAND_DISPLAY") {
        fit.push(WL_COPY);
    }
    if set("DISPLAY") {
        fit.extend([XCLIP, XSEL]);
    }
    fit.into_iter().find(|helper| there(helper.program))
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| {
        env::split_paths(&path).any(|folder: std::path::PathBuf| is_file(&folder.join(program)))
    })
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file())
}

fn feed(helper: Helper, text: &str) -> io::Result<()> {
    let mut child = Command::new(helper.program)
        .args(helper.args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Written by a thread of its own: a helper that does not read must not hold us up.
    let stdin = child.stdin.take();
    let text = text.to_owned();
    let writer = thread::spawn(move || match stdin {
        Some(mut stdin) => stdin.write_all(text.as_bytes()),
        None => Ok(()),
    });
    let ended = wait(&mut child);
    if ended.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    ended?;
    writer.join().unwrap_or_else(|_| Err(io::Error::other("could not be written to")))
}

fn wait(child: &mut Child) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(io::Error::other(status.to_string())),
            None if start.elapsed() > PATIENCE => {
                return Err(io::Error::other("no end within 2 s"));
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_helper_fits_the_display_and_there_is_none_over_ssh() {
        let pick = |set: &[&str], there: &[&str]| {
            helper(|name| set.contains(&name), |name| there.contains(&name)).map(|h| h.program)
        };
        let all = ["wl-copy", "xclip", "xsel"];
        assert_eq!(pick(&["WAYLAND_DISPLAY", "DISPLAY"], &all), Some("wl-copy"));
        assert_eq!(pick(&["DISPLAY"], &all), Some("xclip"));
        assert_eq!(pick(&["DISPLAY"], &["xsel"]), Some("xsel"));
        assert_eq!(pick(&["WAYLAND_DISPLAY"], &["xclip"]), None);
        assert_eq!(pick(&["DISPLAY", "SSH_TTY"], &all), None);
        assert_eq!(pick(&[], &all), None);
    }

    #[test]
    fn the_outcome_claims_no_more_than_is_known() {
        let failed = || Err(io::Error::other("broken pipe"));
        assert_eq!(outcome(Ok(()), None, 10), Ok("sent to the terminal (OSC 52)".into()));
        assert!(outcome(Ok(()), None, 200_000).is_ok_and(|said| said.contains("may refuse")));
        assert_eq!(outcome(failed(), Some(("xclip", Ok(()))), 10), Ok("with xclip".into()));
        assert!(
            outcome(Ok(()), Some(("xclip", failed())), 10)
                .is_ok_and(|said| said.contains("xclip failed: broken pipe"))
        );
        assert!(outcome(failed(), None, 10).is_err());
        assert!(outcome(failed(), Some(("xclip", failed())), 10).is_err());
    }

    #[test]
    fn a_helper_that_fails_is_reported() {
        let helper = |program, args| Helper { program, args };
        assert!(feed(helper("true", &[]), "").is_ok());
        assert!(feed(helper("false", &[]), "").is_err());
        assert!(feed(helper("/nonexistent/helper", &[]), "").is_err());
    }
}
