//! How far a long command is: on standard error, and only where that is a terminal.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{
    HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};

/// Redraws a second.
const RATE: u8 = 5;

/// A line with what is done, the rate, and the time that is left. It is gone when dropped.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Progress of `what` towards `total` of a unit, as in "export support", 420, "sequences".
    pub(super) fn new(what: &str, total: u64, unit: &str) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(RATE);
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let line = format!("{{msg}}: {{human_pos}} of {{human_len}} {unit}{{rate}}");
        if let Ok(style) = ProgressStyle::with_template(&line) {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar }
    }

    /// So many of the total are done.
    pub(super) fn set(&self, done: u64) {
        self.bar.set_position(done);
    }
}

/// The rate, and the time that is left by it; nothing before there is one.
fn rate(state: &ProgressState, out: &mut dyn Write) {
    if state.pos() > 0 {
        let left = HumanDuration(state.eta());
        let _ = write!(out, ", {}/s, {left:#} left", HumanCount(state.per_sec() as u64));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
