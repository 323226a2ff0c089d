//! How complete the room was when it was exported, by what the export read and the server said.

use serde::Serialize;

use crate::domain::{Account, GapCause, StreamInfo, Window};

use super::manifest::Head;
use super::write::Written;

/// The verdict over all of the room's sequences, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Judged {
    /// As in `check --json`.
    pub(super) completeness: &'static str,
    /// In sentences, the gravest first.
    pub(super) completeness_reasons: Vec<String>,
}

impl Judged {
    /// Judges by how the stream was found at the end; `elsewhere` are sequences outside of the
    /// window that are reported as lost and cannot be read.
    pub(super) fn of(
        head: &Head,
        written: &Written,
        ended: Option<&StreamInfo>,
        elsewhere: u64,
    ) -> Self {
        let Some(info) = ended else {
            let why = "The stream could not be looked at when the export ended.".into();
            return Self { completeness: "not-known", completeness_reasons: vec![why] };
        };
        let tally = &written.tally;
        let cause = |cause: GapCause| tally.missing_by_cause.get(cause.name()).copied();
        let unreadable = tally.unreadable.saturating_sub(written.past_limit);
        let account = Account {
            lost: cause(GapCause::Lost).unwrap_or(0).saturating_add(elsewhere),
            unreadable,
            unreadable_again: head.unreadable_again && unreadable > 0,
            not_known: cause(GapCause::NotKnown).unwrap_or(0).saturating_add(written.past_limit),
            unread: tally.unread,
            counted: counted(head, written, info),
            ..Account::of(info)
        };
        let (verdict, completeness_reasons) = account.judge();
        Self { completeness: verdict.name(), completeness_reasons }
    }

    pub(super) fn words(&self) -> String {
        let Self { completeness, completeness_reasons } = self;
        let as_far = if *completeness == "whole" { ", as far as this server knows" } else { "" };
        let why = completeness_reasons.join(" ");
        let colon = if why.is_empty() { "" } else { ": " };
        format!("completeness: {completeness}{as_far}{colon}{why}")
    }
}

/// How many messages reading all of the stream gave, where that is not what the server counts and
/// nothing came or went meanwhile.
fn counted(head: &Head, written: &Written, ended: &StreamInfo) -> Option<u64> {
    let tally = &written.tally;
    let state = &ended.state;
    let window = head.window.and_then(|ends| Window::new(ends.start, ends.end));
    let is_all = window.is_some() && window == Window::new(state.first_seq.max(1), state.last_seq);
    let begun = head.begun.stream.as_ref();
    let is_unchanged = begun.is_some_and(|stream| stream.is_unchanged(ended));
    let counted = tally.frames.saturating_add(tally.unreadable);
    let differs = counted != state.messages && tally.unread == 0;
    (is_all && is_unchanged && head.resumed.is_empty() && differs).then_some(counted)
}
