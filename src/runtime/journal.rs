//! The log's view of what happens: the connection, writes and failures. No payloads, no
//! credentials; nothing unless a log was asked for.

use crate::app::Msg;
use crate::domain::{Connection, Ensured};

/// Notes a message worth finding in a log.
pub(super) fn note(msg: &Msg) {
    match msg {
        Msg::Connection(Connection::Connected { server, version, .. }) => {
            tracing::info!(%server, %version, "connected");
        }
        Msg::Connection(Connection::Connecting { attempt, last: Some(fault), .. }) => {
            tracing::warn!(attempt, %fault, "not connected yet");
        }
        Msg::Connection(Connection::Reconnecting { attempt, last, .. }) => {
            let fault = last.as_ref().map(ToString::to_string);
            tracing::warn!(attempt, fault, "reconnecting");
        }
        Msg::Connection(Connection::Denied { fault, .. }) => tracing::warn!(%fault, "denied"),
        Msg::Ensured(_, _, Ok(Ensured::Created(info))) => {
            tracing::info!(subjects = ?info.config.subjects, "created a stream");
        }
        Msg::Amended(_, Ok((info, _))) => {
            tracing::info!(subjects = ?info.config.subjects, "changed a stream");
        }
        Msg::Ensured(_, _, Err(fault)) => tracing::warn!(%fault, "could not ensure a stream"),
        Msg::Amended(_, Err(fault)) => tracing::warn!(%fault, "could not change a stream"),
        Msg::Read(_, Err(fault)) => tracing::warn!(%fault, "could not read a page"),
        Msg::Listed(_, crate::domain::Listed::Note(fault)) => {
            tracing::warn!(%fault, "could not list");
        }
        Msg::Listed(_, crate::domain::Listed::Moved(moved)) => {
            tracing::info!("{}", moved.words());
        }
        _ => {}
    }
}
