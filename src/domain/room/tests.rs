use super::*;

#[test]
fn ids_are_what_a_stream_name_can_hold() {
    let longest = "x".repeat(248);
    for good in ["a", "A-b_c", "ünï", "a\u{1}b", "a\u{a0}b", "{}:;#$&", &longest] {
        let id = RoomId::new(good).unwrap();
        assert_eq!(id.as_str(), good);
        assert_eq!(id.stream().as_str(), format!("UNIBUS_{good}"));
        assert_eq!(RoomId::from_stream(id.stream().as_str()), Some(id));
    }
    let bad = [
        ("", "it is empty"),
        ("a b", "' '"),
        ("a\tb", "'\\t'"),
        ("a\rb", "'\\r'"),
        ("a\nb", "'\\n'"),
        ("a\u{c}b", "'\\u{c}'"),
        ("a.b", "'.'"),
        ("a*", "'*'"),
        (">", "'>'"),
        ("a/b", "'/'"),
        ("a\\b", "'\\\\'"),
    ];
    for (id, why) in bad {
        let error = RoomId::new(id).unwrap_err().to_string();
        assert!(error.contains(why), "{id:?}: {error}");
    }
    let error = RoomId::new("x".repeat(249)).unwrap_err().to_string();
    assert!(error.contains("249 bytes long and 248 is the most"), "{error}");
    assert!(RoomId::new("ü".repeat(125)).is_err(), "bytes count, not characters");
}

#[test]
fn only_streams_with_the_prefix_and_an_id_are_rooms() {
    assert_eq!(RoomId::from_stream("UNIBUS_a").unwrap().as_str(), "a");
    for other in ["UNIBUS_", "UNIBUS", "unibus_a", "KV_a", "", "UNIBUS_a.b"] {
        assert_eq!(RoomId::from_stream(other), None, "{other}");
    }
}

#[test]
fn names_are_shown_escaped_and_errors_too() {
    let id = RoomId::new("a\u{1b}]0;x\u{7}").unwrap();
    assert_eq!(id.to_string(), "a\\x1b]0;x\\x07");
    assert_eq!(id.stream().to_string(), "UNIBUS_a\\x1b]0;x\\x07");
    let error = RoomId::new("\u{1b}[2J.").unwrap_err().to_string();
    assert!(!error.contains('\u{1b}'), "{error:?}");
    let error = RoomId::new(".".repeat(1000)).unwrap_err().to_string();
    assert!(error.chars().count() < 150, "{error}");
}

#[test]
fn subjects_are_those_a_server_takes() {
    for good in ["a", "a.b.c", "a.*.c", "a.>", ">", "*", "$JS.x", "ü.b"] {
        assert_eq!(Subject::new(good).unwrap().as_str(), good);
    }
    let bad = [
        "", ".", ".a", "a.", "a..b", "a b", "a\tb", "a.>.b", "a.b*", "*x", "a>", "a\u{7}",
        "a\u{a0}b",
    ];
    for subject in bad {
        assert!(Subject::new(subject).is_err(), "{subject:?}");
    }
}

fn room() -> Room {
    Room {
        subject: Some(Subject::new("a.b").unwrap()),
        ..Room::bare(RoomId::new("a").unwrap(), KnownFrom::default())
    }
}

#[test]
fn a_stream_is_wanted_where_the_subject_is_known_and_messages_are_kept() {
    let spec = |room: Room| room.spec().map(|spec| spec.replicas);
    assert_eq!(spec(room()), Some(1));
    let zero = Room { replicas: Some(0), ..room() };
    assert_eq!(spec(zero), Some(1), "0 becomes 1");
    let three = Room { replicas: Some(3), persist: Some(true), ..room() };
    assert_eq!(spec(three), Some(3));
    let unkept = Room { persist: Some(false), ..room() };
    let unknown = Room { subject: None, ..room() };
    for not_ours in [unkept, unknown] {
        assert!(not_ours.spec().is_none() && not_ours.why_not_ensured().is_some());
    }
    assert_eq!(room().why_not_ensured(), None);
}

#[test]
fn merging_keeps_what_is_known_and_adds_what_is_not() {
    let mut one = Room { name: Some("One".into()), ..room() };
    let other = Room {
        name: Some("Other".into()),
        subject: None,
        persist: Some(false),
        replicas: Some(3),
        encrypted: false,
        members: vec!["m".into()],
        known_from: KnownFrom { server: true, ..KnownFrom::default() },
        ..room()
    };
    one.merge(other);
    assert_eq!(one.name.as_deref(), Some("One"));
    assert_eq!(one.subject, room().subject);
    assert_eq!((one.persist, one.replicas, one.encrypted), (Some(false), Some(3), false));
    assert_eq!(one.members, ["m"]);
    assert!(one.known_from.server && !one.known_from.file);
    assert_eq!((one.title(), room().title()), ("One".into(), "a".into()));
}
