//! What a file may say, and what is said of one that is wrong.

use super::*;
use crate::app::{Action, Key};

fn load(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let asked = Configuration { config: Some(path.clone()), no_config: false };
    Config::load(&asked).map_err(|failure| {
        assert_eq!(failure.code, 2);
        let line = failure.line.strip_prefix(path.to_str().unwrap()).unwrap().to_owned();
        line.strip_prefix(": ").unwrap_or(&line).to_owned()
    })
}

#[test]
fn a_file_says_any_of_its_keys() {
    let config = load(
        "context = \"prod\"\nrooms = \"/r.toml\"\nlast = 50\ncache = \"64MiB\"\n[theme]\n\
         color = \"16\"\nascii = true\nutc = true\nmouse = false\n[keys]\nolder = \"Space\"\n\
         newer = [\"Delete\", \"ctrl+N\"]\nsort = []\n",
    )
    .unwrap();
    assert!(config.exists);
    assert_eq!(config.context.as_deref(), Some("prod"));
    assert_eq!(config.rooms.as_deref(), Some(Path::new("/r.toml")));
    assert_eq!(config.last, PageSize::new(50).ok());
    assert_eq!((config.cache, config.color), (Some(64 << 20), Some(Color::Sixteen)));
    assert_eq!((config.ascii, config.utc, config.mouse), (Some(true), Some(true), Some(false)));
    let map = config.keymap();
    assert_eq!(map.action(Key::char(' ')), Some(Action::OlderPage));
    assert_eq!(map.action(Key::ctrl('n')), Some(Action::NewerPage));
    assert_eq!((map.action(Key::char('[')), map.action(Key::char('o'))), (None, None));
    let empty = load("context = ''\ncache = 0\n").unwrap();
    assert_eq!((empty.keymap(), empty.context, empty.cache), (Keymap::default(), None, Some(0)));
    assert!(load("").unwrap().exists);
}

#[test]
fn a_default_key_yields_to_the_file() {
    let map = load("[keys]\nolder = 'm'\n").unwrap().keymap();
    assert_eq!(map.action(Key::char('m')), Some(Action::OlderPage));
    assert_eq!(map.keys(Action::Map), []);
}

#[test]
fn what_is_wrong_is_named_with_its_fix() {
    let many = "x".repeat(100);
    for (text, wanted) in [
        ("lats = 1", "lats: unknown key; did you mean last?"),
        ("page_size = 1", "page_size: the sequences in a page are called last"),
        ("url = 'nats://u:s3cr3t@h'", "url: connections are not kept here"),
        ("subject = 1", "subject: unknown key; there are context, rooms, last, cache, theme, keys"),
        ("[theme]\ncolour = 'auto'", "theme.colour: unknown key; did you mean color?"),
        ("utc = true", "utc: not here; write it below [theme]"),
        ("[theme]\nlast = 5", "theme.last: not here; write it above [theme]"),
        ("theme = 'dark'", "theme: a string will not do; write [theme], and its keys below"),
        (
            "last = '200'",
            "last: a string will not do; write a whole number from 1 to 1000, as in 200",
        ),
        ("last = 0", "last: 0 is not a page size; write a whole number from 1 to 1000, as in 200"),
        (
            "last = 1.5",
            "last: 1.5 is not a page size; write a whole number from 1 to 1000, as in 200",
        ),
        ("cache = -1", "cache: '-1' is no size; write a number of bytes, as in \"64MiB\", or 0"),
        (
            "cache = 'much'",
            "cache: 'much' is no size; write a number of bytes, as in \"64MiB\", or 0",
        ),
        ("context = 3", "context: a number will not do; write a string, as in \"ops\""),
        ("rooms = ['a']", "rooms: a list will not do; write a string, as in \"ops\""),
        (
            "rooms = '$ROOMSCOPE_NOT_SET/r'",
            "rooms: $ROOMSCOPE_NOT_SET is not set; set it, or write the path itself",
        ),
        (
            "[theme]\nutc = 'yes'",
            "theme.utc: a string will not do; write true or false, without quotes",
        ),
        (
            "[theme]\ncolor = 'blue'",
            "theme.color: 'blue' is none; write \"auto\", \"always\", \"never\" or \"16\"",
        ),
        (
            "[theme]\ncolor = 16",
            "theme.color: a number will not do; write \"auto\", \"always\", \"never\" or \"16\"",
        ),
        ("last = ", ":1:8: not TOML"),
        ("last = 1\nlast = 2", "not TOML: duplicate key"),
        ("[keys]\noldre = 'x'", "keys.oldre: unknown action; did you mean older?"),
        ("[keys]\nfrobnicate = 'x'", "keys.frobnicate: unknown action; the help (?) and"),
        ("keys = 'vi'", "keys: a string will not do; write [keys], and actions below"),
        ("[keys]\nolder = 7", "keys.older: a number will not do; write a key, as in \"Ctrl-d\""),
        ("[keys]\nolder = [['x']]", "keys.older: a list will not do"),
        ("[keys]\nolder = 'PagUp'", "keys.older: 'PagUp' is no key; did you mean PgUp?"),
        ("[keys]\nolder = 'Ctrl-Hom'", "keys.older: 'Ctrl-Hom' is no key; did you mean Ctrl-Home?"),
        (
            "[keys]\nolder = 'F13x'",
            "keys.older: 'F13x' is no key; write one character, Enter, Esc,",
        ),
        ("[keys]\nolder = ''", "keys.older: '' is no key"),
        (
            "[keys]\nolder = 'j'\ndown = ['n', 'j']",
            "keys.down: j is given to older too; give one of them another key",
        ),
        ("[keys]\nolder = 'Ctrl-c'", "keys.older: Ctrl-c is always quit; choose another key"),
        ("[keys]\nolder = '7'", "keys.older: 7 begins a count, as in 12j; choose a key"),
        ("[keys]\nolder = 'Ctrl-i'", "keys.older: terminals send Tab for Ctrl-i; write \"Tab\""),
        ("\"a\\u001b[2J\" = 1", "a\\x1b[2J: unknown key"),
        (&format!("{many} = 1"), "…: unknown key"),
    ] {
        let said = load(text).unwrap_err();
        assert!(said.contains(wanted), "{text}\n said: {said}\n wanted: {wanted}");
        assert!(!said.contains(['\u{1b}', '\n']), "{said:?}");
    }
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nothing.toml");
    let asked = Configuration { config: Some(path.clone()), no_config: false };
    let said = Config::load(&asked).unwrap_err();
    assert_eq!(said.code, 2);
    assert!(said.line.contains("give a readable file with --config"), "{said}");
    let usual = Config::read(Place { path: Some(path), ..Place::default() }).unwrap();
    assert!(!usual.exists && usual.last.is_none());
    let is_a_folder = Place { path: Some(folder.path().into()), ..Place::default() };
    assert!(Config::read(is_a_folder).unwrap_err().line.contains("--no-config"));
}

#[test]
fn a_file_that_is_not_text_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, b"last = 5 # \xff").unwrap();
    let asked = Configuration { config: Some(path), no_config: false };
    assert!(Config::load(&asked).unwrap_err().line.ends_with("not UTF-8; save it as UTF-8"));
}
