//! What the server itself takes: gets over a bare socket, the answers not even looked at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// A socket that speaks just enough of the protocol.
pub(crate) struct Wire {
    socket: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Wire {
    pub(crate) fn connect(port: u16) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut wire = Self { socket: BufReader::with_capacity(1 << 18, socket), body: Vec::new() };
        wire.send(b"CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\n");
        wire.send(b"SUB _W.> 1\r\nPING\r\n");
        while wire.line() != "PONG" {}
        wire
    }

    /// Gets the sequences `1..=n`, up to `depth` at once. Gives the answers' bytes.
    pub(crate) fn gets(&mut self, stream: &str, n: u64, depth: u64) -> usize {
        let mut bytes = 0;
        let (mut sent, mut answered) = (0, 0);
        while answered < n {
            // Half of the depth at a time: one write carries many requests.
            if sent < n && sent - answered <= depth / 2 {
                let upto = n.min(answered + depth);
                let requests: String = (sent + 1..=upto)
                    .map(|seq| {
                        let body = format!("{{\"seq\":{seq}}}");
                        let subject = format!("$JS.API.STREAM.MSG.GET.{stream}");
                        format!("PUB {subject} _W.{seq} {}\r\n{body}\r\n", body.len())
                    })
                    .collect();
                sent = upto;
                self.send(requests.as_bytes());
            }
            bytes += self.message();
            answered += 1;
        }
        bytes
    }

    fn message(&mut self) -> usize {
        loop {
            let line = self.line();
            if line.starts_with("MSG ") {
                let size: usize = line.rsplit(' ').next().unwrap().parse().unwrap();
                self.body.resize(size + 2, 0);
                self.socket.read_exact(&mut self.body).unwrap();
                return size;
            }
            if line == "PING" {
                self.send(b"PONG\r\n");
            }
            assert!(!line.starts_with('-') && !line.starts_with("HMSG"), "{line}");
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.socket.read_line(&mut line).unwrap() > 0, "the server closed the connection");
        line.trim_end().to_owned()
    }

    fn send(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).unwrap();
    }
}
