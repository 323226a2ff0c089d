//! Whether messages reach the stream at all: what it copies from, what it refuses, and when it was
//! given something last.

use super::{Answer, Asked, Bound, Fact, Price, Reason, What};
use crate::domain::{Behind, Origin, StreamInfo, escape, format, limits};

/// A mirror or a source that is behind its origin.
pub(super) fn upstream(info: &StreamInfo) -> Reason {
    let what = What::Upstream;
    let config = &info.config;
    if !config.mirror && config.sources == 0 {
        return Reason::new(what, Answer::No, "It copies no other stream.");
    }
    let kind = if config.mirror { "It mirrors" } else { "It sources from" };
    let origins: Vec<String> = config.origins.iter().map(Origin::words).collect();
    let named = if origins.is_empty() { "another stream".into() } else { origins.join("; ") };
    let behind: Vec<String> = info.behind.iter().map(how_far).collect();
    let lag = info.behind.iter().map(|one| one.lag).fold(0_u64, u64::saturating_add);
    let answer = if lag > 0 { Answer::Yes } else { Answer::CannotBeKnown };
    let mut reason = Reason::new(what, answer, format!("{kind} {named}."));
    for words in behind.clone() {
        reason = reason.add(words);
    }
    if config.origins.iter().any(Origin::is_partial) {
        reason = reason.add("What that leaves out is never in it.");
    }
    reason = reason.add(if config.mirror {
        "It has the missing sequences of its origin, too, lost ones included."
    } else {
        "It numbers messages anew: what its origin lost or removed before it was copied never came, \
         and leaves no hole here."
    });
    if lag > 0 {
        reason = reason.sequences(lag, Bound::About);
    }
    reason
        .fact("mirror", Fact::Flag(config.mirror))
        .fact("origins", Fact::Texts(origins))
        .fact("lag", if info.behind.is_empty() { Fact::None } else { Fact::Number(lag) })
        .fact("behind", Fact::Texts(behind))
        .fact("as_of", info.as_of.into())
        .proof(
            "The last sequence of the origin, from its own STREAM.INFO.",
            Some(Price { requests: 1, bytes: super::reason::INFO }),
        )
}

/// A count of 0 proves nothing: it stays where the origin is not heard of any more.
fn how_far(behind: &Behind) -> String {
    let lag = format::counted(behind.lag, "message");
    let heard = match behind.active {
        Some(nanos) => {
            let unit = if nanos < 1_000_000_000 { 1_000_000 } else { 1_000_000_000 };
            let ago = format::duration(nanos / unit * unit);
            format!("{lag} behind {} when it was heard of last, {ago} ago", behind.name)
        }
        None => format!("{} was not heard of yet", behind.name),
    };
    match &behind.error {
        Some(error) => format!("{heard}; the server says: {error}."),
        None => format!("{heard}."),
    }
}

fn number(info: &StreamInfo, name: &str) -> Option<u64> {
    info.config.other(name)?.parse().ok().filter(|value| *value > 0)
}

/// A full stream that refuses: `discard: new` at its limit.
pub(super) fn full(info: &StreamInfo) -> Reason {
    let what = What::Full;
    let (config, state) = (&info.config, &info.state);
    let proof = "A publish that waits for its acknowledgement is told; one that does not leaves no \
                 trace.";
    let facts = |reason: Reason| {
        reason
            .fact("discard", Fact::Text(config.other("discard").unwrap_or("old").into()))
            .fact("messages", Fact::Number(state.messages))
            .fact("max_msgs", number(info, "max_msgs").into())
            .fact("bytes", Fact::Number(state.bytes))
            .fact("max_bytes", number(info, "max_bytes").into())
            .fact("sealed", Fact::Flag(config.sealed))
            .fact("as_of", info.as_of.into())
    };
    if config.sealed {
        let words = "The stream is sealed: it takes no message any more.";
        return facts(Reason::new(what, Answer::Yes, words)).proof(proof, None);
    }
    if config.other("discard") != Some("new") {
        let discard = escape::text(config.other("discard").unwrap_or("old")).into_owned();
        let words = format!(
            "discard is {discard} now: this stream makes room by itself. A full account or server \
             refuses all the same, which cannot be seen from here."
        );
        return facts(Reason::new(what, Answer::CannotBeKnown, words)).proof(proof, None);
    }
    let per_subject = config.other("discard_new_per_subject") == Some("true");
    let set = |name: &str, value: u64| {
        format!("{name} {}", limits::words(name, &value.to_string(), false))
    };
    let msgs = number(info, "max_msgs").filter(|most| state.messages >= *most);
    let bytes = number(info, "max_bytes").filter(|most| state.bytes >= *most);
    let reached =
        [msgs.map(|most| set("max_msgs", most)), bytes.map(|most| set("max_bytes", most))];
    let reached: Vec<String> = reached.into_iter().flatten().collect();
    if !reached.is_empty() {
        // A message on a subject that is at its own limit takes the place of its oldest.
        let replaces = number(info, "max_msgs_per_subject").is_some() && !per_subject;
        let but = if replaces { ", but for what takes the place of an older one" } else { "" };
        let words = format!(
            "discard is new, and the stream is at {} ({}, {}): it refuses messages now{but}. Refused \
             ones use up no sequence.",
            reached.join(" and "),
            format::counted(state.messages, "message"),
            format::bytes(state.bytes)
        );
        return facts(Reason::new(what, Answer::Yes, words)).proof(proof, None);
    }
    let left = number(info, "max_bytes").map(|most| most.saturating_sub(state.bytes));
    let words = match left {
        Some(left) => format!(
            "discard is new, and what takes more than {} in the store is refused now, each message's \
             own overhead included.",
            format::bytes(left)
        ),
        None => "discard is new, and the stream is at none of its limits just now.".into(),
    };
    let mut reason = Reason::new(what, Answer::CannotBeKnown, words);
    if per_subject && let Some(most) = number(info, "max_msgs_per_subject") {
        reason = reason
            .add(format!("A subject with {} refuses more.", format::counted(most, "message")));
    }
    facts(reason.add("What was refused before used up no sequence, and left no trace."))
        .proof(proof, None)
}

/// Nothing was published since.
pub(super) fn idle(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Idle;
    let now = info.as_of.unwrap_or(asked.now);
    let subjects: Vec<String> =
        info.config.subjects.iter().map(|subject| escape::text(subject).into_owned()).collect();
    let watch = match subjects.is_empty() {
        true => "Publishing one message and looking again tells.".into(),
        false => {
            format!("A plain subscription on {} shows what is published now.", subjects.join(", "))
        }
    };
    let facts = |reason: Reason| {
        reason
            .fact("last_stored", info.state.last_time.into())
            .fact("last_seq", Fact::Number(info.state.last_seq))
            .fact("as_of", Fact::Time(now))
    };
    let Some(last) = info.state.last_time else {
        let words = match info.state.last_seq {
            0 => "Nothing was ever stored, as far as the server knows.".into(),
            last => format!(
                "The last sequence was {}; the server tells no time of it.",
                format::count(last)
            ),
        };
        return facts(Reason::new(what, Answer::CannotBeKnown, words)).proof(watch, None);
    };
    let at = crate::domain::ticket::time(last);
    let seconds = now.duration_since(last).as_secs();
    if seconds.abs() < 60 {
        let words = format!(
            "Its last message has the time {at}, less than a minute before \
             this answer."
        );
        return facts(Reason::new(what, Answer::No, words));
    }
    let words = if seconds < 0 {
        format!("Its last message has the time {at}, ahead of the clock that answered.")
    } else {
        format!(
            "Its last message has the time {at}, {} before this answer. Whether anything was \
             published since, and not stored, the server does not tell.",
            format::age(last, now)
        )
    };
    facts(Reason::new(what, Answer::CannotBeKnown, words)).proof(watch, None)
}
