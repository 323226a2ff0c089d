//! Whether the backlog is short because of how it is read: the window, and the control plane's
//! reader.

use super::{Answer, Asked, Bound, Fact, Price, Reason, What};
use crate::domain::{Holes, PageSize, StreamInfo, Window, format};

/// What the control plane's read of a history may take in all, in microseconds: ensuring the
/// stream, looking at it, and all gets.
const WHOLE_READ: u64 = 5_000_000;
/// Requests of that read beside its gets.
const BESIDE: u64 = 2;

/// Messages outside of a window.
struct Outside {
    /// Below it and above it, where these can be told apart.
    parts: Option<(u64, u64)>,
    all: u64,
    /// Whether that is exact; else there are at least so many.
    exact: bool,
}

impl Outside {
    fn of(asked: &Asked<'_>, info: &StreamInfo, window: Window) -> Self {
        let state = &info.state;
        let (first, last) = (state.first_seq.max(1), state.last_seq);
        let below = Window::new(first, window.start() - 1);
        let above = window.end().checked_add(1).and_then(|start| Window::new(start, last));
        if let Some(list) = &state.deleted {
            let stored =
                |run: Option<Window>| run.map_or(0, |run| run.len() - Holes(list).count(run));
            let (below, above) = (stored(below), stored(above));
            let all = below.saturating_add(above);
            return Self { parts: Some((below, above)), all, exact: !state.is_doubtful() };
        }
        // Without the list all that may be stored in the window is taken off what the server counts.
        let (held, open) = asked.reading.as_ref().map_or((0, window.len()), |reading| {
            (
                reading.frames + reading.unreadable + reading.past_limit,
                reading.not_known + reading.unread,
            )
        });
        let all = state.messages.saturating_sub(held).saturating_sub(open);
        let parts = match (below, above) {
            (_, None) => Some((all, 0)),
            (None, _) => Some((0, all)),
            _ => None,
        };
        Self { parts, all, exact: open == 0 && !state.is_doubtful() }
    }

    /// Where they lie, in words.
    fn words(&self) -> String {
        let least = if self.exact { "" } else { "at least " };
        let lie = |n: u64, place: &str| format!("{least}{} {place}", messages(n));
        match self.parts {
            _ if self.all == 0 && self.exact => "no message lies outside of it".into(),
            _ if self.all == 0 => "whether messages lie outside of it is not known".into(),
            Some((below, 0)) => lie(below, "below it"),
            Some((0, above)) => lie(above, "above it"),
            Some((below, above)) => {
                format!("{} and {}", lie(below, "below"), lie(above, "above it"))
            }
            None => lie(self.all, "outside of it"),
        }
    }
}

fn messages(n: u64) -> String {
    format!("{} {}", format::counted(n, "message"), if n == 1 { "lies" } else { "lie" })
}

/// The window itself: the last N sequences hold only K frames, and M messages lie below.
pub(super) fn window(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Window;
    let Some(window) = asked.window() else {
        return Reason::new(what, Answer::No, "The stream holds no message.");
    };
    let outside = Outside::of(asked, info, window);
    let n = format::counted(window.len(), "sequence");
    let range = format::range(window);
    let frames = frames(asked, info, window);
    let hold = match frames {
        Some((frames, true)) => format!("of which {} read", were(frames, "frame")),
        Some((frames, false)) => {
            format!("which hold {} by the server's list", format::counted(frames, "message"))
        }
        None => "of which no frame was read".into(),
    };
    let answer = match (outside.all, outside.exact) {
        (0, true) => Answer::No,
        (0, false) => Answer::CannotBeKnown,
        _ => Answer::Yes,
    };
    let words = format!("The window is {n} ({range}), {hold}; {}.", outside.words());
    let reason = Reason::new(what, answer, words)
        .fact("asked", asked.last.into())
        .fact("window", Fact::Range(window))
        .fact("frames", frames.map(|(frames, _)| frames).into())
        .fact("messages_below", outside.parts.map(|(below, _)| below).into())
        .fact("messages_above", outside.parts.map(|(_, above)| above).into())
        .fact("messages_outside", Fact::Number(outside.all))
        .fact("exact", Fact::Flag(outside.exact));
    let reason = match answer {
        Answer::No => return reason,
        Answer::Yes => {
            let bound = if outside.exact { Bound::Exactly } else { Bound::AtLeast };
            let words = "A window is counted in sequences, missing ones included.";
            reason.sequences(outside.all, bound).add(words)
        }
        Answer::CannotBeKnown => reason,
    };
    let proof = format!("roomscope history {} --last all reads the rest.", asked.room.id);
    reason.proof(proof, Some(Price::frames(info, info.state.messages)))
}

/// Frames of the window, and whether they were read; else as many messages as the list leaves.
fn frames(asked: &Asked<'_>, info: &StreamInfo, window: Window) -> Option<(u64, bool)> {
    if let Some(reading) = &asked.reading {
        return Some((reading.frames, true));
    }
    let list = info.state.deleted.as_ref()?;
    Some((window.len().saturating_sub(Holes(list).count(window)), false))
}

fn were(n: u64, one: &str) -> String {
    format!("{} {}", format::counted(n, one), if n == 1 { "was" } else { "were" })
}

/// What of a stream's configuration no update can bring to what the contract makes.
fn fixed(info: &StreamInfo) -> Vec<&'static str> {
    let config = &info.config;
    let set = |name: &str| config.other(name) == Some("true");
    let all = [
        (config.sealed, "sealed"),
        (config.storage == "memory", "memory storage"),
        (config.retention == "workqueue", "work-queue retention"),
        (set("deny_delete"), "deny_delete"),
        (set("deny_purge"), "deny_purge"),
        (config.has_message_ttl(), "allow_msg_ttl"),
        (set("allow_msg_counter"), "allow_msg_counter"),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect()
}

/// The control plane's own reader, which has 5 s for a whole read and leaves out the rest.
pub(super) fn control_plane(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::ControlPlane;
    let most = PageSize::MAX.get();
    let n = asked.last.unwrap_or(most).min(most);
    let state = &info.state;
    let fixed = fixed(info);
    if !fixed.is_empty() {
        let words = format!(
            "Before it reads, it changes the stream to what the contract makes, which a server \
             refuses for this one ({}): it then answers 500, and gives no history.",
            fixed.join(", ")
        );
        return Reason::new(what, Answer::Yes, words);
    }
    let window = Window::newest(state.first_seq, state.last_seq, n);
    let Some(window) = window.filter(|_| !state.is_empty()) else {
        return Reason::new(what, Answer::No, "The stream holds no message.");
    };
    let gets = window.len();
    let count = format::count(gets);
    let how = format!(
        "It sends {} one after another, missing sequences included, has 5 s for all of them, and \
         leaves out without a word what it did not get by then, the newest first",
        format::counted(gets, "get")
    );
    let slowest = WHOLE_READ / (gets + BESIDE);
    let limit = format::millis(slowest);
    let facts = |reason: Reason| {
        reason
            .fact("gets", Fact::Number(gets))
            .fact("budget_us", Fact::Number(WHOLE_READ))
            .fact("round_trip_us", asked.round_trip.into())
            .fact("slowest_round_trip_us", Fact::Number(slowest))
    };
    let Some(each) = asked.round_trip else {
        let words = format!("{how}: so it does where a get takes it more than about {limit}.");
        return facts(Reason::new(what, Answer::CannotBeKnown, words)).proof(
            "One get from here tells how long one takes here.",
            Some(Price::frames(info, 1)),
        );
    };
    let takes = format::millis(each.saturating_mul(gets));
    let at = format!("One get took {} from here, where {count} take {takes}", format::millis(each));
    let done = (WHOLE_READ / each.max(1)).saturating_sub(BESIDE).min(gets);
    let left = gets - done;
    let reason = if left > 0 {
        let left_out = format!("so about {} are left out", format::count(left));
        let words = format!("{how}. {at}: {left_out}.");
        Reason::new(what, Answer::Yes, words).sequences(left, Bound::About)
    } else {
        let words = format!("{how}. {at}; where it runs, a get may take it up to about {limit}.");
        Reason::new(what, Answer::No, words)
    };
    let proof = format!(
        "Compare its answer with roomscope history {} --last {n} --format contract.",
        asked.room.id
    );
    facts(reason).fact("left_out", Fact::Number(left)).proof(proof, Some(Price::frames(info, gets)))
}
