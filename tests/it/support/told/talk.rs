//! The conversation over one connection.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

use async_nats::rustls::{ServerConnection, StreamOwned};
use serde_json::json;

use super::certificate::Certificate;
use super::login::{Login, NONCE};
use super::{First, Heard, Kind};

/// Writes something down.
type Note<'a> = &'a dyn Fn(&dyn Fn(&mut Heard));

/// Talks as a server of this kind until the other side ends.
pub(super) fn with(
    socket: &TcpStream,
    kind: Kind,
    announces: &[String],
    note: Note<'_>,
) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let greeting = info(kind, announces);
    let mut plain = socket;
    match kind {
        Kind::Closes => return Ok(()),
        Kind::Silent | Kind::Http | Kind::TlsFirst => {}
        _ => plain.write_all(greeting.as_bytes())?,
    }
    let first = first(socket)?;
    note(&|heard| heard.first = first);
    let says_hello = first == First::Hello;
    match kind {
        Kind::Http if first != First::Nothing => {
            plain.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")?;
        }
        _ if kind.is_tls() && says_hello => {
            let session = ServerConnection::new(Arc::clone(&Certificate::of_all().server));
            let mut secure = StreamOwned::new(session.map_err(io::Error::other)?, socket);
            if kind == Kind::TlsFirst {
                secure.write_all(greeting.as_bytes())?;
            }
            return talk(kind, note, socket, secure);
        }
        Kind::Plain | Kind::Mute | Kind::Refuses | Kind::Drops if !says_hello => {
            return talk(kind, note, socket, plain);
        }
        Kind::Plain | Kind::Mute | Kind::Refuses | Kind::Drops => {
            plain.write_all(b"-ERR 'Unknown Protocol Operation'\r\n")?;
        }
        _ => {}
    }
    if kind != Kind::Silent {
        socket.shutdown(Shutdown::Write)?;
    }
    io::copy(&mut Recorded { stream: plain, note }, &mut io::sink()).map(drop)
}

fn info(kind: Kind, announces: &[String]) -> String {
    let mut info = json!({"server_id": "TOLD", "server_name": "told", "version": "2.11.0",
        "proto": 1, "go": "go1.24", "host": "127.0.0.1", "port": 4222, "headers": true,
        "max_payload": 1_048_576, "jetstream": true, "client_id": 1, "auth_required": true,
        "nonce": NONCE});
    if kind.is_tls() {
        info["tls_required"] = true.into();
    }
    if !announces.is_empty() {
        info["connect_urls"] = announces.into();
    }
    format!("INFO {info}\r\n")
}

/// What comes first, without taking it.
fn first(socket: &TcpStream) -> io::Result<First> {
    let mut byte = [0];
    Ok(match (socket.peek(&mut byte)?, byte) {
        (0, _) => First::Nothing,
        // The type of a TLS record with a handshake message.
        (_, [0x16]) => First::Hello,
        _ => First::Clear,
    })
}

/// Writes down all that is read.
struct Recorded<'a, S> {
    stream: S,
    note: Note<'a>,
}

impl<S: Read> Read for Recorded<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        (self.note)(&|heard| heard.bytes.extend(buffer.iter().take(count)));
        Ok(count)
    }
}

/// The NATS protocol, as much of it as a list of streams needs.
fn talk<S: Read + Write>(
    kind: Kind,
    note: Note<'_>,
    socket: &TcpStream,
    stream: S,
) -> io::Result<()> {
    // The subscription for answers.
    let mut sid = String::new();
    let mut from = BufReader::new(Recorded { stream, note });
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut says = String::new();
        match words.as_slice() {
            ["CONNECT", ..] => {
                let told = line.trim_start_matches("CONNECT");
                let told = serde_json::from_str(told).map_err(io::Error::other)?;
                note(&|heard| heard.login = Some(Login::of(&told)));
                match kind {
                    Kind::Drops => return Ok(()),
                    Kind::Refuses | Kind::RefusesTls => {
                        let to = &mut from.get_mut().stream;
                        to.write_all(b"-ERR 'Authorization Violation'\r\n")?;
                        to.flush()?;
                        socket.shutdown(Shutdown::Write)?;
                        // What is unread when a socket closes takes the answer with it.
                        return io::copy(&mut from, &mut io::sink()).map(drop);
                    }
                    _ => {}
                }
            }
            ["PING"] => says.push_str("PONG\r\n"),
            ["SUB", _, .., id] => sid = (*id).to_owned(),
            ["PUB", subject, reply @ .., size] | ["HPUB", subject, reply @ .., _, size] => {
                let size: u64 = size.parse().map_err(io::Error::other)?;
                io::copy(&mut from.by_ref().take(size + 2), &mut io::sink())?;
                note(&|heard| heard.asked.push((*subject).to_owned()));
                if let ([reply], true) = (reply, kind != Kind::Mute) {
                    says = answer(subject, reply, &sid);
                }
            }
            _ => {}
        }
        from.get_mut().stream.write_all(says.as_bytes())?;
        from.get_mut().stream.flush()?;
    }
}

/// No streams to who asks for streams, and nobody who answers anything else.
fn answer(subject: &str, reply: &str, sid: &str) -> String {
    if !subject.contains(".STREAM.LIST") && !subject.contains(".STREAM.NAMES") {
        return format!("HMSG {reply} {sid} 16 16\r\nNATS/1.0 503\r\n\r\n\r\n");
    }
    let kind = if subject.contains("LIST") { "list" } else { "names" };
    let body = json!({"type": format!("io.nats.jetstream.api.v1.stream_{kind}_response"),
        "total": 0, "offset": 0, "limit": 1024, "streams": []})
    .to_string();
    format!("MSG {reply} {sid} {}\r\n{body}\r\n", body.len())
}
