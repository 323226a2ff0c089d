//! Loopback proxies before a server, each a bad way to it: one that says nothing, one that stops in
//! the middle, one that is slow.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How a proxy passes on what the server says. What the client says is always passed on at once.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// It accepts connections and says nothing; the server hears of none.
    Silent,
    /// It passes on so many bytes of each of the first connections, and then nothing more; both
    /// sides stay open.
    Stops {
        /// Bytes passed on.
        after: usize,
        /// How many connections are treated so; those after them are passed on whole.
        connections: usize,
    },
    /// It passes on so many bytes a second.
    Slow(u32),
}

/// A running proxy. It stops when dropped.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    sockets: Mutex<Vec<TcpStream>>,
    closed: AtomicBool,
    /// Connections taken so far.
    taken: AtomicUsize,
    /// Connections on which it came to a stop.
    stopped: AtomicUsize,
}

impl Proxy {
    /// Listens on a free port, before a server's.
    pub(crate) fn before(port: u16, way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let state = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if state.closed.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(client) = client else { continue };
                state.join(client, port, way);
            }
        });
        Self { port: own, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Connections taken so far.
    pub(crate) fn taken(&self) -> usize {
        self.shared.taken.load(Ordering::SeqCst)
    }

    /// Connections on which it stopped so far.
    pub(crate) fn stopped(&self) -> usize {
        self.shared.stopped.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
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
    fn join(self: &Arc<Self>, client: TcpStream, port: u16, way: Way) {
        let number = self.taken.fetch_add(1, Ordering::SeqCst);
        self.sockets.lock().unwrap().push(client.try_clone().unwrap());
        if let Way::Silent = way {
            return;
        }
        // A server that is down closes the connection, as it should.
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
            let _ = client.shutdown(Shutdown::Both);
            return;
        };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        self.sockets.lock().unwrap().push(server.try_clone().unwrap());
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let _ = match way {
                Way::Stops { after, connections } if number < connections => {
                    shared.some(&server, &client, after)
                }
                Way::Slow(rate) => slowly(&server, &client, rate),
                _ => std::io::copy(&mut &server, &mut &client).map(drop),
            };
            let _ = client.shutdown(Shutdown::Both);
        });
    }

    /// Passes on so many bytes, and takes what comes after them without a word.
    fn some(&self, mut from: &TcpStream, mut to: &TcpStream, after: usize) -> std::io::Result<()> {
        std::io::copy(&mut from.take(after as u64), &mut to)?;
        self.stopped.fetch_add(1, Ordering::SeqCst);
        std::io::copy(&mut from, &mut std::io::sink()).map(drop)
    }
}

/// Passes on so many bytes a second, in a twentieth of a second's portions.
fn slowly(mut from: &TcpStream, mut to: &TcpStream, rate: u32) -> std::io::Result<()> {
    let mut buffer = vec![0; (rate / 20).max(1) as usize];
    let mut due = Instant::now();
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..length])?;
        due = due.max(Instant::now()) + Duration::from_secs(1) * length as u32 / rate;
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}
