//! What no face may ever say, whatever happened to the store.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::faces::{Account, Answer, Faces, Said, Verdict};
use super::truth::{Fate, Server, Truth};

/// A room at one moment: what is so, and what the server gives and says.
pub(super) struct Moment<'a> {
    pub(super) truth: &'a Truth,
    pub(super) server: &'a Server,
    /// Why no client can know of a loss, where the recipe says so.
    pub(super) blind: Option<&'a str>,
}

impl Moment<'_> {
    /// What was acknowledged and is not given, with something left that shows it: a sequence up to
    /// the last one that has no message, or the server's own report.
    pub(super) fn shown_losses(&self) -> Vec<u64> {
        let last = self.server.number("last_seq");
        let reported = self.server.lost().is_some();
        let gone = self.truth.all(self.server, Fate::Gone);
        gone.into_iter().filter(|seq| *seq <= last || reported).collect()
    }

    fn is_whole(&self) -> bool {
        self.truth.all(self.server, Fate::Gone).is_empty()
            && self.truth.given_out_again().is_empty()
    }

    /// Sequences that the server counts as stored and does not give.
    pub(super) fn unreadable(&self) -> Vec<u64> {
        let (first, last) = (self.server.number("first_seq"), self.server.number("last_seq"));
        let (deleted, held) = (self.server.deleted(), &self.server.held);
        if self.server.number("messages") == 0 {
            return Vec::new();
        }
        (first..=last).filter(|seq| !deleted.contains(seq) && !held.contains_key(seq)).collect()
    }

    /// Everything that is wrong with what was said.
    pub(super) fn judge(&self, faces: &Faces) -> Vec<String> {
        let mut wrong = self.verdict(&faces.verdict);
        for account in &faces.accounts {
            let face = account.face;
            wrong.extend(self.account(account).into_iter().map(|words| format!("{face}: {words}")));
        }
        if let Some(answer) = &faces.answer {
            wrong.extend(self.answer(answer).into_iter().map(|words| format!("http: {words}")));
        }
        if let Some(why) = &faces.why {
            wrong.extend(self.why(why).into_iter().map(|words| format!("why: {words}")));
        }
        let strange = self.truth.strange(self.server);
        if !strange.is_empty() {
            wrong.push(format!("the server gives what nobody published: {strange:?}"));
        }
        let unseen = !self.is_whole() && self.shown_losses().is_empty();
        if unseen && self.blind.is_none() {
            wrong.push("nothing shows this loss, and the recipe does not say so".to_owned());
        }
        wrong
    }

    /// The same for a room that goes on while it is read: what was there may be gone by now.
    pub(super) fn busy(&self, faces: &Faces) -> Vec<String> {
        let mut wrong = Vec::new();
        for said in faces.accounts.iter().flat_map(|account| &account.said) {
            let known = said.digest.as_ref().is_none_or(|digest| {
                self.truth.acked.get(&said.start).is_some_and(|all| all.contains(digest))
            });
            if !known || ["lost", "unreadable"].contains(&said.cause.as_str()) {
                wrong.push(format!("{said:?}"));
            }
        }
        wrong
    }

    fn verdict(&self, verdict: &Verdict) -> Vec<String> {
        let Verdict { code, verdict: word, completeness, report, text } = verdict;
        let mut wrong = Vec::new();
        let all = format!("check: {word}, {completeness}, exit {code}");
        let fine =
            word == "fine" || *code == 0 || ["whole", "explained"].contains(&&**completeness);
        let lost = self.shown_losses();
        if fine && !lost.is_empty() {
            wrong.push(format!("{all}, though {} is gone", ranges(&lost)));
        }
        if *code != 3 && !lost.is_empty() && self.server.lost().is_some() {
            wrong.push(format!("{all}, though the server itself reports a loss"));
        }
        if *code != 3 && !self.unreadable().is_empty() {
            wrong.push(format!("{all}, though {} cannot be read", ranges(&self.unreadable())));
        }
        if self.is_whole() && self.server.info.is_some() && !self.is_ambiguous() {
            if completeness == "damaged" {
                wrong.push(format!("{all}, and nothing is missing"));
            }
            if !["fine", "not-explained"].contains(&&**word) && *code != 0 {
                wrong.push(format!("{all}, and nothing is wrong: {}", standing(report, "wrong")));
            }
        }
        if !self.is_whole() && completeness == "whole" && !tells_its_bounds(text.as_deref()) {
            wrong.push(format!("{all}, without \"as far as this server knows\""));
        }
        let says_none = report["checks"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|check| check["check"] == "lost" && check["standing"] == "ok");
        if says_none && self.server.lost().is_some() && !lost.is_empty() {
            wrong.push(format!("{all}: \"lost\" is ok, and the server reports a loss"));
        }
        wrong
    }

    fn account(&self, account: &Account) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut seen = BTreeSet::new();
        let last = self.server.number("last_seq");
        let mut claims: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for said in &account.said {
            for seq in said.start..=said.end {
                if !seen.insert(seq) {
                    claims.entry("accounted for twice".to_owned()).or_default().push(seq);
                }
                if let Some(claim) = self.slot(said, seq) {
                    claims.entry(claim).or_default().push(seq);
                }
            }
        }
        if self.server.number("messages") > 0 {
            let left: Vec<_> = (1..=last).filter(|seq| !seen.contains(seq)).collect();
            if !left.is_empty() {
                claims.insert("not accounted for".to_owned(), left);
            }
        }
        wrong.extend(claims.iter().map(|(claim, seqs)| format!("{} {claim}", ranges(seqs))));
        wrong
    }

    /// What is wrong with what is said of a sequence.
    fn slot(&self, said: &Said, seq: u64) -> Option<String> {
        let cause = said.cause.as_str();
        let fate = self.truth.fate(self.server, seq);
        let (named, _) = self.server.lost().unwrap_or_default();
        if let Some(digest) = &said.digest {
            let acked = self.truth.acked.get(&seq).is_some_and(|all| all.contains(digest));
            let given = self.server.held.get(&seq).is_none_or(|held| held == digest);
            return (!acked || !given).then(|| "is shown with other bytes".to_owned());
        }
        let accuses = ["lost", "unreadable"].contains(&cause);
        let too_strong = ["deleted", "removed-not-lost", "never-stored"];
        match fate {
            Fate::Kept => Some(format!("can be read, and is called {cause}")),
            Fate::Gone if too_strong.contains(&cause) => {
                Some(format!("is gone, and called {cause}"))
            }
            Fate::Gone if blames(&said.words) => {
                Some(format!("is gone, and the words leave that out: {:?}", said.words))
            }
            Fate::Gone if named.contains(&seq) && !accuses => {
                Some(format!("is named as lost by the server, and called {cause}"))
            }
            Fate::Gone if self.unreadable().contains(&seq) && !accuses && cause != "unread" => {
                Some(format!("cannot be read, and is called {cause}"))
            }
            Fate::Removed | Fate::Never if accuses && self.is_whole() => {
                Some(format!("was removed on purpose, and is called {cause}"))
            }
            _ => None,
        }
    }

    fn answer(&self, answer: &Answer) -> Vec<String> {
        let mut wrong = Vec::new();
        let held: Vec<_> = self.server.held.values().cloned().collect();
        if answer.status == 200 && answer.digests != held {
            let (given, there) = (answer.digests.len(), held.len());
            wrong.push(format!("{given} frames of {there}, or others than those"));
        }
        let Some(named) = &answer.missing else { return wrong };
        let named = named.as_deref().unwrap_or_default();
        for (cause, seq) in missing(named) {
            if self.server.held.contains_key(&seq) {
                wrong.push(format!("{seq} can be read, and the header calls it {cause}"));
            }
        }
        if let Some((lost, _)) = self.server.lost() {
            let gone = lost.iter().any(|seq| self.truth.fate(self.server, *seq) == Fate::Gone);
            if gone && !named.contains("lost") {
                wrong.push(format!("the server reports a loss, and the header says {named:?}"));
            }
        }
        wrong
    }

    /// Where bytes are reported without a name, nobody can tell whether what was deleted is meant.
    fn is_ambiguous(&self) -> bool {
        let unnamed = self.server.lost().is_some_and(|(named, _)| named.is_empty());
        unnamed && !self.truth.removed.is_empty()
    }

    fn why(&self, why: &Value) -> Vec<String> {
        let lost = self.shown_losses();
        let word = why["completeness"].as_str().unwrap_or_default();
        if !lost.is_empty() && ["whole", "explained"].contains(&word) {
            return vec![format!("{word}, though {} is gone", ranges(&lost))];
        }
        if self.is_whole() && !self.is_ambiguous() && word == "damaged" {
            return vec!["damaged, and nothing is missing".to_owned()];
        }
        Vec::new()
    }
}

/// Whether words of a gap tell of a removal and leave out that it may be a loss.
fn blames(words: &str) -> bool {
    let words = words.to_lowercase();
    let removal = ["delet", "expire", "removed", "purge"].iter().any(|word| words.contains(word));
    removal && !words.contains("lost")
}

/// Whether a report for a person says how far its word goes.
fn tells_its_bounds(text: Option<&str>) -> bool {
    let text: Vec<_> = text.unwrap_or_default().split_whitespace().collect();
    text.join(" ").contains("as far as this server knows")
}

/// The checks of a standing.
fn standing(report: &Value, standing: &str) -> String {
    let checks = report["checks"].as_array().into_iter().flatten();
    let named = checks.filter(|check| check["standing"] == standing);
    named.map(|check| format!("{} {}", check["check"], check["summary"])).collect()
}

/// The sequences of a `Roomscope-Missing` header.
fn missing(header: &str) -> Vec<(String, u64)> {
    let mut all = Vec::new();
    for part in header.split(';').filter(|part| !part.trim().is_empty()) {
        let (cause, runs) = part.trim().split_once('=').unwrap();
        if cause.ends_with("-count") {
            continue;
        }
        for run in runs.split(',') {
            let (start, end) = run.split_once('-').unwrap_or((run, run));
            let (start, end): (u64, u64) =
                (start.trim().parse().unwrap(), end.trim().parse().unwrap());
            all.extend((start..=end).map(|seq| (cause.to_owned(), seq)));
        }
    }
    all
}

/// Sequences as runs.
pub(super) fn ranges(seqs: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for seq in seqs {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *seq => *end = *seq,
            _ => runs.push((*seq, *seq)),
        }
    }
    let text = |(start, end): &(u64, u64)| {
        if start == end { start.to_string() } else { format!("{start}-{end}") }
    };
    runs.iter().map(text).collect::<Vec<_>>().join(",")
}
