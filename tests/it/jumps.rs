//! Jumps and surveys on a real server: where they end, and every request they take on the wire.

use std::sync::Arc;

use jiff::Timestamp;
use roomscope::domain::{
    Edge, Goal, History, Landing, PageRequest, PageSize, Place, StreamName, Window,
};
use roomscope::store::reader::Reader;
use serde_json::json;

use crate::support::rooms::{delete, fill, go_config, read_only, settle, stream};
use crate::support::{NatsServer, RawNats, Wiretap};

struct Tapped {
    tap: Wiretap,
    reader: Reader,
    name: StreamName,
}

impl Tapped {
    async fn on(server: &NatsServer) -> Self {
        let tap = Wiretap::before(server.port());
        let reader = Reader::new(Arc::new(read_only(&tap.url()).await));
        Self { tap, reader, name: stream("a") }
    }

    fn sent(&self) -> usize {
        let calls = self.tap.published_under("$JS.API.");
        let allowed = ["$JS.API.STREAM.INFO.UNIBUS_a", "$JS.API.STREAM.MSG.GET.UNIBUS_a"];
        assert!(calls.iter().all(|call| allowed.contains(&call.as_str())), "{calls:?}");
        calls.len()
    }

    /// What a search found, and the requests that it sent.
    async fn seek(&self, goal: Goal) -> (Landing, usize) {
        let before = self.sent();
        let landing = self.reader.seek(&self.name, goal).await.unwrap();
        (landing, self.sent() - before)
    }
}

fn time(raw: &mut RawNats, seq: u64) -> Timestamp {
    let answer = raw.api("STREAM.MSG.GET.UNIBUS_a", &json!({ "seq": seq }));
    answer["message"]["time"].as_str().unwrap().parse().unwrap()
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

#[tokio::test]
async fn every_time_leads_to_the_first_frame_stored_since() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let subject = "room.a";
    fill(&mut raw, "a", subject, 0);
    // Frames so great that they fill several of the server's blocks: it searches a time by them.
    let great = vec![b'x'; 900_000];
    for _ in 0..40 {
        raw.publish(subject, &great);
    }
    settle(&mut raw, "a", 40);
    let times: Vec<Timestamp> = (1..=40).map(|seq| time(&mut raw, seq)).collect();
    let gone = [1, 8, 9, 10, 17, 18, 19, 20, 30, 36, 39, 40];
    for seq in gone {
        delete(&mut raw, "a", seq);
    }
    let tapped = Tapped::on(&server).await;
    for (seq, &time) in (1..).zip(&times) {
        let (landing, sent) = tapped.seek(Goal::Time(time)).await;
        match landing {
            Landing::Frame(Edge { seq: found, .. })
            | Landing::BeforeFirst(Edge { seq: found, .. }) => {
                let first = (seq..=40).find(|seq| !gone.contains(seq));
                assert_eq!(Some(found), first, "since {seq}");
            }
            landing => assert!(seq > 38, "since {seq}: {landing:?}"),
        }
        // The list is asked for once; then the stream's state, the server's search and its check,
        // and a look at what lies below.
        let most = if seq == 1 { 2 } else { 3 + 16 };
        assert!(sent <= most, "since {seq}: {sent} requests");
    }
    let late = Goal::Time(times[39] + jiff::SignedDuration::from_hours(1));
    let (landing, sent) = tapped.seek(late).await;
    assert!(landing == Landing::AfterLast && sent <= 1 + 16, "{landing:?} {sent}");
}

#[tokio::test]
async fn a_server_that_searches_wrongly_by_time_misleads_nobody() {
    let server = NatsServer::between();
    let mut raw = server.raw();
    fill(&mut raw, "a", "room.a", 20);
    let times: Vec<Timestamp> = (1..=20).map(|seq| time(&mut raw, seq)).collect();
    delete(&mut raw, "a", 6);
    delete(&mut raw, "a", 7);
    // Its own answer passes over what is there, and that is why it is only a hint.
    let early = json!({"start_time": "2020-01-01T00:00:00Z", "next_by_subj": ">"});
    let answer = raw.api("STREAM.MSG.GET.UNIBUS_a", &early);
    assert_eq!(answer["message"]["seq"], 8, "{answer}");

    let tapped = Tapped::on(&server).await;
    let early = Goal::Time("2020-01-01T00:00:00Z".parse().unwrap());
    assert!(matches!(tapped.seek(early).await.0, Landing::BeforeFirst(Edge { seq: 1, .. })));
    for (seq, &time) in (1..).zip(&times) {
        let first = (seq..).find(|seq| ![6, 7].contains(seq)).unwrap();
        match tapped.seek(Goal::Time(time)).await.0 {
            Landing::Frame(edge) | Landing::BeforeFirst(edge) => {
                assert_eq!(edge.seq, first, "since {seq}");
            }
            landing => panic!("since {seq}: {landing:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_with_more_holes_than_can_be_listed_is_jumped_through_in_bounded_steps() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let mut config = go_config("a", "room.a");
    config["subjects"] = json!(["room.a", "hole.a"]);
    raw.api("STREAM.CREATE.UNIBUS_a", &config);
    for (subject, count) in [("room.a", 300), ("hole.a", 60_000), ("room.a", 300), ("hole.a", 50)] {
        for n in 0..count {
            raw.publish(subject, b"x");
            if n % 1_000 == 999 {
                raw.flush();
            }
        }
    }
    settle(&mut raw, "a", 60_650);
    raw.api("STREAM.PURGE.UNIBUS_a", &json!({"filter": "hole.a"}));
    let tapped = Tapped::on(&server).await;

    let (landing, sent) = tapped.seek(Goal::NextGap(290)).await;
    assert_eq!(landing, Landing::Gap { gap: window(301, 60_300), passed: 0 });
    assert!(sent <= 66, "{sent}");
    let (landing, sent) = tapped.seek(Goal::PreviousGap(60_350)).await;
    assert_eq!(landing, Landing::Gap { gap: window(60_300, 60_300), passed: 0 });
    assert!(sent <= 66, "{sent}");
    let (landing, sent) = tapped.seek(Goal::NextGap(60_400)).await;
    let Landing::Gap { gap, passed } = landing else { panic!("{landing:?}") };
    assert_eq!(gap, window(60_601, 60_650));
    assert!(passed < 140 && sent <= 226, "{passed} {sent}");
    let (landing, sent) = tapped.seek(Goal::LastFrame).await;
    assert!(matches!(landing, Landing::Frame(Edge { seq: 60_600, .. })), "{landing:?}");
    assert!(sent <= 20, "{sent}");
    let last = time(&mut raw, 60_600);
    let (landing, sent) = tapped.seek(Goal::Time(last)).await;
    assert!(matches!(landing, Landing::Frame(Edge { seq: 60_600, .. })), "{landing:?}");
    assert!(sent <= 3 + 16, "{sent}");

    let before = tapped.sent();
    let survey = tapped.reader.survey(&tapped.name).await.unwrap().unwrap();
    assert_eq!(tapped.sent() - before, usize::try_from(survey.requests).unwrap());
    assert!(survey.requests <= 256 && survey.is_complete(), "{survey:?}");
    assert_eq!(survey.holes(), [window(301, 60_300), window(60_601, 60_650)]);

    let before = tapped.sent();
    let size = PageSize::new(100).unwrap();
    let place = Place::Around(30_000);
    let history =
        tapped.reader.page(&tapped.name, PageRequest::whole(place, size), &()).await.unwrap();
    let History::Page(page) = history else { panic!("{history:?}") };
    assert_eq!(page.window(), window(251, 60_350));
    assert_eq!((page.ledger().frames, page.ledger().unread), (100, 0));
    assert!(tapped.sent() - before <= 100 + 25, "{}", tapped.sent() - before);
}
