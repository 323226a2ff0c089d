//! The caller's socket, in which it shows soon that the caller took something.
//!
//! A socket's buffer grows to megabytes, and is called writable again when a third of it is free.
//! A slow caller would seem to take nothing for minutes. So little waits in it unsent, and while it
//! is not writable a write is tried all the same now and then: each segment that goes out makes room.
//! What is sent and not confirmed yet is not limited by that, so a long way costs nothing.

use std::future::Future as _;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// Bytes that may wait unsent. The system fills up the segment that it began, so it is up to 80 KiB.
const UNSENT: u32 = 16 << 10;
/// How often a write is tried while the socket is not writable.
const LOOK: Duration = Duration::from_secs(1);

/// The socket of a caller.
pub(in crate::http) struct Caller {
    socket: TcpStream,
    look: Pin<Box<Sleep>>,
    is_waiting: bool,
}

impl Caller {
    /// Takes a socket over. Where the system has no such options, it is used as it is.
    pub(in crate::http) fn new(socket: TcpStream) -> Self {
        // An answer is written in few large pieces.
        let _ = socket.set_nodelay(true);
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ = SockRef::from(&socket).set_tcp_notsent_lowat(UNSENT);
        Self { socket, look: Box::pin(sleep(LOOK)), is_waiting: false }
    }
}

impl AsyncRead for Caller {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, into)
    }
}

impl AsyncWrite for Caller {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        if done.is_ready() {
            self.is_waiting = false;
            return done;
        }
        if !self.is_waiting {
            // At once, too: after a part of what it was given, a socket counts as not writable, and
            // what it would still take would look as if the caller had taken it later.
            self.is_waiting = true;
            self.look.as_mut().reset(Instant::now());
        }
        loop {
            ready!(self.look.as_mut().poll(cx));
            self.look.as_mut().reset(Instant::now() + LOOK);
            match SockRef::from(&self.socket).send_vectored(slices) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock) => {}
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted) => {}
                done => {
                    self.is_waiting = false;
                    return Poll::Ready(done);
                }
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
