//! The access log: one line a request, written when its answer is out or given up.

use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::missing::Missing;
use super::service::Service;
use super::wire::Gate;
use crate::domain::escape;

/// Where lines go. Must not block.
pub type Journal = Arc<dyn Fn(&str) + Send + Sync>;

/// Characters of a method, and of a path and query, that are logged.
const SHOWN: usize = 200;

/// The other side of a request.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) address: String,
    /// Waits for the answer to be out.
    pub(super) gate: Option<Arc<Gate>>,
}

/// What those who answer a request add to its line.
#[derive(Debug, Default)]
pub(super) struct Note {
    key: OnceLock<String>,
    detail: Mutex<Option<String>>,
    missing: OnceLock<String>,
    later: Mutex<Missing>,
}

impl Note {
    /// The caller's public key, proved.
    pub(super) fn key(&self, key: &str) {
        let _ = self.key.set(key.to_owned());
    }

    /// What the log should know and the caller not; the first one stays.
    pub(super) fn detail(&self, detail: impl Into<String>) {
        let mut kept = self.detail.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| detail.into());
    }

    /// What the head of the answer tells of lost and unreadable sequences.
    pub(super) fn missing(&self, told: &Missing) {
        told.value().into_iter().for_each(|value| drop(self.missing.set(value)));
    }

    /// Such that were found after the head was sent.
    pub(super) fn found_later(&self, found: &Missing) {
        self.later.lock().unwrap_or_else(PoisonError::into_inner).add(found);
    }
}

/// A line to be. It is written when this is dropped, whatever became of the request.
struct Line {
    journal: Journal,
    began: Instant,
    peer: Peer,
    method: Method,
    target: String,
    note: Arc<Note>,
    status: Option<u16>,
    bytes: u64,
    /// Whether all of the answer is made.
    made: bool,
    /// Whether it is out.
    out: bool,
}

impl Line {
    /// The body is at its end, or given up. What is made may still have to go out.
    fn end(mut self) {
        let gate = self.peer.gate.take_if(|_| self.made);
        let Some(gate) = gate else {
            self.out = self.made;
            return;
        };
        gate.made(Box::new(move |broken| {
            self.out = broken.is_none();
            broken.into_iter().for_each(|why| self.note.detail(why));
        }));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let gate = self.peer.gate.take();
        if let Some(why) = gate.as_ref().and_then(|gate| gate.broken()) {
            self.note.detail(why);
        }
        let status = self.status.map_or_else(|| "-".into(), |status| status.to_string());
        let mut line = format!(
            "{} {} \"{}\" {status} bytes={} ms={}",
            self.peer.address,
            shown(self.method.as_str()),
            shown(&self.target),
            self.bytes,
            self.began.elapsed().as_millis(),
        );
        // Writing to a String cannot fail.
        if let Some(key) = self.note.key.get() {
            let _ = write!(line, " key={}", escape::text(key));
        }
        if !self.out {
            line += " aborted";
        }
        if let Some(missing) = self.note.missing.get() {
            let _ = write!(line, " missing=\"{missing}\"");
        }
        let later = self.note.later.lock().unwrap_or_else(PoisonError::into_inner).value();
        if let Some(later) = later {
            let _ = write!(line, " found-later=\"{later}\"");
        }
        let detail = self.note.detail.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(detail) = detail {
            let _ = write!(line, " ({})", escape::sentence(&detail));
        }
        (self.journal)(&line);
        if let Some(gate) = gate {
            gate.given_up();
        }
    }
}

/// What a caller sent, for a line: escaped, bounded, and without a quote of their own.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    shown = escape::text(&shown).replace('"', "\\\"");
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// The line of a request that was refused before it was one.
pub(super) fn refused(address: &str, status: u16, bytes: u64, why: &str) -> String {
    format!("{address} - \"-\" {status} bytes={bytes} ms=0 ({why})")
}

pub(super) async fn log(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let note = Arc::new(Note::default());
    let unknown = || Peer { address: "-".into(), gate: None };
    let mut line = Line {
        journal: Arc::clone(&service.journal),
        began: Instant::now(),
        peer: request.extensions_mut().remove().unwrap_or_else(unknown),
        method: request.method().clone(),
        target: target(&request).to_owned(),
        note: Arc::clone(&note),
        status: None,
        bytes: 0,
        made: false,
        out: false,
    };
    request.extensions_mut().insert(note);
    let response = next.run(request).await;
    line.status = Some(response.status().as_u16());
    // Nobody asks for the body then.
    line.made = line.method == Method::HEAD;
    let said = response.headers().get(header::CONTENT_LENGTH);
    let said = said.and_then(|len| len.to_str().ok()?.parse().ok());
    let line = Some(line);
    response.map(|body| Body::new(Counted { left: said.or(body.size_hint().exact()), body, line }))
}

/// Path and query, byte for byte as they were sent.
pub(super) fn target(request: &Request) -> &str {
    request.uri().path_and_query().map_or("", |target| target.as_str())
}

/// A body that counts what is taken of it.
struct Counted {
    body: Body,
    /// Bytes to come, where known.
    left: Option<u64>,
    /// There until this is dropped.
    line: Option<Line>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.line.take().into_iter().for_each(Line::end);
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Self { left, line: Some(line), .. } = &mut *self else { return Poll::Ready(frame) };
        match &frame {
            None => line.made = true,
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                line.bytes += bytes;
                *left = left.map(|left| left.saturating_sub(bytes));
                // A body of known length is asked for no more than that.
                line.made |= *left == Some(0);
            }
            Some(Err(_)) => line.made = false,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_logged_on_one_line_whatever_it_holds() {
        assert_eq!(shown("/a\"\n\u{1b}[2J\\"), "/a\\\"\\n\\x1b[2J\\\\");
        assert_eq!(shown(&"a".repeat(300)).chars().count(), SHOWN + 1);
    }
}
