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
    /// Its address.
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
    whole: bool,
}

impl Drop for Line {
    fn drop(&mut self) {
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
        if !self.whole {
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
        if let Some(gate) = &self.peer.gate {
            gate.answered();
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

/// Logs a request.
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
        whole: false,
    };
    request.extensions_mut().insert(note);
    let response = next.run(request).await;
    line.status = Some(response.status().as_u16());
    // Nobody asks for the body then.
    line.whole = line.method == Method::HEAD;
    let said = response.headers().get(header::CONTENT_LENGTH);
    let said = said.and_then(|len| len.to_str().ok()?.parse().ok());
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
    line: Line,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            None => self.line.whole = true,
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.line.bytes += bytes;
                self.left = self.left.map(|left| left.saturating_sub(bytes));
                // A body of known length is asked for no more than that.
                self.line.whole |= self.left == Some(0);
            }
            Some(Err(_)) => self.line.whole = false,
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
