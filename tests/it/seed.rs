//! `seed` on a real server.

use std::process::Output;
use std::sync::Arc;

use roomscope::domain::{History, PageRequest, PageSize, Place};
use roomscope::store::reader::Reader;

use super::support::program::command;
use super::support::{NatsServer, rooms};

fn seed(server: &NatsServer, args: &[&str]) -> Output {
    command(&[]).args(["seed", "--server", &server.url()]).args(args).output().unwrap()
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_refuses_what_is_there_then_makes_the_rooms_and_a_file_for_them() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "support", "someone.elses", 5);
    rooms::fill(&mut raw, "other", "quite.another", 7);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rooms.toml");
    let file = file.to_str().unwrap();

    let refused = seed(&server, &["--write-rooms", file]);
    let (_, error) = said(&refused);
    assert_eq!(refused.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("UNIBUS_support") && error.contains("--force"), "{error}");
    assert!(!error.contains("UNIBUS_other"), "{error}");
    assert_eq!(rooms::info(&mut raw, "support")["state"]["messages"], 5);
    assert_eq!(rooms::info(&mut raw, "lobby")["error"]["err_code"], 10059);
    assert!(!std::path::Path::new(file).exists());

    let made = seed(&server, &["--force", "--write-rooms", file]);
    let (table, error) = said(&made);
    assert!(made.status.success(), "{error}");
    assert!(table.contains(&server.url()), "{table}");
    let row = |id: &str| {
        let row = table.lines().find(|line| line.split(' ').next() == Some(id)).unwrap();
        row.split_whitespace().skip(1).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("support"), ["354", "66"]);
    assert_eq!(row("retro"), ["0", "73"]);
    assert_eq!(row("telemetry"), ["20,000", "100,000"]);
    assert_eq!(rooms::info(&mut raw, "support")["state"]["num_deleted"], 66);
    assert_eq!(rooms::info(&mut raw, "other")["state"]["messages"], 7);

    let known = roomscope::cli::rooms_file::load(file.as_ref()).unwrap();
    assert_eq!(known.len(), 16);

    // The page over the long hole costs its frames, one look at the stream, and a few requests.
    let reader = Reader::new(Arc::new(rooms::store(&server.url()).await));
    let stream = rooms::stream("telemetry");
    let place = Place::Before(119_601);
    let history =
        reader.page(&stream, PageRequest::whole(place, PageSize::DEFAULT), &()).await.unwrap();
    let History::Page(page) = history else {
        panic!("no page: {history:?}");
    };
    assert!(page.window().contains(19_601) && page.window().contains(119_600));
    assert_eq!(page.ledger().missing, 100_000);
    assert!(page.cost.requests() < page.ledger().frames + 10, "{:?}", page.cost);
}
