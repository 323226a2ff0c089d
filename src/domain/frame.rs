//! Frames: stored messages, byte for byte as published.

use jiff::Timestamp;

/// One stored message. Payload and headers are hostile input: show them only through
/// [`super::escape`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub seq: u64,
    /// When the server stored it.
    pub time: Timestamp,
    /// The subject it was published on.
    pub subject: String,
    /// Headers in stored order, repeats kept.
    pub headers: Vec<Header>,
    /// The body, in an encrypted room ciphertext.
    pub payload: Vec<u8>,
}

/// One header line as stored. The server does not check headers, so neither part need be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Everything before the first colon, or the whole line when it has none.
    pub name: Vec<u8>,
    /// Everything after the first colon, leading and trailing blanks removed; `None` when the
    /// line has no colon, so that a malformed line shows as one.
    pub value: Option<Vec<u8>>,
}

impl Header {
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), value: Some(value.into()) }
    }
}

impl Frame {
    /// The value of the first header of this name, as the server looks one up (2.15.1): a name in
    /// another case is another header, a repeat is passed over, a line without a colon is none.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let named = self.headers.iter().filter(|header| header.name == name.as_bytes());
        named.filter_map(|header| header.value.as_deref()).next()
    }
}

/// Reads a stored header block (`NATS/1.0`, then lines of `name: value`, then an empty line)
/// leniently: nothing in it is an error, so one bad header cannot hide a frame.
pub fn parse_headers(block: &[u8]) -> Vec<Header> {
    block
        .split(|&b| b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .enumerate()
        .filter(|(i, line)| !(line.is_empty() || *i == 0 && line.starts_with(b"NATS/")))
        .map(|(_, line)| match line.iter().position(|&b| b == b':') {
            Some(colon) => {
                let (name, rest) = line.split_at(colon);
                let value = rest.strip_prefix(b":").unwrap_or(rest);
                Header { name: name.to_vec(), value: Some(value.trim_ascii().to_vec()) }
            }
            None => Header { name: line.to_vec(), value: None },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headers_are_read_leniently() {
        let block = b"NATS/1.0 100 Idle\r\nA: 1\r\na:2\r\nA: 1\r\nEmpty:\r\nno colon\r\n\
            Raw: caf\xe9\r\nTwo: a: b\r\n: no name\r\nBare: lf\nNATS/1.0\r\n\r\n";
        let expected = [
            Header::new("A", "1"),
            Header::new("a", "2"),
            Header::new("A", "1"),
            Header::new("Empty", ""),
            Header { name: b"no colon".to_vec(), value: None },
            Header::new("Raw", *b"caf\xe9"),
            Header::new("Two", "a: b"),
            Header::new("", "no name"),
            Header::new("Bare", "lf"),
            Header { name: b"NATS/1.0".to_vec(), value: None },
        ];
        assert_eq!(parse_headers(block), expected);
        assert_eq!(parse_headers(b""), []);
        assert_eq!(parse_headers(b"NATS/1.0\r\n\r\n"), []);
        assert_eq!(parse_headers(b"A: 1"), [Header::new("A", "1")]);
    }

    proptest! {
        #[test]
        fn no_block_breaks_the_parser(block in prop::collection::vec(any::<u8>(), 0..200)) {
            let headers = parse_headers(&block);
            prop_assert!(headers.len() <= block.len());
            for header in headers {
                prop_assert!(!header.name.contains(&b'\n') && !header.name.contains(&b':'));
            }
        }
    }
}
