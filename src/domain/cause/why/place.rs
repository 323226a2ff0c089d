//! Whether the room is looked for in the right place, and since when its stream is there.

use super::{Answer, Asked, Fact, Looked, Price, Reason, What};
use crate::domain::{Connection, escape, format};

/// Another account, domain or cluster than the writers'.
pub(super) fn other(asked: &Asked<'_>) -> Reason {
    let what = What::OtherPlace;
    let (address, server, account) = match asked.connection {
        Connection::Local { label } => {
            let words = format!("The {label} is one store, with no server and no accounts.");
            return Reason::new(what, Answer::No, words);
        }
        Connection::Connected { address, server, account, .. } => (address, server, account),
        _ => {
            let words =
                "There is no connection just now, so it is not known whose streams these are.";
            return Reason::new(what, Answer::CannotBeKnown, words);
        }
    };
    let shown = account.as_ref().map_or_else(
        || "an account that the server does not tell".into(),
        |name| format!("account {}", escape::text(name)),
    );
    let words = format!(
        "Asked as {shown}, on server {server}. What is published in another account, domain or \
         cluster is in this stream only where something brings it here."
    );
    let holds = asked.stream().is_some_and(|info| info.state.messages > 0);
    let proof = format!(
        "Ask as the writers do: roomscope why {} --context THEIRS. What this connection is made of: \
         roomscope --explain-connection.",
        asked.room.id
    );
    Reason::new(what, Answer::CannotBeKnown, words)
        .fact("account", account.clone().map_or(Fact::None, Fact::Text))
        .fact("server", Fact::Text(server.clone()))
        .fact("address", Fact::Text(address.clone()))
        .fact("holds_messages", Fact::Flag(holds))
        .proof(proof, Some(again(asked)))
}

/// What asking the same of another place costs.
fn again(asked: &Asked<'_>) -> Price {
    let Some(info) = asked.stream() else {
        return Price { requests: 1, bytes: super::reason::INFO };
    };
    let frames = asked.window().map_or(0, |window| window.len().min(info.state.messages));
    let frames = Price::frames(info, frames);
    let list = Price::list(info);
    Price {
        requests: frames.requests + list.requests + 1,
        bytes: frames.bytes.saturating_add(list.bytes),
    }
}

pub(super) fn not_persisted(asked: &Asked<'_>) -> Reason {
    let persist = asked.room.persist;
    let stream = asked.room.id.stream();
    let (answer, words) = match (asked.looked, persist) {
        (Looked::Stream(_), Some(false)) => (
            Answer::No,
            "The rooms file says that the room is not persisted; its stream is there all the same."
                .into(),
        ),
        (Looked::Stream(info), _) => match &asked.room.subject {
            Some(subject) if !captures(&info.config.subjects, subject.as_str()) => (
                Answer::Yes,
                format!(
                    "Its stream is there and captures {} now, not the room's subject, {}: what is \
                     published on that is not kept by it.",
                    escape::text(&info.config.subjects.join(", ")),
                    escape::text(subject.as_str())
                ),
            ),
            Some(_) => (Answer::No, "Its stream is there, and captures the room's subject.".into()),
            None => (
                Answer::No,
                "Its stream is there. Whether it captures the room's subject is not known: no rooms \
                 file names that."
                    .into(),
            ),
        },
        (_, Some(false)) => {
            (Answer::Yes, "The rooms file says that the room is not persisted.".into())
        }
        (Looked::NoStream, _) => (
            Answer::Yes,
            format!(
                "There is no {stream} here now. That does not tell whether there was one: it can \
                 have been deleted, or its description on the server's disk be damaged."
            ),
        ),
        (Looked::Failed(_) | Looked::NotYet, _) => {
            (Answer::CannotBeKnown, "Whether its stream is there is not known.".into())
        }
    };
    let reason = Reason::new(What::NotPersisted, answer, words).fact(
        "persist",
        match persist {
            Some(persist) => Fact::Flag(persist),
            None => Fact::None,
        },
    );
    if matches!(asked.looked, Looked::NoStream) && persist.is_none() {
        let words = "The room is in no rooms file: check its id with roomscope rooms.";
        return reason.proof(words, Some(Price { requests: 2, bytes: 2 * super::reason::INFO }));
    }
    reason
}

/// Whether one of these patterns matches a literal subject.
fn captures(patterns: &[String], subject: &str) -> bool {
    patterns.iter().any(|pattern| {
        let (mut pattern, mut subject) = (pattern.split('.'), subject.split('.'));
        loop {
            match (pattern.next(), subject.next()) {
                (None, None) | (Some(">"), Some(_)) => return true,
                (Some("*"), Some(_)) => {}
                (Some(token), Some(other)) if token == other => {}
                _ => return false,
            }
        }
    })
}

/// Stream made later than the room.
pub(super) fn made_later(asked: &Asked<'_>) -> Reason {
    let what = What::MadeLater;
    let before = "What was published before is not in it: never captured, or gone with an earlier \
                  stream.";
    let info = match asked.looked {
        Looked::Stream(info) => info,
        Looked::NoStream => {
            let words = "There is no stream to be younger than the room. One that is made now may \
                         begin without all that was published until then.";
            return Reason::new(what, Answer::No, words);
        }
        Looked::Failed(_) | Looked::NotYet => {
            let words = "When its stream was made is not known.";
            return Reason::new(what, Answer::CannotBeKnown, words);
        }
    };
    let first = info.state.first_time;
    let now = info.as_of.unwrap_or(asked.now);
    let ago = if info.created > now {
        "ahead of the clock that answered".into()
    } else {
        format!("{} ago", format::age(info.created, now))
    };
    let created =
        format!("The stream was made at {}, {ago}", crate::domain::ticket::time(info.created));
    let copied = first.is_some_and(|first| first < info.created);
    let reason = if copied {
        let words = format!(
            "{created}, and its first message is older: it was restored, copies another stream, or \
             the server's clock was set back. So this tells nothing of since when messages are \
             captured."
        );
        Reason::new(what, Answer::CannotBeKnown, words)
    } else {
        Reason::new(what, Answer::CannotBeKnown, format!("{created}. {before}"))
            .add("When the room was made is not known here.")
    };
    reason
        .fact("created", Fact::Time(info.created))
        .fact("first_message", first.into())
        .fact("as_of", info.as_of.into())
        .proof("The control plane knows when the room was made.", None)
}
