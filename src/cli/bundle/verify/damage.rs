//! What is wrong with a bundle, in words for people and as JSON.

use serde::Serialize;

/// Findings that are told one by one; more are only counted.
const TOLD: usize = 100;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Damage {
    /// The file it is in.
    pub(super) file: &'static str,
    /// The first line of `frames.jsonl` it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    /// The sequences it concerns, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<u64>,
    /// The last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<u64>,
    pub(super) what: String,
}

/// All that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Findings {
    pub(super) damage: Vec<Damage>,
    /// How many more there are.
    pub(super) more: u64,
    /// Files with a finding.
    #[serde(skip)]
    files: Vec<&'static str>,
}

impl Damage {
    /// Damage to a file as such.
    pub(super) fn of(file: &'static str, what: impl Into<String>) -> Self {
        Self { file, line: None, start: None, end: None, what: what.into() }
    }

    /// The same in a line.
    pub(super) const fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same of sequences; none when the run is empty.
    pub(super) const fn on(mut self, start: u64, end: u64) -> Self {
        if start <= end {
            self.start = Some(start);
            self.end = Some(end);
        }
        self
    }

    /// A line for people.
    pub(super) fn words(&self) -> String {
        let mut words = match (self.start, self.end) {
            (Some(start), Some(end)) if start == end => format!("sequence {start}: "),
            (Some(start), Some(end)) => format!("sequences {start} to {end}: "),
            _ => String::new(),
        };
        words.push_str(self.file);
        if let Some(line) = self.line {
            words.push_str(&format!(", line {line}"));
        }
        format!("{words}: {}", self.what)
    }
}

impl Findings {
    pub(super) fn add(&mut self, damage: Damage) {
        if !self.files.contains(&damage.file) {
            self.files.push(damage.file);
        }
        if self.damage.len() < TOLD {
            self.damage.push(damage);
        } else {
            self.more += 1;
        }
    }

    /// Whether there is one in this file.
    pub(super) fn touch(&self, file: &str) -> bool {
        self.files.contains(&file)
    }

    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.damage.is_empty()
    }
}
