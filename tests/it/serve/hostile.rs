//! Requests that no honest client sends: always a 4xx with a JSON error, and always logged.

use serde_json::json;

use crate::support::serving::room;
use crate::support::{Http, NatsServer, Serving, rooms};

/// Requests with random bytes in path and query.
const REQUESTS: usize = 10_000;

/// Random bytes, the same in each run (SplitMix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self) -> Vec<u8> {
        const KINDS: [&[u8]; 2] = [b"abcABC019-._~!$&'()*+,;=:@/?%%%[]", b"!\"#<>\\^`{|} azAZ09%"];
        let len = self.next() % 40;
        // Of what parses, of what nearly does, and of anything.
        let kind = KINDS.get((self.next() % 4).saturating_sub(1) as usize);
        let byte = |random: u64| match kind {
            Some(kind) => kind[random as usize % kind.len()],
            None => random as u8,
        };
        (0..len).map(|_| byte(self.next())).collect()
    }
}

#[test]
fn ten_thousand_requests_of_random_bytes_are_each_refused_in_json() {
    let serving = Serving::demo(&[]);
    let mut noise = Noise(4);
    let mut http = Http::connect(serving.port());
    let mut kept_open = 0;
    for n in 0..REQUESTS {
        let mut request = b"GET /".to_vec();
        match n % 3 {
            0 => request.extend(noise.bytes()),
            1 => {
                request.extend(b"rooms/x");
                request.extend(noise.bytes());
                request.extend(b"/history");
            }
            _ => request.extend(b"rooms/none/history"),
        }
        request.push(b'?');
        request.extend(noise.bytes());
        request.extend(b" HTTP/1.1\r\nHost: a\r\n\r\n");
        let shown = request.escape_ascii().to_string();
        http.send(&request).unwrap_or_else(|error| panic!("{error}: {shown}"));
        let reply = http.reply("GET").unwrap_or_else(|error| panic!("{error}: {shown}"));
        assert!((400..500).contains(&reply.status), "{}: {shown}", reply.status);
        assert!(!reply.error().is_empty(), "{shown}");
        if reply.headers.get("connection").is_some_and(|word| word == "close") {
            http = Http::connect(serving.port());
        } else {
            kept_open += 1;
        }
    }
    assert!(kept_open > REQUESTS / 5, "{kept_open} of them reached the router");
    assert_eq!(Http::once(serving.port(), "/healthz").status, 200);
    assert!(!serving.log().contains("defect"));
}

#[test]
fn a_random_query_on_a_room_is_no_error() {
    let server = NatsServer::start();
    rooms::fill(&mut server.raw(), "a", "room.a", 2);
    let serving = Serving::start(&server.url(), &room("a", ""), &[]);
    serving.wait_for("NATS: connected");
    let mut noise = Noise(4);
    let mut http = Http::connect(serving.port());
    for _ in 0..300 {
        let query: String = noise.bytes().iter().map(|byte| format!("%{byte:02x}")).collect();
        let reply = http.get(&format!("/rooms/a/history?limit={query}"));
        assert_eq!((reply.status, reply.json()), (200, json!({"messages": ["bTE=", "bTI="]})));
    }
}

#[test]
fn what_is_malformed_or_too_large_has_its_status() {
    let serving = Serving::demo(&[]);
    for (request, status) in [
        ("NONSENSE\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/3.0\r\n\r\n".into(), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}".into(), 400),
        ("GET /\u{0} HTTP/1.1\r\n\r\n".into(), 400),
        ("GET /healthz HTTP/1.1\r\nno colon\r\n\r\n".into(), 400),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(5000)), 414),
        (format!("GET /healthz HTTP/1.1\r\nA: {}\r\n\r\n", "b".repeat(100_000)), 431),
        (format!("GET /healthz HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200)), 431),
        ("GET /healthz HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc".into(), 413),
        ("GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(), 413),
        ("POST /rooms/lobby/history HTTP/1.1\r\nContent-Length: 0\r\n\r\n".into(), 405),
        ("OPTIONS * HTTP/1.1\r\n\r\n".into(), 404),
        ("CONNECT a:1 HTTP/1.1\r\n\r\n".into(), 404),
    ] {
        let shown = request.chars().take(50).collect::<String>();
        let mut http = Http::connect(serving.port());
        // The other side may have said all it has to say before it got everything.
        let _ = http.send(request.as_bytes());
        let reply = http.reply("GET").unwrap_or_else(|error| panic!("{error}: {shown:?}"));
        assert_eq!(reply.status, status, "{shown:?}");
        assert!(!reply.error().is_empty());
        serving.wait_for(&format!(" {status} "));
    }
    assert!(!serving.log().contains(['\u{0}', '\u{16}']), "{}", serving.log());
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    let serving = Serving::demo(&[]);
    let mut http = Http::connect(serving.port());
    let request = |target: &str| format!("\r\nGET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let large = request("/rooms/support/history?limit=300");
    let all = [&large, &request("/none"), &large, "GET /bad path HTTP/1.1\r\n\r\n"].concat();
    http.send(all.as_bytes()).unwrap();
    let replies: Vec<_> = (0..4).map(|_| http.reply("GET").unwrap()).collect();
    assert_eq!([0, 1, 2, 3].map(|n| replies[n].status), [200, 404, 200, 400]);
    assert_eq!(replies[0].body, replies[2].body);
    assert!([1, 3].iter().all(|n| !replies[*n].error().is_empty()));
    assert!(http.is_closed());
}
