//! The answer as text: ASCII only, so that it survives any ticket system.

use super::{Answer, Asked, Looked, Reason, Why};
use crate::domain::cause::completeness::capital;
use crate::domain::ticket::{ascii, time, wrap};
use crate::domain::{Connection, escape, format};

/// Columns of labels.
const LABEL: usize = 10;

/// Who was asked for what.
pub(super) fn head(asked: &Asked<'_>) -> Vec<(&'static str, String)> {
    let room = match &asked.room.name {
        Some(name) => format!("{} ({})", asked.room.id, escape::text(name)),
        None => asked.room.id.to_string(),
    };
    let name = asked.room.id.stream();
    let stream = match asked.looked {
        Looked::NotYet => format!("{name}, not looked at"),
        Looked::Failed(_) => format!("{name}, could not be looked at"),
        Looked::NoStream => format!("no {name}"),
        Looked::Stream(info) => {
            let state = &info.state;
            let span = match (state.first_seq, state.last_seq) {
                (_, 0) => "no sequence was given out".into(),
                (first, last) if first > last => format!("last sequence {}", format::count(last)),
                (first, last) => {
                    format!("sequences {}-{}", format::count(first), format::count(last))
                }
            };
            format!("{name}: {}, {span}", format::counted(state.messages, "message"))
        }
    };
    let mut head = vec![("room", room), ("stream", stream), ("server", server(asked.connection))];
    if let Some(window) = asked.window() {
        let all = asked.stream().map_or(0, |info| info.state.messages);
        let read = match &asked.reading {
            Some(reading) => {
                let unread = match reading.unread {
                    0 => String::new(),
                    n => format!(", {} without an answer", format::counted(n, "sequence")),
                };
                let frames = format::count(reading.frames);
                format!("{frames} of {} read{unread}", format::counted(all, "message"))
            }
            None => format!("none of {} read", format::counted(all, "message")),
        };
        head.push(("window", format!("{}: {read}", format::range(window))));
    }
    head
}

fn server(connection: &Connection) -> String {
    match connection {
        Connection::Local { label } => format!("the embedded {label}, no server"),
        Connection::Connected { address, server, version, account, .. } => {
            let account = account
                .as_ref()
                .map_or(String::new(), |name| format!(", account {}", escape::text(name)));
            format!("{server}, version {version}, at {address}{account}")
        }
        Connection::Connecting { tried, .. }
        | Connection::Reconnecting { tried, .. }
        | Connection::Denied { tried, .. } => format!("not connected; tried {tried}"),
    }
}

/// The answer, for a ticket. Ends without a line break.
pub fn text(why: &Why) -> String {
    let mut out =
        format!("roomscope {} why, as of {}\n", env!("CARGO_PKG_VERSION"), time(why.as_of));
    for (label, value) in &why.head {
        wrap(&mut out, &format!("{label:LABEL$}"), value);
    }
    if let Some(completeness) = why.completeness {
        wrap(&mut out, "complete  ", completeness.word());
        for words in &why.judged {
            wrap(&mut out, "          ", words);
        }
    }
    out.push('\n');
    for (title, reason) in why.grouped() {
        line(&mut out, &title, reason);
    }
    out.truncate(out.trim_end().len());
    ascii(&out)
}

fn line(out: &mut String, title: &str, reason: &Reason) {
    let label = format!("{:8}  ", reason.answer.name());
    let n = reason.sequences.map_or_else(String::new, |n| format!(" [{}]", n.words()));
    let title = format!("{}{n}:", capital(title));
    wrap(out, &label, &format!("{title} {}", reason.words.join(" ")));
    if let Some(proof) = reason.proof.as_ref().filter(|_| reason.answer != Answer::No) {
        let price = proof.price.map_or_else(String::new, |price| format!(" ({})", price.words()));
        wrap(out, "          -> ", &format!("{}{price}", proof.words));
    }
}
