//! The example that draws the README's picture: the same picture each time, and one line for what
//! is wrong.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::program::clean;

/// The example as cargo lays it: `cargo test` builds it, `cargo test --test it` alone does not.
pub(crate) fn picture() -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_roomscope")).parent().unwrap();
    let program = folder.join("examples").join("picture");
    assert!(program.exists(), "it is not built; run: cargo build --example picture");
    clean(program, &[])
}

fn refused(args: &[&str]) -> String {
    let Output { status, stderr, .. } = picture().arg("x.svg").args(args).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{args:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
    said
}

#[test]
fn the_picture_is_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |name: &str, zone: &str| {
        let path = folder.path().join(name);
        let output = picture()
            .arg(&path)
            .args(["support", "--size", "140x40", "--keys", "Enter ["])
            .env("TZ", zone)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        std::fs::read_to_string(&path).unwrap()
    };
    let picture = draw("a.svg", "UTC");
    assert!(picture.starts_with("<svg ") && picture.contains("removed"));
    assert_eq!(picture, draw("b.svg", "Asia/Tokyo"));
}

#[test]
fn what_is_no_key_and_no_size_is_named_in_one_line() {
    let said = refused(&["--keys", "j Entre"]);
    assert!(said.contains("'Entre' is no key"), "{said}");
    for bad in ["1", "140", "x", "0x10", "10x0", "9999x10", "-1x3"] {
        let said = refused(&[&format!("--size={bad}")]);
        assert!(said.contains("140x40"), "{bad}: {said}");
    }
}
