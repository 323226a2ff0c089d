//! A small NATS client of our own, on a blocking socket: what it sees and sends owes nothing to
//! the code under test.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::wait::BOUND;

/// A message as delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    pub(crate) subject: String,
    /// Where an answer to it goes; empty for nowhere.
    pub(crate) reply: String,
    /// The raw header block.
    pub(crate) headers: Vec<u8>,
    pub(crate) payload: Vec<u8>,
}

/// Requests under way at once, few enough that nobody's buffer fills up.
const AHEAD: usize = 64;

/// A connection.
pub(crate) struct RawNats {
    socket: BufReader<TcpStream>,
    /// Where answers to it go, and to no other connection.
    inbox: String,
    requests: u64,
}

impl RawNats {
    /// The server's first line.
    pub(crate) fn greeting(port: u16) -> io::Result<String> {
        let socket = TcpStream::connect(("127.0.0.1", port))?;
        socket.set_read_timeout(Some(BOUND))?;
        let mut line = String::new();
        BufReader::new(socket).read_line(&mut line)?;
        if line.starts_with("INFO ") { Ok(line) } else { Err(io::Error::other(line)) }
    }

    pub(crate) fn connect(port: u16, login: Option<(&str, &str)>) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(BOUND)).unwrap();
        socket.set_nodelay(true).unwrap();
        // Of its own: two clients of one server must not get each other's answers.
        static CONNECTIONS: AtomicU64 = AtomicU64::new(0);
        let inbox = format!("_R.{}", CONNECTIONS.fetch_add(1, Ordering::Relaxed));
        let mut raw = Self { socket: BufReader::new(socket), inbox, requests: 0 };
        let mut connect = json!({"verbose": false, "pedantic": false, "headers": true,
            "no_responders": true, "protocol": 1, "lang": "test", "version": "0"});
        if let Some((user, password)) = login {
            connect["user"] = user.into();
            connect["pass"] = password.into();
        }
        let inbox = format!("{}.>", raw.inbox);
        raw.send(format!("CONNECT {connect}\r\nPING\r\nSUB {inbox} 1\r\n").as_bytes());
        let line = raw.line();
        assert!(line.starts_with("INFO "), "{line}");
        let line = raw.line();
        assert_eq!(line, "PONG");
        raw
    }

    /// Subscribes; [`Self::next`] gives the messages.
    pub(crate) fn subscribe(&mut self, subject: &str) {
        self.send(format!("SUB {subject} 2\r\n").as_bytes());
        self.flush();
    }

    pub(crate) fn publish(&mut self, subject: &str, payload: &[u8]) {
        self.send(format!("PUB {subject} {}\r\n", payload.len()).as_bytes());
        self.send(payload);
        self.send(b"\r\n");
    }

    /// Publishes many small messages at once.
    pub(crate) fn publish_many(&mut self, subject: &str, count: u64) {
        self.send(format!("PUB {subject} 1\r\nx\r\n").repeat(count as usize).as_bytes());
        self.flush();
    }

    /// Publishes with a header block of any bytes, well-formed or not.
    pub(crate) fn publish_with_headers(&mut self, subject: &str, block: &[u8], payload: &[u8]) {
        let (headers, total) = (block.len(), block.len() + payload.len());
        self.send(format!("HPUB {subject} {headers} {total}\r\n").as_bytes());
        self.send(block);
        self.send(payload);
        self.send(b"\r\n");
    }

    /// Waits until the server has taken in all that was sent.
    pub(crate) fn flush(&mut self) {
        self.send(b"PING\r\n");
        while self.line() != "PONG" {}
    }

    /// Sends a JetStream API request and gives the answer's JSON.
    pub(crate) fn api(&mut self, subject: &str, body: &Value) -> Value {
        let subject = format!("$JS.API.{subject}");
        let answer = self.ask(&subject, body, BOUND).expect("an answer in time");
        assert!(!answer.payload.is_empty(), "nobody answers {subject}");
        serde_json::from_slice(&answer.payload).unwrap()
    }

    /// Sends a request, and gives the answer if there is one within `bound`.
    pub(crate) fn ask(
        &mut self,
        subject: &str,
        body: &Value,
        bound: Duration,
    ) -> Option<Delivered> {
        self.ask_bytes(subject, body.to_string().as_bytes(), bound)
    }

    /// The same with any bytes as its payload.
    pub(crate) fn ask_bytes(
        &mut self,
        subject: &str,
        body: &[u8],
        bound: Duration,
    ) -> Option<Delivered> {
        let reply = self.request(subject, body);
        loop {
            let message = self.poll(bound)?;
            if message.subject == reply {
                return Some(message);
            }
        }
    }

    /// Sends requests that must not be repeated, so many at a time, and gives their answers in the
    /// order of the requests.
    ///
    /// # Panics
    /// When an answer does not come.
    pub(crate) fn ask_many(
        &mut self,
        subject: &str,
        bodies: &[Vec<u8>],
        ahead: usize,
    ) -> Vec<Delivered> {
        let mut answers = Vec::with_capacity(bodies.len());
        for bodies in bodies.chunks(ahead) {
            answers.extend(self.ask_chunk(subject, bodies));
        }
        answers
    }

    fn ask_chunk(&mut self, subject: &str, bodies: &[Vec<u8>]) -> Vec<Delivered> {
        let first = self.requests + 1;
        let mut all = Vec::new();
        for body in bodies {
            self.requests += 1;
            all.extend(operation(&format!("{subject} {}.{}", self.inbox, self.requests), body));
        }
        self.send(&all);
        let mut answers: Vec<Option<Delivered>> = vec![None; bodies.len()];
        for _ in bodies {
            let message = self.poll(BOUND).expect("an answer in time");
            let number = message.subject.rsplit('.').next().unwrap().parse::<u64>().unwrap();
            answers[usize::try_from(number - first).unwrap()] = Some(message);
        }
        answers.into_iter().map(Option::unwrap).collect()
    }

    /// Sends requests, many at once, and gives their answers in the order of the requests. What a
    /// busy server did not answer is asked for once more.
    pub(crate) fn ask_all(&mut self, subject: &str, bodies: &[Vec<u8>]) -> Vec<Delivered> {
        let mut answers: Vec<Option<Delivered>> = vec![None; bodies.len()];
        let first = self.requests + 1;
        let (mut sent, mut got, mut again) = (0, 0, false);
        while got < bodies.len() {
            while sent < bodies.len() && sent - got < AHEAD {
                self.request(subject, &bodies[sent]);
                sent += 1;
            }
            let Some(message) = self.poll(BOUND) else {
                assert!(!again, "an answer in time");
                again = true;
                for (number, body) in (first..).zip(&bodies[..sent]) {
                    if answers[(number - first) as usize].is_none() {
                        self.request_as(number, subject, body);
                    }
                }
                continue;
            };
            let number = message.subject.strip_prefix(&format!("{}.", self.inbox));
            let number: Option<u64> = number.and_then(|number| number.parse().ok());
            let Some(at) = number.and_then(|number| number.checked_sub(first)) else { continue };
            got += usize::from(answers[at as usize].is_none());
            answers[at as usize] = Some(message);
        }
        answers.into_iter().map(Option::unwrap).collect()
    }

    /// Publishes with a header block, and gives the answer.
    pub(crate) fn ask_with_headers(
        &mut self,
        subject: &str,
        block: &[u8],
        payload: &[u8],
    ) -> Delivered {
        self.requests += 1;
        let reply = format!("{}.{}", self.inbox, self.requests);
        self.publish_with_headers(&format!("{subject} {reply}"), block, payload);
        loop {
            let message = self.next();
            if message.subject == reply {
                return message;
            }
        }
    }

    /// The next message of a consumer. It comes under the subject that it was stored under.
    pub(crate) fn pull(&mut self, stream: &str, consumer: &str) -> Delivered {
        self.request(&format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"), b"1");
        loop {
            let message = self.next();
            if message.reply.starts_with("$JS.ACK.") {
                return message;
            }
        }
    }

    fn request(&mut self, subject: &str, body: &[u8]) -> String {
        self.requests += 1;
        self.request_as(self.requests, subject, body)
    }

    fn request_as(&mut self, number: u64, subject: &str, body: &[u8]) -> String {
        let reply = format!("{}.{number}", self.inbox);
        self.send(&operation(&format!("{subject} {reply}"), body));
        reply
    }

    /// The next message of any subscription, waited for with the usual bound.
    pub(crate) fn next(&mut self) -> Delivered {
        self.poll(BOUND).expect("a message in time")
    }

    /// The next message, or none within `bound`.
    pub(crate) fn poll(&mut self, bound: Duration) -> Option<Delivered> {
        self.socket.get_ref().set_read_timeout(Some(bound)).unwrap();
        let message = loop {
            let mut line = String::new();
            match self.socket.read_line(&mut line) {
                Ok(0) => panic!("the server closed the connection"),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break None,
                Err(error) => panic!("{error}"),
            }
            let words: Vec<_> = line.split_whitespace().collect();
            match words.as_slice() {
                ["PING"] => self.send(b"PONG\r\n"),
                ["MSG", subject, _, reply @ .., size] => {
                    break Some(self.body(subject, reply, 0, size));
                }
                ["HMSG", subject, _, reply @ .., headers, size] => {
                    break Some(self.body(subject, reply, headers.parse().unwrap(), size));
                }
                ["-ERR", ..] => panic!("{line}"),
                _ => {}
            }
        };
        self.socket.get_ref().set_read_timeout(Some(BOUND)).unwrap();
        message
    }

    fn body(&mut self, subject: &str, reply: &[&str], headers: usize, size: &str) -> Delivered {
        let mut bytes = vec![0; size.parse::<usize>().unwrap() + 2];
        self.socket.read_exact(&mut bytes).unwrap();
        bytes.truncate(bytes.len() - 2);
        let payload = bytes.split_off(headers);
        Delivered { subject: subject.to_owned(), reply: reply.concat(), headers: bytes, payload }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.socket.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the server closed the connection");
        line.trim_end().to_owned()
    }
}

/// What publishes a payload.
fn operation(to: &str, body: &[u8]) -> Vec<u8> {
    [format!("PUB {to} {}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat()
}
