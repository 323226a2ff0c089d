//! What the headers that a NATS server reads or writes itself (`Nats-…`) say of a message.
//!
//! Names, forms and effects were measured on server 2.15.1 (TTL and markers: ADR-43, 2.11+;
//! counters: ADR-49, atomic batches: ADR-50, schedules: ADR-51, all 2.12+). Names are looked up by
//! their case, and the first of a name counts.
//!
//! A stored header proves less than it says. Any client can publish a marker, counter sources, and
//! a batch's number or commit without its id; up to 2.14 the source of a message, up to 2.12 that a
//! schedule made it; and servers from before a feature store its headers unchecked (tried on 2.11.11,
//! 2.12.1, 2.14.0, 2.15.1). Mirrors and sources copy headers into streams in which they have no
//! effect. So the words are "says it is" wherever somebody else can say the same.

pub mod batch;
#[cfg(test)]
mod tests;
mod ttl;
mod values;
mod words;

use jiff::Timestamp;

use super::frame::{Frame, Header};
pub use batch::{Batch, Batches, Part};
pub use ttl::Ttl;
use values::{is_increment, number, source, time, times};
pub use words::{Context, same_id_sentence, sentence};

/// What one header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// `Nats-Marker-Reason`: says that the server stored the message for one that is gone.
    Marker {
        reason: Reason,
        /// Whether there is no payload, as in all markers that servers make.
        empty: bool,
    },
    /// `Nats-TTL`: how long the message is to be kept.
    Ttl(Ttl),
    /// `Nats-Batch-Id`, with the number that makes it one: a member of an atomic batch.
    Batch(Part<'a>),
    /// The number or the commit of a batch beside its id.
    OfBatch,
    /// A header of a batch without the others that it needs; the server passes over these.
    LooseBatch,
    /// `Nats-Msg-Id`: what the server drops repeats by.
    MsgId(&'a [u8]),
    /// `Nats-Stream-Source`: where a sourced message came from.
    Source {
        /// The stream, with a colon and a hash behind it where it is in another account or domain.
        stream: &'a [u8],
        seq: u64,
        /// The subject there, from server 2.10 on.
        subject: Option<&'a [u8]>,
    },
    /// `Nats-Schedule`: the message is published again by the server at these times.
    Schedule(Times),
    /// Another `Nats-Schedule-…` header of such a message.
    ScheduleSetting(Setting),
    /// `Nats-Scheduler`: the subject of the schedule that this message came from.
    Scheduler,
    /// `Nats-Schedule-Next: purge`: the schedule ends with this message.
    ScheduleEnds,
    /// `Nats-Schedule-Next`: when the schedule is due again.
    ScheduleNext(Timestamp),
    /// `Nats-Incr`: what was added to a counter.
    Increment(&'a [u8]),
    /// `Nats-Counter-Sources`: the counters that a sourced counter is made of.
    CounterSources,
    /// `Nats-Rollup: sub`: earlier messages of the subject go.
    RollupSubject,
    /// `Nats-Rollup: all`: all earlier messages of the stream go.
    RollupAll,
    /// `Nats-Expected-…`: a condition that the server checks before it stores.
    Expected(Expected),
    /// A name that the server reads, for the second time.
    Repeated,
    /// A name that the server reads, with a value that it would not take.
    Unknown,
}

/// The reason in a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The last message of its subject expired.
    MaxAge,
    /// It was deleted. Defined, and not made by servers 2.11.11 to 2.15.1.
    Remove,
    /// It was purged. Defined, and not made by servers 2.11.11 to 2.15.1.
    Purge,
    /// None that is known.
    Other,
}

/// When a schedule is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    At(Timestamp),
    /// Every so many nanoseconds.
    Every(u64),
    /// By a pattern as of cron, or `@daily` and the like.
    Pattern,
}

/// A setting of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// `Nats-Schedule-Target`: the subject that it publishes to.
    Target,
    /// `Nats-Schedule-Source`: the subject whose last message it publishes.
    Source,
    /// `Nats-Schedule-TTL`: the TTL of what it publishes.
    Ttl,
    /// `Nats-Schedule-Time-Zone`: the zone of its pattern.
    Zone,
    /// `Nats-Schedule-Rollup`: the rollup of what it publishes.
    Rollup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// `Nats-Expected-Stream`: the stream's name.
    Stream,
    /// `Nats-Expected-Last-Sequence`: the stream's last sequence.
    LastSequence(u64),
    /// `Nats-Expected-Last-Msg-Id`: the `Nats-Msg-Id` of its last message.
    LastMsgId,
    /// `Nats-Expected-Last-Subject-Sequence`: the last sequence of a subject.
    LastOfSubject(u64),
    /// `Nats-Expected-Last-Subject-Sequence-Subject`: which subject, if not the message's.
    Subject,
}

impl Reason {
    /// The word on the wire.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::MaxAge => Some("MaxAge"),
            Self::Remove => Some("Remove"),
            Self::Purge => Some("Purge"),
            Self::Other => None,
        }
    }
}

const MARKER: &str = "Nats-Marker-Reason";
const MSG_ID: &str = "Nats-Msg-Id";

/// The names that mean something.
const READ: [&str; 23] = [
    MARKER,
    "Nats-TTL",
    batch::ID,
    batch::SEQUENCE,
    batch::COMMIT,
    MSG_ID,
    "Nats-Stream-Source",
    "Nats-Schedule",
    "Nats-Schedule-Target",
    "Nats-Schedule-Source",
    "Nats-Schedule-TTL",
    "Nats-Schedule-Time-Zone",
    "Nats-Schedule-Rollup",
    "Nats-Scheduler",
    "Nats-Schedule-Next",
    "Nats-Incr",
    "Nats-Counter-Sources",
    "Nats-Rollup",
    "Nats-Expected-Stream",
    "Nats-Expected-Last-Sequence",
    "Nats-Expected-Last-Msg-Id",
    "Nats-Expected-Last-Subject-Sequence",
    "Nats-Expected-Last-Subject-Sequence-Subject",
];

/// The reason of a frame that looks like a marker: a known one, and no payload, so that nothing
/// that a person wrote is ever taken for one. That a server made it is not proved.
pub fn marker(frame: &Frame) -> Option<&'static str> {
    // Most frames have a payload, and are done with here.
    let reason = if frame.payload.is_empty() { frame.header(MARKER)? } else { return None };
    reason_of(reason).word()
}

/// A frame's `Nats-Msg-Id`; an empty one is none.
pub fn msg_id(frame: &Frame) -> Option<&[u8]> {
    frame.header(MSG_ID).filter(|id| !id.is_empty())
}

/// Another frame with a frame's `Nats-Msg-Id`: the nearest before it, else the first after it.
pub fn same_id<'a>(frames: impl Iterator<Item = &'a Frame>, frame: &Frame) -> Option<&'a Frame> {
    let id = msg_id(frame)?;
    let (mut before, mut after) = (None, None);
    for other in frames.filter(|other| other.seq != frame.seq && msg_id(other) == Some(id)) {
        if other.seq < frame.seq {
            before = Some(other);
        } else {
            after = after.or(Some(other));
        }
    }
    before.or(after)
}

fn reason_of(value: &[u8]) -> Reason {
    let all = [Reason::MaxAge, Reason::Remove, Reason::Purge];
    let named = |reason: &Reason| reason.word().is_some_and(|word| word.as_bytes() == value);
    all.into_iter().find(named).unwrap_or(Reason::Other)
}

/// What a header of a frame says; `None` for a name that means nothing to a server.
pub fn meaning<'a>(frame: &'a Frame, header: &'a Header) -> Option<Meaning<'a>> {
    let name = std::str::from_utf8(&header.name).ok()?;
    let value = header.value.as_deref()?;
    if !READ.contains(&name) {
        return None;
    }
    // Looked up only as far as this header is down, however many there are.
    let is_first = frame.header(name).is_some_and(|first| std::ptr::eq(first, value));
    Some(if is_first { of(frame, name, value) } else { Meaning::Repeated })
}

fn of<'a>(frame: &'a Frame, name: &str, value: &'a [u8]) -> Meaning<'a> {
    let number = |make: fn(u64) -> Expected| {
        number(value).map_or(Meaning::Unknown, |n| Meaning::Expected(make(n)))
    };
    match name {
        MARKER => Meaning::Marker { reason: reason_of(value), empty: frame.payload.is_empty() },
        "Nats-TTL" => Meaning::Ttl(Ttl::of(value, frame.time)),
        batch::ID => Part::of(frame).map_or(Meaning::LooseBatch, Meaning::Batch),
        batch::SEQUENCE | batch::COMMIT => {
            Part::of(frame).map_or(Meaning::LooseBatch, |_| Meaning::OfBatch)
        }
        MSG_ID => Meaning::MsgId(value),
        "Nats-Stream-Source" => source(value).unwrap_or(Meaning::Unknown),
        "Nats-Schedule" => times(value).map_or(Meaning::Unknown, Meaning::Schedule),
        "Nats-Schedule-Target" => Meaning::ScheduleSetting(Setting::Target),
        "Nats-Schedule-Source" => Meaning::ScheduleSetting(Setting::Source),
        "Nats-Schedule-TTL" => Meaning::ScheduleSetting(Setting::Ttl),
        "Nats-Schedule-Time-Zone" => Meaning::ScheduleSetting(Setting::Zone),
        "Nats-Schedule-Rollup" => Meaning::ScheduleSetting(Setting::Rollup),
        "Nats-Scheduler" => Meaning::Scheduler,
        "Nats-Schedule-Next" if value == b"purge" => Meaning::ScheduleEnds,
        "Nats-Schedule-Next" => time(value).map_or(Meaning::Unknown, Meaning::ScheduleNext),
        "Nats-Incr" if is_increment(value) => Meaning::Increment(value),
        "Nats-Incr" => Meaning::Unknown,
        "Nats-Counter-Sources" => Meaning::CounterSources,
        "Nats-Rollup" if value == b"sub" => Meaning::RollupSubject,
        "Nats-Rollup" if value == b"all" => Meaning::RollupAll,
        "Nats-Rollup" => Meaning::Unknown,
        "Nats-Expected-Stream" => Meaning::Expected(Expected::Stream),
        "Nats-Expected-Last-Sequence" => number(Expected::LastSequence),
        "Nats-Expected-Last-Msg-Id" => Meaning::Expected(Expected::LastMsgId),
        "Nats-Expected-Last-Subject-Sequence" => number(Expected::LastOfSubject),
        "Nats-Expected-Last-Subject-Sequence-Subject" => Meaning::Expected(Expected::Subject),
        _ => Meaning::Unknown,
    }
}
