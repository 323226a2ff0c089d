//! What the configuration in force can take out of a stream, and from where. It says nothing of the
//! past: limits can be lifted, and `deny_delete` be set after a deletion.

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::gap::GapCause;
use crate::domain::stream::{StreamConfig, StreamInfo};
use crate::domain::{format, limits};

/// Where something is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The oldest messages: the first sequence advances.
    Head,
    Anywhere,
    /// It keeps messages from being stored at all, and uses up no sequence, or one that is not of
    /// this stream's making.
    NeverStored,
}

/// Something that can take messages out of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// `max_age`.
    MaxAge,
    /// `max_msgs` with `discard: old`.
    MaxMsgs,
    /// `max_bytes` with `discard: old`.
    MaxBytes,
    /// `max_msgs_per_subject`.
    PerSubject,
    /// A TTL of a message's own (server 2.11+).
    MessageTtl,
    /// A message that replaces all before it (`Nats-Rollup`).
    Rollup,
    /// Acknowledgement, in streams of work-queue or interest retention.
    Acknowledged,
    Delete,
    Purge,
    /// Interest retention: what no consumer waits for is acknowledged and never stored.
    NoInterest,
    /// A mirror has the holes of its origin, and what its filter leaves out.
    Origin,
}

impl What {
    /// Whether it acts by itself, by how the stream is configured, and not by a request.
    pub const fn is_limit(self) -> bool {
        !matches!(self, Self::Delete | Self::Purge)
    }
}

/// One such thing, as it is set now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    pub what: What,
    pub from: From,
    /// How it is set, and how that fits the stream: "max_age 30d; the stream is 41d old".
    pub words: String,
    /// Whether the stream is such that it can have taken the messages before the first one: old
    /// enough, or as full as the limit lets it be.
    pub fits_head: bool,
}

/// What can take messages out of a stream as it is configured now; empty for one that nothing but
/// damage takes anything from. In the order in which people look for them: limits first, requests
/// last.
pub fn removals(info: &StreamInfo) -> Vec<Removal> {
    let config = &info.config;
    let limits = [max_age(info), max_msgs(info), max_bytes(info), per_subject(info)];
    let mut all: Vec<Removal> = limits.into_iter().flatten().collect();
    let mut add = |is: bool, what, from, words: &str| {
        if is {
            all.push(Removal { what, from, words: words.into(), fits_head: false });
        }
    };
    let set = |name| config.other(name) == Some("true");
    let ttl = "messages may have a TTL of their own";
    add(config.has_message_ttl(), What::MessageTtl, From::Anywhere, ttl);
    let words = "a message may replace earlier ones";
    add(set("allow_rollup_hdrs"), What::Rollup, From::Anywhere, words);
    let acknowledged = matches!(config.retention.as_str(), "workqueue" | "interest");
    let words = format!("retention {}: acknowledged messages are removed", config.retention);
    add(acknowledged, What::Acknowledged, From::Anywhere, &words);
    let words = "retention interest: what no consumer waits for is never stored";
    add(config.retention == "interest", What::NoInterest, From::NeverStored, words);
    let words = "a mirror has the holes of its origin";
    add(config.mirror, What::Origin, From::Anywhere, words);
    let open = !config.sealed;
    let words = "requests may delete messages (no deny_delete)";
    add(open && !set("deny_delete"), What::Delete, From::Anywhere, words);
    let words = "requests may purge it (no deny_purge)";
    add(open && !set("deny_purge"), What::Purge, From::Anywhere, words);
    all
}

/// Those that can have taken a gap of this cause, by where they take messages from: what is inside a
/// stream was not taken by what takes the oldest, and what is before its first only by a limit that
/// fits it.
pub fn can_have_taken(info: &StreamInfo, cause: GapCause) -> Vec<Removal> {
    let can = |removal: &Removal| match removal.from {
        From::Anywhere => true,
        From::Head => cause == GapCause::BeforeFirst && removal.fits_head,
        From::NeverStored => false,
    };
    removals(info).into_iter().filter(can).collect()
}

fn limit(config: &StreamConfig, name: &str) -> Option<(u64, String)> {
    let text = config.other(name)?;
    let value = text.parse::<u64>().ok().filter(|value| *value > 0)?;
    Some((value, format!("{name} {}", limits::words(name, text, false))))
}

/// The earlier of the stream's creation and its first message: a restored stream is younger than
/// what it holds.
fn began(info: &StreamInfo) -> Timestamp {
    info.state.first_time.map_or(info.created, |first| first.min(info.created))
}

fn max_age(info: &StreamInfo) -> Option<Removal> {
    let (nanos, set) = limit(&info.config, "max_age")?;
    let now = info.as_of;
    let age = now.map(|now| now.duration_since(began(info)));
    let is_older = age.is_some_and(|age| age.as_nanos() > i128::from(nanos));
    let old = now.map_or_else(String::new, |now| {
        let first = info.state.first_time.map_or_else(String::new, |first| {
            format!("; its first message is {} old", format::age(first, now))
        });
        format!("; the stream is {} old{first}", format::age(info.created, now))
    });
    // A message with `Nats-TTL: never` stays where its neighbours go.
    let from = if info.config.has_message_ttl() { From::Anywhere } else { From::Head };
    Some(Removal { what: What::MaxAge, from, words: format!("{set}{old}"), fits_head: is_older })
}

fn discards_old(config: &StreamConfig) -> bool {
    config.other("discard").is_none()
}

fn max_msgs(info: &StreamInfo) -> Option<Removal> {
    let (most, set) = limit(&info.config, "max_msgs").filter(|_| discards_old(&info.config))?;
    let state = &info.state;
    // What was deleted since made room without the head moving on.
    let is_full = state.messages.saturating_add(state.num_deleted) >= most;
    let words = format!("{set}; the stream holds {}", format::count(state.messages));
    Some(Removal { what: What::MaxMsgs, from: From::Head, words, fits_head: is_full })
}

fn max_bytes(info: &StreamInfo) -> Option<Removal> {
    let (most, set) = limit(&info.config, "max_bytes").filter(|_| discards_old(&info.config))?;
    // The next message may have been of any size that the stream allows.
    let largest = limit(&info.config, "max_msg_size").map(|(size, _)| size);
    let bytes = info.state.bytes;
    let is_full = largest.is_some_and(|largest| bytes.saturating_add(largest) >= most);
    let words = format!("{set}; the stream holds {}", format::bytes(bytes));
    Some(Removal { what: What::MaxBytes, from: From::Head, words, fits_head: is_full })
}

fn per_subject(info: &StreamInfo) -> Option<Removal> {
    let (most, set) = limit(&info.config, "max_msgs_per_subject")?;
    if info.config.other("discard_new_per_subject") == Some("true") {
        return None;
    }
    let config = &info.config;
    let is_one = has_one_subject(config);
    let state = &info.state;
    let held = state.messages.saturating_add(state.num_deleted);
    let (from, words) = if is_one {
        (From::Head, format!("{set}, on one subject; it holds {}", format::count(state.messages)))
    } else {
        (From::Anywhere, set)
    };
    Some(Removal { what: What::PerSubject, from, words, fits_head: is_one && held >= most })
}

/// Whether all messages have one subject, so that the oldest on it is the oldest of all.
fn has_one_subject(config: &StreamConfig) -> bool {
    let wild = |subject: &String| subject.split('.').any(|token| matches!(token, "*" | ">"));
    let plain = !config.mirror && config.sources == 0 && !config.subject_transform;
    plain && matches!(config.subjects.as_slice(), [subject] if !wild(subject))
}
