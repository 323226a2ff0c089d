//! Failures of a command: one line, and an exit code.

use clap::error::{ContextKind, ContextValue};

use crate::domain::{FaultKind, escape};
use crate::store::StoreError;

/// Why a command ended without doing its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}")]
pub(super) struct Failure {
    /// Exit code: 2 when it was asked for wrongly, 1 when it failed; 0 with no line for an end
    /// that is nobody's business.
    pub(super) code: u8,
    /// One line, safe to print: what failed, on what, and what next.
    pub(super) line: String,
}

impl Failure {
    /// The command was asked for wrongly.
    pub(super) fn usage(line: impl Into<String>) -> Self {
        Self::new(2, line)
    }

    /// The command failed.
    pub(super) fn failed(line: impl Into<String>) -> Self {
        Self::new(1, line)
    }

    /// Nobody reads the output any more: nothing is left to do, and nothing to say.
    pub(super) fn quiet() -> Self {
        Self::new(0, "")
    }

    fn new(code: u8, line: impl Into<String>) -> Self {
        Self { code, line: one_line(&line.into()) }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.kind == FaultKind::Usage {
            Self::usage(error.to_string())
        } else if error.kind == FaultKind::Disconnected {
            // Its advice is for the screen, which reconnects by itself; a command does not.
            Self::failed(format!("{error}; run it again once that is mended"))
        } else {
            Self::failed(error.fault().to_string())
        }
    }
}

impl Failure {
    /// Of clap's several lines, all but the usage and the pointer to the help, which becomes
    /// the end of the line; `command` is how that help is asked for, as in "roomscope rooms".
    pub(super) fn arguments(error: &clap::Error, command: &str) -> Self {
        let holds_address = |kind| match error.get(kind) {
            Some(ContextValue::String(value)) => value.contains("://") || value.contains('@'),
            _ => false,
        };
        if holds_address(ContextKind::InvalidValue) || holds_address(ContextKind::InvalidArg) {
            // It may hold a password, so none of it is repeated.
            return Self::usage(
                "an address stands where a room id or another value belongs; give it with --server",
            );
        }
        let text = error.render().to_string();
        let said: Vec<&str> = text
            .lines()
            .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
            .map(str::trim)
            // It tells how to have an option taken for a value, which nobody wanted.
            .filter(|line| !line.is_empty() && !line.contains("as a value, use '-- "))
            .collect();
        let said = said.join(" ").replace(" tip: ", "; tip: ");
        let said = said.strip_prefix("error: ").unwrap_or(&said);
        Self::usage(format!("{said}; see {command} --help"))
    }
}

/// Line breaks become spaces, and what a terminal would obey becomes visible. A backslash stays:
/// much of the text is escaped already.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    escape::sentence(&lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_printable_line() {
        let failure = Failure::failed("read 'a\\x1b':\n  no\u{1b}[2J");
        assert_eq!(failure.line, "read 'a\\x1b': no\\x1b[2J");
    }
}
