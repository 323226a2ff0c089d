//! HTTP and `history --format contract` side by side, in each state that a room can be in.

use serde_json::json;

use crate::support::program::{self, Done};
use crate::support::serving::room;
use crate::support::{Http, NatsServer, Serving, rooms};

const EMPTY: &str = r#"{"messages":[]}"#;
const FAILED: (u16, &str) = (500, r#"{"error":"internal error"}"#);

/// Both readers of the same rooms on the same server.
struct Both {
    serving: Serving,
    url: String,
    more: Vec<String>,
    _folder: tempfile::TempDir,
    path: String,
}

impl Both {
    fn of(url: &str, file: &str, more: &[&str]) -> Self {
        let serving = Serving::start(url, file, more);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.toml");
        std::fs::write(&path, file).unwrap();
        let path = path.to_str().unwrap().to_owned();
        let more = more.iter().map(|&arg| arg.to_owned()).collect();
        Self { serving, url: url.to_owned(), more, _folder: folder, path }
    }

    fn connected(url: &str, file: &str, more: &[&str]) -> Self {
        let both = Self::of(url, file, more);
        both.serving.wait_for("NATS: connected");
        both
    }

    fn http(&self, id: &str, limit: &str) -> (u16, String) {
        let reply = Http::once(self.serving.port(), &format!("/rooms/{id}/history?limit={limit}"));
        (reply.status, String::from_utf8(reply.body).unwrap())
    }

    fn printed(&self, id: &str, last: &str, format: &str) -> Done {
        let mut command = program::command(&["history", id, "--format", format, "--last", last]);
        command.args(["--server", &self.url, "--rooms", &self.path]).args(&self.more);
        Done::of(command.output().unwrap())
    }

    /// Whichever is asked first, both give the same bytes, and these.
    #[track_caller]
    fn agree(&self, id: &str, http_first: bool, wanted: &str) -> Done {
        let early = http_first.then(|| self.http(id, "200"));
        let done = self.printed(id, "200", "contract");
        let answer = early.unwrap_or_else(|| self.http(id, "200"));
        assert_eq!(answer, (200, wanted.into()), "{id}: {}", self.serving.log());
        assert_eq!((done.code, done.out.as_str()), (0, wanted), "{id}: {}", done.said);
        done
    }

    /// Neither gives a history.
    #[track_caller]
    fn fail(&self, id: &str, wanted: &str) {
        let (status, body) = self.http(id, "200");
        assert_eq!((status, body.as_str()), FAILED, "{id}: {}", self.serving.log());
        let done = self.printed(id, "200", "contract");
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{id}: {}", done.said);
        assert!(done.said.contains(wanted), "{id}: {}", done.said);
    }
}

#[test]
fn streams_that_are_missing_or_hold_nothing_are_the_same_to_both() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "purged", "room.purged", 5);
    rooms::purge(&mut raw, "purged", None);
    rooms::fill(&mut raw, "unused", "room.unused", 0);
    rooms::fill(&mut raw, "drifted", "elsewhere", 1);
    rooms::fill(&mut raw, "unkept", "room.unkept", 1);
    let persisted = ["first", "second", "purged", "unused", "drifted"];
    let never = ["never", "unkept"].map(|id| room(id, "persist = false")).concat();
    let file = persisted.map(|id| room(id, "")).concat() + &never;

    let looking = Both::connected(&server.url(), &file, &["--read-only"]);
    for id in ["first", "purged", "unused", "never"] {
        looking.agree(id, true, EMPTY);
        looking.agree(id, false, EMPTY);
    }
    let error = |id: &str| rooms::info(&mut server.raw(), id)["error"]["err_code"].clone();
    assert_eq!(error("first"), 10059, "nothing was made");

    let both = Both::connected(&server.url(), &file, &[]);
    for id in ["first", "purged", "unused", "never"] {
        both.agree(id, true, EMPTY);
    }
    for id in ["second", "purged", "never"] {
        both.agree(id, false, EMPTY);
    }
    assert_eq!((error("first"), error("second")), (json!(null), json!(null)), "both make it");
    assert_eq!(error("never"), 10059);
    for id in ["drifted", "unkept"] {
        both.agree(id, true, r#"{"messages":["bTE="]}"#);
    }
}

#[test]
fn what_only_one_of_them_can_know_or_say_is_written_down() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    rooms::fill(&mut raw, "a", "room.a", 1100);
    rooms::fill(&mut raw, "gone", "room.gone", 2);
    rooms::fill(&mut raw, "unlisted", "room.unlisted", 1);
    let file = room("a", "") + &room("gone", "");
    let both = Both::connected(&server.url(), &file, &[]);

    // A limit is bent into range, an option is refused.
    for (limit, last) in [("1001", "1000"), ("0", "200"), ("x", "200"), ("-3", "200"), ("1", "1")] {
        let done = both.printed("a", last, "contract");
        assert_eq!((200, done.out), both.http("a", limit), "{limit}");
    }
    for last in ["0", "1001", "all", "-3", "x"] {
        let done = both.printed("a", last, "contract");
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{last}: {}", done.said);
    }

    // HTTP has the rooms of its file; the command takes any id.
    let unknown = (404, r#"{"error":"room not found"}"#.to_owned());
    assert_eq!(both.http("unlisted", "5"), unknown);
    assert_eq!(both.printed("unlisted", "5", "contract").out, r#"{"messages":["bTE="]}"#);
    assert_eq!(both.http("nobody", "5"), unknown);
    let done = both.printed("nobody", "5", "contract");
    assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.said);
    assert!(done.said.contains("there is no stream UNIBUS_nobody"), "{}", done.said);

    // A service remembers what it saw; a command that begins now makes the stream.
    both.agree("gone", true, r#"{"messages":["bTE=","bTI="]}"#);
    raw.api("STREAM.DELETE.UNIBUS_gone", &json!({}));
    let (status, body) = both.http("gone", "200");
    assert_eq!((status, body.as_str()), FAILED);
    both.agree("gone", false, EMPTY);
}

#[test]
fn both_fail_where_a_history_cannot_be_had() {
    let user = |name: &str, deny: &str| {
        format!("{{ user: {name}, password: p, permissions {{ publish {{ deny: '{deny}' }} }} }}")
    };
    let users = [
        user("look", "$JS.API.STREAM.INFO.>"),
        user("make", "$JS.API.STREAM.CREATE.>"),
        user("get", "$JS.API.STREAM.MSG.GET.>"),
        "{ user: free, password: p }".to_owned(),
    ];
    let config = format!("authorization {{ users = [{}] }}", users.join(", "));
    let mut server = NatsServer::with_config(&config);
    let mut raw = server.raw_as("free", "p");
    rooms::fill(&mut raw, "a", "room.a", 3);
    rooms::fill(&mut raw, "other", "room.taken", 0);
    let taken = "[[rooms]]\nid = 'taken'\nsubject = 'room.taken'\n";
    let file = ["a", "new"].map(|id| room(id, "")).concat() + taken;
    let of = |name: &str| Both::connected(&server.url_as(&format!("{name}:p")), &file, &[]);
    of("look").fail("a", "may not publish to $JS.API.STREAM.INFO.UNIBUS_a");
    of("make").fail("new", "may not publish to $JS.API.STREAM.CREATE.UNIBUS_new");
    of("get").fail("a", "may not publish to $JS.API.STREAM.MSG.GET.UNIBUS_a");
    let free = of("free");
    free.fail("taken", "subjects overlap");
    free.agree("a", true, r#"{"messages":["bTE=","bTI=","bTM="]}"#);

    server.kill();
    free.serving.wait_for("NATS: connection lost");
    free.fail("a", "connect to");
    let never = Both::of(&server.url(), &file, &[]);
    never.fail("a", "connect to");
}

#[test]
fn without_jetstream_both_have_an_empty_history_and_say_why() {
    let file = room("a", "") + &room("b", "persist = false");
    let bare = NatsServer::without_jetstream();
    let off = NatsServer::with_config(
        "accounts { WITH { jetstream: enabled, users = [{ user: with, password: p }] }, \
         BARE { users = [{ user: bare, password: p }] } }",
    );
    let refused = rooms::info(&mut off.raw_as("bare", "p"), "a");
    assert_eq!(refused["error"]["err_code"], 10039, "{refused}");
    let on = NatsServer::start();
    let domain = ["--js-domain", "nowhere"];
    for (url, more, wanted) in [
        (bare.url(), &[][..], "check that the server runs JetStream"),
        (off.url_as("bare:p"), &[], "enable JetStream for this account"),
        (on.url(), &domain, "that domain or API prefix are right"),
    ] {
        let read_only = [more, &["--read-only"]].concat();
        for both in [Both::connected(&url, &file, more), Both::connected(&url, &file, &read_only)] {
            for id in ["a", "b"] {
                let done = both.agree(id, true, EMPTY);
                let begin = format!("{id}: there is no JetStream for ");
                assert!(done.said.starts_with(&begin), "{}", done.said);
                assert!(done.said.contains(wanted), "{}", done.said);
                assert!(done.said.contains("nothing of what the room holds"), "{}", done.said);
                assert_eq!(done.said.lines().count(), 1, "{}", done.said);
                for format in ["table", "jsonl", "base64", "hex"] {
                    let done = both.printed(id, "5", format);
                    assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.said);
                    assert!(done.said.contains(wanted), "{}", done.said);
                }
            }
        }
    }
}
