//! A small HTTP/1.1 client of our own, on a blocking socket, written from RFC 9112: what it takes
//! for a whole answer owes nothing to the code under test.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::wait::BOUND;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> serde_json::Value {
        let shown = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {shown:.200}"))
    }

    /// The text of an error.
    pub(crate) fn error(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/json");
        let json = self.json();
        assert_eq!(json.as_object().unwrap().len(), 1, "{json}");
        json["error"].as_str().unwrap().to_owned()
    }
}

/// A connection.
pub(crate) struct Http {
    socket: BufReader<TcpStream>,
}

impl Http {
    pub(crate) fn connect(port: u16) -> Self {
        Self::patient(port, BOUND * 3)
    }

    /// A connection on which nothing may come for so long.
    pub(crate) fn patient(port: u16, patience: Duration) -> Self {
        Self::over(TcpStream::connect(("127.0.0.1", port)).unwrap(), patience)
    }

    /// A connection whose system takes in little that nobody read.
    pub(crate) fn narrow(port: u16) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).unwrap();
        Self::over(socket.into(), BOUND * 3)
    }

    fn over(socket: TcpStream, patience: Duration) -> Self {
        socket.set_read_timeout(Some(patience)).unwrap();
        socket.set_nodelay(true).unwrap();
        Self { socket: BufReader::new(socket) }
    }

    /// The port on this side.
    pub(crate) fn port(&self) -> u16 {
        self.socket.get_ref().local_addr().unwrap().port()
    }

    /// Ends this side of the connection.
    pub(crate) fn send_no_more(&self) {
        self.socket.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    /// Some of what comes, whatever it is; nothing at the end.
    pub(crate) fn take(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.socket.read(into)
    }

    /// One request on a connection of its own.
    pub(crate) fn once(port: u16, target: &str) -> Reply {
        Self::connect(port).get(target)
    }

    pub(crate) fn get(&mut self, target: &str) -> Reply {
        self.ask("GET", target, &[])
    }

    pub(crate) fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.request(method, target, headers);
        self.reply(method).unwrap()
    }

    pub(crate) fn request(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) {
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        self.send((text + "\r\n").as_bytes()).unwrap();
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.socket.get_mut().write_all(bytes)
    }

    /// The next answer, whole; an answer that is cut off is an error.
    pub(crate) fn reply(&mut self, method: &str) -> io::Result<Reply> {
        let (status, headers) = self.head()?;
        let mut body = Vec::new();
        if method == "HEAD" {
            return Ok(Reply { status, headers, body });
        }
        if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
            while self.chunk(&mut body)? {}
        } else {
            let len = headers["content-length"].parse().unwrap();
            body.resize(len, 0);
            self.socket.read_exact(&mut body)?;
        }
        Ok(Reply { status, headers, body })
    }

    /// Status line and headers.
    pub(crate) fn head(&mut self) -> io::Result<(u16, BTreeMap<String, String>)> {
        let line = self.line()?;
        let status = line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(line.clone()))?;
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok((status, headers));
            }
            let (name, value) = line.split_once(':').unwrap();
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }

    /// One chunk, appended; whether there are more.
    pub(crate) fn chunk(&mut self, body: &mut Vec<u8>) -> io::Result<bool> {
        let size = self.line()?;
        let size = usize::from_str_radix(&size, 16).map_err(|_| io::Error::other(size))?;
        let from = body.len();
        body.resize(from + size, 0);
        self.socket.read_exact(&mut body[from..])?;
        let end = self.line()?;
        if end.is_empty() { Ok(size > 0) } else { Err(io::Error::other(end)) }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.socket.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(io::Error::new(io::ErrorKind::UnexpectedEof, line)),
        }
    }

    /// Whether the other side closed the connection with nothing more to say.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        match self.socket.read(&mut byte) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }
}
