//! What the README shows is what the program does.

use roomscope::cli::rooms_file;

use crate::support::program::command;

const README: &str = include_str!("../../README.md");

/// The first fenced block of a language.
fn block(language: &str) -> &'static str {
    let (_, from) = README.split_once(&format!("```{language}\n")).unwrap();
    from.split_once("```").unwrap().0
}

#[test]
fn the_picture_is_what_its_command_draws() {
    let line = README.lines().find(|line| line.contains("--picture")).unwrap();
    let (_, arguments) = line.split_once(" -- ").unwrap();
    let (arguments, keys) = arguments.split_once(" --keys ").unwrap();
    let (before, after) = arguments.split_once(" --picture ").unwrap();
    let (file, size) = after.split_once(' ').unwrap();
    let dir = tempfile::tempdir().unwrap();
    let drawn = dir.path().join("picture.svg");
    let status = command(&[])
        .args(before.split(' '))
        .arg("--picture")
        .arg(&drawn)
        .args(size.split(' '))
        .args(["--keys", keys.trim_matches('"')])
        .status()
        .unwrap();
    assert!(status.success());
    let kept = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let drawn = std::fs::read(&drawn).unwrap();
    assert!(drawn == kept, "{file} is out of date; run: cargo run --release -- {arguments}");
}

#[test]
fn its_rooms_file_loads() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rooms.toml");
    std::fs::write(&file, block("toml")).unwrap();
    let rooms = rooms_file::load(&file).unwrap();
    assert_eq!(rooms.len(), 1);
    assert_eq!((rooms[0].id.as_str(), rooms[0].replicas), ("general", Some(3)));
}
