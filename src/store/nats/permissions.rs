//! Permission violations: the server sends no reply to a forbidden request, only an error line
//! on the connection. Those who wait for that reply are told at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::subjects::Subjects;

/// Requests under way, by the subject they were sent to.
#[derive(Debug, Default)]
pub(super) struct Denials {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    waiting: HashMap<u64, (String, oneshot::Sender<String>)>,
    /// The inbox subject that may not be subscribed to: then no reply ever comes. The client
    /// subscribes once a connection, so the server says it once a connection.
    inbox: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
enum Violation {
    Publish(String),
    Subscription(String),
}

impl Denials {
    /// Waits for a violation on `subject`; the waiting ends with the returned value.
    pub(super) fn watch(&self, subject: &str) -> Watch<'_> {
        let (tell, told) = oneshot::channel();
        let mut inner = self.lock();
        inner.next += 1;
        let id = inner.next;
        match inner.inbox.clone() {
            Some(inbox) => drop(tell.send(inbox)),
            None => drop(inner.waiting.insert(id, (subject.to_owned(), tell))),
        }
        Watch { denials: self, id, told }
    }

    /// Takes in an error line of the server.
    pub(super) fn heard(&self, text: &str, subjects: &Subjects) {
        let mut inner = self.lock();
        match violation(text) {
            Some(Violation::Publish(subject)) => {
                let hit = |_: &u64, waiting: &mut (String, _)| waiting.0 == subject;
                for (_, (_, tell)) in inner.waiting.extract_if(hit) {
                    let _ = tell.send(subject.clone());
                }
            }
            Some(Violation::Subscription(subject)) if subjects.is_inbox(&subject) => {
                for (_, (_, tell)) in inner.waiting.drain() {
                    let _ = tell.send(subject.clone());
                }
                inner.inbox = Some(subject);
            }
            _ => {}
        }
    }

    /// A new connection may have other permissions.
    pub(super) fn forget(&self) {
        self.lock().inbox = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait for a violation.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    denials: &'a Denials,
    id: u64,
    told: oneshot::Receiver<String>,
}

impl Watch<'_> {
    /// The refused subject; never ends when nothing is refused.
    pub(super) async fn denied(&mut self) -> String {
        match (&mut self.told).await {
            Ok(subject) => subject,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.denials.lock().waiting.remove(&self.id);
    }
}

/// Reads `Permissions Violation for Publish to "subject"` (also of `Subscription`). The server
/// quotes the subject as Go does.
fn violation(text: &str) -> Option<Violation> {
    let (_, rest) = text.split_once("Permissions Violation for ")?;
    let (kind, rest) = rest.split_once(" to \"")?;
    let subject = unquote(rest);
    match kind {
        "Publish" => Some(Violation::Publish(subject)),
        "Subscription" => Some(Violation::Subscription(subject)),
        _ => None,
    }
}

/// The text up to the closing quote, Go's escapes undone.
fn unquote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('x') => numbered(&mut chars, 2),
                Some('u') => numbered(&mut chars, 4),
                Some('U') => numbered(&mut chars, 8),
                Some('a') => '\u{7}',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('v') => '\u{b}',
                Some(c) => c,
                None => break,
            },
            c => c,
        };
        out.push(c);
    }
    out
}

fn numbered(chars: &mut std::str::Chars<'_>, digits: usize) -> char {
    let code: String = chars.take(digits).collect();
    let code = u32::from_str_radix(&code, 16).ok();
    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::nats::ConnectOptions;

    #[test]
    fn the_servers_words_are_read() {
        let publish = |subject: &str| Some(Violation::Publish(subject.into()));
        for (text, expected) in [
            (
                r#"Permissions Violation for Publish to "$JS.API.STREAM.LIST""#,
                publish("$JS.API.STREAM.LIST"),
            ),
            (
                r#"nats: Permissions Violation for Publish to "a.\"b\\c\x1b\u202e\té""#,
                publish("a.\"b\\c\u{1b}\u{202e}\té"),
            ),
            (
                r#"Permissions Violation for Subscription to "_INBOX.x.*" using queue "q""#,
                Some(Violation::Subscription("_INBOX.x.*".into())),
            ),
            ("Stale Connection", None),
        ] {
            assert_eq!(violation(text), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn only_those_who_wait_on_the_subject_are_told() {
        let denials = Denials::default();
        let (mut a, mut b) = (denials.watch("a"), denials.watch("b"));
        let subjects = Subjects::new(&ConnectOptions::default()).unwrap();
        denials.heard("Permissions Violation for Publish to \"a\"", &subjects);
        assert_eq!(a.denied().await, "a");
        assert!(b.told.try_recv().is_err());
        let inbox = "Permissions Violation for Subscription to \"_INBOX.q.*\"";
        denials.heard(inbox, &subjects);
        assert_eq!(b.denied().await, "_INBOX.q.*");
        assert_eq!(denials.watch("c").denied().await, "_INBOX.q.*");
        denials.forget();
        let mut d = denials.watch("d");
        assert!(d.told.try_recv().is_err());
        drop((a, b, d));
        assert!(denials.lock().waiting.is_empty());
    }
}
