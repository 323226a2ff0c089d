//! Rooms: ids, subjects, and what is known of each room from where.

mod drift;
mod ensured;
mod list;
mod listed;
mod row;
mod sort;
mod state;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fmt;

use serde::Serialize;

pub use drift::{Drift, DriftField};
pub use ensured::{Ensured, created};
pub use list::RoomList;
pub use listed::{Listed, Moved};
pub use row::RoomRow;
pub use sort::Sort;
pub use state::{Found, RoomState};

/// Streams of rooms are named this and the room's id.
pub const STREAM_PREFIX: &str = "UNIBUS_";

/// Longest stream name the server takes, in bytes.
const MAX_STREAM_NAME: usize = 255;

/// A room's id: 1 to 248 bytes, none of them a character that a stream name may not hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RoomId(String);

impl RoomId {
    /// Checks an id.
    ///
    /// # Errors
    /// [`BadName`] for an empty or too long id, or one with a space, tab, line break, form feed,
    /// `.`, `*`, `>`, `/` or `\` in it.
    pub fn new(id: impl Into<String>) -> Result<Self, BadName> {
        let id = id.into();
        let bad = |why: String| BadName { what: "room id", name: shown(&id), why };
        if id.is_empty() {
            return Err(bad("it is empty".into()));
        }
        if id.len() > MAX_STREAM_NAME - STREAM_PREFIX.len() {
            return Err(bad(format!("it is {} bytes long and 248 is the most", id.len())));
        }
        if let Some(c) = id.chars().find(|c| " \t\r\n\u{c}.*>/\\".contains(*c)) {
            return Err(bad(format!("'{}' cannot be part of a stream name", c.escape_debug())));
        }
        Ok(Self(id))
    }

    /// The id of the room that a stream holds; `None` for any stream that is not a room's.
    pub fn from_stream(name: &str) -> Option<Self> {
        name.strip_prefix(STREAM_PREFIX).and_then(|id| Self::new(id).ok())
    }

    /// The id as given, not escaped.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the room's stream.
    pub fn stream(&self) -> StreamName {
        StreamName(format!("{STREAM_PREFIX}{}", self.0))
    }
}

impl Borrow<str> for RoomId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::domain::escape::text(&self.0).fmt(f)
    }
}

/// The name of a room's stream, `UNIBUS_` and a checked id. Displays escaped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(String);

impl StreamName {
    /// The name as it goes on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::domain::escape::text(&self.0).fmt(f)
    }
}

/// A subject a room publishes on: dot-separated tokens. Displays as given; escape to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Subject(String);

impl Subject {
    /// Checks a subject.
    ///
    /// # Errors
    /// [`BadName`] for an empty subject or token, white space or a control character, `>`
    /// anywhere but as the last token, or a `*` or `>` that shares its token.
    pub fn new(subject: impl Into<String>) -> Result<Self, BadName> {
        let subject = subject.into();
        let bad = |why: &str| BadName { what: "subject", name: shown(&subject), why: why.into() };
        if subject.is_empty() {
            return Err(bad("it is empty"));
        }
        if subject.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(bad("it holds white space or a control character"));
        }
        let mut tokens = subject.split('.').peekable();
        while let Some(token) = tokens.next() {
            if token.is_empty() {
                return Err(bad("one of its dot-separated tokens is empty"));
            }
            if token == ">" && tokens.peek().is_some() {
                return Err(bad("'>' may only be the last token"));
            }
            if token.len() > 1 && token.contains(['*', '>']) {
                return Err(bad("'*' and '>' must be a whole token"));
            }
        }
        Ok(Self(subject))
    }

    /// The subject as it goes on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name that cannot be used, with the reason. Safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName {
    what: &'static str,
    name: String,
    why: String,
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a {}: {}", self.name, self.what, self.why)
    }
}

impl std::error::Error for BadName {}

fn shown(name: &str) -> String {
    let shown = crate::domain::escape::text(name);
    if shown.chars().count() > 60 {
        format!("{}…", shown.chars().take(60).collect::<String>())
    } else {
        shown.into_owned()
    }
}

/// Everything the contract says about a room's stream; all else is the server's default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSpec {
    pub name: StreamName,
    /// The one captured subject.
    pub subject: Subject,
    /// Copies to keep, at least 1.
    pub replicas: u32,
}

/// What is known of a room, from the server, a rooms file, the command line, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    /// A name for people.
    pub name: Option<String>,
    /// Its subject, where the control plane told it (a rooms file). A subject read off an
    /// existing stream is not put here: it would make every stream match itself.
    pub subject: Option<Subject>,
    /// Whether its messages are kept. `None` when nobody said: then a stream tells.
    pub persist: Option<bool>,
    /// Copies wanted, at least 1, where known.
    pub replicas: Option<u32>,
    /// Whether its frames are ciphertext, as the control plane knows it; true when unknown.
    pub encrypted: bool,
    /// Public user keys of its members.
    pub members: Vec<String>,
    /// Missing sequences that nothing explains and that a report takes for removed on purpose, at
    /// most.
    pub accept_missing: Option<u64>,
    pub known_from: KnownFrom,
}

/// Who named a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KnownFrom {
    /// A stream of its name was listed by the server.
    pub server: bool,
    /// It is in the rooms file.
    pub file: bool,
    /// It was given on the command line.
    pub args: bool,
}

impl Room {
    /// A room of which only the id is known.
    pub fn bare(id: RoomId, known_from: KnownFrom) -> Self {
        Self {
            id,
            name: None,
            subject: None,
            persist: None,
            replicas: None,
            encrypted: true,
            members: Vec::new(),
            accept_missing: None,
            known_from,
        }
    }

    /// The stream the room should have; `None` where the subject is not known or the room is not
    /// persisted, so that nothing may be ensured.
    pub fn spec(&self) -> Option<StreamSpec> {
        if self.persist == Some(false) {
            return None;
        }
        Some(StreamSpec {
            name: self.id.stream(),
            subject: self.subject.clone()?,
            replicas: self.replicas.unwrap_or(1).max(1),
        })
    }

    /// Why [`Self::spec`] gives none, in a person's words.
    pub fn why_not_ensured(&self) -> Option<&'static str> {
        if self.persist == Some(false) {
            Some("the rooms file says that this room is not persisted")
        } else if self.subject.is_none() {
            Some("no rooms file gives its subject (--rooms FILE)")
        } else {
            None
        }
    }

    /// Takes in what another source knows of the same room; what is already known stays.
    pub fn merge(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.subject = self.subject.take().or(other.subject);
        self.persist = self.persist.or(other.persist);
        self.replicas = self.replicas.or(other.replicas);
        self.encrypted &= other.encrypted;
        if self.members.is_empty() {
            self.members = other.members;
        }
        self.accept_missing = self.accept_missing.or(other.accept_missing);
        self.known_from.server |= other.known_from.server;
        self.known_from.file |= other.known_from.file;
        self.known_from.args |= other.known_from.args;
    }

    /// Its name for people, or its id; escaped.
    pub fn title(&self) -> String {
        crate::domain::escape::text(self.name.as_deref().unwrap_or(self.id.as_str())).into_owned()
    }
}
