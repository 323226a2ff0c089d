//! A loopback proxy before a server that writes down every subject published through it. Nothing
//! a client sends can get past it unseen, whatever the server makes of it.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// What a client published.
struct Published {
    subject: String,
    /// Headers, if any, and payload.
    body: Vec<u8>,
}

/// A running proxy.
pub(crate) struct Wiretap {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    published: Mutex<Vec<Published>>,
    sockets: Mutex<Vec<TcpStream>>,
    mute: AtomicBool,
    /// The beginning of a subject from which on nothing more is heard of the server.
    mute_from: Mutex<Option<String>>,
    /// After how many things published nothing more is passed on to the server.
    holds_after: Mutex<Option<usize>>,
    released: Condvar,
    closed: AtomicBool,
    /// How long what the server says is under way.
    delay: Duration,
}

impl Wiretap {
    /// Listens on a free port and passes everything on to `port`.
    pub(crate) fn before(port: u16) -> Self {
        Self::far_before(port, Duration::ZERO)
    }

    /// The same, at a distance of so long a round trip.
    pub(crate) fn far_before(port: u16, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { delay, ..Shared::default() });
        let state = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if state.closed.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(client) = client else { continue };
                // A server that is down closes the connection, as it should.
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let _ = state.join(&client, &server);
            }
        });
        Self { port: own, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// All subjects published so far.
    pub(crate) fn published(&self) -> Vec<String> {
        let published = self.shared.published.lock().unwrap();
        published.iter().map(|one| one.subject.clone()).collect()
    }

    /// Subjects published so far that begin so.
    pub(crate) fn published_under(&self, prefix: &str) -> Vec<String> {
        let mut all = self.published();
        all.retain(|subject| subject.starts_with(prefix));
        all
    }

    /// The JSON bodies of what was published so far under subjects that begin so.
    pub(crate) fn bodies_under(&self, prefix: &str) -> Vec<serde_json::Value> {
        let published = self.shared.published.lock().unwrap();
        let hits = published.iter().filter(|one| one.subject.starts_with(prefix));
        hits.map(|one| serde_json::from_slice(&one.body).unwrap()).collect()
    }

    /// Holds back all that the server says from now on.
    pub(crate) fn mute(&self) {
        self.shared.mute.store(true, Ordering::SeqCst);
    }

    /// Holds back all that the server says from the moment on at which something is published
    /// under a subject that begins so; the server hears it.
    pub(crate) fn mute_from(&self, prefix: &str) {
        *self.shared.mute_from.lock().unwrap() = Some(prefix.to_owned());
    }

    /// Passes on so many things published, and nothing more to the server until it is released.
    pub(crate) fn hold_after(&self, count: usize) {
        *self.shared.holds_after.lock().unwrap() = Some(count);
    }

    /// Whether the server is kept from hearing something.
    pub(crate) fn is_holding(&self) -> bool {
        let after = *self.shared.holds_after.lock().unwrap();
        after.is_some_and(|after| self.shared.published.lock().unwrap().len() > after)
    }

    /// Passes everything on again.
    pub(crate) fn release(&self) {
        *self.shared.holds_after.lock().unwrap() = None;
        self.shared.released.notify_all();
    }

    /// Lets the server be heard again, by connections made from now on.
    pub(crate) fn unmute(&self) {
        self.shared.mute.store(false, Ordering::SeqCst);
    }

    /// Cuts every connection.
    pub(crate) fn cut(&self) {
        for socket in self.shared.sockets.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wiretap {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        self.release();
        self.cut();
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn join(self: &Arc<Self>, client: &TcpStream, server: &TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let mut sockets = self.sockets.lock().unwrap();
        sockets.extend([client.try_clone()?, server.try_clone()?]);
        drop(sockets);
        let (from, mut to) = (client.try_clone()?, server.try_clone()?);
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let _ = shared.listen(BufReader::new(from), &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let (mut from, mut to) = (server.try_clone()?, client.try_clone()?);
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let (said, heard) = mpsc::channel::<(Instant, Vec<u8>)>();
            let delay = shared.delay;
            thread::spawn(move || {
                for (at, bytes) in heard {
                    thread::sleep((at + delay).saturating_duration_since(Instant::now()));
                    if to.write_all(&bytes).is_err() {
                        break;
                    }
                }
                let _ = to.shutdown(Shutdown::Both);
            });
            let mut buffer = vec![0; 1 << 16];
            while let Ok(n @ 1..) = from.read(&mut buffer) {
                if !shared.mute.load(Ordering::SeqCst)
                    && said.send((Instant::now(), buffer[..n].to_vec())).is_err()
                {
                    break;
                }
            }
        });
        Ok(())
    }

    /// Writes down what was published, and waits where it is not to be passed on yet.
    fn keep(&self, published: Published) {
        let mut all = self.published.lock().unwrap();
        all.push(published);
        let count = all.len();
        drop(all);
        let after = self.holds_after.lock().unwrap();
        let holds = |after: &mut Option<usize>| after.is_some_and(|after| count > after);
        drop(self.released.wait_while(after, holds).unwrap());
    }

    /// Passes on one protocol operation after another, and writes down those that publish.
    fn listen(&self, mut from: BufReader<TcpStream>, to: &mut TcpStream) -> io::Result<()> {
        loop {
            let mut line = Vec::new();
            if from.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            let text = String::from_utf8_lossy(&line).into_owned();
            let words: Vec<_> = text.split_whitespace().collect();
            if let [verb, subject, .., size] = words.as_slice()
                && (verb.eq_ignore_ascii_case("PUB") || verb.eq_ignore_ascii_case("HPUB"))
            {
                let size: u64 = size.parse().map_err(io::Error::other)?;
                let mut body = Vec::new();
                from.by_ref().take(size + 2).read_to_end(&mut body)?;
                line.extend_from_slice(&body);
                body.truncate(body.len().saturating_sub(2));
                let subject = (*subject).to_owned();
                let mut mute_from = self.mute_from.lock().unwrap();
                if mute_from.as_ref().is_some_and(|prefix| subject.starts_with(prefix)) {
                    self.mute.store(true, Ordering::SeqCst);
                    *mute_from = None;
                }
                drop(mute_from);
                self.keep(Published { subject, body });
            }
            to.write_all(&line)?;
        }
    }
}
