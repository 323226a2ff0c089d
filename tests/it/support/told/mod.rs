//! Servers on loopback that write down all that they are told, each of another kind.

mod certificate;
mod login;
mod talk;

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) use certificate::Certificate;
pub(crate) use login::Login;

use super::wait;

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Takes any login, and answers as a server without streams.
    Plain,
    /// The same, with TLS after the greeting, which it requires.
    Tls,
    /// The same, with TLS before the greeting.
    TlsFirst,
    /// Takes any login, and answers no request.
    Mute,
    /// Refuses every login.
    Refuses,
    /// The same over TLS.
    RefusesTls,
    /// Hears the login and closes the connection.
    Drops,
    /// Says nothing at all.
    Silent,
    /// Says nothing until it is spoken to, and then that it is something else.
    Http,
    /// Closes each connection at once.
    Closes,
}

impl Kind {
    /// Whether it speaks TLS at some time.
    pub(crate) const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::TlsFirst | Self::RefusesTls)
    }
}

/// What came first over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum First {
    #[default]
    Nothing,
    /// A TLS `ClientHello`.
    Hello,
    /// Anything in clear.
    Clear,
}

/// All that was told over one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    pub(crate) first: First,
    /// What was said, within TLS where there is TLS.
    pub(crate) bytes: Vec<u8>,
    /// The login in its CONNECT, if it came to that.
    pub(crate) login: Option<Login>,
    /// Subjects that it published to.
    pub(crate) asked: Vec<String>,
    peer: u16,
    is_over: bool,
}

/// A running server. It stops when dropped.
pub(crate) struct Told {
    kind: Kind,
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<Heard>>,
    /// Ports of connections that the test itself made.
    own: Mutex<Vec<u16>>,
    sockets: Mutex<Vec<TcpStream>>,
    closed: AtomicBool,
    /// Other servers of its cluster, as it announces them.
    announces: Vec<String>,
}

impl Told {
    pub(crate) fn start(kind: Kind) -> Self {
        Self::announcing(kind, &[])
    }

    /// One that announces other servers as members of its cluster.
    pub(crate) fn announcing(kind: Kind, others: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let announces = others.iter().map(|&other| other.to_owned()).collect();
        let shared = Arc::new(Shared { announces, ..Shared::default() });
        let state = Arc::clone(&shared);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let Ok(socket) = socket else { continue };
                if state.closed.load(Ordering::SeqCst) {
                    break;
                }
                let _ = state.take(kind, socket);
            }
        });
        Self { kind, port, shared }
    }

    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Host and port, without a scheme.
    pub(crate) fn at(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What it heard over all connections, once they are over: the other side must have ended.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        // Connections are taken in their order: once this one is, all before it are.
        let own = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let port = own.local_addr().unwrap().port();
        self.shared.own.lock().unwrap().push(port);
        wait::until("a connection to be taken", || self.find(|one| one.peer == port).then_some(()));
        drop(own);
        wait::until("connections to end", || (!self.find(|one| !one.is_over)).then_some(()));
        self.so_far()
    }

    /// The same at this moment.
    pub(crate) fn so_far(&self) -> Vec<Heard> {
        let own = self.shared.own.lock().unwrap().clone();
        let mut all = self.shared.heard.lock().unwrap().clone();
        all.retain(|one| !own.contains(&one.peer));
        all
    }

    fn find(&self, wanted: impl Fn(&Heard) -> bool) -> bool {
        self.shared.heard.lock().unwrap().iter().any(wanted)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        for socket in self.shared.sockets.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn take(self: &Arc<Self>, kind: Kind, socket: TcpStream) -> io::Result<()> {
        let peer = socket.peer_addr()?.port();
        let at = {
            let mut heard = self.heard.lock().unwrap();
            heard.push(Heard { peer, ..Heard::default() });
            heard.len() - 1
        };
        self.sockets.lock().unwrap().push(socket.try_clone()?);
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let _ = talk::with(&socket, kind, &shared.announces, &|write| {
                write(&mut shared.heard.lock().unwrap()[at]);
            });
            let _ = socket.shutdown(Shutdown::Both);
            shared.heard.lock().unwrap()[at].is_over = true;
        });
        Ok(())
    }
}
