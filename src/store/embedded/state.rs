//! Everything the store holds, and how it answers while it holds the lock.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::request::Request;
use super::stream::Stream;
#[cfg(test)]
use super::tests::setup::Setup;
use crate::domain::{FaultKind, StreamName};
use crate::store::InfoPage;

#[derive(Default)]
pub(super) struct State {
    pub(super) streams: BTreeMap<String, Stream>,
    /// Names and streams in one page of a list.
    pub(super) pages: (usize, usize),
    #[cfg(test)]
    pub(super) setup: Setup,
}

pub(super) type Answer<T> = Result<T, (FaultKind, String)>;

impl State {
    /// Answers a request, unless it meets a fault: a write before it changed anything, a read
    /// once it is known which sequence it would be answered with.
    pub(super) fn answer<T>(
        &mut self,
        request: &Request,
        answer: impl FnOnce(&mut Self) -> Answer<(T, Option<u64>)>,
    ) -> Answer<T> {
        if request.is_write() {
            return match self.strike(request, None) {
                Some(kind) => Err((kind.clone(), detail(&kind))),
                None => answer(self).map(|(value, _)| value),
            };
        }
        let answered = answer(self);
        let found = answered.as_ref().map_or(None, |(_, found)| *found);
        match self.strike(request, found) {
            Some(kind) => Err((kind.clone(), detail(&kind))),
            None => answered.map(|(value, _)| value),
        }
    }

    /// The fault that a request meets: its stream's, or one that a test set up for it.
    fn strike(&mut self, request: &Request, found: Option<u64>) -> Option<FaultKind> {
        if let Some(name) = request.reads()
            && let Some(kind) =
                self.streams.get(name.as_str()).and_then(|s| s.refuses(request, found))
        {
            return Some(kind);
        }
        #[cfg(test)]
        return self.setup.strike(request, found);
        #[cfg(not(test))]
        None
    }

    pub(super) fn stream(&mut self, name: &StreamName, now: Timestamp) -> Answer<&mut Stream> {
        let stream = self
            .streams
            .get_mut(name.as_str())
            .ok_or_else(|| (FaultKind::StreamNotFound, "stream not found".to_owned()))?;
        stream.advance(now);
        Ok(stream)
    }

    pub(super) fn list(&mut self, offset: u64, now: Timestamp) -> InfoPage {
        let total = self.streams.len() as u64;
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let mut page = InfoPage { total, ..InfoPage::default() };
        for (name, stream) in self.streams.iter_mut().skip(from).take(self.pages.1) {
            page.entries += 1;
            stream.advance(now);
            match &stream.refused {
                Some(FaultKind::Offline) => {
                    page.offline.push((name.clone(), detail(&FaultKind::Offline)))
                }
                #[cfg(test)]
                _ if self.setup.missing.contains(name) => page.missing.push(name.clone()),
                Some(_) => {}
                None => page.streams.push((name.clone(), stream.info(false, now))),
            }
        }
        page
    }

    /// The stream other than `name` that captures an overlapping subject.
    pub(super) fn captures(&self, name: &StreamName, subject: &str) -> bool {
        self.streams
            .iter()
            .filter(|(other, _)| *other != name.as_str())
            .flat_map(|(_, stream)| &stream.config.subjects)
            .any(|other| overlap(other, subject))
    }
}

/// Whether some subject matches both patterns.
pub(super) fn overlap(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (Some(">"), Some(_)) | (Some(_), Some(">")) | (None, None) => return true,
            (Some(x), Some(y)) if x == y || x == "*" || y == "*" => {}
            _ => return false,
        }
    }
}

/// What a server would say, in its own words where it has any.
fn detail(kind: &FaultKind) -> String {
    match kind {
        FaultKind::Timeout => "no answer within 5 s".into(),
        FaultKind::Denied(subject) => {
            format!("Permissions Violation for Publish to \"{subject}\"")
        }
        FaultKind::Offline => "stream is offline: no server of its peers is up".into(),
        FaultKind::NoLeader => "JetStream system temporarily unavailable".into(),
        FaultKind::Disconnected => "connection closed".into(),
        kind => format!("{kind:?}"),
    }
}
