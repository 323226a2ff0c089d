//! Exports that stop, and what they say to do next: it is done, word for word, and works.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::interrupted::begin_with;
use super::{ran, roomscope, verify};
use crate::support::rooms::{fill, settle};
use crate::support::{NatsServer, Wiretap, copy, program};

/// Frames in the room: several parts.
const FRAMES: u64 = 6_000;
/// A round trip that makes the export last a few seconds.
const FAR: Duration = Duration::from_millis(40);
/// What is said where a stream cannot be gone on with.
const ANEW: &str =
    "give another --out to keep that, or --force to drop it, and export what is there now";
const GOES_ON: &str = "the same command goes on from there once that is over or mended";

/// An export under way, of which some is written.
struct Under {
    slow: Wiretap,
    child: Child,
    place: Place,
}

/// Where an export is to be.
struct Place {
    folder: TempDir,
    url: String,
}

impl Under {
    fn way(server: &NatsServer, more: &[&str]) -> Self {
        let slow = Wiretap::far_before(server.port(), FAR);
        let place = Place { folder: tempfile::tempdir().unwrap(), url: server.url() };
        let child = begin_with(&slow.url(), &place.out("out"), more);
        Self { slow, child, place }
    }

    /// What it says when it stops; the last line of it.
    fn stopped(self) -> (String, Place) {
        let (_, said) = ran(&self.child.wait_with_output().unwrap(), 1);
        let place = self.place;
        assert!(!place.out("out").exists() && place.kept().is_some(), "{said}");
        let shown = place.out("out.partial").display().to_string();
        let last = said.lines().last().unwrap().to_owned();
        assert!(last.contains(&format!("kept in {shown}")), "{said}");
        (last, place)
    }
}

impl Place {
    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What is in the unfinished export, where there is one.
    fn kept(&self) -> Option<Vec<u8>> {
        fs::read(self.out("out.partial/bundle/frames.jsonl")).ok()
    }

    /// Runs the same command, or one that differs in what is said; gives what it says.
    #[track_caller]
    fn export(&self, name: &str, more: &[&str], code: i32) -> String {
        let (url, out) = (&self.url, self.out(name));
        let args: [&dyn AsRef<OsStr>; 6] = [&"export", &"a", &"--server", url, &"--out", &out];
        let more: Vec<&dyn AsRef<OsStr>> = more.iter().map(|arg| arg as _).collect();
        ran(&roomscope(&[&args[..], &more].concat()), code).1
    }

    /// The same command goes on, and ends as if nothing had been.
    #[track_caller]
    fn goes_on(&self) {
        let said = self.export("out", &[], 0);
        assert!(said.contains("Going on with "), "{said}");
        self.holds("out", FRAMES);
    }

    /// The same command refuses, and says what to do; both ways are gone, the one that keeps first.
    #[track_caller]
    fn begins_anew(&self, why: &str, frames: u64) {
        let kept = self.kept().unwrap();
        let said = self.export("out", &[], 2);
        assert!(said.contains(why) && said.contains(ANEW), "{said}");
        self.export("other", &[], 0);
        self.holds("other", frames);
        assert!(self.kept() == Some(kept), "it is kept");
        self.export("out", &["--force"], 0);
        self.holds("out", frames);
    }

    #[track_caller]
    fn holds(&self, name: &str, frames: u64) {
        assert_eq!(verify(&self.out(name), 0)["account"]["frames"], frames);
        assert_eq!(self.kept().is_some(), name != "out");
    }
}

#[test]
fn of_a_stream_that_is_made_anew_meanwhile() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "chat.a", FRAMES);
    let under = Under::way(&server, &[]);
    raw.api("STREAM.DELETE.UNIBUS_a", &json!({}));
    fill(&mut raw, "a", "chat.a", 5);
    let (said, place) = under.stopped();
    // Which of the two depends on when it looks.
    let anew = said.contains("the stream was deleted and made again; ");
    assert!(anew || said.contains("the stream was deleted while it was read; "), "{said}");
    assert!(said.contains(ANEW), "{said}");
    assert!(!said.contains("goes on") && !said.contains("refresh"), "{said}");
    place.begins_anew("its stream was deleted and made again since", 5);
}

#[test]
fn of_a_stream_that_is_deleted_meanwhile() {
    let server = NatsServer::start();
    let mut raw = server.raw();
    fill(&mut raw, "a", "chat.a", FRAMES);
    let under = Under::way(&server, &[]);
    raw.api("STREAM.DELETE.UNIBUS_a", &json!({}));
    let (said, place) = under.stopped();
    assert!(said.contains("the stream was deleted while it was read; "), "{said}");
    assert!(said.contains("cannot be gone on with; should a stream be made under that name again"));
    // It may be all that is left of the stream, so nothing drops it for nothing.
    let kept = place.kept();
    for more in [&[][..], &["--force"], &["--force", "--last", "3"]] {
        let said = place.export("out", more, 1);
        assert!(said.contains("there is no stream UNIBUS_a"), "{said}");
        assert!(place.kept() == kept);
    }
    fill(&mut raw, "a", "chat.a", 5);
    place.begins_anew("its stream was deleted and made again since", 5);
}

#[test]
fn of_a_stream_whose_end_is_lost_meanwhile() {
    let mut server = NatsServer::start();
    fill(&mut server.raw(), "a", "chat.a", 100);
    server.stop();
    let aside = tempfile::tempdir().unwrap();
    copy(&server.store(), &aside.path().join("copy"));
    server.start_again();
    let mut raw = server.raw();
    (100..FRAMES).for_each(|n| raw.publish("chat.a", format!("m{n}").as_bytes()));
    settle(&mut raw, "a", FRAMES);
    // Not even then is it called unread.
    let under = Under::way(&server, &["--allow-unread"]);
    server.stop();
    under.slow.cut();
    fs::remove_dir_all(server.store()).unwrap();
    copy(&aside.path().join("copy"), &server.store());
    server.start_again();
    let (said, place) = under.stopped();
    let why = "its stream now ends at sequence 100, below sequences that it had";
    assert!(said.contains(why) && said.contains(ANEW), "{said}");
    // Not on one look.
    let said = place.export("out", &[], 2);
    assert!(said.contains("ends at sequence 100, below what is still to be read"), "{said}");
    place.begins_anew(why, 100);
}

#[test]
fn where_a_permission_is_taken_away() {
    let free = "authorization { users = [{ user: u, password: p }] }";
    let without = |subject: &str| {
        let deny = format!("permissions {{ publish {{ deny: '$JS.API.{subject}' }} }}");
        format!("authorization {{ users = [{{ user: u, password: p, {deny} }}] }}")
    };
    let server = NatsServer::with_config(free);
    fill(&mut server.raw_as("u", "p"), "a", "chat.a", FRAMES);
    let login = ["--user", "u", "--password", "p"];
    let gets = "run the same again once that is over or mended, to go on";
    for (subject, next) in [("STREAM.INFO.>", GOES_ON), ("STREAM.MSG.GET.>", gets)] {
        let under = Under::way(&server, &login);
        server.reconfigure(&without(subject));
        server.reload();
        let (said, place) = under.stopped();
        assert!(said.contains("may not publish to") && said.contains(next), "{said}");
        assert!(!said.contains("--allow-unread"), "{said}");
        let place = Place { url: server.url_as("u:p"), ..place };
        server.reconfigure(free);
        server.reload();
        place.goes_on();
    }
}

#[test]
fn where_the_server_gives_no_answers_for_a_while() {
    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "chat.a", FRAMES);
    let under = Under::way(&server, &["--timeout", "1s"]);
    server.pause();
    let (said, place) = under.stopped();
    server.resume();
    let goes_on = said.contains(GOES_ON) || said.contains("run the same again to go on");
    assert!(said.contains("no answer within 1 s") && goes_on, "{said}");
    place.goes_on();
}

#[test]
fn where_the_server_is_away_no_option_helps() {
    for more in [&[][..], &["--allow-unread"]] {
        let mut server = NatsServer::start();
        fill(&mut server.raw(), "a", "chat.a", FRAMES);
        let under = Under::way(&server, more);
        server.kill();
        under.slow.cut();
        let (said, place) = under.stopped();
        let once = "run the same again once there is a connection, to go on";
        assert!(said.contains(GOES_ON) || said.contains(once), "{said}");
        assert!(!said.contains("--allow-unread"), "{said}");
        server.restart();
        place.goes_on();
    }
}

#[test]
fn by_a_signal_it_leaves_what_the_same_command_goes_on_with() {
    use std::os::unix::process::ExitStatusExt as _;

    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "chat.a", FRAMES);
    for (name, number) in [("HUP", 1), ("INT", 2), ("QUIT", 3), ("TERM", 15)] {
        let Under { child, place, slow } = Under::way(&server, &[]);
        // It does not end before the signal comes.
        slow.mute();
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        drop(slow);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("goes on from there, as long as the stream is the same"), "{said}");
        assert_eq!(output.status.signal(), Some(number), "{said}");
        place.goes_on();
    }
}

#[test]
fn refusals_before_the_server_is_asked_can_be_followed_too() {
    let server = NatsServer::start();
    fill(&mut server.raw(), "a", "chat.a", FRAMES);
    let keep = "give another --out to keep it, or --force to drop it and begin anew";
    for damaged in [false, true] {
        let Under { mut child, place, .. } = Under::way(&server, &[]);
        child.kill().unwrap();
        child.wait().unwrap();
        let more: &[&str] = if damaged { &[] } else { &["--last", "7"] };
        if damaged {
            fs::write(place.out("out.partial/progress.json"), "{}").unwrap();
        }
        let said = place.export("out", more, 2);
        assert!(said.contains(keep), "{said}");
        let frames = if damaged { FRAMES } else { 7 };
        place.export("other", more, 0);
        place.holds("other", frames);
        // It is dropped for something, not for a server that does not answer.
        let nobody = Place { url: "nats://127.0.0.1:1".into(), ..place };
        let said = nobody.export("out", &[more, &["--force"]].concat(), 1);
        assert!(said.contains("connect to") && nobody.kept().is_some(), "{said}");
        let place = Place { url: server.url(), ..nobody };
        place.export("out", &[more, &["--force"]].concat(), 0);
        place.holds("out", frames);
    }
}

#[test]
fn of_the_demo_it_can_only_begin_anew() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let export = |name: &str, more: &[&str]| {
        let (path, partial) = (out(name), out("out.partial"));
        let args = [&["export", "telemetry", "--demo", "--out", &path], more];
        let done = program::run(&args.concat());
        (done.code, done.said, Path::new(&partial).exists())
    };
    let mut whole = program::command(&["export", "telemetry", "--demo"]);
    let mut child = whole.args(["--out", &out("out")]).spawn().unwrap();
    let lines = out("out.partial/bundle/frames.jsonl");
    crate::support::wait::until("a part to be written", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended too soon");
        fs::metadata(&lines).is_ok_and(|file| file.len() > 1_000).then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let (code, said, _) = export("out", &[]);
    assert!(said.contains("the demo makes its rooms anew") && said.contains(ANEW), "{said}");
    assert_eq!(code, 2);
    assert!(matches!(export("other", &[]), (0, _, true)));
    assert!(matches!(export("out", &["--force"]), (0, _, false)));
}
