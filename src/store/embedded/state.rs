//! Everything the store holds, and how it answers while it holds the lock.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::EmbeddedStore;
use super::log::{Fault, Request, Times};
use super::stream::Stream;
use crate::domain::{FaultKind, StreamName};
use crate::store::{InfoPage, Offer};

#[derive(Default)]
pub(super) struct State {
    pub(super) streams: BTreeMap<String, Stream>,
    pub(super) faults: Vec<Fault>,
    pub(super) requests: Vec<Request>,
    pub(super) count: u64,
    pub(super) in_flight: usize,
    pub(super) most_in_flight: usize,
    pub(super) when: Option<When>,
    pub(super) missing: Vec<String>,
    pub(super) pages: (usize, usize),
    pub(super) times: Times,
    /// How streams with `allow_direct` may be read.
    pub(super) offer: Option<Offer>,
    /// Bytes after which a batch ends, where that is less than was asked for.
    pub(super) batch_bytes: Option<u64>,
    /// What the replicas that answer direct gets hold, where that is not what the leader holds.
    pub(super) replicas: BTreeMap<String, Stream>,
}

/// Something to do to the store once so many requests were counted.
pub(super) struct When {
    pub(super) count: u64,
    pub(super) act: Act,
}

pub(super) type Act = Box<dyn FnOnce(&EmbeddedStore) + Send>;

pub(super) type Answer<T> = Result<T, (FaultKind, String)>;

impl State {
    pub(super) fn begin(&mut self, request: &Request, recording: bool) -> Option<Act> {
        self.count += 1;
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        if recording {
            self.requests.push(request.clone());
        }
        self.when.take_if(|when| self.count >= when.count).map(|when| when.act)
    }

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

    /// The fault that a request meets: its stream's, or one that was set up for it.
    fn strike(&mut self, request: &Request, found: Option<u64>) -> Option<FaultKind> {
        if let Request::Info { stream, .. }
        | Request::Get { stream, .. }
        | Request::Direct { stream, .. }
        | Request::Batch { stream, .. } = request
            && let Some(kind) =
                self.streams.get(stream.as_str()).and_then(|stream| stream.refused.clone())
        {
            return Some(match kind {
                FaultKind::Denied(_) => FaultKind::Denied(request.subject()),
                kind => kind,
            });
        }
        let fault = self.faults.iter_mut().find(|f| f.hits(request, found))?;
        fault.left = fault.left.map(|left| left.saturating_sub(1));
        Some(fault.kind.clone())
    }

    pub(super) fn stream(&mut self, name: &StreamName, now: Timestamp) -> Answer<&mut Stream> {
        let stream = self
            .streams
            .get_mut(name.as_str())
            .ok_or_else(|| (FaultKind::StreamNotFound, "stream not found".to_owned()))?;
        stream.advance(now);
        Ok(stream)
    }

    /// The stream as the replica has it that answers direct gets.
    pub(super) fn replica(&mut self, name: &StreamName, now: Timestamp) -> Answer<&mut Stream> {
        if self.replicas.contains_key(name.as_str()) {
            let none = || (FaultKind::NoJetStream, "nobody answers".to_owned());
            return self.replicas.get_mut(name.as_str()).ok_or_else(none);
        }
        self.stream(name, now)
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
                _ if self.missing.contains(name) => page.missing.push(name.clone()),
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
