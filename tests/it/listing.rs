//! Listings of a real server while other clients make and delete streams.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use roomscope::domain::{Found, Listed, Moved, Room};
use roomscope::store::HistoryStore;
use roomscope::store::lister::list_rooms;
use serde_json::json;
use tokio::sync::mpsc;

use crate::support::rooms::{read_only, room, stream};
use crate::support::{NatsServer, RawNats};

/// Rooms that nobody touches: three pages of names, and several of states.
const STAY: usize = 2_100;
const LISTINGS: usize = 30;

fn make(raw: &mut RawNats, id: &str) {
    let name = stream(id);
    let config = json!({"name": name.as_str(), "subjects": [format!("room.{id}")],
        "storage": "memory", "retention": "limits"});
    let made = raw.api(&format!("STREAM.CREATE.{}", name.as_str()), &config);
    assert!(made.get("error").is_none(), "{made}");
}

fn remove(raw: &mut RawNats, id: &str) {
    let gone = raw.api(&format!("STREAM.DELETE.{}", stream(id).as_str()), &json!({}));
    assert_eq!(gone["success"], true, "{gone}");
}

/// Makes and deletes rooms in front of those that stay and behind them, until told to stop.
fn churn(mut raw: RawNats, who: usize, stop: &AtomicBool) {
    let ids = |at: &str| (0..12).map(|n| format!("{at}-{who}-{n}")).collect::<Vec<_>>();
    let (front, behind) = (ids("a"), ids("z"));
    while !stop.load(Ordering::Relaxed) {
        front.iter().for_each(|id| make(&mut raw, id));
        behind.iter().for_each(|id| make(&mut raw, id));
        front.iter().chain(&behind).for_each(|id| remove(&mut raw, id));
    }
}

async fn list(store: &Arc<dyn HistoryStore>, known: Vec<Room>) -> Heard {
    let (out, mut pieces) = mpsc::channel(64);
    let mut heard = Heard::default();
    let taking = async {
        while let Some(piece) = pieces.recv().await {
            match piece {
                Listed::Rooms(_) | Listed::Unreached(_) => {}
                Listed::Found(found) => heard
                    .found
                    .extend(found.into_iter().map(|(id, found)| (id.as_str().to_owned(), found))),
                Listed::Note(fault) => panic!("{fault}"),
                Listed::Moved(moved) => heard.moved = Some(moved),
                Listed::Done { requests, .. } => heard.requests = requests,
            }
        }
    };
    tokio::join!(list_rooms(Arc::clone(store), known, out), taking);
    heard
}

#[derive(Default)]
struct Heard {
    found: HashMap<String, Found>,
    moved: Option<Moved>,
    requests: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_room_is_lost_or_called_gone_while_others_come_and_go() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    let stays: Vec<String> = (0..STAY).map(|n| format!("m{n:05}")).collect();
    stays.iter().for_each(|id| make(&mut raw, id));
    let store: Arc<dyn HistoryStore> = Arc::new(read_only(&server.url()).await);
    let known = |n: usize| stays.iter().step_by(n).map(|id| room(id, &format!("room.{id}")));

    let quiet = list(&store, known(7).collect()).await;
    assert_eq!((quiet.found.len(), quiet.moved, quiet.requests), (STAY, None, 3 + 9));

    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..3)
        .map(|who| {
            let (raw, stop) = (server.raw(), Arc::clone(&stop));
            std::thread::spawn(move || churn(raw, who, &stop))
        })
        .collect();
    let mut moved = 0;
    let mut wrong = Vec::new();
    for n in 0..LISTINGS {
        // The later ones know all rooms from a listing before.
        let heard = list(&store, known(if n % 2 == 0 { 7 } else { 1 }).collect()).await;
        moved += usize::from(heard.moved.is_some());
        for id in &stays {
            match heard.found.get(id) {
                Some(Found::Stream(_)) => {}
                None if heard.moved == Some(Moved::MayLack) => {}
                other => wrong.push(format!("{n} {id}: {other:?}, moved {:?}", heard.moved)),
            }
        }
        assert!(heard.requests < 300, "{} requests", heard.requests);
    }
    stop.store(true, Ordering::Relaxed);
    clients.into_iter().for_each(|client| client.join().unwrap());
    assert_eq!(wrong, [""; 0]);
    assert!(moved > 0, "nothing moved, so that nothing was tried");
}
