//! Meanings in sentences, for people. All that came over the wire is escaped.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Expected, Meaning, Reason, Setting, Times, Ttl};
use crate::domain::escape;
use crate::domain::format;
use crate::domain::frame::Frame;
use crate::domain::stream::StreamConfig;

/// Bytes of a subject or a name that are repeated in a sentence.
const QUOTED: usize = 120;

/// What a sentence is said in the light of.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The zone that times are told in.
    pub zone: &'a TimeZone,
    /// The time by the clock of this machine.
    pub now: Timestamp,
    /// The stream's configuration, as it is now.
    pub config: &'a StreamConfig,
}

impl Context<'_> {
    /// Whether a switch of the stream is on.
    fn is_on(&self, name: &str) -> bool {
        self.config.others.iter().any(|(other, value)| other == name && value == "true")
    }

    /// A limit of the stream in nanoseconds.
    fn nanos(&self, name: &str) -> Option<u64> {
        let set = self.config.others.iter().find(|(other, _)| other == name);
        set.and_then(|(_, value)| value.parse().ok()).filter(|nanos| *nanos > 0)
    }

    fn time(&self, time: Timestamp) -> String {
        format::date_clock(time, self.zone)
    }
}

/// A meaning in a sentence; `None` where the header says it already, or where more than the frame
/// is needed to say something of it ([`Meaning::Batch`], [`Meaning::MsgId`]).
pub fn sentence(meaning: &Meaning<'_>, frame: &Frame, context: &Context<'_>) -> Option<String> {
    Some(match meaning {
        Meaning::Batch(_) | Meaning::OfBatch | Meaning::MsgId(_) => return None,
        Meaning::Marker { reason, empty } => marker(*reason, *empty),
        Meaning::Ttl(ttl) => self::ttl(*ttl, frame, context),
        Meaning::LooseBatch => {
            "no member of an atomic batch: those have an id, a number from 1 to 1,000 and, the last \
             one, a commit"
                .into()
        }
        Meaning::Source { stream, seq, subject } => source(stream, *seq, *subject, context),
        Meaning::Schedule(times) => schedule(*times, context),
        Meaning::ScheduleSetting(setting) => match setting {
            Setting::Target => "the schedule publishes to this subject",
            Setting::Source => "it publishes the last message of this subject",
            Setting::Ttl => "what it publishes has this TTL",
            Setting::Zone => "its times are in this zone",
            Setting::Rollup => "what it publishes has this rollup",
        }
        .into(),
        Meaning::Scheduler => {
            "says that the schedule on this subject published the message; a client can say the \
             same, to end it"
                .into()
        }
        Meaning::ScheduleEnds => "says that the schedule ends with this message".into(),
        Meaning::ScheduleNext(at) => format!("says that the schedule is due again at {}", context.time(*at)),
        Meaning::Increment(value) => increment(value, context),
        Meaning::CounterSources => {
            "says which counters of other streams make up this one; a client can say the same".into()
        }
        Meaning::RollupSubject => {
            "the server removes all earlier messages of this subject when it stores such a message"
                .into()
        }
        Meaning::RollupAll => {
            "the server removes all earlier messages of the stream when it stores such a message"
                .into()
        }
        Meaning::Expected(expected) => self::expected(*expected),
        Meaning::Repeated => "the server reads only the first header of this name".into(),
        Meaning::Unknown => "not a value that the server takes (2.15.1)".into(),
    })
}

/// That another frame has the `Nats-Msg-Id` of this one.
pub fn same_id_sentence(frame: &Frame, other: &Frame) -> String {
    let apart = frame.time.duration_since(other.time).unsigned_abs().as_secs();
    let apart = match apart {
        0 => "less than 1s".into(),
        seconds => format::duration(seconds.saturating_mul(1_000_000_000)),
    };
    let side = if other.seq < frame.seq { "before" } else { "after" };
    format!(
        "frame {}, {apart} {side} it, has the same: the server drops a repeat only within its \
         duplicate_window",
        format::count(other.seq)
    )
}

fn marker(reason: Reason, empty: bool) -> String {
    let why = match reason {
        Reason::MaxAge => "the last message of this subject expired, by max_age or a TTL",
        Reason::Remove => {
            "the last message of this subject was deleted (no server up to 2.15.1 makes this one)"
        }
        Reason::Purge => {
            "the last message of this subject was purged (no server up to 2.15.1 makes this one)"
        }
        Reason::Other => {
            return "no reason for a marker that is known; any client can send this header".into();
        }
    };
    if empty {
        format!("says it is a marker: {why}; any client can send this header")
    } else {
        "says it is a marker, and is none as the server makes them: it has a payload".into()
    }
}

fn ttl(ttl: Ttl, frame: &Frame, context: &Context<'_>) -> String {
    if !context.is_on("allow_msg_ttl") && !matches!(ttl, Ttl::Bad | Ttl::None) {
        return "no effect: allow_msg_ttl is not set in this stream".into();
    }
    match ttl {
        Ttl::Never => "no end: max_age does not remove it either".into(),
        Ttl::None => "empty, which is no TTL".into(),
        Ttl::Bad => {
            "not a TTL that the server takes: a duration (1h30m), whole seconds, or never; 1 s or \
             more"
                .into()
        }
        Ttl::TooLong => {
            "longer than the server can count: it removes such a message at once (2.15.1)".into()
        }
        Ttl::Ends { at, .. } => {
            let when = context.time(at);
            // Frames of a page are read at different times, none of them by the server's clock: so
            // that the server left it there too long is never said.
            if at <= context.now {
                let ago = format::age(at, context.now);
                return format!(
                    "ended at {when}, {ago} ago by this clock; it may be gone since it was read"
                );
            }
            let span = match format::age(at, context.now) {
                span if span.starts_with("in ") => span,
                span => format!("in {span}"),
            };
            let sooner = context
                .nanos("max_age")
                .filter(|age| frame.time.as_nanosecond() + i128::from(*age) < at.as_nanosecond());
            match sooner {
                Some(age) => {
                    let age = format::duration(age);
                    format!(
                        "ends at {when} ({span}); max_age {age}, in force now, ends before that"
                    )
                }
                None => format!("ends at {when} ({span})"),
            }
        }
    }
}

fn source(stream: &[u8], seq: u64, subject: Option<&[u8]>, context: &Context<'_>) -> String {
    let stream = quoted(stream);
    let there = subject
        .map_or_else(String::new, |subject| format!(", there on subject {}", quoted(subject)));
    let none = if context.config.sources > 0 || context.config.mirror {
        ""
    } else {
        "; this stream has no source now"
    };
    format!("says it came from sequence {} of stream {stream}{there}{none}", format::count(seq))
}

fn increment(value: &[u8], context: &Context<'_>) -> String {
    let value = quoted(value);
    if context.is_on("allow_msg_counter") {
        return format!(
            "added {value} to this subject's counter; the payload is the value after it"
        );
    }
    format!("says it adds {value} to a counter; allow_msg_counter is not set in this stream")
}

fn schedule(times: Times, context: &Context<'_>) -> String {
    let times = match times {
        Times::At(at) => format!("once, at {}", context.time(at)),
        Times::Every(nanos) => format!("every {}", format::duration(nanos)),
        Times::Pattern => "by this pattern".into(),
    };
    let off = match context.is_on("allow_msg_schedules") {
        true => "",
        false => "; allow_msg_schedules is not set in this stream",
    };
    format!("a schedule: the server publishes from it {times}{off}")
}

fn expected(expected: Expected) -> String {
    let condition = match expected {
        Expected::Stream => "the stream has this name".to_owned(),
        Expected::LastSequence(0) => "the stream never held a message".to_owned(),
        Expected::LastSequence(seq) => {
            format!("the stream's last sequence is {}", format::count(seq))
        }
        Expected::LastMsgId => "the stream's last Nats-Msg-Id is this".to_owned(),
        Expected::LastOfSubject(0) => "the subject has no message".to_owned(),
        Expected::LastOfSubject(seq) => {
            format!("the subject's last sequence is {}", format::count(seq))
        }
        Expected::Subject => return "the subject of that condition".into(),
    };
    format!("its publisher's condition, which the server checks before it stores: {condition}")
}

/// What is repeated of a value, escaped.
fn quoted(value: &[u8]) -> String {
    match value.get(..QUOTED) {
        Some(part) if part.len() < value.len() => format!("{}... (cut)", escape::bytes(part)),
        _ => escape::bytes(value),
    }
}
