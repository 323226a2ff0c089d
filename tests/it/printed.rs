//! Commands that print a text and end: configuration, completions, the manual.

use std::io::Write;
use std::process::{Command, Stdio};

use super::support::program::{command, run};

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    for args in [&["config"][..], &["config", "--json"], &["completions", "zsh"], &["man"]] {
        let (read, write) = std::io::pipe().unwrap();
        drop(read);
        let output = command(args).stdout(write).output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{args:?}");
    }
}

#[test]
fn a_shell_or_an_option_that_is_none_is_a_usage_error() {
    for args in [&["completions", "tcsh"][..], &["completions"], &["man", "--json"]] {
        let done = run(args);
        assert_eq!((done.code, done.out.as_str()), (2, ""), "{args:?}");
        assert_eq!(done.said.lines().count(), 1, "{}", done.said);
    }
}

#[test]
fn bash_completes_commands_and_options() {
    let script = run(&["completions", "bash"]).out;
    let asked = "\ncomplete_at() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
         _roomscope roomscope \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"; \
         echo \"${COMPREPLY[@]}\"; }\n\
         complete_at roomscope hist\ncomplete_at roomscope demo --asc\n\
         complete_at roomscope demo --color a\n";
    let mut bash = Command::new("bash")
        .arg("-s")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    bash.stdin.take().unwrap().write_all((script + asked).as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "history\n--ascii\nauto always\n", "{:?}", output.stderr);
}
