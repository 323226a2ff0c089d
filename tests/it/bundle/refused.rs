//! What cannot be exported or verified, and what is said then.

use std::fs;

use super::{command, ran, roomscope};

#[test]
fn what_cannot_be_exported_is_said_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("file.tar"), "dear diary").unwrap();
    fs::create_dir(at("dir")).unwrap();
    fs::write(at("dir/diary"), "dear").unwrap();
    for (room, out, more, code, wanted) in [
        ("support", at("file.tar"), &[][..], 2, "exists; give another --out, or --force"),
        ("support", at("dir"), &[], 2, "exists; give another --out, or --force"),
        ("support", at("dir"), &["--force"], 2, "is no bundle, so it is not replaced"),
        ("support", at("a/b"), &[], 2, "is not there; make it first"),
        ("support", at("x.tar.gz"), &[], 2, "give a folder or a name that ends in .tar"),
        ("support", "..".into(), &[], 2, "give a name for the bundle"),
        ("support", at("x"), &["--last", "0"], 2, "'0' for '--last <N>'"),
        ("support", at("x"), &["--from", "-1"], 2, "'-1' for '--from <SEQ>'"),
        ("support", at("x"), &["--from", "421"], 1, "its stream ends at sequence 420"),
        ("design-review", at("x"), &[], 1, "there is no stream UNIBUS_design-review"),
        ("nobody", at("x"), &[], 1, "there is no stream UNIBUS_nobody"),
        ("board", at("x"), &[], 1, "Permissions Violation"),
    ] {
        let mut args = vec!["export", room, "--demo", "--out", &out];
        args.extend(more);
        let args: Vec<&dyn AsRef<std::ffi::OsStr>> = args.iter().map(|arg| arg as _).collect();
        let (out, said) = ran(&roomscope(&args), code);
        assert!(said.contains(wanted) && out.is_empty(), "{room}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was made");
    assert_eq!(fs::read(at("file.tar")).unwrap(), b"dear diary");
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_said() {
    let export = [&"export" as &dyn AsRef<std::ffi::OsStr>, &"support", &"--demo", &"--out"];
    let (_, said) = ran(&roomscope(&[&export[..], &[&"/proc/x.tar"]].concat()), 1);
    assert!(said.contains("make the folder /proc/x.tar.partial: "), "{said}");
}

#[test]
fn what_cannot_be_verified_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "hello").unwrap();
    for (path, wanted) in [
        (folder.path().to_path_buf(), "is no bundle of roomscope export"),
        (text, "is no bundle of roomscope export"),
        (folder.path().join("nothing"), "No such file or directory"),
    ] {
        let (out, said) = ran(&roomscope(&[&"verify", &path]), 1);
        assert!(said.contains(wanted) && out.is_empty(), "{said}");
    }
}

#[test]
fn a_bundle_is_replaced_only_when_told_and_json_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["dir", "file.tar"] {
        let out = folder.path().join(name);
        let run = |more: &[&str]| {
            let mut command = command(&[&"export", &"support", &"--demo", &"--out", &out]);
            command.args(more).output().unwrap()
        };
        let (text, said) = ran(&run(&["--json"]), 0);
        assert_eq!(text.lines().count(), 1);
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&told["account"]["frames"], &told["room"]["id"]),
            (&354.into(), &"support".into())
        );
        assert!(said.contains("roomscope verify "), "{said}");
        ran(&run(&["--last", "5"]), 2);
        ran(&run(&["--last", "5", "--force"]), 0);
        assert_eq!(super::verify(&out, 0)["account"]["sequences"], 5);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
