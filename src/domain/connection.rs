//! The state of the connection, as a person should see it at all times.

use super::fault::Fault;

/// Where the rooms come from and how that is going. No credentials in any of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// A source on this machine: no server, no network.
    Local {
        /// What it is, in a word.
        label: String,
    },
    /// Never connected yet; retried without end.
    Connecting {
        /// Server addresses, redacted.
        tried: String,
        /// Attempts begun, from 1.
        attempt: u64,
        /// Why the last attempt failed.
        last: Option<Fault>,
    },
    Connected {
        /// Host and port of the server in use, escaped: those given, else its own.
        address: String,
        /// Server addresses given, redacted.
        tried: String,
        /// Server name as it calls itself, escaped.
        server: String,
        /// Server version, escaped.
        version: String,
        /// Account name, where the server tells.
        account: Option<String>,
    },
    /// Was connected; retried without end.
    Reconnecting {
        /// Server addresses, redacted.
        tried: String,
        /// Attempts begun since the connection was lost, from 1.
        attempt: u64,
        /// Why it was lost or the last attempt failed.
        last: Option<Fault>,
    },
    /// The server refused the credentials. Retried slowly, since they may be rotated.
    Denied {
        /// Server addresses, redacted.
        tried: String,
        fault: Fault,
        /// Whether it was connected before: credentials that were changed or expired.
        was_up: bool,
    },
}

impl Connection {
    pub fn local(label: &str) -> Self {
        Self::Local { label: label.to_owned() }
    }

    /// Whether requests can be answered now.
    pub const fn is_up(&self) -> bool {
        matches!(self, Self::Local { .. } | Self::Connected { .. })
    }

    /// Whether the server refuses the login.
    pub const fn is_denied(&self) -> bool {
        matches!(self, Self::Denied { .. })
    }

    /// Whether it never was up: the screen then has nothing else to show.
    pub const fn never_up(&self) -> bool {
        matches!(self, Self::Connecting { .. } | Self::Denied { was_up: false, .. })
    }
}
