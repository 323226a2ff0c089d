//! What the log says of the connection and of the rooms.

use std::mem::discriminant;

use tokio::sync::watch;

use crate::domain::{Connection, Room, escape};
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
        Connection::Demo | Connection::Connected { .. } => None,
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
        Connection::Demo => None,
        Connection::Connected { address, server, version, .. } => {
            Some(format!("NATS: connected to {server} at {address}, version {version}"))
        }
        Connection::Connecting { .. } if why.is_empty() => None,
        Connection::Connecting { .. } => Some(format!("NATS: not connected yet{why}")),
        Connection::Reconnecting { .. } => Some(format!("NATS: connection lost{why}")),
        Connection::Denied { .. } => Some(format!("NATS: login refused{why}")),
    }
}

/// Members that can never sign, and rooms that nobody can read.
pub(super) fn members(rooms: &[Room]) -> Vec<String> {
    let closed: Vec<String> = rooms
        .iter()
        .filter(|room| room.members.is_empty())
        .map(|room| format!("room {}: it has no members, so nobody can read it", room.id))
        .collect();
    let wrong = rooms.iter().flat_map(|room| {
        let bad = room.members.iter().filter(|member| !signature::is_user_key(member));
        bad.map(|member| {
            let member: String = member.chars().take(60).collect();
            let member = escape::text(&member);
            format!("room {}: member '{member}' is not a public user key (U…)", room.id)
        })
    });
    let mut lines: Vec<String> = closed.into_iter().chain(wrong).collect();
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("{more} more rooms or members like these"));
    }
    lines
}
