//! The configuration file, as the program sees it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::support::Pty;
use super::support::program::command;
use super::support::pty::Ended;

/// A folder for configuration, with this one in it.
fn home(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roomscope/config.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

fn at(folder: &Path) -> Command {
    let mut command = command(&[]);
    command.env("XDG_CONFIG_HOME", folder);
    command
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn shown(command: &mut Command) -> Value {
    let line = text(&command.args(["config", "--json"]).output().unwrap());
    assert_eq!(line.lines().count(), 1, "{line}");
    serde_json::from_str(&line).unwrap()
}

#[test]
fn each_value_is_shown_with_its_source() {
    let (folder, file) =
        home("context = 'prod'\nlast = 50\n[theme]\nutc = true\n[keys]\nolder = 'Space'\n");
    let json = shown(&mut at(folder.path()));
    let is = |pointer: &str, value: Value, source: &str| {
        let found = json.pointer(pointer).unwrap();
        assert_eq!((&found["value"], &found["source"]), (&value, &source.into()), "{pointer}");
    };
    is("/context", "prod".into(), "file");
    is("/rooms", Value::Null, "default");
    is("/last", 50.into(), "file");
    is("/cache", (32 << 20).into(), "default");
    is("/theme/utc", true.into(), "file");
    is("/theme/mouse", true.into(), "default");
    is("/keys/older", ["Space"].as_slice().into(), "file");
    is("/keys/quit", ["q", "Ctrl-c"].as_slice().into(), "default");
    assert_eq!(json["file"]["path"], file.to_str().unwrap());
    assert_eq!(json["file"]["exists"], true);

    let named = shown(at(folder.path()).env("NATS_CONTEXT", "staging"));
    assert_eq!(named["context"]["value"], "staging");
    assert_eq!(named["context"]["source"], "NATS_CONTEXT");
}

#[test]
fn it_works_without_a_file_and_says_where_one_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let json = shown(&mut at(folder.path()));
    assert_eq!(json["file"]["exists"], false);
    assert_eq!(json["last"]["value"], 200);
    let said = text(&at(folder.path()).arg("config").output().unwrap());
    let path = folder.path().join("roomscope/config.toml");
    assert!(said.starts_with(&format!("# {}: not there", path.display())), "{said}");
    assert!(
        text(&at(folder.path()).args(["config", "--no-config"]).output().unwrap())
            .starts_with("# No file is read")
    );
}

#[test]
fn what_is_printed_is_a_file_with_the_same_effect() {
    let (folder, _) = home(
        "rooms = 'my \"own\" \u{e9}.toml'\ncache = 0\n[theme]\ncolor = 'never'\n[keys]\n\
         older = ['Space', '\\']\nsort = []\n",
    );
    let printed = text(&at(folder.path()).arg("config").output().unwrap());
    let (again, _) = home(&printed);
    let (first, second) = (shown(&mut at(folder.path())), shown(&mut at(again.path())));
    for pointer in ["/rooms", "/last", "/cache", "/theme/color", "/keys/older", "/keys/sort"] {
        let value = |json: &Value| json.pointer(pointer).unwrap()["value"].clone();
        assert_eq!(value(&first), value(&second), "{pointer}\n{printed}");
        assert_ne!(value(&first), Value::Null, "{pointer}");
    }
}

#[test]
fn a_default_key_that_the_file_gives_away_is_shown_nowhere() {
    let (folder, _) = home("[keys]\nolder = 'm'\nnewer = 'b'\nsort = []\n");
    let printed = text(&at(folder.path()).arg("config").output().unwrap());
    let line = |name: &str| {
        let begins = format!("{name} = ");
        printed.lines().find(|line| line.starts_with(&begins)).unwrap().to_owned()
    };
    assert!(line("map").starts_with("map = [] "), "{printed}");
    assert!(line("map").ends_with("# default; without what the file gives to others"), "{printed}");
    assert!(line("sort").ends_with("# file; no key"), "{printed}");
    assert!(line("quit").ends_with("# default"), "{printed}");
    let (again, _) = home(&printed);
    let (first, second) = (shown(&mut at(folder.path())), shown(&mut at(again.path())));
    for entry in ["map", "older", "newer", "sort"] {
        assert_eq!(first["keys"][entry]["value"], second["keys"][entry]["value"], "{printed}");
    }
}

#[test]
fn option_then_variable_then_the_usual_file() {
    let (folder, _) = home("last = 1\n");
    let (_second, by_variable) = home("last = 2\n");
    let (_third, by_option) = home("last = 3\n");
    let last = |command: &mut Command| shown(command)["last"]["value"].as_u64().unwrap();
    assert_eq!(last(&mut at(folder.path())), 1);
    assert_eq!(last(at(folder.path()).env("ROOMSCOPE_CONFIG", "")), 1);
    assert_eq!(last(at(folder.path()).env("ROOMSCOPE_CONFIG", &by_variable)), 2);
    let both = &mut at(folder.path());
    both.env("ROOMSCOPE_CONFIG", &by_variable).arg("--config").arg(&by_option);
    assert_eq!(last(both), 3);
    let none = &mut at(folder.path());
    assert_eq!(last(none.env("ROOMSCOPE_CONFIG", &by_variable).arg("--no-config")), 200);
}

#[test]
fn a_slip_stops_the_program_in_one_line_and_no_config_helps() {
    let (folder, file) = home("lats = 50\n");
    for args in [&["demo"][..], &["config"], &[]] {
        let output = at(folder.path()).args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        let wanted =
            format!("roomscope: {}: lats: unknown key; did you mean last?\n", file.display());
        assert_eq!(said, wanted);
    }
    let json = shown(at(folder.path()).arg("--no-config"));
    assert_eq!(json["last"]["value"], 200);
    // What needs no configuration is not stopped by it.
    let help = at(folder.path()).arg("--help").output().unwrap();
    assert!(help.status.success());
}

#[test]
fn a_relative_rooms_file_lies_beside_the_configuration() {
    let (folder, file) = home("rooms = 'rooms.toml'\n");
    let rooms = file.with_file_name("rooms.toml");
    for args in [&[][..], &["rooms"], &["history", "a"], &["ensure", "--all"]] {
        let output = at(folder.path()).args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("{}: No such file", rooms.display())), "{args:?} {said}");
    }
}

#[test]
fn commands_take_their_defaults_from_the_file() {
    let (folder, _) = home("last = 7\n");
    let lines = |args: &[&str]| {
        let mut command = at(folder.path());
        command.args(["history", "lobby", "--demo", "--format", "base64"]).args(args);
        text(&command.output().unwrap()).lines().count()
    };
    assert_eq!(lines(&[]), 7);
    assert_eq!(lines(&["--last", "9"]), 9);
    assert!(lines(&["--no-config"]) > 9);
}

#[test]
fn the_default_context_is_that_of_the_nats_tool() {
    let (folder, _) = home("context = 'prod'\n");
    let contexts = folder.path().join("nats/context");
    std::fs::create_dir_all(&contexts).unwrap();
    std::fs::write(contexts.join("prod.json"), r#"{"url": "nats://prod.example:4222"}"#).unwrap();
    std::fs::write(contexts.join("dev.json"), r#"{"url": "nats://dev.example:4222"}"#).unwrap();
    let explained = |args: &[&str]| {
        let mut command = at(folder.path());
        text(&command.args(args).arg("--explain-connection").output().unwrap())
    };
    assert!(explained(&[]).contains("prod.example"));
    assert!(explained(&["rooms"]).contains("prod.example"));
    assert!(explained(&["--context", "dev"]).contains("dev.example"));
    assert!(!explained(&["--no-config"]).contains("prod.example"));
}

#[test]
fn the_screen_follows_the_file_and_the_command_line_comes_first() {
    let (folder, _) = home(
        "last = 20\n[theme]\nascii = true\nmouse = false\n[keys]\nolder = 'x'\n\
         newer = 'Ctrl-n'\nhelp = ['H', 'F']\nquit = 'Q'\n",
    );
    let xdg = [("XDG_CONFIG_HOME", folder.path().to_str().unwrap())];
    let mut pty = Pty::start_with(&["demo", "support"], &xdg);
    pty.wait_for("401-420 of 1-420");
    pty.assert_taken(false);
    let newest = pty.wait_for("x Ctrl-n older newer");
    assert!(
        newest.is_ascii() && newest.contains("H help") && newest.contains("Q quit"),
        "{newest}"
    );
    pty.send("[q");
    pty.send("x");
    pty.wait_for("381-400 of 1-420");
    pty.send("\x0e");
    pty.wait_for("401-420 of 1-420");
    pty.send("H");
    let help = pty.wait_for("older page");
    assert!(help.contains("H F"), "{help}");
    pty.send("j");
    pty.wait_for("Q Ctrl-c");
    pty.send("Q");
    pty.wait("the help to close", |text| !text.contains("older page"));
    pty.send("Q");
    assert_eq!(pty.ended(), Ended { code: 0, signal: None });

    let args = ["demo", "support", "--last", "50", "--ascii=false", "--no-mouse=false"];
    let mut pty = Pty::start_with(&args, &xdg);
    pty.wait_for("371-420 of 1-420");
    pty.assert_taken(true);
    assert!(!pty.text().is_ascii());
    pty.send("\x03");
    assert_eq!(pty.ended().code, 0, "Ctrl-c is never bound away");
}
