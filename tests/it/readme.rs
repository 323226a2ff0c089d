//! What the README shows is what the program does.

mod shell;
mod world;

use roomscope::cli::rooms_file;

use self::shell::Line;
use self::world::World;
use crate::picture::picture;
use crate::support::program::command;

const README: &str = include_str!("../../README.md");

/// All fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let open = format!("```{language}\n");
    let after = README.split(open.as_str()).skip(1);
    after.map(|text| text.split_once("```").unwrap().0).collect()
}

#[test]
fn every_example_runs() {
    let mut world = World::new();
    let lines = shell::lines(README);
    assert!(lines.len() > 5, "{lines:?}");
    for line in lines {
        match shell::classify(&line) {
            Ok(Line::NotRun) => {}
            Ok(Line::Server) => world.another_server(),
            Ok(Line::Background(line)) => world.start(&line),
            Ok(Line::Run { text, exits }) => world.run(&text, exits),
            Err(word) => panic!("{line}: how is {word} to be run? tell tests/it/readme/shell.rs"),
        }
    }
}

#[test]
fn the_picture_is_what_its_command_draws() {
    let line = README.lines().find(|line| line.contains("--example picture")).unwrap();
    let (_, arguments) = line.split_once(" -- ").unwrap();
    let (arguments, keys) = arguments.split_once(" --keys ").unwrap();
    let (file, others) = arguments.split_once(' ').unwrap();
    let dir = tempfile::tempdir().unwrap();
    let drawn = dir.path().join("picture.svg");
    let status = picture()
        .arg(&drawn)
        .args(others.split(' '))
        .args(["--keys", keys.trim_matches('"')])
        .status()
        .unwrap();
    assert!(status.success());
    let kept = std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let drawn = std::fs::read(&drawn).unwrap();
    assert!(drawn == kept, "{file} is out of date; run: {line}");
}

#[test]
fn its_files_load() {
    let dir = tempfile::tempdir().unwrap();
    let (rooms, configurations): (Vec<&str>, Vec<&str>) =
        blocks("toml").into_iter().partition(|block| block.contains("[[rooms]]"));
    let [rooms] = rooms[..] else { panic!("{rooms:?}") };
    let file = dir.path().join("rooms.toml");
    std::fs::write(&file, rooms).unwrap();
    let rooms = rooms_file::load(&file).unwrap();
    assert_eq!(rooms.len(), 1);
    assert_eq!((rooms[0].id.as_str(), rooms[0].replicas), ("general", Some(3)));
    for text in configurations {
        let file = dir.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        let output = command(&["config", "--config"]).arg(&file).output().unwrap();
        assert!(output.status.success(), "{text}\n{output:?}");
    }
}
