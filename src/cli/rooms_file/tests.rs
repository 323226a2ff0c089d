use std::path::PathBuf;

use super::*;

fn load_as(name: &str, text: &str) -> Result<Vec<Room>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let loaded = load(&path);
    loaded.map_err(|error| {
        assert!(!error.contains('\n'), "{error}");
        let shown = path.display().to_string();
        error.strip_prefix(&shown).expect("names the file").to_owned()
    })
}

const FULL: &str = r#"
[[rooms]]
id = "ops"
subject = "room.ops"
persist = false
replicas = 3
name = "Operations"
encrypted = false
members = ["UA", "UB"]

[[rooms]]
id = "plain"
subject = "room.plain"
replicas = -2
"#;

#[test]
fn all_keys_and_their_defaults() {
    let rooms = load_as("rooms.toml", FULL).unwrap();
    let [ops, plain] = &rooms[..] else {
        panic!("two rooms");
    };
    assert_eq!(ops.id.as_str(), "ops");
    assert_eq!(ops.subject.as_ref().unwrap().as_str(), "room.ops");
    assert_eq!((ops.persist, ops.replicas), (Some(false), Some(3)));
    assert_eq!(ops.name.as_deref(), Some("Operations"));
    assert!(!ops.encrypted);
    assert_eq!(ops.members, ["UA", "UB"]);
    assert!(ops.known_from.file && !ops.known_from.server && !ops.known_from.args);
    assert_eq!((plain.persist, plain.replicas), (Some(true), Some(1)));
    assert!(plain.encrypted && plain.name.is_none() && plain.members.is_empty());
}

#[test]
fn both_formats_are_known_by_extension_or_content() {
    let one = r#"{"id": "a", "subject": "s.a"}"#;
    let toml = "[[rooms]]\nid = 'a'\nsubject = 's.a'\n";
    let inline = format!("rooms = [{}]", one.replace(':', " ="));
    let listed = format!("[{one}]");
    let wrapped = format!("{{\"rooms\": [{one}]}}");
    for (name, text) in [
        ("r.json", listed.as_str()),
        ("r.JSON", &wrapped),
        ("r.toml", toml),
        ("r.toml", &inline),
        ("rooms", &listed),
        ("rooms", &wrapped),
        ("rooms.conf", toml),
        ("rooms", &inline.replace("\"id\"", "id")),
        ("bom.toml", &format!("\u{feff}{toml}")),
    ] {
        let rooms = load_as(name, text);
        assert_eq!(rooms.map(|rooms| rooms.len()), Ok(1), "{name}: {text}");
    }
    assert_eq!(load_as("none.json", "[]").map(|rooms| rooms.len()), Ok(0));
}

#[test]
fn every_error_names_entry_key_and_fix() {
    let a = "{\"id\": \"a\", \"subject\": \"s.a\"}";
    for (entries, wanted) in [
        ("3", ": room 1: a number is not a room; write a table with id and subject"),
        ("{\"subject\": \"s\"}", ": room 1: id: missing; write id = \"…\""),
        ("{\"id\": \"b\"}", ": room 1 ('b'): subject: missing; write subject = \"…\""),
        (
            "{\"id\": \"a.b\", \"subject\": \"s\"}",
            ": room 1 ('a.b'): id: 'a.b' is not a room id: '.' cannot be part of a stream name; \
             correct it",
        ),
        (
            "{\"id\": \"\", \"subject\": \"s\"}",
            ": room 1 (''): id: '' is not a room id: it is empty; correct it",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s..t\"}",
            ": room 1 ('b'): subject: 's..t' is not a subject: one of its dot-separated tokens \
             is empty; correct it",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s.*\"}",
            ": room 1 ('b'): subject: 's.*' has a wildcard, and a room has one subject of its \
             own; write that",
        ),
        (
            "{\"id\": \"b\", \"subject\": \">\"}",
            ": room 1 ('b'): subject: '>' has a wildcard, and a room has one subject of its \
             own; write that",
        ),
        (
            "{\"id\": \"b\", \"subjekt\": \"s\"}",
            ": room 1 ('b'): subjekt: unknown key; did you mean subject?",
        ),
        (
            "{\"id\": \"b\", \"colour\": 1}",
            ": room 1 ('b'): colour: unknown key; there are id, subject, persist, replicas, \
             name, encrypted, members, accept_missing",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s\", \"persist\": \"yes\"}",
            ": room 1 ('b'): persist: a string will not do; write true or false, without quotes",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s\", \"encrypted\": 1}",
            ": room 1 ('b'): encrypted: a number will not do; write true or false, without quotes",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s\", \"replicas\": 1.5}",
            ": room 1 ('b'): replicas: a number will not do; write a whole number, as in 3",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s\", \"replicas\": 6}",
            ": room 1 ('b'): replicas: 6 is too many; a stream has at most 5 copies",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s\", \"members\": \"UA\"}",
            ": room 1 ('b'): members: a string will not do; write a list of strings, as in \
             [\"UABC…\"]",
        ),
        (
            "{\"id\": \"b\", \"subject\": \"s\", \"members\": [1]}",
            ": room 1 ('b'): members: a number in the list is not a string; write a list of \
             strings, as in [\"UABC…\"]",
        ),
        (
            "{\"id\": 7, \"subject\": \"s\"}",
            ": room 1: id: a number will not do; write a string, as in \"ops\"",
        ),
        (&format!("{a}, {a}"), ": room 2 ('a'): id: room 1 has it too; remove one of the two"),
        (
            &format!("{a}, {}", a.replace("\"a\"", "\"b\"")),
            ": room 2 ('b'): subject: 's.a' is that of room 1 too, and only one stream can \
             capture it; correct one of the two",
        ),
        (
            &format!("{a}, 3, {a}, {a}"),
            ": room 2: a number is not a room; write a table with id and subject \
             (2 more entries have errors)",
        ),
        (
            &format!("{a}, {a}, 3"),
            ": room 2 ('a'): id: room 1 has it too; remove one of the two \
             (1 more entry has an error)",
        ),
    ] {
        let text = format!("{{\"rooms\": [{entries}]}}");
        assert_eq!(load_as("r.json", &text), Err(wanted.to_owned()), "{entries}");
    }
}

#[test]
fn a_file_of_another_shape_is_refused() {
    for (name, text, wanted) in [
        ("r.toml", "", ": no rooms; write a [[rooms]] table a room"),
        ("r.toml", "rooms = 3", ": rooms: not a list; write a [[rooms]] table a room"),
        ("r.toml", "[[room]]\nid = 'a'", ": room: unknown key; did you mean rooms?"),
        ("r.json", "3", ": not a list of rooms; write {\"rooms\": [{\"id\": \"…\"}]}"),
    ] {
        assert_eq!(load_as(name, text), Err(wanted.to_owned()), "{text}");
    }
}

#[test]
fn what_cannot_be_parsed_is_named_by_line_and_column() {
    let error = load_as("r.toml", "[[rooms]]\nid = 'a'\nsubject 's'\n").unwrap_err();
    assert!(error.starts_with(":3:"), "{error}");
    assert!(error.contains("not TOML") && error.ends_with("; correct it"), "{error}");
    let error = load_as("r.json", "{\"rooms\": [\n  {]\n}").unwrap_err();
    assert!(error.starts_with(":2:4: not JSON: "), "{error}");
    assert!(error.ends_with("; correct it"), "{error}");
}

#[test]
fn a_missing_file_is_named() {
    let path = PathBuf::from("/nonexistent/rooms.toml");
    let error = load(&path).unwrap_err();
    assert!(error.starts_with("/nonexistent/rooms.toml: "), "{error}");
    assert!(error.ends_with("; give a readable file with --rooms"), "{error}");
}

#[test]
fn what_is_written_reads_back() {
    let mut rooms = load_as("rooms.toml", FULL).unwrap();
    rooms[0].name = Some("quotes \" and \u{1b} and ünïcode".into());
    let borrowed: Vec<&Room> = rooms.iter().collect();
    for name in ["r.toml", "r.json"] {
        let text = render(Path::new(name), &borrowed);
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
        assert_eq!(load_as(name, &text), Ok(rooms.clone()), "{text}");
    }
}
