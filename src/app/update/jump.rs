//! Jumps: to a sequence, a time, the first and the last frame, a gap beyond the page, and back.

use jiff::Timestamp;

use crate::app::action::Action;
use crate::app::effect::{Effect, Job};
use crate::app::jumps::{Aim, Looked, Seek};
use crate::app::moment::Moment;
use crate::app::overlay::ToastKind;
use crate::app::state::{Focus, State};
use crate::app::view::Row;
use crate::domain::jump::OUT_OF_ORDER;
use crate::domain::when::{self, Spot, When};
use crate::domain::{Fault, Goal, Landing, Place, format};

use super::load;

/// Goes to what a person typed: a sequence or a time.
pub(super) fn goto(state: &mut State, text: &str) -> Result<Vec<Effect>, String> {
    let spot = when::parse(text, state.now, &state.zone).map_err(|error| error.to_string())?;
    Ok(match spot {
        Spot::Sequence(seq) => {
            let effects = around(state, seq);
            aim(state, Aim::Sequence(seq));
            effects
        }
        Spot::Time(when) => seek(state, Goal::Time(when.at), Some(when)),
    })
}

/// Reads the page around a sequence, and notes where the person was.
pub(super) fn around(state: &mut State, seq: u64) -> Vec<Effect> {
    remember(state);
    travel(state, Place::Around(seq))
}

/// Goes back to where the person was before the last jump.
pub(super) fn back(state: &mut State) -> Vec<Effect> {
    let room = state.view.room.clone();
    match room.and_then(|room| state.jumps.last(&room)) {
        Some(seq) => travel(state, Place::Around(seq)),
        None => vec![state.toast(ToastKind::Note, "no jump to go back from in this room")],
    }
}

/// Goes to the stream's first frame. No request beyond those of the oldest page.
pub(super) fn first(state: &mut State) -> Vec<Effect> {
    remember(state);
    let effects = travel(state, Place::Oldest);
    aim(state, Aim::FirstFrame);
    effects
}

/// Goes to the stream's last frame: on the newest page, and below it when its tail was deleted
/// that far.
pub(super) fn last(state: &mut State) -> Vec<Effect> {
    remember(state);
    let effects = travel(state, Place::Newest);
    aim(state, Aim::LastFrame);
    effects
}

fn remember(state: &mut State) {
    if let (Some(room), Some(seq)) = (state.view.room.clone(), state.view.selected) {
        state.jumps.remember(&room, seq);
    }
}

fn travel(state: &mut State, place: Place) -> Vec<Effect> {
    if state.view.room.is_some() && state.focus() == Focus::Rooms {
        state.focus_on(Focus::Frames);
    }
    load::go(state, place)
}

fn aim(state: &mut State, aim: Aim) {
    state.jumps.aim = state.view.load.map(|load| (load.job, aim));
    state.jumps.pictured = None;
}

pub(super) fn seek(state: &mut State, goal: Goal, when: Option<When>) -> Vec<Effect> {
    let Some(room) = load::opened(state) else {
        return vec![state.toast(ToastKind::Note, load::NO_ROOM)];
    };
    let job = state.job();
    state.jumps.seek = Some(Seek { job, goal, when, since: state.now });
    vec![Effect::Seek { job, room, goal }]
}

pub(super) fn sought(
    state: &mut State,
    job: Job,
    as_of: Option<Timestamp>,
    outcome: Result<Landing, Fault>,
) -> Vec<Effect> {
    let Some(seek) = state.jumps.seek.take_if(|seek| seek.job == job) else { return Vec::new() };
    let forward = matches!(seek.goal, Goal::NextGap(_));
    let (seq, words) = match outcome {
        Err(fault) => return vec![state.toast(ToastKind::Failed, fault.to_string())],
        Ok(Landing::Frame(edge)) => {
            let words = seek.when.filter(|when| edge.time.duration_since(when.at) >= when.grain);
            let words = words.map(|when| {
                let (asked, next) = (asked_for(state, when), moment(state, edge.time, when));
                let seq = format::count(edge.seq);
                format!("no frame found at {asked}; the next is {next}, sequence {seq}")
            });
            (Some(edge.seq), words)
        }
        Ok(Landing::BeforeFirst(edge)) => {
            let words = seek.when.filter(|when| edge.time.duration_since(when.at) >= when.grain);
            let words = words.map(|when| {
                let (asked, first) = (asked_for(state, when), moment(state, edge.time, when));
                format!("{asked} is before the first frame there is, which was stored {first}")
            });
            (Some(edge.seq), words)
        }
        Ok(Landing::AfterLast) => {
            let words = seek.when.map(|when| {
                let asked = asked_for(state, when);
                if when.at > state.now {
                    format!("{asked} is in the future; this is the end of the stream")
                } else {
                    format!("no frame found from {asked} on; this is the end of the stream")
                }
            });
            (None, words)
        }
        Ok(Landing::Disordered(edge)) => {
            let words = match edge {
                Some(edge) => format!("sequence {}; {OUT_OF_ORDER}", format::count(edge.seq)),
                None => format!("no frame found; {OUT_OF_ORDER}"),
            };
            (edge.map(|edge| edge.seq), Some(words))
        }
        Ok(Landing::Gap { gap, passed }) => {
            state.jumps.looked = None;
            let all = state.view.stream().map_or(u64::MAX, |info| info.state.num_deleted);
            let words = (passed > 0 && gap.len() < all).then(|| {
                format!(
                    "a gap; of the sequences before it {} were not looked at, so there may be \
                     nearer ones",
                    format::count(passed)
                )
            });
            (Some(if forward { gap.start() } else { gap.end() }), words)
        }
        Ok(Landing::NoGap) => return no_gap(state, forward, as_of, seek.since),
        Ok(Landing::NoneFound { up_to, requests }) => {
            return gave_up(state, forward, up_to, requests);
        }
        Ok(Landing::Nothing) => {
            return vec![state.toast(ToastKind::Note, "the stream holds no messages now")];
        }
    };
    remember(state);
    let mut effects = match (seq, seek.goal) {
        (Some(seq), _) => travel(state, Place::Around(seq)),
        (None, _) => travel(state, Place::Newest),
    };
    effects.extend(words.map(|words| state.toast(ToastKind::Note, words)));
    effects
}

/// Says that there is no gap, and when that was so.
pub(super) fn no_gap(
    state: &mut State,
    forward: bool,
    as_of: Option<Timestamp>,
    asked: Timestamp,
) -> Vec<Effect> {
    let end = if forward { "end" } else { "beginning" };
    let moment = Moment::of(as_of, asked, state.now).words(state.now, &state.zone);
    let words = format!("no gap from here to the {end} of the stream as of {moment}");
    vec![state.toast(ToastKind::Note, words)]
}

fn gave_up(state: &mut State, forward: bool, up_to: u64, requests: u64) -> Vec<Effect> {
    if let (Some(page), Some(room)) = (state.view.page().cloned(), state.view.room.clone()) {
        let window = page.window();
        let from = if forward { window.end() } else { window.start() };
        let created = page.stream.created;
        state.jumps.gave_up(&room, Looked { forward, from, up_to, created });
    }
    let key = state.keymap.hint(if forward { Action::NextGap } else { Action::PreviousGap });
    let words = format!(
        "no gap found with {requests} requests; {} to {} there is none for sure; {key} searches on \
         from there",
        if forward { "up" } else { "down" },
        format::count(up_to)
    );
    vec![state.toast(ToastKind::Note, words)]
}

/// A page was read: the last of what its jump wanted.
pub(super) fn landed(state: &mut State, job: Job) -> Vec<Effect> {
    let Some((_, aim)) = state.jumps.aim.take_if(|(of, _)| *of == job) else { return Vec::new() };
    let Some(page) = state.view.page().cloned().filter(|_| state.view.fault.is_none()) else {
        return Vec::new();
    };
    if state.jumps.pictured.take().is_some_and(|seq| state.view.selected != Some(seq)) {
        // Somebody moved on from the first picture meanwhile.
        return Vec::new();
    }
    let stream = &page.stream.state;
    let is_frame = |i: &usize| matches!(Row::at(&page, *i), Some(Row::Frame(_)));
    let mut all = 0..Row::count(&page);
    let words = match aim {
        Aim::Sequence(seq) if seq > stream.last_seq => {
            format!("the stream ends at {}", format::count(stream.last_seq))
        }
        Aim::Sequence(seq) if seq < stream.first_seq => {
            format!("the stream begins at {}", format::count(stream.first_seq))
        }
        Aim::Sequence(_) => return Vec::new(),
        Aim::FirstFrame => match all.find(is_frame) {
            Some(row) => {
                state.view.select(row);
                return Vec::new();
            }
            None => "no frame on this page could be read".to_owned(),
        },
        Aim::LastFrame => match all.rfind(is_frame) {
            Some(row) => {
                state.view.select(row);
                return Vec::new();
            }
            None => return seek(state, Goal::LastFrame, None),
        },
    };
    vec![state.toast(ToastKind::Note, words)]
}

/// The time that was asked for, as exactly as it was, without the date of today.
fn asked_for(state: &State, when: When) -> String {
    let at = when.at.to_zoned_datetime(state.zone.clone());
    let today = at.date() == state.now.to_zoned_datetime(state.zone.clone()).date();
    let clock = match when.grain.as_secs() {
        86_400.. => return at.strftime("%Y-%m-%d").to_string(),
        60.. => "%H:%M",
        1.. => "%H:%M:%S",
        _ => "%H:%M:%S%.f",
    };
    let clock = at.strftime(clock).to_string();
    if today { clock } else { format!("{} {clock}", at.strftime("%Y-%m-%d")) }
}

/// A time beside the one that was asked for: with its date unless that is of the same day, today.
fn moment(state: &State, time: Timestamp, when: When) -> String {
    let date = |time: Timestamp| time.to_zoned_datetime(state.zone.clone()).date();
    if date(time) == date(when.at) && when.grain.as_secs() < 86_400 {
        format::clock(time, &state.zone)
    } else {
        format::date_clock(time, &state.zone)
    }
}
