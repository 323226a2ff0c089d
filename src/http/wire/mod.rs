//! The socket in front of hyper: hands on one checked head at a time, refuses what is malformed or
//! late, and cuts off callers who take nothing of their answer.

mod gate;
mod head;
mod socket;
mod stall;

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

pub(super) use gate::Gate;
use head::{Head, Refused};
pub(super) use socket::Caller;
use stall::Stall;

use super::limits::{HEAD_BYTES, Limits};
use super::reply;

/// After the last word to a caller that goes on sending: a close with unread bytes would take the
/// word back.
const LINGER: Duration = Duration::from_secs(2);

/// Told of a request that was refused: its status, the bytes of the answer, and why.
pub(super) type OnRefused = Box<dyn Fn(u16, u64, &str) + Send>;

/// What the next request is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// Nothing of it came.
    Idle,
    /// Its head is coming.
    Head,
    /// One before it is being answered.
    Answer,
    /// The same, and the caller sends no more: it is gone, unless it goes on taking its answer.
    Gone,
}

/// A socket as hyper sees it.
pub(super) struct Wire<S> {
    socket: S,
    gate: Arc<Gate>,
    on_refused: OnRefused,
    limits: Limits,
    /// Bytes received and not handed on.
    held: Vec<u8>,
    /// How many of them were looked at.
    looked: usize,
    /// How many of them hyper may have.
    free: usize,
    /// The other side sends no more.
    ended: bool,
    waiting: Waiting,
    /// When the next head is late, or the caller taken for gone.
    late: Pin<Box<Sleep>>,
    stall: Stall,
    /// The last word, and how much of it is sent.
    last: Option<(Vec<u8>, usize)>,
    /// Whether the last word is out and the rest is only read away.
    lingering: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(socket: S, limits: Limits, on_refused: OnRefused) -> Self {
        let now = Instant::now();
        Self {
            socket,
            gate: Arc::new(Gate::new()),
            on_refused,
            limits,
            held: Vec::new(),
            looked: 0,
            free: 0,
            ended: false,
            waiting: Waiting::Idle,
            late: Box::pin(sleep_until(now + limits.idle_time)),
            stall: Stall::new(limits),
            last: None,
            lingering: false,
        }
    }

    pub(super) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    fn wait_for(&mut self, waiting: Waiting) {
        if self.waiting == waiting {
            return;
        }
        self.waiting = waiting;
        let time = match waiting {
            Waiting::Idle => self.limits.idle_time,
            Waiting::Head => self.limits.head_time,
            Waiting::Answer => return,
            Waiting::Gone => self.limits.gone_time,
        };
        self.late.as_mut().reset(Instant::now() + time);
    }

    fn refuse(&mut self, refused: Refused) {
        let reply = reply::raw(refused.status, refused.error);
        (self.on_refused)(refused.status.as_u16(), reply.body as u64, refused.error);
        self.last = Some((reply.bytes, 0));
    }

    /// Looks at what is held, with nothing being answered. Whether hyper is to read on.
    fn look(&mut self) -> bool {
        // Line breaks before a request are passed over (RFC 9112 section 2.2).
        let breaks = self.held.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.held.drain(..breaks);
        self.looked = self.looked.saturating_sub(breaks);
        self.wait_for(if self.held.is_empty() { Waiting::Idle } else { Waiting::Head });
        match head::head(&self.held, self.looked) {
            Head::Partial => {
                self.looked = self.held.len();
                return false;
            }
            Head::Whole(len) => {
                (self.free, self.looked) = (len, 0);
                self.gate.begin();
                self.wait_for(Waiting::Answer);
                self.stall.begin();
            }
            Head::Refused(refused) => self.refuse(refused),
        }
        true
    }

    fn receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; 4096];
        let mut buffer = ReadBuf::new(&mut bytes);
        let read = ready!(Pin::new(&mut self.socket).poll_read(cx, &mut buffer));
        read.inspect_err(|error| self.gate.break_off(ended(error)))?;
        self.ended = buffer.filled().is_empty();
        self.held.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }

    /// The socket takes no more just now: pending, unless that goes on for too long.
    fn stalled<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let why = ready!(self.stall.poll(cx));
        self.gate.break_off(why.clone());
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)))
    }

    fn wrote(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &done {
            Poll::Pending => return self.stalled(cx),
            Poll::Ready(Err(error)) => self.gate.break_off(ended(error)),
            Poll::Ready(Ok(_)) => self.stall.took(),
        }
        if self.waiting == Waiting::Gone {
            let time = self.stall.patience(self.limits.gone_time);
            self.late.as_mut().reset(Instant::now() + time);
        }
        done
    }

    /// Says the last word, then reads away what still comes, for a while.
    fn poll_last_word(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((bytes, sent)) = &mut self.last
            && let Some(rest) = bytes.get(*sent..).filter(|rest| !rest.is_empty())
        {
            match Pin::new(&mut self.socket).poll_write(cx, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(n)) => *sent += n,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return self.stalled(cx),
            }
        }
        if !self.lingering {
            ready!(Pin::new(&mut self.socket).poll_shutdown(cx))?;
            self.lingering = true;
            self.late.as_mut().reset(Instant::now() + LINGER);
        }
        while !self.ended {
            if pin!(&mut self.late).poll(cx).is_ready() {
                break;
            }
            ready!(self.receive(cx))?;
            self.held.clear();
        }
        Poll::Ready(Ok(()))
    }
}

/// In words for the log.
fn ended(error: &io::Error) -> String {
    format!("the connection ended: {}", error.kind())
}

impl<S: AsyncRead + AsyncWrite + Unpin> Read for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if self.free > 0 {
                let len = self.free.min(into.remaining());
                into.put_slice(self.held.get(..len).unwrap_or_default());
                self.held.drain(..len);
                self.free -= len;
                return Poll::Ready(Ok(()));
            }
            // To hyper, a connection with a last word pending is one that ended.
            if self.last.is_some() {
                return Poll::Ready(Ok(()));
            }
            if self.gate.is_busy(cx.waker()) {
                // A caller that is gone is noticed; one that sends on has to wait.
                if self.ended {
                    self.wait_for(Waiting::Gone);
                    ready!(self.late.as_mut().poll(cx));
                    self.gate.break_off(Limits::gone(self.stall.patience(self.limits.gone_time)));
                    return Poll::Ready(Ok(()));
                }
                if self.held.len() >= HEAD_BYTES {
                    return Poll::Pending;
                }
            } else {
                if self.look() {
                    continue;
                }
                if self.ended {
                    return Poll::Ready(Ok(()));
                }
                if self.late.as_mut().poll(cx).is_ready() {
                    if self.waiting == Waiting::Idle {
                        return Poll::Ready(Ok(()));
                    }
                    self.refuse(head::LATE);
                    continue;
                }
            }
            ready!(self.receive(cx))?;
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Write for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.wrote(cx, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.wrote(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        self.gate.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.last.is_some() {
            return self.poll_last_word(cx);
        }
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
