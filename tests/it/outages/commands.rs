//! The commands that read a whole room, and what each must come to.

use std::path::Path;

use super::site::LONG;
use super::truth::Shown;
use crate::support::Acknowledged;
use crate::support::held::{Ended, run_within};

/// One that reads all of a room.
#[derive(Debug, Clone, Copy)]
pub(super) enum Command<'a> {
    History,
    Check,
    /// Into a bundle that is not there yet.
    Export(&'a Path),
}

impl<'a> Command<'a> {
    /// Its arguments, but for the servers.
    pub(super) fn args<'b>(self, id: &'b str) -> Vec<&'b str>
    where
        'a: 'b,
    {
        match self {
            Self::History => vec!["history", id, "--last", "all", "--format", "jsonl"],
            Self::Check => vec!["check", id, "--last", "all", "--json"],
            Self::Export(out) => vec!["export", id, "--out", out.to_str().unwrap()],
        }
    }

    /// It ended well, with at least all up to `before`, from a room of which nothing was removed.
    #[track_caller]
    pub(super) fn judge(self, ended: &Ended, truth: &Acknowledged, before: u64, context: &str) {
        let done = &ended.done;
        let context = format!("{context}, {self:?} after {:?}: {}", ended.took, done.said);
        match self {
            Self::History => {
                let shown = Shown::of(&done.out, truth);
                shown.assert_true(&context);
                assert_eq!(done.code, 0, "{context}");
                shown.assert_whole(1..=before, &context);
            }
            Self::Check => {
                let report = done.json().into_iter().next().expect(&context);
                assert_eq!(report["completeness"], "whole", "{context}: {report}");
                // A replica that is away is told of, and of nothing else is there anything to tell.
                let ill: Vec<_> = report["checks"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|check| {
                        ["wrong", "unchecked"].iter().any(|it| check["standing"] == *it)
                    })
                    .collect();
                assert!(ill.iter().all(|check| check["check"] == "replicas"), "{context}: {ill:?}");
                assert_eq!(done.code, if ill.is_empty() { 0 } else { 3 }, "{context}: {report}");
            }
            Self::Export(out) => {
                assert_eq!(done.code, 0, "{context}");
                let args = ["verify", "--json", out.to_str().unwrap()];
                let verified = run_within(&args, LONG).done;
                assert_eq!(verified.code, 0, "{context}: {}", verified.out);
                let told = &verified.json()[0];
                assert_eq!(told["whole"], true, "{context}: {told}");
                let records = std::fs::read_to_string(out.join("frames.jsonl")).unwrap();
                Shown::of(&records, truth).assert_whole(1..=before, &context);
            }
        }
    }
}
