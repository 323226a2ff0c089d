//! What is known of a batch, in a sentence.

use super::{Batch, End};
use crate::domain::format;
use crate::domain::page::window::Window;
use crate::domain::stream::StreamConfig;

/// Runs of members that are named.
const NAMED: usize = 4;

impl Batch {
    /// Whole, or what of it is not there; `place` is what was looked through (`this page`), `first`
    /// the stream's first sequence.
    pub fn sentence(&self, place: &str, first: u64) -> String {
        if self.is_whole() {
            let n = format::count(self.read);
            return format!("whole: {n} of {n}");
        }
        let mut parts = Vec::new();
        let below = self.before.and_then(|run| run.below(first));
        if let Some(below) = below {
            let (members, are) = self.members(&[below]);
            parts.push(format!("{members} {are} below the stream's first sequence"));
        }
        if self.before.is_some_and(|run| run.end() >= first) {
            parts.push(format!("it begins before {place}"));
        }
        if !self.missing.is_empty() {
            let (members, are) = self.members(&self.missing);
            parts.push(format!("{members} {are} missing: nothing is stored there"));
        }
        if !self.other.is_empty() {
            let (members, _) = self.members(&self.other);
            parts.push(format!("something else stands in the place of {members}, as in no batch that a server stores"));
        }
        if !self.unread.is_empty() {
            let (members, are) = self.members(&self.unread);
            let were = if are == "is" { "was" } else { "were" };
            parts.push(format!("{members} {were} not read"));
        }
        let next = format::count((self.last - self.first).saturating_add(2));
        parts.extend(match self.end {
            End::Committed => None,
            End::NotSeen => Some(format!("it goes on after {place}")),
            End::Missing => Some(format!(
                "member {next}, and any after it, is missing: nothing is stored there"
            )),
            End::Unread => Some(format!("member {next} was not read")),
            End::Other => Some(format!(
                "something else stands in the place of member {next}, as in no batch that a server stores"
            )),
        });
        if parts.is_empty() {
            return "its members do not stand together, as in no batch that a server stores".into();
        }
        parts.join("; ")
    }

    /// What is to be added where the stream does not have `allow_atomic`.
    pub fn unchecked(config: &StreamConfig) -> Option<&'static str> {
        let is_on = |(name, value): &(String, String)| name == "allow_atomic" && value == "true";
        (!config.others.iter().any(is_on)).then_some(
            "allow_atomic is not set in this stream now, and servers before 2.12 store these headers \
             unchecked",
        )
    }

    /// The number of members, where the last one was read.
    pub fn members_in_all(&self) -> Option<u64> {
        (self.end == End::Committed).then(|| self.last - self.first + 1)
    }

    /// Sequences as members (`members 2, 4-6`), and the verb that goes with them.
    fn members(&self, runs: &[Window]) -> (String, &'static str) {
        let number = |seq: u64| format::count(seq.saturating_sub(self.first).saturating_add(1));
        let mut named: Vec<String> = runs
            .iter()
            .take(NAMED)
            .map(|run| match run.len() {
                1 => number(run.start()),
                _ => format!("{}-{}", number(run.start()), number(run.end())),
            })
            .collect();
        if runs.len() > NAMED {
            named.push(format!("and {} more", format::counted((runs.len() - NAMED) as u64, "run")));
        }
        let is_one = runs.iter().map(|run| run.len()).sum::<u64>() == 1;
        let (word, verb) = if is_one { ("member", "is") } else { ("members", "are") };
        (format!("{word} {}", named.join(", ")), verb)
    }
}
