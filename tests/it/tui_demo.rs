//! The program on the demo, in a pseudo-terminal.

use std::time::Duration;

use super::support::Pty;
use super::support::pty::Ended;
use super::support::wait;

const ENTER: &str = "\r";
const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";

/// The demo with its rooms listed.
fn demo(args: &[&str]) -> Pty {
    let pty = Pty::start(&[&["demo"], args].concat());
    pty.wait_for("legacy-ops");
    pty
}

/// The demo with the room open that has deletes, and its newest page there.
fn support_desk() -> Pty {
    let pty = demo(&["support"]);
    pty.wait_for("200 slots = 181 frames + 19 missing");
    pty
}

fn quit_well(mut pty: Pty) {
    assert_eq!(pty.ended(), Ended { code: 0, signal: None });
    pty.assert_restored();
}

#[test]
fn a_room_opens_pages_and_shows_its_gaps() {
    let mut pty = demo(&[]);
    pty.assert_taken(true);
    pty.send("/support");
    pty.wait("only one room", |text| text.contains("Support desk") && !text.contains("Lobby"));
    pty.send(ENTER);
    pty.send(ENTER);
    let newest = pty.wait_for("200 slots = 181 frames + 19 missing");
    assert!(newest.contains("418-420 · 3 removed"), "{newest}");
    assert!(newest.contains("221-420 of 1-420"), "{newest}");

    pty.send("[");
    // The window shows with the newest rows already, the ledger is right once all are read.
    let older = pty.wait_for("200 slots = 153 frames + 47 missing");
    assert!(older.contains("150-189 · 40 removed"), "{older}");
    assert!(older.contains("21-220 of 1-420"), "{older}");
    pty.send("]");
    pty.wait_for("newest at ");

    pty.send("?");
    pty.wait_for("older page");
    pty.send("q");
    pty.wait("the help to close", |text| text.contains("233 · 1 removed"));
    pty.send("q");
    quit_well(pty);
}

#[test]
fn a_click_selects_and_the_wheel_moves() {
    let mut pty = support_desk();
    pty.wait_for("Gap 418-420");
    let row =
        pty.text().lines().position(|line| line.contains(" 400 ")).expect("the row of frame 400");
    pty.send(&format!("\x1b[<0;40;{}M\x1b[<0;40;{}m", row + 1, row + 1));
    pty.wait_for("Frame 400");
    pty.send(&format!("\x1b[<64;40;{0}M", row + 1));
    pty.send("q");
    quit_well(pty);
}

#[test]
fn a_copy_goes_to_the_terminal_and_claims_no_more() {
    let mut pty = support_desk();
    pty.send("s");
    pty.wait_for("sent to the terminal (OSC 52)");
    // "418-420" in base64, for the clipboard.
    let written = String::from_utf8(pty.bytes()).unwrap();
    assert!(written.contains("\x1b]52;c;NDE4LTQyMA==\x1b\\"), "{written:?}");
    pty.send("q");
    quit_well(pty);
}

#[test]
fn without_the_mouse_the_terminal_keeps_it() {
    let mut pty = demo(&["--no-mouse"]);
    pty.assert_taken(false);
    pty.send("q");
    quit_well(pty);
}

#[test]
fn control_c_quits_even_with_a_layer_open() {
    let mut pty = demo(&[]);
    pty.send("?");
    pty.wait_for("this help");
    pty.send(CTRL_C);
    quit_well(pty);

    let mut pty = demo(&[]);
    pty.send("/abc");
    pty.wait_for("filter rooms: abc");
    pty.send(CTRL_C);
    quit_well(pty);
}

#[test]
fn text_is_pasted_as_a_whole() {
    let mut pty = demo(&[]);
    pty.send("/");
    pty.wait_for("filter rooms:");
    pty.send("\x1b[200~lob\x1b[201~");
    pty.wait("only one room", |text| text.contains("Lobby") && !text.contains("legacy-ops"));
    pty.send(CTRL_C);
    quit_well(pty);
}

#[test]
fn a_signal_ends_it_and_the_terminal_comes_back() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut pty = demo(&[]);
        pty.signal(name);
        assert_eq!(pty.ended(), Ended { code, signal: None }, "{name}");
        pty.assert_restored();
    }
}

#[test]
fn suspended_it_gives_the_terminal_back_and_takes_it_again() {
    let mut pty = support_desk();
    for by_key in [true, false] {
        if by_key {
            pty.send(CTRL_Z);
        } else {
            pty.signal("TSTP");
        }
        wait::until("the program to stop", || (status(pty.pid(), "State:") == "T").then_some(()));
        pty.assert_restored();
        pty.signal("CONT");
        pty.wait_for("418-420 · 3 removed");
        wait::until("the screen to be taken", || {
            pty.screen(|screen| screen.alternate_screen() && screen.bracketed_paste()).then_some(())
        });
    }
    pty.assert_taken(true);
    pty.send("q");
    quit_well(pty);
}

#[test]
fn a_panic_ends_it_with_a_message_on_a_clean_terminal() {
    for place in ["task", "loop"] {
        let mut pty = Pty::start_with(&["demo"], &[("ROOMSCOPE_REHEARSE_PANIC", place)]);
        assert_eq!(pty.ended(), Ended { code: 1, signal: None }, "{place}");
        pty.assert_restored();
        let text = pty.wait_for("please report it");
        assert!(text.contains(&format!("rehearsed panic in the {place}")), "{text}");
        let written = String::from_utf8(pty.bytes()).unwrap();
        let (_, after) = written.rsplit_once("\x1b[?1049l").unwrap();
        assert!(after.contains("rehearsed panic"), "the message came first: {after:?}");
    }
}

#[test]
fn a_resize_keeps_the_selection_and_a_tiny_terminal_gets_one_line() {
    let mut pty = support_desk();
    pty.send(",");
    pty.wait_for("Gap 300-311");
    pty.resize(59, 11);
    let tiny = pty.wait("one line", |text| text.contains("needs 60x12"));
    assert_eq!(tiny.lines().filter(|line| !line.trim().is_empty()).count(), 1, "{tiny}");
    pty.resize(120, 40);
    pty.wait_for("Gap 300-311");
    pty.send("q");
    quit_well(pty);
}

#[test]
fn without_colours_none_is_sent_but_the_selection_still_shows() {
    for (args, variables) in
        [(&["demo"][..], &[("NO_COLOR", "1")][..]), (&["demo", "--color", "never"], &[])]
    {
        let mut pty = Pty::start_with(args, variables);
        pty.wait_for("legacy-ops");
        let written = String::from_utf8(pty.bytes()).unwrap();
        let colours: Vec<&str> = sgr(&written).filter(|code| is_colour(code)).collect();
        assert_eq!(colours, Vec::<&str>::new());
        assert!(sgr(&written).any(|code| code == "7"), "nothing is reversed");
        pty.send("q");
        quit_well(pty);
    }
    let pty = demo(&[]);
    let written = String::from_utf8(pty.bytes()).unwrap();
    assert!(sgr(&written).any(is_colour));
}

#[test]
fn in_a_locale_without_utf_8_all_is_ascii() {
    let pty = Pty::start_with(&["demo", "support"], &[("LANG", "C")]);
    pty.wait_for("200 slots = 181 frames");
    assert!(pty.text().is_ascii(), "{}", pty.text());
}

#[test]
fn idle_it_sleeps() {
    let pty = support_desk();
    let wakes = || -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", pty.pid())).unwrap();
        let tasks = tasks.map(|task| task.unwrap().path().join("status"));
        tasks.map(|path| number(&std::fs::read_to_string(path).unwrap())).sum()
    };
    // Toasts may still be there, each with a timer.
    wait::until("a second without a wake-up", || {
        let before = wakes();
        std::thread::sleep(Duration::from_secs(1));
        (wakes() == before).then_some(())
    });
}

fn number(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.unwrap().trim().parse().unwrap()
}

fn status(pid: u32, field: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

/// The parameters of each SGR sequence.
fn sgr(text: &str) -> impl Iterator<Item = &str> {
    text.split("\x1b[").skip(1).filter_map(|rest| {
        let (code, _) = rest.split_once('m')?;
        code.chars().all(|c| c.is_ascii_digit() || c == ';').then_some(code)
    })
}

/// Whether an SGR sequence sets a colour; 39 and 49 go back to the terminal's own.
fn is_colour(code: &str) -> bool {
    code.split(';')
        .next()
        .is_some_and(|first| matches!(first.parse(), Ok(30..=38 | 40..=48 | 90..=107u16)))
}
