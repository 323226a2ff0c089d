//! When to draw and when to wake: never without a reason.

use std::time::Duration;

use tokio::time::Instant;

/// Shortest time between two drawings: 60 a second.
const FRAME: Duration = Duration::from_micros(16_667);
/// Time between two `Msg::Now` while something is under way.
const TICK: Duration = Duration::from_millis(100);

/// Longest time between two drawings: ages on the screen are in minutes, and an idle one would
/// otherwise go on saying "1m" for hours.
const STALE: Duration = Duration::from_secs(60);

/// Keeps the time of drawings and ticks.
#[derive(Debug, Default)]
pub(super) struct Pace {
    dirty: bool,
    drawn: Option<Instant>,
    ticked: Option<Instant>,
}

impl Pace {
    /// Something changed that the screen does not show yet.
    pub(super) const fn changed(&mut self) {
        self.dirty = true;
    }

    /// Whether to draw now.
    pub(super) fn should_draw(&self, now: Instant) -> bool {
        self.dirty && self.next_drawing(now) <= now
    }

    /// The screen was drawn.
    pub(super) const fn drew(&mut self, now: Instant) {
        self.dirty = false;
        self.drawn = Some(now);
    }

    /// The app was told the time.
    pub(super) const fn ticked(&mut self, now: Instant) {
        self.ticked = Some(now);
    }

    /// Time passed: what is on the screen may have become old.
    pub(super) fn passed(&mut self, now: Instant) {
        self.dirty |= self.drawn.is_some_and(|at| at + STALE <= now);
    }

    /// When to wake next without any event; once a minute when nothing is due.
    pub(super) fn wake(&self, now: Instant, busy: bool) -> Option<Instant> {
        let draw = match self.drawn {
            Some(at) if !self.dirty => Some(at + STALE),
            _ => self.dirty.then(|| self.next_drawing(now)),
        };
        let tick = busy.then(|| self.ticked.map_or(now, |at| at + TICK));
        [draw, tick].into_iter().flatten().min()
    }

    fn next_drawing(&self, now: Instant) -> Instant {
        self.drawn.map_or(now, |at| at + FRAME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_do_means_one_wake_up_a_minute() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.wake(now, false), None);
        pace.changed();
        pace.drew(now);
        pace.ticked(now);
        assert_eq!(pace.wake(now + TICK, false), Some(now + STALE));
        pace.passed(now + TICK);
        assert!(!pace.should_draw(now + TICK));
        pace.passed(now + STALE);
        assert!(pace.should_draw(now + STALE));
    }

    #[test]
    fn a_burst_is_drawn_once_and_the_first_change_at_once() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.changed();
        assert!(pace.should_draw(start));
        pace.drew(start);
        assert!(!pace.should_draw(start));
        pace.changed();
        let soon = start + Duration::from_millis(3);
        assert!(!pace.should_draw(soon));
        assert_eq!(pace.wake(soon, false), Some(start + FRAME));
        assert!(pace.should_draw(start + FRAME));
    }

    #[test]
    fn ticks_come_only_while_busy() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.ticked(start);
        assert_eq!(pace.wake(start, true), Some(start + TICK));
        assert_eq!(pace.wake(start, false), None, "nothing was drawn yet");
    }
}
