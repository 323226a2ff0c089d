//! What the log says of the connection and of the rooms.

use std::mem::discriminant;

use tokio::sync::watch;

use crate::domain::{Connection, Room, escape, format};
use crate::http::Journal;
use crate::http::auth::signature;

/// Rooms and keys that are named one by one.
const NAMED: usize = 10;

/// Says how the connection to NATS goes, once for each change.
pub(super) async fn follow(mut connection: watch::Receiver<Connection>, journal: Journal) {
    let mut before = None;
    loop {
        let now = connection.borrow_and_update().clone();
        let kind = (discriminant(&now), fault(&now));
        if before.as_ref() != Some(&kind)
            && let Some(line) = line(&now)
        {
            journal(&line);
            before = Some(kind);
        }
        if connection.changed().await.is_err() {
            return;
        }
    }
}

fn fault(connection: &Connection) -> Option<String> {
    match connection {
        Connection::Local { .. } | Connection::Connected { .. } => None,
        Connection::Connecting { last, .. } | Connection::Reconnecting { last, .. } => {
            last.as_ref().map(|fault| fault.text.clone())
        }
        Connection::Denied { fault, .. } => Some(fault.text.clone()),
    }
}

/// None for what is no news.
fn line(connection: &Connection) -> Option<String> {
    let why = fault(connection).map(|why| format!(": {why}")).unwrap_or_default();
    match connection {
        Connection::Local { .. } => None,
        Connection::Connected { address, server, version, .. } => {
            Some(format!("NATS: connected to {server} at {address}, version {version}"))
        }
        Connection::Connecting { .. } if why.is_empty() => None,
        Connection::Connecting { .. } => Some(format!("NATS: not connected yet{why}")),
        Connection::Reconnecting { .. } => Some(format!("NATS: connection lost{why}")),
        Connection::Denied { .. } => Some(format!("NATS: login refused{why}")),
    }
}

/// Members that can never sign: what is wrong with the first few, in one sentence.
pub(super) fn wrong_members(rooms: &[Room]) -> Option<String> {
    let wrong = rooms.iter().flat_map(|room| {
        let bad = room.members.iter().filter(|member| !signature::is_user_key(member));
        bad.map(|member| {
            if may_be_seed(member) {
                return format!("one that may be a secret seed, not shown, of room {}", room.id);
            }
            let member: String = member.chars().take(60).collect();
            format!("'{}' of room {}", escape::text(&member), room.id)
        })
    });
    let mut named: Vec<String> = wrong.collect();
    let more = named.len().saturating_sub(NAMED) as u64;
    named.truncate(NAMED);
    if more > 0 {
        named.push(format!("{} more", format::count(more)));
    }
    (!named.is_empty()).then(|| {
        format!(
            "the rooms file has members that are no public user keys which can prove anything \
             (U…, in capitals): {}; mend or remove them",
            named.join(", ")
        )
    })
}

/// Whether any word of it begins as seeds do (`SU…`), in capitals or not. What is no seed and is not
/// shown is found by its room.
fn may_be_seed(member: &str) -> bool {
    let mut words = member.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| word.starts_with(['S', 's']))
}

/// Rooms that nobody can read, in one line.
pub(super) fn closed(rooms: &[Room]) -> Option<String> {
    let closed: Vec<&str> =
        rooms.iter().filter(|room| room.members.is_empty()).map(|room| room.id.as_str()).collect();
    let named = closed.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if closed.len() > NAMED { ", …" } else { "" };
    (!closed.is_empty()).then(|| {
        format!(
            "nobody can read what has no members: {} ({named}{more})",
            format::counted(closed.len() as u64, "room")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RoomId;
    use crate::domain::room::KnownFrom;

    #[test]
    fn no_seed_is_shown_however_it_is_written() {
        let seed = "SUAAOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBZ5FE";
        let said = |member: String| {
            let bare = Room::bare(RoomId::new("a").unwrap(), KnownFrom::default());
            wrong_members(&[Room { members: vec![member], ..bare }]).unwrap()
        };
        for seed in [seed.to_owned(), seed.to_lowercase(), seed.replacen('S', "s", 1)] {
            for member in [
                seed.clone(),
                format!(" {seed}"),
                format!("\u{feff}\t{seed}\n"),
                format!("'{seed}'"),
                format!("seed={seed}"),
                format!("UA {seed}"),
            ] {
                let said = said(member);
                assert!(!said.to_uppercase().contains("OBYHA4DQ"), "{said}");
                assert!(said.contains("may be a secret seed, not shown, of room a"), "{said}");
            }
        }
        assert!(said("uas".into()).contains("'uas' of room a"));
    }
}
