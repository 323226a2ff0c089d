//! A moment in a few words: for the table, and for who reads a failure.

use super::faces::{Account, Faces};
use super::law::{Moment, ranges};
use super::truth::Fate;

impl Moment<'_> {
    /// Whether something is gone and nothing shows it.
    pub(super) fn is_blind(&self) -> bool {
        self.is_hurt() && self.shown_losses().is_empty()
    }

    pub(super) fn is_hurt(&self) -> bool {
        let gone = self.truth.all(self.server, Fate::Gone);
        !gone.is_empty() || !self.truth.given_out_again().is_empty() || self.server.lost().is_some()
    }

    pub(super) fn line(&self, faces: &Faces) -> String {
        self.cells(faces).join(" | ")
    }

    /// What is gone, what the server says, and what each face says.
    pub(super) fn cells(&self, faces: &Faces) -> Vec<String> {
        let or = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let gone = or(ranges(&self.truth.all(self.server, Fate::Gone)));
        let server = match (&self.server.info, self.server.lost()) {
            (None, _) => "no stream".to_owned(),
            (_, None) => "no loss".to_owned(),
            (_, Some((named, bytes))) => {
                let named: Vec<_> = named.into_iter().collect();
                format!("lost {} ({bytes} bytes)", or(ranges(&named)))
            }
        };
        let verdict = &faces.verdict;
        let check = format!("{} {} ({})", verdict.verdict, verdict.completeness, verdict.code);
        let mut accounts: Vec<(String, Vec<&str>)> = Vec::new();
        for account in &faces.accounts {
            let text = account.missing();
            match accounts.iter_mut().find(|(other, _)| *other == text) {
                Some((_, faces)) => faces.push(account.face),
                None => accounts.push((text, vec![account.face])),
            }
        }
        let accounts: Vec<_> =
            accounts.iter().map(|(text, faces)| format!("{}: {text}", faces.join(", "))).collect();
        let http = faces.answer.as_ref().map_or_else(String::new, |answer| {
            let named = answer.missing.iter().flatten().next().map_or("-", String::as_str);
            format!("{}, {} frames, {named}", answer.status, answer.digests.len())
        });
        vec![gone, server, check, accounts.join("; "), http]
    }
}

impl Account {
    /// Its runs that are no frames.
    pub(super) fn missing(&self) -> String {
        if let Some(instead) = &self.instead {
            return instead.clone();
        }
        let missing = self.said.iter().filter(|said| said.cause != "frame");
        let text: Vec<_> = missing
            .map(|said| {
                let seqs: Vec<u64> = vec![said.start, said.end];
                let run = if said.start == said.end {
                    seqs[0].to_string()
                } else {
                    format!("{}-{}", seqs[0], seqs[1])
                };
                format!("{run} {}", said.cause)
            })
            .collect();
        if text.is_empty() { "all there".to_owned() } else { text.join(", ") }
    }
}
