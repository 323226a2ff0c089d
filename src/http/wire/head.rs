//! The head of a request, checked before hyper sees it.
//!
//! hyper answers what it cannot parse with an empty 400 and gives nobody a say. Every error of this
//! service is JSON and stands in the access log, so what reaches hyper is well-formed already.
//! Requests have no body, so a connection is nothing but heads.

use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use httparse::{EMPTY_HEADER, Error, Status};

use crate::http::limits::{HEAD_BYTES, HEADERS, TARGET_BYTES};

/// Longest method anybody has use for, and the blank behind it.
const METHOD_BYTES: usize = 32;

/// Why a request goes no further than its head. The connection ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    /// What is wrong, for the caller.
    pub(super) error: &'static str,
}

/// What was received so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Not a whole head yet.
    Partial,
    /// A whole head of so many bytes.
    Whole(usize),
    /// No head that is taken.
    Refused(Refused),
}

const fn bad(error: &'static str) -> Refused {
    Refused { status: StatusCode::BAD_REQUEST, error }
}

/// No whole head came in time.
pub(super) const LATE: Refused =
    Refused { status: StatusCode::REQUEST_TIMEOUT, error: "the request took too long to arrive" };
const LONG_TARGET: Refused =
    Refused { status: StatusCode::URI_TOO_LONG, error: "path and query are too long" };
const LONG_HEAD: Refused = Refused {
    status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    error: "the headers are too large or too many",
};
const BODY: Refused =
    Refused { status: StatusCode::PAYLOAD_TOO_LARGE, error: "requests here have no body" };
const MALFORMED: Refused = bad("malformed request");

/// Looks at what was received. `looked` bytes of it were looked at before and were partial.
pub(super) fn head(bytes: &[u8], looked: usize) -> Head {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    if bytes.first().is_some_and(|first| !is_token(first)) {
        // TLS, most likely, which would never come to the end of a line.
        return Head::Refused(MALFORMED);
    }
    // A head is parsed when a line of it ends, not at every byte.
    if bytes.get(looked..).is_some_and(|new| new.contains(&b'\n')) {
        match parse(bytes) {
            Ok(Some(len)) => return Head::Whole(len),
            Ok(None) => {}
            Err(refused) => return Head::Refused(refused),
        }
    }
    if bytes.len() > TARGET_BYTES + METHOD_BYTES && !bytes.contains(&b'\n') {
        return Head::Refused(LONG_TARGET);
    }
    if bytes.len() >= HEAD_BYTES { Head::Refused(LONG_HEAD) } else { Head::Partial }
}

fn parse(bytes: &[u8]) -> Result<Option<usize>, Refused> {
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let parsed = request.parse(bytes).map_err(|error| match error {
        Error::TooManyHeaders => LONG_HEAD,
        Error::Version => bad("not HTTP/1.1"),
        _ => MALFORMED,
    })?;
    if let Some(target) = request.path {
        check_target(target)?;
    }
    let Status::Complete(len) = parsed else { return Ok(None) };
    if len > HEAD_BYTES {
        return Err(LONG_HEAD);
    }
    request
        .method
        .and_then(|method| Method::from_bytes(method.as_bytes()).ok())
        .ok_or(MALFORMED)?;
    // Which of two hosts is meant, nobody can tell (RFC 9112 section 3.2).
    let is_host = |header: &&httparse::Header<'_>| header.name.eq_ignore_ascii_case("host");
    if request.headers.iter().filter(is_host).count() > 1 {
        return Err(bad("more than one Host header"));
    }
    for header in request.headers.iter() {
        HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| MALFORMED)?;
        HeaderValue::from_bytes(header.value).map_err(|_| MALFORMED)?;
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("content-length") && header.value != b"0" {
            let digits = !header.value.is_empty() && header.value.iter().all(u8::is_ascii_digit);
            return Err(if digits { BODY } else { MALFORMED });
        }
        if is("transfer-encoding") {
            return Err(BODY);
        }
    }
    Ok(Some(len))
}

fn check_target(target: &str) -> Result<(), Refused> {
    if target.len() > TARGET_BYTES {
        return Err(LONG_TARGET);
    }
    // A fragment is never sent, and a signature could not cover it.
    if target.contains('#') || target.parse::<Uri>().is_err() {
        return Err(bad("malformed path or query"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn status(text: &[u8]) -> u16 {
        match head(text, 0) {
            Head::Refused(refused) => refused.status.as_u16(),
            Head::Whole(_) => 200,
            Head::Partial => 0,
        }
    }

    #[test]
    fn each_fault_has_its_status() {
        let with = |header: &str| format!("GET / HTTP/1.1\r\n{header}\r\n\r\n");
        for (text, expected) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 200),
            ("GET /a%20b?c=d HTTP/1.0\r\n\r\n".into(), 200),
            ("GET http://a/b HTTP/1.1\r\n\r\n".into(), 200),
            ("GET /\u{e9} HTTP/1.1\r\n\r\n".into(), 200),
            ("GET / HTTP/1.1\r\nHost: a".into(), 0),
            ("GE".into(), 0),
            (String::new(), 0),
            ("GET / HTTP/2.0\r\n\r\n".into(), 400),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 400),
            ("GET /\r\n\r\n".into(), 400),
            ("GET\r\n\r\n".into(), 400),
            ("GET / / HTTP/1.1\r\n\r\n".into(), 400),
            ("GET /#a HTTP/1.1\r\n\r\n".into(), 400),
            ("GET a HTTP/1.1 \r\n\r\n".into(), 400),
            ("\u{16}\u{3}\u{1}\u{2}".into(), 400),
            (with("no colon"), 400),
            (with("Host: a\r\nhost: a"), 400),
            (with("Bad name: x"), 400),
            (with("A: b\u{0}"), 400),
            (with("Content-Length: 0"), 200),
            (with("Content-Length: 5"), 413),
            (with("Content-Length: -5"), 400),
            (with("Content-Length: 0\r\ncontent-length: 7"), 413),
            (with("Transfer-Encoding: chunked"), 413),
            (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(TARGET_BYTES)), 414),
            (format!("GET /{}", "a".repeat(TARGET_BYTES + 100)), 414),
            (with(&format!("A: {}", "b".repeat(HEAD_BYTES))), 431),
            (format!("GET / HTTP/1.1\r\nA: {}", "b".repeat(HEAD_BYTES)), 431),
            (with(&vec!["A: b"; HEADERS + 1].join("\r\n")), 431),
            (with(&vec!["A: b"; HEADERS].join("\r\n")), 200),
        ] {
            assert_eq!(status(text.as_bytes()), expected, "{:.60}", text.escape_debug());
        }
        assert_eq!(status(b"GET /\xff\xfe HTTP/1.1\r\n\r\n"), 400);
    }

    proptest! {
        /// However the bytes come in, the verdict is the same, and there is one in the end.
        #[test]
        fn the_verdict_does_not_depend_on_the_pieces(
            noise in prop::collection::vec(any::<u8>(), 0..60), cuts in prop::collection::vec(1_usize..9, 1..9)
        ) {
            let mut text = b"GET /rooms/".to_vec();
            text.extend(&noise);
            text.extend(b"/history HTTP/1.1\r\nHost: a\r\n\r\n");
            let whole = head(&text, 0);
            prop_assert!(whole != Head::Partial);
            let (mut at, mut cuts) = (0, cuts.iter().cycle());
            let pieces = loop {
                let next = (at + cuts.next().unwrap()).min(text.len());
                match head(&text[..next], at) {
                    Head::Partial => at = next,
                    verdict => break verdict,
                }
            };
            // What is refused may be refused sooner, for the first of two reasons.
            match whole {
                Head::Whole(_) => prop_assert_eq!(pieces, whole),
                _ => prop_assert!(matches!(pieces, Head::Refused(_)), "{pieces:?} {whole:?}"),
            }
        }
    }
}
