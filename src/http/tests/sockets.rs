//! The service on a socket, with limits short enough to wait for.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep, timeout};

use super::*;
use crate::http::serve;

/// How long a limit is that is waited for.
const SHORT: Duration = Duration::from_millis(300);
/// The longest wait for anything.
const LONG: Duration = Duration::from_secs(30);
/// How long the other limits are.
const NEVER: Duration = Duration::from_secs(3600);

const LIMITS: Limits = Limits {
    reads: 1,
    request_time: NEVER,
    head_time: NEVER,
    idle_time: NEVER,
    stall_time: NEVER,
    gone_time: NEVER,
    loss_time: NEVER,
    stop_time: NEVER,
};

/// Answered with 48 MB of room b, which no socket takes in before it is read, or 1 message of room a.
const LARGE: &str = "GET /rooms/b/history HTTP/1.1\r\nHost: h\r\n\r\n";
const SMALL: &str = "GET /rooms/a/history HTTP/1.1\r\nHost: h\r\n\r\n";

struct Served {
    address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<usize>,
}

impl Served {
    async fn start(limits: Limits) -> Self {
        let store = EmbeddedStore::new(Timestamp::now, false);
        for name in ["a", "b", "c"] {
            store.make(&id(name));
        }
        store.publish_these(&id("a"), payloads(1..=1));
        let frame = |n: u8| RawFrame::new("unibus.room.b", vec![n; 1 << 20]);
        store.publish_these(&id("b"), (0..36).map(frame).collect());
        let frame = RawFrame::new("unibus.room.c", vec![0; 75_000]);
        store.publish_these(&id("c"), vec![frame]);
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let journal = Arc::new(move |line: &str| kept.lock().unwrap().push(line.to_owned()));
        let rooms = ["a", "b", "c"].map(room).into();
        let service = Service::new(Arc::new(store), rooms, false, limits, journal);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            let _ = stopped.await;
        };
        let ended = tokio::spawn(serve(listener, Arc::new(service), stopped));
        Self { address, lines, stop, ended }
    }

    async fn ask(&self, request: &str) -> TcpStream {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    }

    fn log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// Waits until it said this.
    async fn wait_for(&self, text: &str) {
        let said = async {
            let mut ticks = interval(SHORT / 10);
            while !self.log().contains(text) {
                ticks.tick().await;
            }
        };
        timeout(LONG, said).await.unwrap_or_else(|_| panic!("no {text}: {}", self.log()));
    }
}

/// All that comes until the connection ends, whichever way; bounded.
async fn rest(mut socket: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let _ = timeout(LONG, socket.read_to_end(&mut all)).await.expect("an end");
    all
}

/// The beginning of an answer; the rest is left where it is.
async fn begun(socket: &mut TcpStream) -> String {
    let mut head = [0; 12];
    timeout(LONG, socket.read_exact(&mut head)).await.expect("an answer").unwrap();
    String::from_utf8(head.into()).unwrap()
}

fn status(answer: &[u8]) -> &str {
    std::str::from_utf8(answer.get(..12).unwrap_or_default()).unwrap()
}

#[tokio::test]
async fn a_head_that_trickles_in_is_refused_when_its_time_is_up() {
    let served = Served::start(Limits { head_time: SHORT, ..LIMITS }).await;
    let (mut input, mut output) = served.ask("GET /healthz HTTP/1.1\r\n").await.into_split();
    let began = Instant::now();
    let trickle = tokio::spawn(async move {
        let mut ticks = interval(SHORT / 10);
        loop {
            ticks.tick().await;
            if output.write_all(b"a: b\r\n").await.is_err() {
                return;
            }
        }
    });
    let mut answer = [0; 12];
    timeout(LONG, input.read_exact(&mut answer)).await.expect("an answer").unwrap();
    trickle.abort();
    assert_eq!(status(&answer), "HTTP/1.1 408");
    assert!(began.elapsed() >= SHORT);
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word() {
    let served = Served::start(Limits { idle_time: SHORT, ..LIMITS }).await;
    let mut socket = served.ask("").await;
    // Line breaks are no request.
    socket.write_all(b"\r\n").await.unwrap();
    assert_eq!(rest(socket).await, b"");
    assert_eq!(served.log(), "");
}

#[tokio::test]
async fn a_caller_who_takes_nothing_is_cut_off_and_others_have_their_turn() {
    let served = Served::start(Limits { stall_time: SHORT, ..LIMITS }).await;
    let mut slow = served.ask(LARGE).await;
    assert_eq!(begun(&mut slow).await, "HTTP/1.1 200");
    let began = Instant::now();
    let other = served.ask(&SMALL.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).await;
    let answer = rest(other).await;
    assert_eq!(status(&answer), "HTTP/1.1 200", "{}", served.log());
    assert!(answer.ends_with(b"]}"));
    assert!(began.elapsed() >= SHORT);
    let cut = rest(slow).await;
    assert!(!cut.ends_with(b"\r\n0\r\n\r\n") && !cut.contains(&b']'), "cut off, and seen to be");
    served.wait_for("aborted (the caller took nothing for 0.3 s)").await;
}

/// 15 s and 60 kB/s at a tenth of the time.
#[tokio::test]
async fn a_slow_caller_who_goes_on_taking_gets_a_whole_answer() {
    const BYTES_A_SECOND: f64 = 600_000.0;
    let stall_time = Duration::from_millis(1500);
    let served = Served::start(Limits { stall_time, ..LIMITS }).await;
    // 5.6 MB, of which a socket's buffers would take in most at once, and then nothing for long.
    let mut slow = served.ask(&LARGE.replace(" HTTP", "?limit=4 HTTP")).await;
    let (began, mut all, mut piece) = (Instant::now(), Vec::new(), vec![0; 60_000]);
    while !all.ends_with(b"\r\n0\r\n\r\n") {
        let due = Duration::from_secs_f64(all.len() as f64 / BYTES_A_SECOND);
        sleep(due.saturating_sub(began.elapsed())).await;
        let taken = timeout(LONG, slow.read(&mut piece)).await.expect("more").unwrap();
        assert!(taken > 0, "cut off after {} B: {}", all.len(), served.log());
        all.extend_from_slice(&piece[..taken]);
    }
    assert!(began.elapsed() > stall_time * 5, "{:?}", began.elapsed());
    served.wait_for("bytes=5592442 ").await;
    assert!(!served.log().contains("aborted"), "{}", served.log());
}

#[tokio::test]
async fn an_answer_that_is_made_and_not_taken_is_no_whole_one() {
    let served = Served::start(Limits { stall_time: SHORT, ..LIMITS }).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut slow = socket.connect(served.address).await.unwrap();
    // 100 kB, of which the last piece is made at once.
    slow.write_all(LARGE.replace("/b/", "/c/").as_bytes()).await.unwrap();
    served.wait_for("aborted (the caller took nothing for 0.3 s)").await;
    assert!(served.log().contains(" 200 bytes=1000"), "{}", served.log());
}

#[tokio::test]
async fn a_caller_who_takes_nothing_is_cut_off_when_the_time_for_the_request_is_up() {
    let served = Served::start(Limits { request_time: SHORT, ..LIMITS }).await;
    let mut slow = served.ask(LARGE).await;
    assert_eq!(begun(&mut slow).await, "HTTP/1.1 200");
    served.wait_for("aborted (the time for the request (0.3 s) was used up)").await;
}

#[tokio::test]
async fn what_follows_a_request_is_checked_before_it_is_parsed() {
    let served = Served::start(LIMITS).await;
    let socket = served.ask(&[SMALL, "GET /bad path HTTP/1.1\r\n\r\n"].concat()).await;
    let answers = String::from_utf8(rest(socket).await).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 2, "{answers}");
    assert!(answers.ends_with("{\"error\":\"not HTTP/1.1\"}"), "{answers}");
}

#[tokio::test]
async fn a_caller_who_takes_a_little_now_and_then_is_cut_off_too() {
    let served = Served::start(Limits { request_time: SHORT, ..LIMITS }).await;
    let mut slow = served.ask(LARGE).await;
    let mut ticks = interval(SHORT / 10);
    let mut taken = vec![0; 256 << 10];
    let cut = async {
        while matches!(slow.read(&mut taken).await, Ok(n) if n > 0) {
            ticks.tick().await;
        }
    };
    timeout(LONG, cut).await.expect("an end");
    served.wait_for("aborted (the time for the request (0.3 s) was used up)").await;
}

#[tokio::test]
async fn it_stops_in_time_although_a_caller_takes_nothing() {
    let served = Served::start(Limits { stop_time: SHORT, ..LIMITS }).await;
    let mut slow = served.ask(LARGE).await;
    assert_eq!(begun(&mut slow).await, "HTTP/1.1 200");
    let began = Instant::now();
    let Served { lines, stop, ended, .. } = served;
    stop.send(()).unwrap();
    assert_eq!(timeout(LONG, ended).await.expect("an end").unwrap(), 1);
    assert!(began.elapsed() >= SHORT);
    let log = lines.lock().unwrap().join("\n");
    assert!(log.contains("aborted (the service was stopped)"), "{log}");
}

#[tokio::test]
async fn a_caller_who_only_sends_no_more_is_answered() {
    let served = Served::start(LIMITS).await;
    for (request, end) in [(SMALL, &b"\"]}"[..]), (LARGE, b"\r\n0\r\n\r\n")] {
        let mut socket = served.ask(request).await;
        socket.shutdown().await.unwrap();
        let answer = rest(socket).await;
        assert_eq!(status(&answer), "HTTP/1.1 200", "{}", served.log());
        assert!(answer.ends_with(end), "whole: {}", served.log());
    }
    assert!(!served.log().contains("aborted"), "{}", served.log());
}

#[tokio::test]
async fn a_caller_who_is_gone_does_not_wait_for_ever() {
    let served = Served::start(Limits { gone_time: SHORT, ..LIMITS }).await;
    let mut first = served.ask(LARGE).await;
    assert_eq!(begun(&mut first).await, "HTTP/1.1 200");
    // Its turn does not come while the first one takes nothing.
    drop(served.ask(SMALL).await);
    served.wait_for("/rooms/a/history\" - bytes=0").await;
    let why = "aborted (the caller ended its side of the connection, and took nothing for 0.3 s)";
    assert!(served.log().contains(why), "{}", served.log());
}
